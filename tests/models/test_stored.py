"""What a file of values holds comes back; no class from elsewhere, no code, no half file is read."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from safetensors.numpy import save_file

from interestlake.models.fitted import Fitted
from interestlake.models.ncf import NcfScorer, NeuMf
from interestlake.models.popularity import Popularity
from interestlake.models.sasrec import SasRec, SequenceScorer
from interestlake.models.stored import UNREADABLE, plain_of, read_values, value_of, write_values

from ..benchmark.world import feedback, pairs

PAIRS = feedback(pairs(people=20, length=6))
PEOPLE, ITEMS = PAIRS.shape
RANDOM = np.random.default_rng(0)


@pytest.fixture(params=[False, True], ids=["copied", "mapped"])
def there_and_back(tmp_path, request):
    def run(value):
        write_values(file := tmp_path / "values", value)
        return read_values(file, mapped=request.param)

    return run


def expect_the_same(one: Fitted, again: Fitted) -> None:
    everyone = np.arange(PEOPLE)
    scores = one.score(PAIRS, everyone, None)
    assert scores.any() and np.array_equal(again.score(PAIRS, everyone, None), scores)


@pytest.mark.parametrize("side", [None, torch.rand(ITEMS, 5)])
def test_a_network_over_sequences(there_and_back, side):
    torch.manual_seed(0)
    network = SasRec(ITEMS, 5, 8, 2, 2, 0.3, side).eval()
    one = Fitted(SequenceScorer.of("sasrec", network, np.ones(ITEMS, bool)))
    expect_the_same(one, there_and_back(one))


def test_a_network_over_people(there_and_back):
    torch.manual_seed(0)
    places = np.arange(1, PEOPLE + 1, dtype=np.float32)[:, None]
    one = Fitted(NcfScorer("ncf", NeuMf(PEOPLE, ITEMS, 8, 0.2).eval(), RANDOM.random(ITEMS) > 0.2), places)
    expect_the_same(one, there_and_back(one))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3).T,
        np.zeros((0, 4), np.float32),
        np.array(3.5),
        np.array([True, False]),
        np.array([1, 2], np.uint8),
        np.array([np.nan, -np.inf]),
        np.array(["a", "", None, "é\n\x00", "\ud800", "日本"], object),
        np.array(["wide", "w"]),
        np.empty(0, object),
    ],
)
def test_arrays_come_back_as_they_were(there_and_back, array):
    again = there_and_back(array)
    assert again.dtype == array.dtype and again.shape == array.shape
    np.testing.assert_array_equal(again, array)
    assert again.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csc_matrix])
def test_sparse_matrices_keep_their_stored_zeros(there_and_back, kind):
    matrix = kind(([1.0, 0.0, 3.0], ([0, 1, 1], [2, 0, 1])), shape=(3, 4), dtype=np.float32)
    again = there_and_back(matrix)
    assert again.format == matrix.format and again.nnz == 3 and again.dtype == np.float32
    np.testing.assert_array_equal(again.toarray(), matrix.toarray())


def test_plain_values_keep_their_kind(there_and_back):
    value = {"a": (1, 2.5, None), 3: [True, "x"], "none": {}, "number": np.float32(0.5)}
    again = there_and_back(value)
    assert again == value and isinstance(again["a"], tuple) and isinstance(again[3], list)
    assert np.isnan(there_and_back(float("nan")))


@dataclass(frozen=True)
class Elsewhere:
    x: int = 1


class Own(Popularity):
    pass


def test_a_scorer_that_the_process_has_loaded_may_stand_elsewhere(there_and_back):
    own = there_and_back(Own("own", np.array([1.0, 2.0], np.float32)))
    assert type(own) is Own and own.name == "own"


@pytest.mark.parametrize("value", [Elsewhere(), object(), np.array([object()]), {1, 2}, torch.zeros(1), lambda: 0])
def test_what_is_more_than_values_is_not_written(tmp_path, value):
    with pytest.raises(TypeError, match="value"):
        write_values(tmp_path / "values", {"inside": [value]})
    assert not (tmp_path / "values").exists()


@pytest.mark.parametrize(
    "address",
    [
        "os:system",
        "subprocess:Popen",
        "tests.models.test_stored:Elsewhere",
        "interestlake.models.fitted:ThreadPoolExecutor",
        "interestlake.models.top:top_columns",
        "interestlake.models.nosuch:Thing",
        "interestlake.cli.main:main",
        "interestlake.models.stored",
    ],
)
@pytest.mark.parametrize(
    "form", [{"fields": {}}, {"parts": {"mapping": []}}, {"network": {"shape": {}, "weights": {}}}]
)
def test_a_class_from_elsewhere_is_refused(address, form):
    with pytest.raises(UNREADABLE):
        value_of({"class": address, **form}, {})


def test_a_file_cut_short_or_of_another_form_is_refused(tmp_path):
    write_values(file := tmp_path / "values", np.arange(1000))
    whole = file.read_bytes()
    for content in (whole[:-8], whole[:20], b"", b"\x80\x05cos\nsystem\n", b"\xff" * 16):
        file.write_bytes(content)
        with pytest.raises(UNREADABLE):
            read_values(file)


def test_no_array_is_named_twice():
    arrays = {}
    plain_of("m", {"a/b": np.arange(2), "a": {"b": np.arange(3)}}, arrays)
    assert len(arrays) == 2


def test_a_mapped_array_is_written_to_without_the_file(tmp_path):
    write_values(file := tmp_path / "values", {"a": np.arange(5.0), "b": np.arange(3, dtype=np.int8)})
    before = file.read_bytes()
    read = read_values(file, mapped=True)
    write_values(file, {"a": np.zeros(1)})  # in place of the file that is mapped
    read["a"][0] = 9.0
    np.testing.assert_array_equal(read["a"], [9, 1, 2, 3, 4])
    assert file.read_bytes() != before and read_values(file)["a"].tolist() == [0.0]


def test_a_class_that_the_reader_is_given_may_stand_elsewhere(tmp_path):
    name = f"{Own.__module__}:{Own.__qualname__}"
    described = {"class": name.replace("Own", "Given"), "fields": {}}
    with pytest.raises(ValueError, match="is none of"):
        value_of(described, {})
    assert isinstance(value_of(described, {}, {described["class"]: Elsewhere}), Elsewhere)


@pytest.mark.parametrize("indptr", [[0, 1_000_000, -7, 2], [0, 2, 1, 2], [0, 1, 1, 9]])
def test_pointers_that_lead_outside_are_refused(tmp_path, indptr):
    """numpy would read past the arrays, and the process end."""
    arrays = {"m/data": np.ones(2), "m/indices": np.zeros(2, np.int32), "m/indptr": np.array(indptr, np.int32)}
    with pytest.raises(ValueError):
        value_of({"sparse": "m", "format": "csr", "shape": [3, 3]}, arrays)


@pytest.mark.parametrize("described", [
    {"texts": "t", "missing": [99], "wide": False},
    {"texts": "t", "missing": "x", "wide": False},
    {"class": "interestlake.models.fitted:Fitted", "fields": {"scorer": {"value": 1}, "other": {"value": 2}}},
    {"class": "interestlake.models.distribution.scorer:Reader", "parts": {"mapping": [
        ["half", {"value": False}], ["files", {"mapping": [["evil.py", {"array": "t/utf8"}]]}]]}},
    {"class": "interestlake.models.distribution.scorer:Reader", "parts": {"mapping": [
        ["half", {"value": False}], ["files", {"mapping": [["tokenizer.json", {"array": "t/utf8"}]]}]]}},
])  # fmt: skip
def test_odd_descriptions_are_one_kind_of_error(tmp_path, described):
    arrays = {"t/ends": np.array([1, 2]), "t/utf8": np.frombuffer(b"ab", np.uint8)}
    save_file(arrays, file := tmp_path / "values", {"described": json.dumps(described)})
    with pytest.raises(UNREADABLE):
        read_values(file, mapped=True)
