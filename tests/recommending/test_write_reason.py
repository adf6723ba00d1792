"""Sentences: grammar, one claim per fact, nothing without a fact."""

import itertools

import pytest

from interestlake.recommending.write_reason import ReasonFacts, plain, write_reason


def facts(**changes) -> ReasonFacts:
    base = {"shares": {"popularity": 1.0}, "linked": {}, "chosen_together": False, "user_count": 12, "interest": None,
            "has_history": True}
    return ReasonFacts(**{**base, **changes})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            facts(shares={"item_knn": 0.6, "als": 0.4}, linked={"together": ["Alien", "Aliens", "Heat"]},
                  chosen_together=True, interest="space"),
            "Because you chose “Alien” and “Aliens”: people who chose them also chose this, it fits the pattern of "
            "your choices and it shares your interest in space.",
        ),
        (
            facts(shares={"graph": 0.9, "popularity": 0.1}, linked={"together": ["Alien"]}, chosen_together=True),
            "Because you chose “Alien”: people who chose it also chose this.",
        ),
        (
            facts(shares={"text": 0.6, "graph": 0.4}, linked={"text": ["A", "B"], "together": ["C", "B", "A"]},
                  chosen_together=True, interest="space"),
            "Because you chose “A” and “B”: this is described in a similar way, people who chose them also chose this "
            "and it shares your interest in space.",
        ),
        (
            facts(shares={"graph": 0.6, "text": 0.4}, linked={"text": ["A"], "together": ["C", "A"]},
                  chosen_together=True),
            "Because you chose “C” and “A”: people who chose them also chose this.",
        ),
        (
            facts(shares={"ease": 0.9, "popularity": 0.1}, linked={"together": ["Alien", "Heat"]}),
            "Because you chose “Alien” and “Heat”: this goes well with them.",
        ),
        (
            facts(shares={"transitions": 1.0}, linked={"next": ["Alien"]}),
            "Because you chose “Alien”: people went on from it to this.",
        ),
        (
            facts(shares={"text": 0.7, "social": 0.3}, linked={"text": ["Alien"]}),
            "Because you chose “Alien”: this is described in a similar way and it is among your friends' choices.",
        ),
        (
            facts(shares={"knowledge": 0.6, "text": 0.4}, linked={"facts": ["Alien", "Heat"], "text": ["Alien"]}),
            "Because you chose “Alien” and “Heat”: this has facts in common with them.",
        ),
        (facts(shares={"als": 0.8, "popularity": 0.2}), "It fits the pattern of your choices."),
        (facts(has_history=False), "You have no history here yet: 12 people chose it."),
        (facts(has_history=False, user_count=1), "You have no history here yet: 1 person chose it."),
        (facts(user_count=1200), "1,200 people chose it."),
        (facts(user_count=0), "It is part of the catalogue."),
    ],
)
def test_sentences(given, sentence):
    assert write_reason(given) == sentence


def test_every_combination_is_one_clean_sentence():
    sources = ("popularity", "graph", "transitions", "item_knn", "ease", "als", "two_tower", "text", "social")
    for chosen in itertools.chain(*(itertools.combinations(sources, n) for n in (1, 2, 3))):
        for titles, interest, history in itertools.product(([], ["A"], ["A", "B"]), (None, "jazz"), (True, False)):
            linked = {group: titles for group in ("together", "next", "text")}
            share = {source: 1 / len(chosen) for source in chosen}
            text = write_reason(facts(shares=share, linked=linked, interest=interest, has_history=history))
            assert not text[0].islower() and text.endswith(".") and text.count(".") == 1
            assert "  " not in text and " ." not in text and ", and and" not in text and ": ." not in text
            for source, words in (("social", "friends"), ("als", "pattern"), ("text", "described")):
                group = {"als": {"als", "two_tower"}}.get(source, {source})
                assert (words in text) <= bool(group & set(chosen))


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
