"""The planted lake as frames, and the page made of them."""

import pytest

from interestlake.core.config import RunOptions, load_params
from interestlake.core.schemas.all import ALL
from interestlake.core.stage import Stage
from interestlake.reporting.gather import OptionalTables, gather

from . import planted

ORDER = tuple(
    Stage(name, f"what {name} does", (), (), "report", lambda context: {})
    for name in ("ingest", "prepare", "build_graph", "train_als", "evaluate")
)


def ddl(name: str) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in ALL[name].columns)


@pytest.fixture(scope="session")
def frames(spark):
    """{table: DataFrame} of the planted lake, one partition each."""
    rows = planted.tables().items()
    frames = {name: spark.createDataFrame(r, ddl(name)).coalesce(1).cache() for name, r in rows}
    yield frames
    for frame in frames.values():
        frame.unpersist()


@pytest.fixture(scope="session")
def make_page(frames):
    """make(without=(...), replaced={table: DataFrame}, overrides={...}, run_id=...) -> Page."""

    def make(without=(), replaced=None, overrides=None, run_id=planted.RUN):
        kept = {name: frame for name, frame in {**frames, **(replaced or {})}.items() if name not in without}
        options = RunOptions(lake="unused", run_id=run_id)
        return gather(OptionalTables(kept.__contains__, kept.__getitem__), load_params(None, overrides), options, ORDER)

    return make


@pytest.fixture(scope="session")
def page(make_page):
    """The page of the whole planted lake."""
    return make_page()
