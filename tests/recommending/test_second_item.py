"""Sentences that name a second item of the history, where enough is left for the entries to come."""

import pytest

from interestlake.recommending.write_reason import ENTRIES_PER_ITEM, Reason, Used, write_reason

from .test_write_reason import facts

MANY = tuple(f"Film {n}" for n in range(12))


@pytest.mark.parametrize(("code", "together", "said"), [
    ("together", True, "People who chose “Film 0” also chose this, as did those who chose “Film 1”."),
    ("together", False, "This goes well with “Film 0”, and with “Film 1”."),
    ("next", True, "People chose this soon before or after “Film 0”, and “Film 1”."),
    ("text", True, "This is described much like “Film 0”, and like “Film 1”."),
])  # fmt: skip
def test_a_second_item_says_more_than_a_pattern(code, together, said):
    given = facts(shares={code: 0.6, "pattern": 0.4}, linked={code: range(8)}, titles=MANY, chosen_together=together)
    assert write_reason(given) == Reason(code, (0, 1), (), (), said)
    short = facts(shares={code: 0.6, "pattern": 0.4}, linked={code: range(7)}, titles=MANY, chosen_together=together)
    assert write_reason(short).named == (0,)  # what is left is for the entries to come


def test_a_second_item_counts_among_what_explains_and_is_not_the_first_under_the_same_title():
    used = Used()
    given = facts(shares={"together": 1.0}, linked={"together": range(12)}, titles=MANY, chosen_together=True)
    found = [write_reason(given, used).named for _ in range(10)]
    assert max(used.columns.values()) == ENTRIES_PER_ITEM and all(found)
    assert found[:3] == [(0, 1), (0,), (1, 2)]  # no sentence stands twice
    twins = ("Film 0", "Film 0", *MANY[2:])
    assert write_reason(facts(shares={"together": 1.0}, linked={"together": range(12)}, titles=twins)).named == (0, 2)
