"""What is going on, said by one thread: Spark's tasks by its status tracker, loops in Python by the steps they count.

Nothing is silent for longer than QUIET_S: a plain log gets a line at most so often, a terminal one line that changes;
a script that has set up no log gets the plain lines on the stream.
Whoever counts need not know whether anybody listens.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOG = logging.getLogger("interestlake")
QUIET_S = 10.0  # without a line of any kind
TICK_S = 1.0
MEASURED_S = 0.5  # that a rate is measured over
WAITING_S = 60.0  # with no task under way before it is said that no executor takes one


class Count:
    """Steps done of `total` (None: not known) of a loop, since it began."""

    def __init__(self, what: str, total: int | None, unit: str, clock: Callable[[], float]):
        self.what, self.total, self.unit = what, total, unit
        self.done, self.clock, self.began = 0, clock, clock()

    def add(self, steps: int = 1) -> None:
        """So many more are done."""
        self.done += steps

    def __str__(self) -> str:
        return f"{self.what}: {pace(self.done, self.total, self.unit, self.clock() - self.began)}"


def pace(done: int, total: int | None, unit: str, seconds: float, so_far: str = "", before: int = 0) -> str:
    """'30 of 120 rows, 3.0 rows/s, 30 s left': what is left is what the rate so far makes of it.

    before: steps that were done when `seconds` began; below MEASURED_S there is no rate.
    """
    text = f"{done:,} of {total:,} {unit}{so_far}" if total else f"{done:,} {unit}{so_far}"
    if done > before and seconds >= MEASURED_S:
        rate = (done - before) / seconds
        text += f", {rate:,.1f} {unit}/s" if rate >= 0.1 else f", {60 * rate:,.1f} {unit}/min"
        if total and total > done:
            text += f", {duration((total - done) / rate)} left"
    return text


def duration(seconds: float) -> str:
    """90 -> '1 min 30 s'."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Progress:
    """What is going on in this process. clock: seconds, as time.monotonic gives them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock, self.counts, self.labels = clock, [], []
        self.tasks: Callable[[], str | None] = lambda: None
        self.said_at, self.shown, self.stream = clock(), False, sys.stderr
        self.lock, self.ended = threading.RLock(), threading.Event()
        self.thread: threading.Thread | None = None
        self.resting = False

    @contextmanager
    def rest(self) -> Iterator[None]:
        """Nothing is said inside: it waits for others, as a server does."""
        self.clear()
        self.resting = True
        try:
            yield
        finally:
            self.resting, self.said_at = False, self.clock()

    @contextmanager
    def working(self, label: str) -> Iterator[None]:
        """Inside `rest`, while others are answered: said again, with nothing left of it at the end."""
        with self.lock:
            before, self.resting, self.said_at = self.resting, False, self.clock()
        try:
            with self.doing(label):
                yield
        finally:
            with self.lock:  # whoever types sees no line that was begun before
                self.resting = before
                self.clear()

    @contextmanager
    def doing(self, label: str) -> Iterator[None]:
        """What is said first on every line inside."""
        entry = (label, self.clock())
        self.labels.append(entry)
        try:
            yield
        finally:
            self.labels.remove(entry)

    @contextmanager
    def counting(self, what: str, total: int | None = None, unit: str = "steps") -> Iterator[Count]:
        """A Count of a loop, gone at its end."""
        count = Count(what, total, unit, self.clock)
        self.counts.append(count)
        try:
            yield count
        finally:
            self.counts.remove(count)

    def counted(self, things: Iterable, what: str, total: int | None = None, unit: str = "steps") -> Iterator:
        """The same things, each counted when the next is asked for."""
        if total is None and isinstance(things, Sized):
            total = len(things)
        with self.counting(what, total, unit) as count:
            for thing in things:
                yield thing
                count.add()

    def line(self) -> str:
        """What is going on now, in one line."""
        label, began = self.labels[-1] if self.labels else ("working", None)
        what = [str(count) for count in tuple(self.counts)]
        if (tasks := self.tasks()) is not None:
            what.append(tasks)
        since = "" if began is None else f" ({duration(self.clock() - began)} so far)"
        return f"{label}: {'; '.join(what) or 'under way'}{since}"

    @contextmanager
    def reported(self, stream: TextIO | None = None) -> Iterator[None]:
        """Say it from a thread until the end; stream: where, standard error unless given. Within another that is going
        on, that one says it."""
        if self.thread is not None and self.thread.is_alive():
            yield
            return
        self.stream, self.said_at = stream or sys.stderr, self.clock()
        self.ended.clear()
        self.thread = thread = threading.Thread(target=self._report, name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()
            self.clear()
            self.tasks = lambda: None

    def tick(self) -> None:
        """Say a line if it is time for one."""
        terminal = self.stream.isatty()
        if self.resting:
            return
        if self.clock() - self.said_at < (TICK_S if self.shown else QUIET_S):
            return
        text = self.line()
        with self.lock:
            if self.resting:
                return
            if terminal:
                self.stream.write(f"\r\x1b[K      {text}"[:200])
                self.stream.flush()
                self.shown, self.said_at = True, self.clock()
            else:
                if LOG.isEnabledFor(logging.INFO):
                    LOG.info("      %s", text)  # which is noted as said by the filter
                elif LOG.level == logging.NOTSET:  # a script that set up no log; who set a level asked for quiet
                    self.stream.write(f"      {text}\n")
                    self.stream.flush()
                self.said_at = self.clock()

    def clear(self) -> None:
        """Take the changing line off a terminal, before another one is written."""
        with self.lock:
            if self.shown:
                self.stream.write("\r\x1b[K")
                self.stream.flush()
            self.shown, self.said_at = False, self.clock()

    def filter(self, record: logging.LogRecord) -> bool:
        """As a filter of a log's handler: a line of the log goes before ours, and counts as said."""
        self.clear()
        return True

    def _report(self) -> None:
        while not self.ended.wait(TICK_S):
            try:
                self.tick()
            except Exception as fault:  # a session that ends while it is asked, a terminal that is gone
                LOG.debug("no progress line: %s", fault)
                self.said_at = self.clock()


