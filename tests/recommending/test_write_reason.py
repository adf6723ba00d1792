"""Sentences: their code, the items they name, grammar, one claim per fact, nothing without a fact."""

import itertools
import re

import pytest

from interestlake.models.registry import MODELS
from interestlake.recommending.write_reason import LINKED, Reason, ReasonFacts, plain, write_reason

TITLES = ("Alien", "Aliens", "Heat", "Alien 3")


def facts(**changes) -> ReasonFacts:
    base = {
        "shares": {"popular": 1.0},
        "linked": {},
        "titles": TITLES,
        "chosen_together": False,
        "user_count": 12,
        "interest": None,
        "has_history": True,
    }
    return ReasonFacts(**{**base, **changes})


@pytest.mark.parametrize(
    ("given", "code", "named", "sentence"),
    [
        (
            facts(
                shares={"together": 0.6, "pattern": 0.4},
                linked={"together": [0, 1, 2]},
                chosen_together=True,
                interest="space",
            ),
            "together",
            (0, 1),
            "Because you chose “Alien” and “Aliens”: people who chose them also chose this, it fits the pattern of "
            "your choices and it shares your interest in space.",
        ),
        (
            facts(shares={"together": 0.9, "popular": 0.1}, linked={"together": [0]}, chosen_together=True),
            "together",
            (0,),
            "Because you chose “Alien”: people who chose it also chose this.",
        ),
        (  # the second reason speaks of the same two items, so it may be said of them too
            facts(
                shares={"text": 0.6, "together": 0.4},
                linked={"text": [0, 1], "together": [2, 1, 0]},
                chosen_together=True,
                interest="space",
            ),
            "text",
            (0, 1),
            "Because you chose “Alien” and “Aliens”: this is described in a similar way, people who chose them also "
            "chose this and it shares your interest in space.",
        ),
        (  # it does not speak of both
            facts(
                shares={"together": 0.6, "text": 0.4}, linked={"text": [0], "together": [2, 0]}, chosen_together=True
            ),
            "together",
            (2, 0),
            "Because you chose “Heat” and “Alien”: people who chose them also chose this.",
        ),
        (  # nobody was counted who chose both
            facts(shares={"together": 0.9, "popular": 0.1}, linked={"together": [0, 2]}),
            "together",
            (0, 2),
            "Because you chose “Alien” and “Heat”: this goes well with them.",
        ),
        (
            facts(shares={"next": 1.0}, linked={"next": [0]}),
            "next",
            (0,),
            "Because you chose “Alien”: people chose this soon before or after it.",
        ),
        (
            facts(shares={"text": 0.7, "friends": 0.3}, linked={"text": [0]}),
            "text",
            (0,),
            "Because you chose “Alien”: this is described in a similar way and it is among your friends' choices.",
        ),
        (
            facts(shares={"facts": 0.6, "text": 0.4}, linked={"facts": [0, 2], "text": [0]}),
            "facts",
            (0, 2),
            "Because you chose “Alien” and “Heat”: this has facts in common with them.",
        ),
        (  # what has no item to point at gives way to what has one
            facts(shares={"facts": 0.6, "together": 0.4}, linked={"together": [3]}, chosen_together=True),
            "together",
            (3,),
            "Because you chose “Alien 3”: people who chose it also chose this.",
        ),
        (  # less than MIN_SHARE is not said
            facts(shares={"text": 0.9, "friends": 0.1}, linked={"text": [0]}),
            "text",
            (0,),
            "Because you chose “Alien”: this is described in a similar way.",
        ),
        (facts(shares={"pattern": 0.8, "popular": 0.2}), "pattern", (), "It fits the pattern of your choices."),
        (
            facts(shares={"friends": 0.6, "popular": 0.4}, interest="jazz"),
            "friends",
            (),
            "It is among your friends' choices and it shares your interest in jazz.",
        ),
        (facts(shares={}, interest="jazz"), "interest", (), "It shares your interest in jazz."),
        (facts(has_history=False), "popular", (), "You have no history here yet: 12 people chose it."),
        (facts(has_history=False, user_count=1), "popular", (), "You have no history here yet: 1 person chose it."),
        (facts(user_count=1200), "popular", (), "1,200 people chose it."),
        (facts(user_count=0), "popular", (), "It is part of the catalogue."),
    ],
)
def test_sentences(given, code, named, sentence):
    assert write_reason(given) == Reason(code, named, sentence)


def test_every_combination_is_one_clean_sentence():
    codes = (*LINKED, "pattern", "friends", "popular")
    for chosen in itertools.chain(*(itertools.combinations(codes, n) for n in (1, 2, 3))):
        for columns, interest, history in itertools.product(([], [0], [0, 1]), (None, "jazz"), (True, False)):
            share = {code: 1 / len(chosen) for code in chosen}
            found = write_reason(facts(shares=share, linked=dict.fromkeys(LINKED, columns), interest=interest,
                                       has_history=history))  # fmt: skip
            text = found.text
            assert not text[0].islower() and text.endswith(".") and text.count(".") == 1
            assert "  " not in text and " ." not in text and ", and and" not in text and ": ." not in text
            for code, words in (("friends", "friends"), ("pattern", "pattern"), ("text", "described")):
                assert (words in text) <= (code in chosen)
            assert found.code in (*chosen, "interest", "popular")
            assert [TITLES[column] for column in found.named] == re.findall("“([^”]*)”", text)
            assert not found.named or found.code in LINKED


def test_every_model_s_reason_is_one_that_can_be_said():
    for model in MODELS:
        said = write_reason(facts(shares={model.reason: 1.0}, linked={model.reason: [0]}))
        assert said.code == model.reason and said.text


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("<b>Bold</b>\n move", "Bold move"),
        ("a < b", "a b"),
        ("  ", "an untitled item"),
        ("x" * 100, "x" * 79 + "…"),
    ],
)
def test_titles_become_plain_text(title, text):
    assert plain(title) == text
