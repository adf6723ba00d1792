"""A run id belongs to what mapping and files hold; a lake that cannot be written is seen at once."""

import os
from dataclasses import replace

import pytest

from interestlake.core import content, places
from interestlake.core.claim import PARTS, claim_run, fingerprint
from interestlake.core.config import RunOptions, load_params
from interestlake.core.content import content_mark
from interestlake.core.errors import BadInput


@pytest.fixture
def options(tmp_path):
    """What a run over input/a.csv with m.yml says."""
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "a.csv").write_text("u,i\na,1\n")
    (tmp_path / "m.yml").write_text("events: {time_unit: millis}\n")
    return RunOptions(str(tmp_path / "lake"), "r1", source="table", inputs=(str(tmp_path / "input"),),
                      mapping=str(tmp_path / "m.yml"))  # fmt: skip


def test_a_mark_is_of_contents_and_not_of_paths(tmp_path, options):
    first = content_mark(None, options.inputs)
    (tmp_path / "input" / ".hidden").write_text("x")
    os.rename(tmp_path / "input", tmp_path / "moved")
    assert content_mark(None, (str(tmp_path / "moved"),)) == first
    (tmp_path / "moved" / "a.csv").write_text("u,i\na,2\n")
    assert content_mark(None, (str(tmp_path / "moved"),)) != first
    assert content_mark(None, (str(tmp_path / "nowhere"),)) == content_mark(None, ())


def test_a_large_file_goes_by_size_and_time(tmp_path, options, monkeypatch):
    monkeypatch.setattr(content, "READ_WHOLE", 4)
    path = tmp_path / "input" / "a.csv"
    os.utime(path, ns=(1, 1))
    first = content_mark(None, options.inputs)
    path.write_text("u,i\nb,1\n")
    os.utime(path, ns=(1, 1))
    assert content_mark(None, options.inputs) == first
    os.utime(path, ns=(2, 2))
    assert content_mark(None, options.inputs) != first


def test_a_run_id_with_another_mapping_or_file_is_refused_by_name(tmp_path, options, lake):
    params = load_params(None)
    assert claim_run(lake, options, params).done == {}
    assert claim_run(lake, options, params).done == {}
    (tmp_path / "m.yml").write_text("events: {time_unit: seconds}\n")
    with pytest.raises(BadInput, match=r"run id r1: found used before \(source table, seed 42\) with other mapping;"):
        claim_run(lake, options, params)
    (tmp_path / "input" / "a.csv").write_text("u,i\na,2\n")
    with pytest.raises(BadInput, match=r"with other mapping and other input files; expected"):
        claim_run(lake, options, params)


def test_every_part_of_a_fingerprint_stands_for_itself(tmp_path, options):
    mark = fingerprint(None, options, load_params(None))
    others = [
        fingerprint(None, replace(options, seed=1), load_params(None)),
        fingerprint(None, replace(options, mapping=None), load_params(None)),
        fingerprint(None, replace(options, inputs=()), load_params(None)),
        fingerprint(None, options, load_params(None, {"als.rank": 7})),
    ]
    for part, other in enumerate(others):
        pairs = list(zip(mark.split("-"), other.split("-"), strict=True))
        assert [place for place, (one, new) in enumerate(pairs) if one != new] == [part], PARTS[part]


@pytest.mark.parametrize("name", ["ü ß", "copy 1.lake", "a-b_c"])
def test_lakes_with_ordinary_names(tmp_path, name):
    places.expect_lake_place(str(tmp_path / name))
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("address", ["s3a://bucket:9000/lake", "dbfs:/lake", "hdfs://host/a b"])
def test_lakes_elsewhere_are_not_looked_at(address):
    places.expect_lake_place(address)


ODD = ("hash#tag", "100%", "per%20cent", "qu?estion", "co:lon", "back\\slash", "[2024]", "{x}", "star*")


@pytest.mark.parametrize("name", ODD)
def test_lakes_whose_path_others_would_read_otherwise(tmp_path, name):
    with pytest.raises(BadInput, match=r"in its path; expected a path of letters"):
        places.expect_lake_place(str(tmp_path / name / "lake"))
    with pytest.raises(BadInput, match=r"in its path; expected a path of letters"):
        places.expect_lake_place(f"{name}/lake")


def test_a_lake_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="Not a directory; expected a folder on this machine"):
        places.expect_lake_place(str(tmp_path / "file" / "lake"))
    monkeypatch.setattr(places, "NEEDED", 1 << 60)
    with pytest.raises(BadInput, match=r"found \d+ MiB free; expected at least"):
        places.expect_lake_place(str(tmp_path / "lake"))
