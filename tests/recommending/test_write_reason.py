"""Sentences: their code, the items they name, grammar, one claim per fact, nothing without a fact."""

import itertools
import re

import pytest

from interestlake.evaluation.readability import read_list, reading_ease
from interestlake.models.registry import MODELS
from interestlake.recommending.named_facts import CATEGORY
from interestlake.recommending.write_reason import (
    ENTRIES_PER_ITEM,
    LINKED,
    MAX_WORDS,
    Reason,
    ReasonFacts,
    Used,
    plain,
    write_reason,
)

TITLES = ("Alien", "Aliens", "Heat", "Alien 3")
SCOTT = ("director", "Ridley Scott")


def facts(**changes) -> ReasonFacts:
    base = {
        "shares": {"popular": 1.0},
        "linked": {},
        "titles": TITLES,
        "chosen_together": False,
        "user_count": 12,
        "interests": (),
        "has_history": True,
    }
    return ReasonFacts(**{**base, **changes})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (  # the interests of both, where the two items share no fact that can be named
            facts(
                shares={"together": 0.6, "pattern": 0.4},
                linked={"together": [0, 1, 2]},
                chosen_together=True,
                interests=["space", "horror", "crews"],
            ),
            Reason(
                "together",
                (0,),
                (),
                ("space", "horror"),
                "People who chose “Alien” also chose this, and it fits your interest in space and horror.",
            ),
        ),
        (  # a fact that is named goes before the interest, and its item before one that is a little stronger
            facts(
                shares={"together": 1.0},
                linked={"together": [1, 0]},
                chosen_together=True,
                interests=["space"],
                facts={0: SCOTT},
            ),
            Reason(
                "together", (0,), SCOTT, (), "People who chose “Alien” also chose this; same director, Ridley Scott."
            ),
        ),
        (  # nobody was counted who chose both
            facts(shares={"together": 0.9, "popular": 0.1}, linked={"together": [0, 2]}),
            Reason("together", (0,), (), (), "This goes well with “Alien”."),
        ),
        (
            facts(shares={"next": 1.0}, linked={"next": [2]}, facts={2: ("made by", "Warner")}),
            Reason(
                "next",
                (2,),
                ("made by", "Warner"),
                (),
                "People chose this soon before or after “Heat”; both made by Warner.",
            ),
        ),
        (
            facts(shares={"text": 0.7, "friends": 0.3}, linked={"text": [0]}),
            Reason("text", (0,), (), (), "This is described much like “Alien”, and it is among your friends' choices."),
        ),
        (
            facts(shares={"facts": 0.6, "text": 0.4}, linked={"facts": [0, 2], "text": [0]}, facts={2: SCOTT}),
            Reason("facts", (2,), SCOTT, (), "This is like “Heat”: same director, Ridley Scott."),
        ),
        (  # a kind is said where nothing else is known of both, and only by the model of facts
            facts(shares={"facts": 1.0}, linked={"facts": [0]}, facts={0: (CATEGORY, "Horror")}, interests=["space"]),
            Reason(
                "facts",
                (0,),
                (CATEGORY, "Horror"),
                ("space",),
                "This is like “Alien”: both Horror, and it fits your interest in space.",
            ),
        ),
        (  # an item of a kind with this one goes before one that is a little stronger and has nothing in common
            facts(shares={"next": 1.0}, linked={"next": [2, 1, 0]}, facts={1: (CATEGORY, "Horror")}),
            Reason("next", (1,), (), (), "People chose this soon before or after “Aliens”."),
        ),
        (  # what both are about, by name, goes before what people chose from a quarter of its share on
            facts(
                shares={"together": 0.8, "facts": 0.05, "text": 0.15},
                linked={"together": [0], "text": [3, 2], "facts": [1]},
                chosen_together=True,
                facts={2: SCOTT},
            ),
            Reason("facts", (2,), SCOTT, (), "This is like “Heat”: same director, Ridley Scott."),
        ),
        (  # and not below, nor where only a kind is shared, or no model of facts speaks
            facts(
                shares={"together": 0.82, "facts": 0.05, "text": 0.13},
                linked={"together": [0], "text": [2], "facts": [2]},
                chosen_together=True,
                facts={2: SCOTT},
            ),
            Reason("together", (0,), (), (), "People who chose “Alien” also chose this."),
        ),
        (
            facts(
                shares={"together": 0.6, "facts": 0.4},
                linked={"together": [0], "facts": [2]},
                chosen_together=True,
                facts={2: (CATEGORY, "Horror")},
            ),
            Reason("together", (0,), (), (), "People who chose “Alien” also chose this."),
        ),
        (
            facts(
                shares={"together": 0.6, "text": 0.4},
                linked={"together": [0], "text": [2]},
                chosen_together=True,
                facts={2: SCOTT},
            ),
            Reason("together", (0,), (), (), "People who chose “Alien” also chose this."),
        ),
        (  # facts that nobody can name give way
            facts(shares={"facts": 0.6, "together": 0.4}, linked={"facts": [0], "together": [3]}, chosen_together=True),
            Reason("together", (3,), (), (), "People who chose “Alien 3” also chose this."),
        ),
        (  # less than MIN_SHARE is not said
            facts(shares={"text": 0.9, "friends": 0.1}, linked={"text": [0]}),
            Reason("text", (0,), (), (), "This is described much like “Alien”."),
        ),
        (
            facts(shares={"pattern": 0.8, "popular": 0.2}),
            Reason("pattern", (), (), (), "It fits the pattern of your choices."),
        ),
        (
            facts(shares={"friends": 0.6, "popular": 0.4}, interests=["jazz"]),
            Reason(
                "friends", (), (), ("jazz",), "It is among your friends' choices, and it fits your interest in jazz."
            ),
        ),
        (facts(shares={}, interests=["jazz"]), Reason("interest", (), (), ("jazz",), "It fits your interest in jazz.")),
        (
            facts(has_history=False),
            Reason("popular", (), (), (), "You have no history here yet: 12 people chose it."),
        ),
        (
            facts(has_history=False, user_count=1),
            Reason("popular", (), (), (), "You have no history here yet: 1 person chose it."),
        ),
        (facts(user_count=1200), Reason("popular", (), (), (), "1,200 people chose it.")),
        (facts(user_count=0), Reason("popular", (), (), (), "It is part of the catalogue.")),
    ],
)
def test_sentences(given, expected):
    assert write_reason(given) == expected


