"""What one piece of work took: seconds and the peak of resident memory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass
class Cost:
    """Seconds and the process's peak of resident memory, in bytes."""

    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    peak_bytes: int = 0


@contextmanager
def measured(cost: Cost, part: str) -> Iterator[None]:
    """Adds the seconds inside to `<part>_seconds` and raises the peak."""
    _forget_peak()
    began = time.perf_counter()
    try:
        yield
    finally:
        name = f"{part}_seconds"
        setattr(cost, name, getattr(cost, name) + time.perf_counter() - began)
        cost.peak_bytes = max(cost.peak_bytes, _peak())


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # elsewhere than on Linux the peak is that of the moment


def _peak() -> int:
    try:
        status = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return psutil.Process().memory_info().rss
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
