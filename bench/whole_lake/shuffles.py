"""Spark's event log -> what each stage of the pipeline shuffled and how uneven its tasks were."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SKEWED_S = 5.0  # a Spark stage whose longest task is shorter is too short to be called uneven


@dataclass
class Shuffled:
    """bytes written to shuffles and spilled to disk; skew: longest task over the median one, of the worst Spark stage
    whose longest task takes SKEWED_S or more, else 1;
    task_seconds: of all tasks together."""

    written: int = 0
    spilled: int = 0
    jobs: int = 0
    skew: float = 1.0
    task_seconds: float = 0.0
    tasks: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))


def by_stage(folder: Path, spans: Sequence[tuple[str, float, float]]) -> Mapping[str, Shuffled]:
    """Event logs in `folder`, (name, first, last second of the clock) of the pipeline's stages -> name -> Shuffled."""
    found: dict[str, Shuffled] = {name: Shuffled() for name, *_ in spans}

    def at(milliseconds: int) -> Shuffled | None:
        second = milliseconds / 1000
        return next((found[name] for name, first, last in spans if first <= second <= last), None)

    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(".crc"):
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    _take(json.loads(line), at)
    for one in found.values():
        longest = [(max(times), sorted(times)[len(times) // 2]) for times in one.tasks.values() if len(times) > 1]
        one.skew = max([1.0, *(most / max(median, 0.1) for most, median in longest if most >= SKEWED_S)])
    return found


def _take(event: dict, at) -> None:
    if event["Event"] == "SparkListenerJobStart" and (stage := at(event["Submission Time"])):
        stage.jobs += 1
    if event["Event"] == "SparkListenerTaskEnd" and (metrics := event.get("Task Metrics")):
        info = event["Task Info"]
        if stage := at(info["Finish Time"]):
            stage.written += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            stage.spilled += metrics["Disk Bytes Spilled"]
            seconds = (info["Finish Time"] - info["Launch Time"]) / 1000
            stage.task_seconds += seconds
            stage.tasks[event["Stage ID"]].append(seconds)
