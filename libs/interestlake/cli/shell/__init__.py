"""`interestlake shell`: one person's commands at a prompt, over a lake that stays open."""
