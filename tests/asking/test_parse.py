"""What a request is understood to ask for."""

import math

import numpy as np
import pytest

from interestlake.serving.asking.amounts import find_ranges
from interestlake.serving.asking.audience import find_audience
from interestlake.serving.asking.lexical import fit_bm25
from interestlake.serving.asking.parse import parse
from interestlake.serving.asking.vocabulary import Vocabulary

from .world import index

INF = math.inf


@pytest.fixture(scope="module")
def understood():
    built = index()

    def read(request, tag=None):
        return parse(request, built.vocabulary, built.bm25, tag)

    return read


def names(constraints):
    return [f"{one.kind} {one.name}" for one in constraints]


@pytest.mark.parametrize(
    ("request_", "field", "low", "high"),
    [
        ("older than 1990", "year", -INF, 1989),
        ("before 1990", "year", -INF, 1989),
        ("nothing older than 1990", "year", 1990, INF),
        ("not after 1990", "year", -INF, 1990),
        ("newer than 1990", "year", 1991, INF),
        ("since 1990", "year", 1990, INF),
        ("from 1990 on", "year", 1990, INF),
        ("between 1980 and 1990", "year", 1980, 1990),
        ("1980-1990", "year", 1980, 1990),
        ("a film from 1990", "year", 1990, 1990),
        ("from the 80s", "year", 1980, 1989),
        ("1980s music", "year", 1980, 1989),
        ("from the nineties", "year", 1990, 1999),
        ("in the 10s", "year", 2010, 2019),
        ("under 20 dollars", "price", 0, 20),
        ("less than $20", "price", 0, 20),
        ("no more than 12.50 euros", "price", 0, 12.5),
        ("over €50", "price", 50, INF),
        ("at least 50 dollars", "price", 50, INF),
        ("between 10 and 20 dollars", "price", 10, 20),
        ("about $10", "price", 8, 12),
        ("a 10 dollar gift", "price", 8, 12),
    ],
)
def test_years_and_prices(request_, field, low, high):
    (found,), rest = find_ranges(request_)
    assert (found.field, found.low, found.high) == (field, low, high)
    assert len(rest) == len(request_) and not any(letter.isdigit() for letter in rest)


@pytest.mark.parametrize(
    ("request_", "refused", "rest"),
    [
        ("comedy not from the 80s", True, "comedy"),
        ("comedy, no films from the 90s", True, "comedy,"),
        ("comedy except between 1990 and 2000", True, "comedy"),
        ("comedy but I don't want anything since 1990", True, "comedy but I"),
        ("nothing like that, but from the 90s", False, "nothing like that, but"),
        ("no horror from the 90s", False, "no horror"),
        ("comedy not before 1990", False, "comedy"),
        ("no gifts for about 20 dollars", False, "no gifts for"),
        ("anything except items over 20 dollars", True, "anything"),
    ],
)
def test_a_no_before_a_range_refuses_it(request_, refused, rest):
    (found,), left = find_ranges(request_)
    assert found.refused == refused and " ".join(left.split()) == rest
    values = np.array([found.low if found.low > -INF else found.high, np.nan])
    assert found.holds(values).tolist() == [not refused, refused]


@pytest.mark.parametrize(
    ("request_", "who", "rest"),
    [
        ("a film for my 5 year old daughter", "children", "a film for my children"),
        ("a film for my 5-year-old", "children", "a film for my children"),
        ("something funny for 8 to 10 year olds, please", "children", "something funny for children, please"),
        ("games for kids aged 6", "children", "games for kids children"),
        ("for a 4yo", "children", "for a children"),
        ("a book for a 15 year old boy", "teen", "a book for a teen"),
        ("a gift for a 40 year old", "adult", "a gift for a"),
        ("animation but for adults", "adult", "animation but"),
        ("a cartoon only for grown-ups", "adult", "a cartoon"),
        ("a cartoon not for adults", "", "a cartoon not for adults"),
        ("old films of 12 years", "", "old films of 12 years"),
        ("movies less than 10 years old", "", "movies less than 10 years old"),
        ("films no more than 3 years old", "", "films no more than 3 years old"),
        ("like The 40-Year-Old Virgin", "", "like The 40-Year-Old Virgin"),
        ("fun for adults and children", "", "fun for adults and children"),
        ("whisky aged 12 years", "", "whisky aged 12 years"),
        ("about a 12 year old girl who fights", "", "about a 12 year old girl who fights"),
        ("something for me, not for 6 year olds", "", "something for me, not for 6 year olds"),
        ("five years in the old house", "", "five years in the old house"),
    ],
)
def test_an_age_says_who_it_is_for(request_, who, rest):
    found, said, left = find_audience(request_)
    assert found == who and bool(said) == bool(who) and " ".join(left.split()) == rest


