"""`make bench`: seconds, rows written and memory per stage, on two fixed inputs."""
