"""The benchmark's reading of a run: stages told apart by their log lines, memory of all processes, honest verdicts."""

import logging
import sys

import pytest
from bench.__main__ import BENCHES, table, verdict
from bench.measure import Measured, measure
from bench.stage_log import StageLog

LINES = """\
run bench  seed 42  lake out/bench/sample
starting Spark (local) ...
[1/12] ingest                read the source into bronze
      bronze.events                         4321 rows  version 1
      bronze.items                           120 rows  version 1
      ingest finished in 7.5 s
[2/12] prepare               already done under run id bench
[3/12] annotate              text features
      annotate finished in 11.0 s
"""


def test_lines_become_stages():
    log = StageLog()
    for line in LINES.splitlines():
        log.take(line)
    assert [(stage.name, stage.seconds, stage.rows) for stage in log.stages] == [
        ("start-up", 0.0, 0),
        ("ingest", 7.5, 4441),
        ("prepare", 0.0, 0),
        ("annotate", 11.0, 0),
    ]


def test_the_pipeline_still_writes_such_lines(stage_context, caplog):
    from interestlake.core.lake import empty
    from interestlake.core.pipeline import run_stages
    from interestlake.core.stage import Stage

    def make_no_friends(context):
        context.write("bronze.friends", empty(context.spark, "bronze.friends"))
        return {}

    stage = Stage("prepare", "a stage of one table", (), ("bronze.friends",), "prepare", make_no_friends)
    context = stage_context(source="sample")
    log = StageLog()
    with caplog.at_level(logging.INFO, logger="interestlake"):
        run_stages(context.spark, (stage,), context.params, context.options)
    for record in caplog.records:
        log.take(record.getMessage())
    assert [figures.name for figures in log.stages] == ["start-up", "prepare"]
    assert log.current.seconds > 0
    assert any("bronze.friends" in record.getMessage() for record in caplog.records)


def test_a_process_is_measured_with_its_children(tmp_path):
    child = "import time; x = bytearray(80_000_000)\nwhile time.process_time() < 1: pass\ntime.sleep(2)"
    script = tmp_path / "run.py"
    script.write_text(
        "import subprocess, sys\n"
        "print('[1/1] hold  memory', flush=True)\n"
        f"subprocess.run([sys.executable, '-c', {child!r}])\n"
        "print('      hold finished in 2.0 s')\n"
        "sys.exit(3)\n"
    )
    measured = measure([sys.executable, str(script)], tmp_path, tmp_path / "log")
    assert measured.exit_code == 3
    assert [stage.name for stage in measured.stages] == ["start-up", "hold"]
    assert 80e6 < measured.stages[1].peak_bytes < 400e6
    assert 0.9 < measured.stages[1].processor_seconds < 5
    assert 0 <= measured.stolen_share <= 1
    assert (tmp_path / "log").read_text().count("\n") == 2
    assert "hold" in table(measured)


@pytest.mark.parametrize(
    ("seconds", "exit_code", "said"),
    [
        (100, 0, "sample: 100 s, goal 180 s: hit (done)"),
        (200, 3, "sample: 200 s, goal 180 s: MISS (done, the gate said no)"),
        (5, 2, "sample: ended with exit code 2, so its time says nothing"),
    ],
)
def test_verdicts(seconds, exit_code, said):
    assert verdict(BENCHES[0], Measured(seconds, exit_code, [], 0.0)) == said
