import gzip
from dataclasses import replace

import pytest
import yaml

from interestlake.sources import load_source
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


@pytest.fixture
def mapped(tmp_path, request_for):
    """mapped(folder, events={...}, items=..., request={...}) -> what the table loader makes of it."""

    def load(folder, request=None, **sections):
        path = tmp_path / "mapping.yml"
        path.write_text(yaml.safe_dump(sections, allow_unicode=True))
        return load_source("table", request_for(folder, mapping=str(path), **(request or {})))

    return load
