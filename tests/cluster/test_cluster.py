"""The pipeline on a real standalone cluster: both executors work, GPUs are scheduled, tables equal the local run's."""

import json
import os

import numpy as np
import pytest

from interestlake.core.schemas.all import ALL
from interestlake.text.configured import loaded_encoder
from interestlake.text.encoder_files import find_encoder

from ..stage_tables import WRITTEN
from .compare import differences
from .conftest import encoder_folder
from .embed_some import TEXTS
from .event_log import read_event_log
from .tolerances import tolerance_of

# the first test that asks for the runs waits for two whole pipelines
pytestmark = [pytest.mark.cluster, pytest.mark.timeout(2400)]
# what a run did and how long it took differs by nature
COMPARED = [name for name in WRITTEN if not name.startswith("ops.")]


@pytest.fixture(scope="module")
def told(cluster) -> list[dict]:
    """What a task on each executor says of its host; asked for the encoder, the driver's files, and what is shared."""
    marker = cluster.shared / "seen"
    marker.write_text("by all")
    asked = [str(encoder_folder() / "tokenizer.json"), str(cluster.folder), str(marker)]
    done = cluster.submit("gpu", "tests/cluster/who_am_i.py", *asked, log="who")
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_the_hosts_share_nothing_but_the_store(cluster, told):
    if not cluster.apart:
        pytest.skip("no mount namespaces here: they need Linux and root")
    assert [each["there"] for each in told] == [[str(cluster.shared / "seen")]] * 2
    assert len({each["disk"] for each in told} | {os.stat("/tmp").st_ino}) == 3
    assert all(each["folder"].startswith("/tmp/work/") for each in told) and not os.path.exists("/tmp/work")


def test_the_encoder_comes_to_the_executors_by_spark(cluster):
    done = cluster.submit("standalone", "tests/cluster/embed_some.py", "onnx", "torch", log="encoder")
    told = json.loads(done.stdout.strip().splitlines()[-1])
    here = loaded_encoder(find_encoder("", 128)).encode(TEXTS)
    assert sorted(told) == ["onnx", "torch"]
    for vectors in told.values():
        assert np.allclose([vectors[f"t{number}"] for number in range(len(TEXTS))], here, atol=1e-5)


def test_a_task_gets_a_gpu_address_on_each_executor(cluster, told):
    assert sorted(each["partition"] for each in told) == [0, 1]
    assert len({each["folder"] for each in told}) == 2
    assert all(len(each["gpu"]) == 1 for each in told)
    (application,) = read_event_log(cluster.folder / "who")
    assert application.tasks_per_executor() == {"0": 1, "1": 1}
    assert application.gpu_scheduled_stages() == list(application.tasks)


@pytest.mark.parametrize("part", ["before", "embed", "after"])
def test_both_executors_ran_tasks_of_many_stages(runs, part):
    application = runs.applications[part]
    tasks, shared = application.tasks_per_executor(), application.shared_stages()
    milliseconds = dict(application.run_milliseconds)
    print(f"{part}: tasks {dict(tasks)}, run milliseconds {milliseconds}, {len(shared)} stages on both executors")
    assert len(tasks) == 2
    assert min(tasks.values()) >= 0.1 * tasks.total()
    assert len(shared) >= 3


def test_embed_was_scheduled_by_gpu_resource(runs):
    application = runs.applications["embed"]
    scheduled = application.gpu_scheduled_stages()
    assert set(scheduled) == set(application.tasks)
    assert any(set(application.tasks[stage]) == {"0", "1"} for stage in scheduled)
    assert all(len(addresses) == 1 for addresses in application.executors.values())


def test_other_stages_asked_for_no_gpu(runs):
    for part in ("before", "after"):
        assert runs.applications[part].gpu_scheduled_stages() == []


@pytest.mark.parametrize("name", COMPARED)
def test_table_equals_the_local_run(runs, spark, name):
    from interestlake.core.lake import Lake

    here, there = Lake(spark, runs.local), Lake(spark, runs.cluster)
    assert here.exists(name) and there.exists(name)
    rows = [[row.asDict(recursive=True) for row in lake.read(name).collect()] for lake in (here, there)]
    assert differences(ALL[name].key, *rows, tolerance_of(name)) == []
