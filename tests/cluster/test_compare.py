"""The comparison itself: it must see what a cluster could get wrong."""

import pytest

from .compare import EXACT, Tolerance, differences

ROWS = [{"id": f"i{n}", "weight": n / 7, "terms": ["a", "b"], "vector": [0.1 * n, 1.0]} for n in range(10)]


def changed(position: int, **values) -> list[dict]:
    return [{**row, **values} if n == position else row for n, row in enumerate(ROWS)]


def test_equal_rows_in_another_order_agree():
    assert differences(("id",), ROWS, ROWS[::-1]) == []


def test_rounding_noise_agrees():
    assert differences(("id",), ROWS, changed(3, weight=3 / 7 + 1e-9)) == []


@pytest.mark.parametrize(
    "values",
    [{"weight": 3 / 7 + 1e-4}, {"weight": None}, {"terms": ["b", "a"]}, {"terms": ["a"]}, {"vector": [0.3, 1.1]}],
)
def test_each_kind_of_change_is_seen(values):
    (line,) = differences(("id",), ROWS, changed(3, **values))
    assert line.startswith("1 of 10 rows differ, expected 100% equal; first ('i3',): " + next(iter(values)))


def test_a_missing_row_is_seen():
    (line,) = differences(("id",), ROWS, ROWS[:-1])
    assert line.startswith("9 of 10 keys in common, expected 100%; only local [\"('i9',)\"]")


def test_a_repeated_key_is_seen():
    assert differences(("id",), ROWS, [*ROWS, ROWS[0]]) == ["key ('id',) repeats: 10 and 11 rows, 10 and 10 keys"]


def test_tolerance_allows_what_it_names_and_no_more():
    loose = Tolerance(absolute=0.1, equal_rows=0.8, common_keys=0.9)
    assert differences(("id",), ROWS, changed(3, weight=3 / 7 + 0.05), loose) == []
    assert differences(("id",), ROWS, changed(3, terms=[])[:-1], loose) == []
    assert len(differences(("id",), ROWS, ROWS[:-2], loose)) == 1
    assert len(differences(("id",), ROWS, [{**row, "terms": []} for row in ROWS], loose)) == 1


def test_free_columns_are_left_out():
    assert differences(("id",), ROWS, changed(3, weight=9.0), Tolerance(free_columns=("weight",))) == []
    assert len(differences(("id",), ROWS, changed(3, weight=9.0), EXACT)) == 1
