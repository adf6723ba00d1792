import gzip
from dataclasses import replace

import pytest

from interestlake.sources.contract import Request


@pytest.fixture
def write(tmp_path):
    """write("name", text or bytes) -> the input folder; a name that ends in .gz is compressed."""
    folder = tmp_path / "input"

    def make(name, content):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        return str(folder)

    return make


@pytest.fixture
def request_for(spark, tmp_path):
    """request_for(folder, ..., mapping=...) -> what a loader is given."""

    def make(*inputs, **more):
        return replace(Request(spark, inputs, lake_root=str(tmp_path / "lake")), **more)

    return make


@pytest.fixture
def rows_of():
    """rows_of(frame, "a", "b") -> sorted tuples of those columns."""

    def collect(frame, *columns):
        return sorted((tuple(row) for row in frame.select(*columns).collect()), key=repr)

    return collect
