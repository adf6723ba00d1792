"""Nothing is silent for more than ten seconds: planted slow work, a planted clock, and Spark's own tasks."""

import io
import logging
import threading
import time

import pytest

from interestlake.core import progress
from interestlake.core.progress import QUIET_S, Progress, duration, pace


class Clock:
    """Seconds that go on only when told."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock():
    return Clock()


def test_rate_and_time_left_follow_from_what_is_done():
    assert pace(30, 120, "rows", 10.0) == "30 of 120 rows, 3.0 rows/s, 30 s left"
    assert pace(1_500, None, "rows", 3.0) == "1,500 rows, 500.0 rows/s"
    assert pace(2, 3, "tasks", 40.0) == "2 of 3 tasks, 3.0 tasks/min, 20 s left"
    assert pace(0, 8, "tasks", 5.0) == "0 of 8 tasks" and pace(8, 8, "tasks", 4.0) == "8 of 8 tasks, 2.0 tasks/s"
    # seen late: 47 tasks were done before anybody looked
    assert pace(47, 212, "tasks", 1e-6, before=47) == "47 of 212 tasks"
    assert pace(67, 212, "tasks", 10.0, before=47) == "67 of 212 tasks, 2.0 tasks/s, 1 min 12 s left"
    assert [duration(s) for s in (9.6, 90, 7_320)] == ["10 s", "1 min 30 s", "2 h 2 min"]


def test_a_plain_log_gets_a_line_every_ten_seconds_of_silence(clock, caplog):
    going = Progress(clock)
    going.stream = io.StringIO()
    with caplog.at_level(logging.INFO), going.doing("annotate"), going.counting("texts", 100, "rows") as count:
        for _ in range(35):
            clock.now += 1
            count.add()
            going.tick()
    lines = [record.getMessage().strip() for record in caplog.records]
    assert lines == [
        "annotate: texts: 10 of 100 rows, 1.0 rows/s, 1 min 30 s left (10 s so far)",
        "annotate: texts: 20 of 100 rows, 1.0 rows/s, 1 min 20 s left (20 s so far)",
        "annotate: texts: 30 of 100 rows, 1.0 rows/s, 1 min 10 s left (30 s so far)",
    ]


def test_without_a_log_the_stream_has_the_lines_unless_a_level_was_set(clock, caplog):
    caplog.set_level(logging.WARNING)
    for level, lines in ((logging.NOTSET, ["      fit: under way (10 s so far)"] * 2), (logging.WARNING, [])):
        caplog.set_level(level, "interestlake")
        going = Progress(clock)
        going.stream = stream = io.StringIO()
        for _ in range(2):
            with going.doing("fit"):
                clock.now += 10
                going.tick()
        assert stream.getvalue().splitlines() == lines


def test_one_within_another_leaves_it_to_that_one(monkeypatch):
    monkeypatch.setattr(progress, "TICK_S", 0.01)
    going, stream = Progress(), io.StringIO()
    with going.reported(stream):
        outer = going.thread
        with going.reported():
            assert going.thread is outer and going.stream is stream
        assert outer.is_alive()
    assert not outer.is_alive()


def test_lines_of_others_count_as_said(clock, caplog):
    going = Progress(clock)
    going.stream = io.StringIO()
    with caplog.at_level(logging.INFO):
        for second in range(1, 16):
            clock.now = second
            if second == 8:
                going.filter(None)
            going.tick()
    assert caplog.records == []


def test_a_terminal_has_one_line_that_changes_and_goes(clock, caplog):
    going = Progress(clock)
    going.stream = terminal = Terminal()
    with caplog.at_level(logging.INFO), going.doing("embed"):
        for second in range(13):
            clock.now = second
            going.tick()
        assert terminal.getvalue().count("\r\x1b[K") == 3 and "\n" not in terminal.getvalue()  # at 10, 11 and 12 s
        going.filter(None)
    assert terminal.getvalue().endswith("\r\x1b[K") and caplog.records == []


def test_a_slow_loop_is_reported_while_it_runs_and_not_after(monkeypatch, caplog):
    monkeypatch.setattr(progress, "QUIET_S", 0.2)
    monkeypatch.setattr(progress, "TICK_S", 0.05)
    going = Progress()
    with caplog.at_level(logging.INFO), going.reported(io.StringIO()):
        for _ in going.counted(range(5), "slow", unit="fits"):
            time.sleep(0.12)
    lines = [record.getMessage() for record in caplog.records]
    assert lines and "slow: " in lines[0] and " of 5 fits" in lines[0]
    assert going.counts == [] and not going.thread.is_alive()


def test_a_fault_inside_ends_the_thread_and_the_counts():
    going = Progress()
    with pytest.raises(ZeroDivisionError), going.reported(io.StringIO()), going.doing("x"), going.counting("y"):
        1 / 0  # noqa: B018
    assert (going.labels, going.counts) == ([], []) and "progress" not in {t.name for t in threading.enumerate()}


def test_tasks_of_a_slow_spark_job_are_counted(spark):
    tasks, said = progress.spark_tasks(spark), []
    assert tasks() is None
    slow = spark.sparkContext.parallelize(range(6), 6)
    job = threading.Thread(target=lambda: slow.map(lambda n: time.sleep(0.5) or n).collect())
    job.start()
    while job.is_alive():
        said.append(tasks())
        time.sleep(0.1)
    of_six = [line for line in said if line]
    assert of_six and all(" of 6 tasks" in line for line in of_six)
    assert any(line.startswith(("2 of 6", "3 of 6", "4 of 6", "5 of 6")) and " left" in line for line in of_six)


def test_quiet_says_nothing(monkeypatch, caplog):
    from interestlake.cli import main as cli

    monkeypatch.setattr(progress, "TICK_S", 0.02)
    monkeypatch.setattr(progress, "QUIET_S", 0.1)
    monkeypatch.setattr(cli, "execute", lambda arguments, load: time.sleep(0.4))
    assert cli.main(["-q", "models"]) == 0 and caplog.records == []
    with caplog.at_level(logging.INFO):
        assert cli.main(["models"]) == 0
    assert "models: under way" in caplog.text
    assert QUIET_S == 10.0
