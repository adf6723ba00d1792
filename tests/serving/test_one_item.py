"""One item, for one person and alone: every statement is planted in the tables, and none is made without them."""

import datetime as dt

import pytest

from interestlake.core.errors import BadInput
from interestlake.privacy.meant import Person
from interestlake.serving.about_item import about_text
from interestlake.serving.named_item import find_item
from interestlake.serving.reasons import reasons_text
from interestlake.serving.why_item import SHOWN, linked, why_text

from .planted_rows import PlantedDirectory, PlantedRows

ME, NEW = Person("me", 0), Person("new", 1)
TITLES = {"a": "Alien", "b": "Aliens", "h": "Heat", "n": "Never Chosen", "no": "Refused", "z": "Zulu"}
ITEMS = [{"item_id": one, "title": title, "categories": ["Film"], "user_count": 4} for one, title in TITLES.items()]
CHOSEN = dt.datetime(2024, 5, 6)


def edge(src, dst, weight, count):
    return {"src": src, "dst": dst, "weight": weight, "pair_count": count}


def chose(user, item, weight=1.0):
    return {"user_id": user, "item_id": item, "weight": weight, "first_ts": CHOSEN}


def listed(user, rank, item, code="together"):
    return {"user_id": user, "rank": rank, "item_id": item, "score": 0.5, "reason": f"Because of {item}.", "code": code,
            "evidence": ["a"], "sources": [{"source": "ease", "share": 1.0}]}  # fmt: skip


@pytest.fixture
def rows():
    return PlantedRows(
        silver__items=ITEMS,
        silver__interactions=[chose("me", "a"), chose("me", "h"), chose("me", "z", 0.0), chose("kim", "b")],
        graph__item_edges=[edge("a", "b", 0.9, 7), edge("b", "h", 0.5, 1), edge("b", "z", 1.0, 99)],
        graph__item_transitions=[edge("a", "b", 0.1, 3), edge("b", "a", 9.0, 50)],
        silver__item_interests=[{"item_id": "b", "interest_id": one, "weight": w}
                                for one, w in (("tag:space", 1.0), ("topic:1", 1.0), ("tag:other", 0.5))],
        silver__interests=[{"interest_id": "tag:space", "kind": "tag", "name": "space"},
                           {"interest_id": "tag:other", "kind": "tag", "name": "other"},
                           {"interest_id": "topic:1", "kind": "topic", "name": "a, b, c"}],
        gold__interest_map=[{"user_id": "me", "interest_id": "tag:space", "share": 0.4, "strength": 0.7},
                            {"user_id": "me", "interest_id": "topic:1", "share": 0.6, "strength": 0.7}],
        silver__facts=[fact("a", "director", "Ridley Scott"), fact("b", "director", "Ridley Scott"),
                       fact("h", "maker", "Ended", CHOSEN), fact("b", "maker", "Ended")],
        silver__friends=[{"user_id": "me", "friend_id": "kim"}],
        silver__objections=[{"user_id": "me", "kind": "item", "action": "not_interested", "target": "no"}],
        gold__recommendations=[listed("me", 1, "b"), listed("kim", 3, "b", "next"), listed("kim", 2, "n")],
    )  # fmt: skip


def fact(item, predicate, value, valid_to=None):
    return {"subject_item_id": item, "predicate": predicate, "object": value, "valid_to": valid_to}


def why(rows, person, item_id):
    return why_text(rows, person, find_item(rows, None, item_id), 10)


def test_a_listed_item_says_its_row_and_all_that_the_tables_hold(rows):
    assert [" ".join(line.split()) for line in why(rows, ME, "b").splitlines()] == [
        "Aliens b; Film; 4 people chose it",
        "place 1 of 1, score 0.5000",
        "says Because of b.",
        "rests on “Alien”",
        "spoken for EASE 100 %",
        "together at least 7 people who chose “Alien” also chose this",
        "together at least 1 person who chose “Heat” also chose this",
        "next at least 3 people went on from “Alien” to this",
        "interest it carries space, an interest of the person's",
        "fact same director, Ridley Scott: “Alien” of the person's",
        "friends 1 friend of the person chose it",
    ]


def test_the_item_that_a_sentence_names_is_among_those_it_rests_on(rows):
    """A list of before they were written into one column: the named item is not among the three strongest."""
    row = listed("me", 1, "b") | {"named": ["h"], "reason": "People who chose “Heat” also chose this."}
    rows = PlantedRows(silver__items=ITEMS, silver__interactions=[chose("me", "h")], gold__recommendations=[row])
    for text in (why(rows, ME, "b"), reasons_text(rows, ME, "me", 10)):
        [line] = [line for line in text.splitlines() if "rests on" in line]
        assert line.split("    ")[-1].replace("“", "").replace("”", "") == "Alien; Heat"


@pytest.mark.parametrize(("person", "item_id", "place"), [
    (ME, "a", "none: in the person's history since 2024-05-06, and lists hold what is new"),
    (ME, "no", "none: the person asked not to see it"),
    (ME, "n", "none: the 1 of the list scored higher"),
    (NEW, "b", "none: the person has no list yet"),
])  # fmt: skip
def test_an_item_without_a_place_says_why(rows, person, item_id, place):
    assert f"place       {place}" in why(rows, person, item_id)


