"""Ids that pandas keeps in one type here and in another there are one id; what can be none is refused by its row."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from interestlake import Recommender
from interestlake.core.errors import BadInput
from interestlake.recommending.on_frames.ids import ids_in
from interestlake.recommending.on_frames.read import read_frames

PAIRS = pd.DataFrame([(user, item) for user in (10, 11, 12) for item in range(9) if (user + item) % 3],
                     columns=["user_id", "item_id"])  # fmt: skip
KINDS = {
    "float64": lambda column: column.astype("float64"),
    "Int64": lambda column: column.astype("Int64"),
    "uint64": lambda column: column.astype("uint64"),
    "int8": lambda column: column.astype("int8"),
    "int64[pyarrow]": lambda column: column.astype("int64[pyarrow]"),
    "double[pyarrow]": lambda column: column.astype("double[pyarrow]"),
    "category": lambda column: column.astype("float64").astype("category"),
    "decimals": lambda column: column.map(lambda one: Decimal(f"{one}.00")),
    "objects": lambda column: pd.Series([float(one) if one % 2 else one for one in column], dtype=object),
}


def of(**columns) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


@pytest.mark.parametrize("kind", KINDS)
def test_whole_numbers_are_one_id_in_every_frame(kind):
    as_kind = KINDS[kind]
    sides = {
        "validation": of(user_id=as_kind(pd.Series([12])), item_id=as_kind(pd.Series([0]))),
        "items": of(item_id=as_kind(pd.Series(range(10))), title=list("abcdefghij")),
        "friends": of(user_id=as_kind(pd.Series([10])), friend_id=as_kind(pd.Series([11]))),
        "facts": of(subject=as_kind(pd.Series([0, 9])), predicate=["of"] * 2, object=[1.5, 2.0]),
    }
    for pairs in (PAIRS, PAIRS.apply(as_kind)):
        read = read_frames(pairs, **sides)
        assert read.users.values.tolist() == [10, 11, 12] and read.items.values.tolist() == list(range(10))
        assert read.items.values.dtype == "int64" and read.items.keys.tolist() == list("0123456789")
        assert read.inputs.items["title"].tolist() == list("abcdefghij")


def test_items_as_floats_beside_pairs_as_integers_come_back_as_integers():
    items = pd.DataFrame({"item_id": np.arange(9.0), "title": list("abcdefghi")})
    made = Recommender(["item_knn"], quick=True).fit(PAIRS, items=items)
    lists = made.recommend()
    assert lists["item_id"].dtype == lists["user_id"].dtype == "int64" and len(lists)
    again = Recommender(["item_knn"], quick=True).fit(PAIRS.astype(float))
    expected = again.recommend([10])
    for asked in (10.0, [10], ["10"], np.array([10.0]), pd.Series([10], dtype="Int64"), [Decimal(10)], np.array(10)):
        assert len(again.recommend(asked, unknown="raise")) == len(expected) > 0
    assert again.recommend([10.0])["user_id"].dtype == "int64"
    assert again.similar_items(0.0)["item_id"].unique().tolist() == [0]
    assert again.explain(10.0, 2)["item_id"] == 2


def test_wide_ids_lose_no_digit():
    wide = [2**64 - 1, 2**64 - 2, 2**63]
    assert ids_in(np.array(wide, np.uint64), "user_id", "users").tolist() == wide
    assert ids_in([2**60 + 1, 1.0], "user_id", "users").tolist() == [2**60 + 1, 1]
    pairs = pd.DataFrame({"user_id": [1, 2, 2], "item_id": np.array(wide, np.uint64)})
    read = read_frames(pairs, items=pd.DataFrame({"item_id": [7]}))
    assert sorted(read.items.values.tolist()) == sorted([7, *wide])


@pytest.mark.parametrize(("values", "found"), [
    ([1.0, 2.5], "2.5 as item_id in row 1"),
    ([1.0, np.nan], "1 row without item_id, the first in row 1"),
    ([np.inf, 1.0], "inf as item_id in row 0"),
    ([1.0, 2.0**60], "1.152921504606847e[+]18 as item_id in row 1"),
    (pd.Series([1, None], dtype="Int64"), "1 row without item_id, the first in row 1"),
    (pd.Series([2.0**24 + 2], dtype="float32"), "16777218.0 as item_id in row 0"),
    (pd.Series([1, Decimal("2.5")], dtype=object), "2.5 as item_id in row 1"),
    (pd.Series([1, Decimal("inf")], dtype=object), "Infinity as item_id in row 1"),
    (pd.Series([1, float("inf")], dtype=object), "inf as item_id in row 1"),
    (pd.Series([1, 10.0**300], dtype=object), "1e[+]300 as item_id in row 1"),
    (pd.Series([1, [2]], dtype=object), r"\[2\] as item_id"),
])  # fmt: skip
def test_what_is_no_id_is_refused_by_its_row(values, found):
    with pytest.raises(BadInput, match=f"items: found {found}"):
        read_frames(PAIRS, items=of(item_id=values))


@pytest.mark.parametrize("pairs", [PAIRS.astype({"item_id": str}), PAIRS])
def test_texts_beside_numbers_are_refused(pairs):
    other = pd.Series([70.0, 80.0]) if pairs["item_id"].dtype == object else pd.Series(["a", "b"])
    with pytest.raises(BadInput, match=r"ids: found numbers \(.*\) beside texts \(.*\); expected ids of one type"):
        read_frames(pairs, items=of(item_id=other))
    alike = pd.Series([1.0]) if pairs["item_id"].dtype == object else pd.Series(["1"])
    with pytest.raises(BadInput, match="'1'.*which are written alike|1 and '1', which are written alike"):
        read_frames(pairs, items=of(item_id=alike))


@pytest.mark.parametrize(("asked", "found"), [
    ([np.nan], "users: found 1 row without user_id, the first in row 0"),
    (np.nan, "users: found 1 row without user_id"),
    ([10, None], "users: found 1 row without user_id, the first in row 1"),
    (pd.DataFrame({"user_id": [10.0, 1.5]}), "users: found 1.5 as user_id in row 1"),
    (np.array([[10, 11]]), r"users: found array\(\[10, 11\]\) as user_id"),
    ([[10]], r"users: found \[10\] as user_id"),
])  # fmt: skip
def test_nobody_is_asked_for_by_what_is_no_id(asked, found):
    made = Recommender(["item_knn"], quick=True).fit(PAIRS)
    with pytest.raises(BadInput, match=found):
        made.recommend(asked)


@pytest.mark.parametrize(("frames", "found"), [
    ({"pairs": pd.concat([PAIRS, PAIRS["user_id"]], axis=1)}, "pairs: found more than one column user_id"),
    ({"pairs": PAIRS.rename(columns={"user_id": "u", "item_id": "i"})}, "expected user_id and item_id among them"),
    ({"pairs": pd.DataFrame({"weight": [1.0]})}, "expected user_id and item_id among them"),
    ({"facts": pd.DataFrame({"subject": [0]})}, "facts: .*expected predicate and object among them"),
    ({"friends": pd.DataFrame({"a": [0]})}, "friends: .*expected user_id and friend_id among them"),
    ({"items": pd.DataFrame([[0, "a", "b"]], columns=["item_id", "title", "title"])}, "more than one column title"),
    ({"pairs": None}, "pairs: found None"),
])  # fmt: skip
def test_columns_that_are_not_there_or_twice_are_all_named(frames, found):
    with pytest.raises(BadInput, match=found):
        read_frames(**{"pairs": PAIRS, **frames})


@pytest.mark.parametrize(("given", "found"), [
    ({"k": "5"}, "k: found '5'; expected a whole number"),
    ({"k": float("nan")}, "k: found nan"),
    ({"k": True}, "k: found True"),
    ({"budget": 1.5}, "budget: found 1.5"),
    ({"seed": -1}, "seed: found -1"),
    ({"minutes": float("nan")}, "minutes: found nan; expected a number >= 0"),
    ({"minutes": "5"}, "minutes: found '5'"),
    ({"variety": float("nan")}, r"variety: found nan; expected a share, 0\.\.1"),
    ({"variety": -0.1}, "variety: found -0.1"),
    ({"max_gigabytes": 0}, "max_gigabytes: found 0; expected a number > 0"),
    ({"max_gigabytes": -1.0}, "max_gigabytes: found -1.0"),
    ({"quick": "no"}, "quick: found 'no'"),
    ({"models": "item_knn"}, r"models: found 'item_knn'; expected a list of names, such as \['item_knn'\];"),
    ({"models": "item_kn"}, "models: found 'item_kn'; .*did you mean item_knn?"),
    ({"models": [1]}, r"models: found \[1\]; expected a list of names"),
    ({"models": 3}, "models: found 3"),
])  # fmt: skip
def test_an_argument_that_cannot_be_is_named(given, found):
    with pytest.raises(BadInput, match=found):
        Recommender(**given)


def test_near_misses_are_told_before_anything_is_read():
    with pytest.raises(BadInput, match="found item_kn; .*did you mean item_knn?"):
        Recommender(["item_kn"]).fit("no frame")
    made = Recommender(["item_knn"], quick=True, k=np.int64(5)).fit(PAIRS)
    with pytest.raises(BadInput, match=r"users: found 1 without a pair: 99; .*set it in explain\(user=...\)$"):
        made.explain(99, 0)
    with pytest.raises(BadInput, match=r"found no item 99; .*set it in explain\(item=...\)$"):
        made.explain(10, 99)
