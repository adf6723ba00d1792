"""A lake on an object store and on HDFS: killed once and gone on with, it holds the tables of a run on this disk."""

import hashlib
import json
import os
import subprocess

import pytest

from interestlake.core.lake import Lake
from interestlake.core.schemas.all import ALL
from interestlake.core.session import build_session
from interestlake.core.storage import files_in, filesystem
from interestlake.stages.order import STAGES

from ..cluster.compare import differences
from ..cluster.tolerances import tolerance_of
from ..stage_tables import WRITTEN
from .conftest import RUN_ID, command
from .servers import ROOT

# the first test of each store waits for two whole runs
pytestmark = [pytest.mark.storage, pytest.mark.timeout(2400)]
# what a run did and how long it took differs by nature
COMPARED = [name for name in WRITTEN if not name.startswith("ops.")]


@pytest.fixture(scope="module")
def far(stored):
    """A session that reaches the store and this disk."""
    session = build_session(str(stored.conf), "local")
    hadoop = session._jsc.hadoopConfiguration()
    for key, value in stored.store.properties.items():  # of a session that an earlier store has begun
        hadoop.set(key.removeprefix("spark.hadoop."), value)
    return session


def rounded(value: object) -> object:
    """Floats as text of 6 digits, within lists and rows too; what is no plain value as text."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return {str(key): rounded(one) for key, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, (list, tuple)) else str(value)


def digest(rows: list[dict], free: tuple[str, ...]) -> str:
    """What the rows hold in any order, floats to 6 digits, without the run's id."""
    plain = ({name: value for name, value in row.items() if name not in (*free, "run_id")} for row in rows)
    lines = sorted(json.dumps(rounded(row), sort_keys=True) for row in plain)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_every_table_equals_that_of_a_run_on_this_disk(stored, world, far):
    here, there = Lake(far, world), Lake(far, stored.lake)
    unequal = {}
    for name in COMPARED:
        rows = [[row.asDict(recursive=True) for row in lake.read(name).collect()] for lake in (here, there)]
        free = tolerance_of(name).free_columns
        print(f"{name:40} {len(rows[0]):7} {len(rows[1]):7} rows  {digest(rows[0], free)} {digest(rows[1], free)}")
        lines = differences(ALL[name].key, *rows, tolerance_of(name))
        unequal |= {name: lines} if lines else {}
    assert unequal == {}


def test_the_second_call_went_on_where_the_first_was_killed(stored):
    lines = stored.said.splitlines()
    done = [line.split()[1] for line in lines if f"already done under run id {RUN_ID}" in line]
    assert done[:6] == [stage.name for stage in STAGES[:6]] and "train_two_tower" not in done
    assert any("is gone: its hold on the lake ends" in line for line in lines)
    assert sum(line.strip().startswith("promote finished") for line in lines) == 1


def test_all_that_belongs_to_the_lake_lies_there(stored, far):
    assert files_in(far, f"{stored.lake}/reports", ".html") == [f"{stored.lake}/reports/{RUN_ID}.html"]
    released = files_in(far, f"{stored.lake}/models/recommender_files", "")
    ends = sorted(file.partition(".")[2] for file in (one.rpartition("/")[2] for one in released))
    assert ends == ["left.safetensors", "safetensors"]  # the models, and what their fits left for the next run
    system, held = filesystem(far, f"{stored.lake}/.held.json")
    assert not system.exists(held)
    assert files_in(far, f"{stored.lake}/checkpoints", ".pt") == []
    # a scheme that was read as a folder's name would have made one here
    assert not [path.name for path in ROOT.iterdir() if path.name.endswith(":")]


def asked(stored, environment: dict[str, str], name: str, *arguments: str) -> subprocess.CompletedProcess:
    given = [*arguments, "--lake", stored.lake, "--conf", str(stored.conf), "--tracking-uri", stored.store.tracking_uri]
    env = {**os.environ, **environment}
    done = subprocess.run(command(name, *given), cwd=ROOT, env=env, capture_output=True, text=True, timeout=400)
    print(f"$ interestlake {name}", *given, "\n", done.stdout[:1200], done.stderr[-1200:], flush=True)
    return done


@pytest.mark.parametrize("line", ["list --user u0000001", "who", "explain --user u0000001"])
def test_the_commands_that_read_answer(stored, line):
    done = asked(stored, {}, *line.split())
    assert done.returncode == 0 and done.stdout.strip(), done.stderr[-3000:]
    # what no environment names is Spark's to read
    assert ("starting Spark" in done.stderr) == bool(stored.store.environment) or "list" not in line


def test_a_list_comes_at_once_where_the_environment_names_the_store(stored):
    done = asked(stored, stored.store.environment, "list", "--user", "u0000001")
    assert done.returncode == 0 and done.stdout.strip() and "Spark" not in done.stderr, done.stderr[-3000:]


def test_the_registered_recommender_comes_from_the_stores_artefacts(stored):
    from interestlake.recommending.saved import registered_recommender

    assert len(registered_recommender("models:/interestlake.ranker@challenger", stored.store.tracking_uri).names) > 1