def test_nothing_is_said_where_the_tables_hold_nothing(rows):
    assert why(rows, ME, "n").splitlines()[-1].strip().startswith("nothing")
    bare = PlantedRows(silver__items=ITEMS, silver__interactions=[], gold__recommendations=[])
    assert why(bare, ME, "b").count("\n") == 2 and about_text(bare, ITEMS[1]).count("\n") == 1


def test_an_item_alone(rows):
    text = about_text(rows, find_item(rows, None, "b"))
    assert "space 1.00, other 0.50" in text and "a, b, c" not in text
    assert "fact        director: Ridley Scott" in text
    assert "in those of 2 people, at place 2.0 in the mean" in text
    assert "people chose it soon before or after an item of theirs (50\u00a0%)" in text
    assert "in nobody's" in about_text(rows, ITEMS[0])
    without = PlantedRows(silver__items=ITEMS)
    assert "none yet: no gold.recommendations" in about_text(without, ITEMS[0])


def test_the_line_of_the_item_that_the_sentence_names_is_among_those_shown():
    """It is the weakest of nine neighbours, and shares the fact of most items."""
    chosen = [f"i{n}" for n in range(9)]
    row = listed("me", 1, "b") | {"named": ["i0"], "reason": "People who chose “Item 0” also chose this."}
    rows = PlantedRows(
        silver__items=[*ITEMS, *({"item_id": one, "title": f"Item {one[1:]}", "categories": [], "user_count": 2}
                                 for one in chosen)],
        silver__interactions=[chose("me", one) for one in chosen],
        graph__item_edges=[edge(one, "b", 0.1 * n, n + 1) for n, one in enumerate(chosen)],
        graph__item_transitions=[edge(one, "b", 1.0, n + 1) for n, one in enumerate(chosen)],
        silver__facts=[fact(one, "actor", "Ann Bell") for one in [*chosen, "b"]] + [
            fact(one, f"maker of {n}", f"Maker {n}s") for n in range(4) for one in (f"i{n + 1}", "b")],
        gold__recommendations=[row],
    )  # fmt: skip
    text = why(rows, ME, "b")
    assert "together    at least 1 person who chose “Item 0” also chose this" in text
    assert "next        at least 1 person went on from “Item 0” to this" in text
    assert "fact        same actor, Ann Bell: “Item 0” and 8 more of the person's" in text
    assert text.count("together    ") == text.count("next        ") == text.count("fact        ") == SHOWN


def test_neighbours_are_few_and_the_strongest():
    edges = [edge("x", f"i{n}", n / 10, n + 1) for n in range(9)]
    rows = PlantedRows(graph__item_edges=edges, graph__item_transitions=[edge(f"i{n}", "x", 1 / (n + 1), n)
                                                                         for n in range(9)])  # fmt: skip
    near, before = linked(rows, "x", None)
    assert near == [("i8", 9), ("i7", 8), ("i6", 7)] and before == [("i8", 8), ("i7", 7), ("i6", 6)]
    assert len(near) == SHOWN and linked(rows, "x", ["i2"]) == ([("i2", 3)], [("i2", 2)])
    assert linked(rows, "x", []) == ([], [])


@pytest.mark.parametrize(("wanted", "said"), [
    ("alie", "near it are a “Alien”, b “Aliens”"), ("noo", "near it are n “Never Chosen”, no “Refused”"),
    ("zuku", "near it are z “Zulu”"), ("12345678", "expected an item_id of silver.items; set it in --item"),
    ("", "item: found no id"), ("\ud800", "expected an item_id"), ("x" * 500, "…"),
])  # fmt: skip
def test_an_id_that_none_has_names_the_nearest(rows, wanted, said):
    with pytest.raises(BadInput) as fault:
        find_item(rows, lambda: PlantedDirectory(ITEMS), wanted)
    assert said in str(fault.value) and len(str(fault.value)) < 400


def test_what_was_refused_or_forgotten_since_is_in_no_list():
    """A call that was killed before it made the new list leaves the mark, which every answer heeds."""
    from hashlib import sha256

    from interestlake.privacy.said import said_of
    from interestlake.serving.one_list import list_rows

    listed = [{"user_id": "u", "rank": rank, "item_id": item, "score": 1.0, "reason": ""}
              for rank, item in enumerate(("a", "b", "c"), 1)]  # fmt: skip
    mark = sha256(b"u|item|b").hexdigest()
    said = [{"user_id": "u", "kind": "item", "action": "not_interested", "target": "a"},
            {"user_id": "u", "kind": "item", "action": "forget", "target": mark},
            {"user_id": "v", "kind": "item", "action": "not_interested", "target": "c"}]  # fmt: skip
    rows = PlantedRows(gold__recommendations=listed, silver__objections=said)
    assert [row["item_id"] for row in list_rows(rows, "u", 10)] == ["c"]
    assert [row["item_id"] for row in list_rows(PlantedRows(gold__recommendations=listed), "u", 2)] == ["a", "b"]
    assert said_of(rows, "u").bars("u", "b") and not said_of(rows, "v").bars("v", "b")