PROGRESS = Progress()


def spark_tasks(spark: "SparkSession", clock: Callable[[], float] = time.monotonic) -> Callable[[], str | None]:
    """What Spark's active stages have done, by its status tracker; None where nothing runs. Starts no job."""
    seen: dict[int, tuple[float, int]] = {}  # stage -> when it was first seen, and its tasks done then

    def tasks() -> str | None:
        tracker = spark.sparkContext.statusTracker()
        infos = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        infos = [info for info in infos if info is not None]
        if not infos:
            seen.clear()
            return None
        done, total = sum(info.numCompletedTasks for info in infos), sum(info.numTasks for info in infos)
        active = sum(info.numActiveTasks for info in infos)
        first = [seen.setdefault(info.stageId, (clock(), info.numCompletedTasks)) for info in infos]
        seconds, before = clock() - min(began for began, _ in first), sum(count for _, count in first)
        for stage in set(seen) - {info.stageId for info in infos}:
            del seen[stage]
        text = pace(done, total, "tasks", seconds, _rows(spark, infos, seconds), before)
        if not active and not done and seconds > WAITING_S:
            text += "; no executor takes a task: has the cluster cores and memory left?"
        return text

    return tasks


def _rows(spark: "SparkSession", infos: Iterable[Any], seconds: float) -> str:
    """Rows that the stages have read, which Spark counts at the end of a task and every ten seconds before."""
    try:
        java: Any = spark.sparkContext._jsc
        store = java.sc().statusStore()
        stages = [store.lastStageAttempt(info.stageId) for info in infos]
        rows = sum(max(stage.inputRecords(), stage.shuffleReadRecords()) for stage in stages)
    except Exception:  # a Spark whose store is another
        return ""
    return f", {rows:,} rows read, {rows / seconds:,.0f} rows/s" if rows and seconds > 1 else ""
