"""What each stage of a run will take on so many nodes, from the constants of measured runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .measured import Constants
from .workload import Workload

EFFICIENCY = 0.83  # of a second worker, measured by make cluster-test: 1.66 times one's
NOISE = 0.25  # what sizes that were not measured were told within


@dataclass(frozen=True)
class Cluster:
    """Executors and what each has; one node is the machine of the driver alone."""

    nodes: int
    cores: int
    gigabytes: float
    gpus: int = 0

    @property
    def at_once(self) -> float:
        """Tasks that run at once, each further node at EFFICIENCY of the first."""
        return self.cores * (1 + (self.nodes - 1) * EFFICIENCY)


@dataclass(frozen=True)
class StagePlan:
    """seconds of the wall; driver, jvm, workers: GB resident per kind of process on one machine; shuffled: GB."""

    stage: str
    seconds: float
    driver: float
    jvm: float
    workers: float
    shuffled: float


def foretell(
    constants: Constants, workload: Workload, cluster: Cluster, factors: Mapping[str, float]
) -> list[StagePlan]:
    """A row per stage. factors: stage -> what this lake's runs took of what the constants say, 1 where unknown."""
    return [_of_stage(stage, constants, workload, cluster, factors.get(stage, 1.0)) for stage in constants.of]


def _of_stage(stage: str, constants: Constants, workload: Workload, cluster: Cluster, factor: float) -> StagePlan:
    told = constants.figures(stage, workload)
    seconds = factor * (told["rest"] + told["tasks"] / cluster.at_once)
    return StagePlan(stage, seconds, told["driver"], told["jvm"], told["workers"], told["shuffled"])


def beyond(constants: Constants, workload: Workload) -> Sequence[str]:
    """Counts of this size that are larger than any that was measured: "10,000,000 events, measured to 1,000,000"."""
    counts = (
        ("people", workload.people, constants.at_most.people),
        ("items", workload.items, constants.at_most.items),
        ("events", workload.events, constants.at_most.events),
        ("reviews", workload.reviews, constants.at_most.reviews),
    )
    return [f"{count:,} {name}, measured to {most:,}" for name, count, most in counts if count > most]
