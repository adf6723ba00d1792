"""Sentences that name a second item of the history, where enough is left for the entries to come."""

import pytest

from interestlake.recommending.named_facts import CATEGORY
from interestlake.recommending.write_reason import ENOUGH, ENTRIES_PER_ITEM, Reason, Used, write_reason

from .test_write_reason import facts

MANY = tuple(f"Film {n}" for n in range(12))


@pytest.mark.parametrize(("code", "together", "said"), [
    ("together", True, "People who chose “Film 0” also chose this, as did those who chose “Film 1”."),
    ("together", False, "This goes well with “Film 0”, and with “Film 1”."),
    ("next", True, "People chose this soon before or after “Film 0”, and “Film 1”."),
    ("text", True, "This is described much like “Film 0”, and like “Film 1”."),
])  # fmt: skip
def test_a_second_item_says_more_than_a_pattern(code, together, said):
    shares = {code: 0.6, "pattern": 0.4}
    given = facts(shares=shares, linked={code: range(ENOUGH)}, titles=MANY, chosen_together=together)
    assert write_reason(given) == Reason(code, (0, 1), (), (), said)
    few = facts(shares=shares, linked={code: range(ENOUGH - 1)}, titles=MANY, chosen_together=together)
    said = write_reason(few)
    assert said.named == (0,) and "pattern" not in said.text  # what is left is for the entries to come


def test_a_second_item_counts_among_what_explains_and_is_not_the_first_under_the_same_title():
    used = Used()
    given = facts(shares={"together": 1.0}, linked={"together": range(12)}, titles=MANY, chosen_together=True)
    found = [write_reason(given, used).named for _ in range(10)]
    assert max(used.columns.values()) == ENTRIES_PER_ITEM and all(found)
    assert found[:3] == [(0, 1), (0,), (1, 2)]  # no sentence stands twice
    twins = ("Film 0", "Film 0", *MANY[2:])
    assert write_reason(facts(shares={"together": 1.0}, linked={"together": range(12)}, titles=twins)).named == (0, 2)


def test_of_items_of_a_kind_the_one_with_most_in_common_speaks():
    kinds = {column: (CATEGORY, "Comedy") for column in range(10)}
    given = facts(shares={"together": 1.0}, linked={"together": range(10)}, titles=MANY, chosen_together=True,
                  facts=kinds, alike={3: 0.8, 7: 0.8, 5: 0.6, 0: 0.2})  # fmt: skip
    said = write_reason(given)
    assert said.text == "People who chose “Film 3” also chose this, as did those who chose “Film 7”."
    named = facts(shares={"together": 1.0}, linked={"together": range(10)}, titles=MANY, chosen_together=True,
                  facts={**kinds, 6: ("director", "Ann Bell")}, alike={3: 0.8, 6: 0.1})  # fmt: skip
    assert write_reason(named).text == "People who chose “Film 6” also chose this; same director, Ann Bell."


def test_an_interest_leads_every_other_sentence():
    used = Used()
    given = facts(shares={"together": 1.0}, linked={"together": [0, 1]}, chosen_together=True,
                  interests=["space", "horror"])  # fmt: skip
    assert [write_reason(given, used).text for _ in range(3)] == [
        "People who chose “Alien” also chose this, and it fits your interest in space and horror.",
        "It fits your interest in space, and people who chose “Alien” also chose this.",
        "People who chose “Aliens” also chose this, and it fits your interest in horror.",
    ]
