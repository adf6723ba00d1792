"""What is said of a person's interests: words agree with strengths, and little behind them says little."""

import datetime as dt

import pytest

from interestlake.interests.reading_key import LEAST_ITEMS, is_told, leading, reading_key
from interestlake.reporting.own_page import gather_own, render_own
from interestlake.serving.person_page.text import profile_text

from ..serving.planted_rows import PlantedRows

DAY = dt.datetime(2024, 5, 6)
WORDS = ("smile", "impressed", "lovely")


def interest(interest_id, strength, share=0.1):
    return {"interest_id": interest_id, "kind": interest_id.split(":")[0], "strength": strength, "share": share}


def rows_of(items: int, interests) -> PlantedRows:
    """A person of so many items, all of which carry these (interest_id, strength, share)."""
    names = [f"i{n}" for n in range(items)]
    return PlantedRows(
        silver__interactions=[{"user_id": "u", "item_id": one, "weight": 1.0, "first_ts": DAY, "last_ts": DAY,
                               "position": n + 1} for n, one in enumerate(names)],
        silver__items=[{"item_id": one, "title": f"Title {one}", "categories": []} for one in names],
        silver__interests=[{"interest_id": one, "kind": one.split(":")[0], "name": one.split(":")[1]}
                           for one, *_ in interests],
        silver__item_interests=[{"item_id": item, "interest_id": one, "weight": 1.0} for item in names
                                for one, *_ in interests],
        gold__interest_map=[{"user_id": "u", "interest_id": one, "strength": strength, "share": share,
                             "item_count": items, "evidence": names[:5], "first_seen": DAY, "last_seen": DAY}
                            for one, strength, share in interests],
        gold__recommendations=[],
    )  # fmt: skip


def test_two_items_make_no_interest_of_the_words_in_their_texts():
    rows = rows_of(2, [*((f"keyword:{word}", 0.41, 0.3) for word in WORDS), ("category:Gardening", 0.66, 0.1)])
    text, page = profile_text(rows, "u", 5), render_own(gather_own(rows, "u", 5), "LAKE")
    for said in (text, page):
        assert not any(word in said for word in WORDS) and "Gardening" in said
    assert text.splitlines()[0].startswith("u  2 items")
    assert text.splitlines()[1] == "too little to tell yet: 2 items, and interests are read from 5 on"
    assert "<h1>Too little to tell yet: 2 items, and interests are read from 5 on</h1>" in page
    assert "hold dear" not in page and "holds dear" not in text
    one = profile_text(rows_of(1, [("category:Gardening", 0.66, 0.1)]), "u", 5)
    assert "u  1 item," in one and "yet: 1 item," in one and "  1 item  Title i0" in one


def test_a_long_history_ends_with_how_much_is_left_out():
    lines = profile_text(rows_of(45, [("category:Western", 0.7, 0.1)]), "u", 5).splitlines()
    last = lines[lines.index("chosen last") + 1 :]
    assert [line.split("[")[1] for line in last[:20]] == [f"i{n}]" for n in range(44, 24, -1)]
    assert last[20:] == ["  and 25 before; the page holds 45"]


def test_a_person_of_words_alone_has_no_map_yet():
    rows = rows_of(2, [(f"keyword:{word}", 0.41, 0.3) for word in WORDS])
    text, page = profile_text(rows, "u", 5), render_own(gather_own(rows, "u", 5), "LAKE")
    for said in (text, page):
        assert "says enough" in said and "oo little to tell yet" in said and not any(word in said for word in WORDS)


def test_what_is_held_dear_is_stronger_than_everybody_s_and_stands_first():
    """The largest share is of what everybody chooses as much: it leads nothing, and stands below what is stronger."""
    rows = rows_of(LEAST_ITEMS, [("category:Drama", 0.28, 0.5), ("category:Western", 0.7, 0.1),
                                 ("keyword:saloon", 0.6, 0.1), ("tag:horses", 0.55, 0.1)])  # fmt: skip
    lines = profile_text(rows, "u", 5).splitlines()
    assert lines[1] == "holds dear: Western, horses"
    table = lines[lines.index("") + 1 :]
    assert [line.split()[0] for line in table[1:6]] == ["Western", "horses", "saloon", "not", "Drama"]
    assert table[4] == "not surely more than everybody"
    assert "<h1>Drawn to Western and horses</h1>" in render_own(gather_own(rows, "u", 5), "LAKE")


def test_who_chooses_as_everybody_is_told_so():
    rows = rows_of(40, [("category:Drama", 0.44, 0.5), ("keyword:saloon", 0.5, 0.4)])
    text, page = profile_text(rows, "u", 5), render_own(gather_own(rows, "u", 5), "LAKE")
    assert (
        text.splitlines()[1] == "nothing stands out yet: no interest is surely stronger than everybody's"
        and "saloon" not in text
    )
    assert "<h1>Nothing stands out yet: no interest is surely stronger than everybody&#39;s</h1>" in page


@pytest.mark.parametrize(("interest_id", "strength", "told"), [
    ("category:Drama", 0.1, True), ("tag:jazz", 0.5, True), ("entity:Bell", 0.2, True), ("keyword:man", 0.5, False),
    ("keyword:man", 0.51, True), ("keyword:guitar amp", 0.4, False), ("topic:1", 0.5, False), ("topic:1", 0.6, True),
])  # fmt: skip
def test_words_and_topics_are_told_where_they_are_beyond_everybody_s(interest_id, strength, told):
    assert is_told(interest(interest_id, strength)) is told


def test_the_order_of_reading():
    rows = [interest("keyword:man", 0.9), interest("category:Pop", 0.4), interest("tag:jazz", 0.6),
            interest("topic:1", 0.7), interest("tag:blues", 0.4, 0.2)]  # fmt: skip
    order = [row["interest_id"] for row in sorted(rows, key=reading_key)]
    assert order == ["tag:jazz", "topic:1", "keyword:man", "tag:blues", "category:Pop"]
    assert [row["interest_id"] for row in leading(rows, LEAST_ITEMS)] == order[:1]
    words = [row for row in rows if row["kind"] not in ("tag", "category")]
    assert [row["interest_id"] for row in leading(words, LEAST_ITEMS)] == order[1:3]
    assert leading(rows, LEAST_ITEMS - 1) == []
    assert leading([interest("tag:jazz", 0.54), interest("category:Pop", 0.51)], LEAST_ITEMS) == []