def test_an_item_explains_two_entries_of_a_list_and_no_sentence_stands_twice():
    """Four entries for which the same three items speak, in the same order, of a person with three interests."""
    used = Used()
    given = facts(shares={"together": 1.0}, linked={"together": [0, 1, 2]}, chosen_together=True,
                  interests=["space", "horror", "crews"])  # fmt: skip
    found = [write_reason(given, used) for _ in range(8)]
    assert [reason.named for reason in found] == [(0,), (0,), (1,), (1,), (2,), (2,), (), ()]
    assert max(used.columns.values()) == ENTRIES_PER_ITEM
    assert read_list([reason.text for reason in found[:6]])["reason_distinct"] == 1.0
    assert {reason.interests for reason in found[:6]} == {
        ("space", "horror"), ("space", "crews"), ("horror", "crews"), ("space",), ("horror",), ("crews",)}  # fmt: skip


def test_a_fact_is_not_said_twice_of_one_item_where_there_is_more_to_say():
    used = Used()
    given = facts(shares={"together": 0.8, "friends": 0.2}, linked={"together": [0]}, chosen_together=True,
                  facts={0: SCOTT})  # fmt: skip
    first, again = write_reason(given, used), write_reason(given, used)
    assert first.text.endswith("; same director, Ridley Scott.") and first.fact == SCOTT
    assert again.text == "People who chose “Alien” also chose this, and it is among your friends' choices."
    assert again.fact == () and again.named == (0,)


