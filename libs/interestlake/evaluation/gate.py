"""The gate's question: is the fused list at least as good as each model it is held against?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDING = 1e-9


@dataclass(frozen=True)
class GateVerdict:
    """The figures behind a yes or no. needed: rival -> what the fused list had to reach, less ROUNDING."""

    metric: str
    k: int
    fused: float
    rivals: Mapping[str, float]
    needed: Mapping[str, float]

    @property
    def holds(self) -> bool:
        """fused >= rival + min_gain * rival for every rival. Example: 0.21 against 0.20 at min_gain 0.05 holds."""
        return all(self.fused >= needed for needed in self.needed.values())

    def __str__(self) -> str:
        parts = [
            f"{name} {value:.4f}{'' if self.fused >= self.needed[name] else ' (not beaten)'}"
            for name, value in self.rivals.items()
        ]
        return f"{self.metric}@{self.k} on test: fused {self.fused:.4f} against {', '.join(parts)}"


def decide(
    values: Mapping[str, float], metric: str, k: int, better_than: Sequence[str], min_gain: float
) -> GateVerdict:
    """values: model -> the metric's value; every model of `better_than` and "fused" must be among them."""
    rivals = {name: values[name] for name in better_than}
    needed = {name: value + min_gain * value - ROUNDING for name, value in rivals.items()}
    return GateVerdict(metric, k, values["fused"], rivals, needed)
