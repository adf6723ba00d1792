"""What Spark's event log says of one application: which executor ran how many tasks of which stage, with what."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Application:
    """Tasks per stage and executor; executors with their GPU addresses; GPUs asked per task by profile."""

    executors: dict[str, list[str]] = field(default_factory=dict)
    tasks: dict[int, Counter] = field(default_factory=lambda: defaultdict(Counter))
    run_milliseconds: Counter = field(default_factory=Counter)
    stage_names: dict[int, str] = field(default_factory=dict)
    stage_profile: dict[int, int] = field(default_factory=dict)
    task_gpus: dict[int, float] = field(default_factory=dict)

    def shared_stages(self) -> list[int]:
        """Stages whose tasks ran on more than one executor."""
        return [stage for stage, by_executor in self.tasks.items() if len(by_executor) > 1]

    def tasks_per_executor(self) -> Counter:
        """executor -> tasks that ended well."""
        return sum((Counter(counts) for counts in self.tasks.values()), Counter())

    def gpu_scheduled_stages(self) -> list[int]:
        """Stages whose profile asks a GPU per task and whose tasks all ran on executors that hold an address."""
        return [
            stage
            for stage, by_executor in self.tasks.items()
            if self.task_gpus.get(self.stage_profile[stage], 0) > 0 and all(self.executors[e] for e in by_executor)
        ]


def read_event_log(folder: Path) -> list[Application]:
    """Every finished application of an event log folder, oldest first."""
    files = [path for path in folder.iterdir() if not path.name.endswith(".inprogress")]
    return [_application(path) for path in sorted(files, key=lambda path: path.name)]


def _application(path: Path) -> Application:
    application = Application()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            match event["Event"]:
                case "SparkListenerExecutorAdded":
                    gpu = event["Executor Info"].get("Resources", {}).get("gpu", {})
                    application.executors[event["Executor ID"]] = list(gpu.get("addresses", []))
                case "SparkListenerResourceProfileAdded":
                    gpu = event["Task Resource Requests"].get("gpu", {})
                    application.task_gpus[event["Resource Profile Id"]] = float(gpu.get("Amount", 0))
                case "SparkListenerStageSubmitted":
                    info = event["Stage Info"]
                    application.stage_names[info["Stage ID"]] = info["Stage Name"]
                    application.stage_profile[info["Stage ID"]] = info["Resource Profile Id"]
                case "SparkListenerTaskEnd" if event["Task End Reason"]["Reason"] == "Success":
                    executor = event["Task Info"]["Executor ID"]
                    application.tasks[event["Stage ID"]][executor] += 1
                    application.run_milliseconds[executor] += event["Task Metrics"]["Executor Run Time"]
    return application
