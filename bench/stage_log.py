"""The log lines of `interestlake run` -> which stage is on, how long it took, how many rows it wrote."""

import re
import time
from collections import Counter
from dataclasses import dataclass, field

BEGINS = re.compile(r"^\[\d+/\d+\] (\w+)\s")
WROTE = re.compile(r"^\s+(\w+\.\w+)\s+(\d+) rows  version \d+$")
ENDED = re.compile(r"^\s+(\w+) finished in ([\d.]+) s$")
START_UP = "start-up"


@dataclass
class StageFigures:
    """One stage of one run; `peak_bytes` is the resident memory of all processes of the run, largest while it ran.

    `processor_seconds`: what those processes computed in it, which a busy machine stretches less than the time.
    `peak_of`: the same memory per kind of process (driver, jvm, workers). `began`: second of the clock.
    """

    name: str
    seconds: float = 0.0
    rows: int = 0
    peak_bytes: int = 0
    processor_seconds: float = 0.0
    peak_of: Counter = field(default_factory=Counter)
    began: float = field(default_factory=time.time)


class StageLog:
    """Takes the lines in order; what runs before the first stage (Python, Spark's start) counts as start-up."""

    def __init__(self):
        self.stages = [StageFigures(START_UP)]

    @property
    def current(self) -> StageFigures:
        return self.stages[-1]

    def take(self, line: str) -> None:
        """Read one line; lines of another form are left alone."""
        if begins := BEGINS.match(line):
            self.stages.append(StageFigures(begins[1]))
        elif wrote := WROTE.match(line):
            self.current.rows += int(wrote[2])
        elif (ended := ENDED.match(line)) and ended[1] == self.current.name:
            self.current.seconds = float(ended[2])
