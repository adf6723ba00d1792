"""One command as a whole process: wall time, exit code, and the memory of it and its children while each stage ran."""

import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from .stage_log import StageFigures, StageLog

SAMPLE_SECONDS = 1.0  # finding a process's family reads all of the machine's, which is time taken from the run


@dataclass(frozen=True)
class Measured:
    """What one run was seen to take; `stages` in order, start-up first.

    `stolen_share`: of the machine's processor time meanwhile, what a host gave to others; 0 where it does not say.
    """

    seconds: float
    exit_code: int
    stages: list[StageFigures]
    stolen_share: float

    @property
    def processor_seconds(self) -> float:
        return sum(stage.processor_seconds for stage in self.stages)

    @property
    def rows(self) -> int:
        return sum(stage.rows for stage in self.stages)

    @property
    def peak_bytes(self) -> int:
        return max(stage.peak_bytes for stage in self.stages)


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and its descendants, none where it has ended."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


class ProcessorClock:
    """Processor seconds of a process and its descendants, those that have ended included as last seen."""

    def __init__(self):
        self.seen: dict[tuple[int, float], float] = {}

    def read(self, members: list[psutil.Process]) -> float:
        """Seconds since the first process began, user and system."""
        for member in members:
            try:
                times = member.cpu_times()
                self.seen[member.pid, member.create_time()] = times.user + times.system
            except psutil.NoSuchProcess:
                continue
        return sum(self.seen.values())


def stolen_share(before, after) -> float:
    """Two psutil.cpu_times() -> stolen / all seconds between them."""
    spent = sum(after) - sum(before)
    return (getattr(after, "steal", 0.0) - getattr(before, "steal", 0.0)) / spent if spent else 0.0


def resident_bytes(members: list[psutil.Process]) -> int:
    """Resident memory of processes; pages that forks share are counted once per process."""
    return bytes_by_kind(members).total()


def kind_of(member: psutil.Process, first: psutil.Process) -> str:
    """driver: the process that was started; jvm: Spark's; workers: all others, which are its Python tasks."""
    return "driver" if member.pid == first.pid else "jvm" if member.name() == "java" else "workers"


def bytes_by_kind(members: list[psutil.Process]) -> Counter:
    """`family` -> resident bytes per `kind_of`."""
    total = Counter()
    for member in members:
        try:
            total[kind_of(member, members[0])] += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def measure(command: list[str], folder: Path, log_file: Path) -> Measured:
    """Run `command` in `folder`; its output goes to `log_file`, line by line, and tells the stages apart."""
    log = StageLog()
    began, machine = time.perf_counter(), psutil.cpu_times()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watched, clock = psutil.Process(process.pid), ProcessorClock()

    def sample() -> None:
        counted = 0.0
        while process.poll() is None:
            members = family(watched)
            computed = clock.read(members)
            log.current.processor_seconds += computed - counted
            counted = computed
            resident = bytes_by_kind(members)
            log.current.peak_bytes = max(log.current.peak_bytes, resident.total())
            log.current.peak_of |= resident  # the larger of each kind
            time.sleep(SAMPLE_SECONDS)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    with log_file.open("w", buffering=1, encoding="utf-8") as kept:
        for line in process.stdout:
            kept.write(line)
            if not log.stages[0].seconds and line.startswith("["):
                log.stages[0].seconds = time.perf_counter() - began
            log.take(line.rstrip("\n"))
    exit_code = process.wait()
    sampler.join()
    stolen = stolen_share(machine, psutil.cpu_times())
    return Measured(time.perf_counter() - began, exit_code, log.stages, stolen)
