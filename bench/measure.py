"""One command as a whole process: wall time, exit code, and the memory of it and its children while each stage ran."""

import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from .stage_log import StageFigures, StageLog

SAMPLE_SECONDS = 0.5


@dataclass(frozen=True)
class Measured:
    """What one run was seen to take; `stages` in order, start-up first."""

    seconds: float
    exit_code: int
    stages: list[StageFigures]

    @property
    def peak_bytes(self) -> int:
        return max(stage.peak_bytes for stage in self.stages)


def resident_bytes(process: psutil.Process) -> int:
    """Resident memory of a process and its descendants; pages that forks share are counted once per process."""
    total = 0
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def measure(command: list[str], folder: Path, log_file: Path) -> Measured:
    """Run `command` in `folder`; its output goes to `log_file`, line by line, and tells the stages apart."""
    log = StageLog()
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watched = psutil.Process(process.pid)

    def sample() -> None:
        while process.poll() is None:
            log.current.peak_bytes = max(log.current.peak_bytes, resident_bytes(watched))
            time.sleep(SAMPLE_SECONDS)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    with log_file.open("w", encoding="utf-8") as kept:
        for line in process.stdout:
            kept.write(line)
            if not log.stages[0].seconds and line.startswith("["):
                log.stages[0].seconds = time.perf_counter() - began
            log.take(line.rstrip("\n"))
    exit_code = process.wait()
    sampler.join()
    return Measured(time.perf_counter() - began, exit_code, log.stages)