def test_long_names_still_make_short_sentences():
    long = " ".join(f"word{n}" for n in range(40))
    for code in LINKED:
        for interests, fact in itertools.product(((), (long, "b " * 30)), ({}, {0: ("director", long)})):
            said = write_reason(facts(shares={code: 1.0}, linked={code: [0]}, titles=(long,), interests=interests,
                                      chosen_together=True, facts=fact))  # fmt: skip
            assert len(said.text.split()) <= MAX_WORDS


def test_how_a_list_reads_by_hand():
    """Three sentences of 2, 2 and 4 words, of which two are the same."""
    read = read_list(["a b", "a b", "c d e f"])
    assert read == {"reason_words": 8 / 3, "reason_longest": 4.0, "reason_distinct": 1 / 3, "reason_unlike": 1 / 3}
    assert read_list(["one two three four five", "one two three four six"])["reason_unlike"] == 1.0  # 4 of 6 words
    assert read_list(["a b c d e f g h i", "a b c d e f g h i j"])["reason_unlike"] == 0.0  # 9 of 10
    assert set(read_list([]).values()) == {0.0}


def test_reading_ease_by_hand():
    """Six words of a syllable each, then four with seven syllables; what has no word is not easy."""
    assert reading_ease("The cat sat on the mat.", lambda word: 1) == pytest.approx(116.145)
    count = {"people": 2, "chose": 1, "Aliens": 3, "it's": 1}
    assert reading_ease("people chose “Aliens”; it's", count.get) == pytest.approx(206.835 - 4.06 - 84.6 * 7 / 4)
    assert reading_ease("“…” —", count.get) == 0.0


def test_what_is_said_is_plain_english():
    """Every shape of sentence, with short names: its own words are what is read."""
    syllapy = pytest.importorskip("syllapy", reason="no syllapy: the extra `test` brings it")
    eases = {
        text: reading_ease(text, syllapy.count)
        for code, history, interests, fact in itertools.product(
            (*LINKED, "pattern", "friends", "popular"), (True, False), ((), ("jazz",), ("jazz", "space")), (None, SCOTT)
        )
        for text in [write_reason(facts(shares={code: 1.0}, linked={code: [2]}, interests=interests,
                                        chosen_together=True, has_history=history,
                                        facts={2: fact} if fact else {})).text]
    }  # fmt: skip
    assert len(eases) > 25 and min(eases.values()) > 50, min(eases, key=eases.get)
    assert sum(eases.values()) / len(eases) > 70


def test_every_combination_is_one_clean_sentence():
    codes = (*LINKED, "pattern", "friends", "popular")
    for chosen in itertools.chain(*(itertools.combinations(codes, n) for n in (1, 2, 3))):
        for columns, interest, history in itertools.product(([], [0], [0, 1]), ((), ("jazz",)), (True, False)):
            share = {code: 1 / len(chosen) for code in chosen}
            said = {"interests": interest, "facts": dict.fromkeys((0, 1), SCOTT), "has_history": history}
            found = write_reason(facts(shares=share, linked=dict.fromkeys(LINKED, columns), **said))
            text = found.text
            assert not text[0].islower() and text.endswith(".") and text.count(".") == 1
            assert "  " not in text and " ." not in text and ", and and" not in text and ": ." not in text
            for code, words in (
                ("friends", "friends"),
                ("pattern", "pattern"),
                ("text", "described"),
                ("next", "soon"),
            ):
                assert (words in text) <= (code in chosen)
            assert found.code in (*chosen, "interest", "popular")
            assert [TITLES[column] for column in found.named] == re.findall("“([^”]*)”", text)
            assert len(text.split()) <= MAX_WORDS
            assert not found.named or found.code in LINKED


def test_every_model_s_reason_is_one_that_can_be_said():
    for model in MODELS:
        said = write_reason(facts(shares={model.reason: 1.0}, linked={model.reason: [0]}, facts={0: SCOTT}))
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