def test_what_is_for_adults_leaves_out_what_is_for_children():
    vocabulary = Vocabulary()
    vocabulary.add("category", {"Animation": [0, 1], "Children's": [1], "Horror": [2], "Children of War": [3]})
    bm25 = fit_bm25([[("animation", 1.0)], [("children", 1.0)], [("horror", 1.0)], [("war", 1.0)]])
    parsed = parse("animation but for adults", vocabulary, bm25)
    assert [names(group) for group in parsed.wanted] == [["category Animation"]]
    assert names(parsed.excluded) == ["category Children's"]
    assert "for adults" in parsed.notes[-1]
    parsed = parse("a film for my 5 year old", vocabulary, bm25)
    assert [names(group) for group in parsed.wanted] == [["category Children's"]] and not parsed.excluded


@pytest.mark.parametrize("request_", ["blade runner 2049", "trains for 20 people", "a 1984 kind of world", "top 10"])
def test_bare_numbers_are_no_amounts(request_):
    assert find_ranges(request_)[0] == []


def test_price_words_take_terciles_of_the_prices_asked_for():
    prices = np.array([1.0, 2, 3, 4, 5, 6, np.nan])
    bounds = {}
    for text in ("cheap", "expensive", "not too expensive", "not cheap"):
        (found,), _ = find_ranges(f"something {text} for a child")
        bounds[text] = found.priced(prices).holds(prices).tolist()
    assert bounds["cheap"] == [True, True, False, False, False, False, False]
    assert bounds["expensive"] == [False, False, False, False, True, True, False]
    assert bounds["not too expensive"] == [True] * 4 + [False] * 3
    assert bounds["not cheap"] == [False] * 2 + [True] * 4 + [False]


@pytest.mark.parametrize(
    ("request_", "excluded"),
    [
        ("a comedy, not horror", ["category Horror"]),
        ("no vampires or zombies please", ["tag vampires", "tag zombies"]),
        ("without robots", ["word robots"]),
        ("anything but horror", ["category Horror"]),
        ("I don't want horror", ["category Horror"]),
        ("a drama without Dee Lark", ["person Dee Lark"]),
        ("not horror but vampires", ["category Horror"]),
        ("a comedy but not animated", ["category Animation"]),
        ("not only horror", []),
        ("not too long", []),
    ],
)
def test_negations(understood, request_, excluded):
    parsed = understood(request_)
    assert sorted(names(parsed.excluded)) == excluded
    for word in ("horror", "robot", "zombie") if excluded else ():
        assert word not in parsed.terms and word not in parsed.text.lower()


def test_categories_are_wanted_and_or_widens(understood):
    assert [names(g) for g in understood("a horror comedy").wanted] == [["category Horror"], ["category Comedy"]]
    assert [names(g) for g in understood("drama or comedies").wanted] == [["category Drama", "category Comedy"]]


def test_a_train_is_no_training(understood):
    assert names(sum(understood("a quiet train ride").wanted, [])) == []
    assert [one.name for one in understood("a quiet train ride").soft] == ["quiet"]


@pytest.mark.parametrize(
    ("request_", "seeds"),
    [
        ("like Star Tale but funnier", ["a"]),
        ("like star tale two", ["b"]),
        ("something similar to heat", ["f"]),
        ("scarier than The Dark House", ["c"]),
        ("like Star Tale and Heat", ["a", "f"]),
        ("I am in for Night Bite tonight", ["d"]),
        ("the heat of the city", []),
        ("I would like some heat", []),
        ("a tale of a star", []),
    ],
)
def test_titles_named_as_examples(understood, request_, seeds):
    assert [index().catalogue.item_ids[column] for column in understood(request_).seeds] == seeds


def test_comparatives_are_read_by_their_plain_form(understood):
    assert understood("like Star Tale but funnier").terms == ["funny"]


def test_people_by_whole_name_and_last_name_after_a_cue(understood):
    assert names(sum(understood("with Dee Lark").wanted, [])) == ["person Dee Lark"]
    assert names(sum(understood("a drama by Stark").wanted, [])) == ["category Drama", "person Eve Stark"]
    assert names(sum(understood("stark hills").wanted, [])) == []
    assert names(sum(understood("something by Fay Grey").wanted, [])) == ["person Fay Grey"]  # from a fact


def test_a_tagger_finds_what_the_rules_leave(understood):
    def tag(words):
        kinds = {"orne": "B-person", "night": "B-creative-work", "mossad": "B-group"}
        return [kinds.get(word.lower(), "O") for word in words]

    assert names(sum(understood("the one where orne is afraid", tag).wanted, [])) == ["person Cid Orne"]
    parsed = understood("that night thing and the mossad", tag)
    assert [index().catalogue.item_ids[column] for column in parsed.seeds] == ["d"]
    assert parsed.notes == ["'mossad' looks like a group, which no name of this lake is"]


def test_stop_words_alone_ask_nothing(understood):
    assert understood("the of and something please").asks_nothing
    assert not understood("not horror").asks_nothing
