"""The gate's question: is the fused list as good as each model it is held against, and no worse than the champion's?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..core.counted import counted

ROUNDING = 1e-9
LEVELS = 1.96  # standard errors that a normal mean strays by in 19 of 20 cases
NOT_WORSE, BETTER, IGNORE = "not_worse", "better", "ignore"  # promote.champion


@dataclass(frozen=True)
class Champion:
    """The present champion beside the run, on `people` who are in both: see recommending.against_champion.

    same_pairs: how many of them have the held-out pairs of the champion's own test.
    low, high: the interval of challenger - champion at 95 %. why: what keeps them from being compared; "" where they
    are, and then the figures are numbers.
    """

    run: str
    people: int = 0
    same_pairs: int = 0
    challenger: float = math.nan
    champion: float = math.nan
    low: float = -math.inf
    high: float = math.inf
    why: str = ""

    def holds(self, rule: str) -> bool:
        """not_worse: not shown to be worse, high >= 0; better: shown to be better, low > 0. Example: an interval of
        -.01 to .02 is not worse, and not better. What cannot be compared holds but for `better`."""
        if rule == IGNORE:
            return True
        return self.low > 0 if rule == BETTER else self.high >= 0

    def __str__(self) -> str:
        if self.why:
            return f"not compared with the champion of run {self.run}: {self.why}"
        gap, people = self.challenger - self.champion, counted(self.people, "person", "people")
        return (f"{self.challenger:.4f} against the champion's {self.champion:.4f} (run {self.run}) on the same "
                f"{people}: {gap:+.4f}, 95 % interval {self.low:+.4f} to {self.high:+.4f}")  # fmt: skip


@dataclass(frozen=True)
class GateVerdict:
    """The figures behind a yes or no. needed: rival -> what the fused list had to reach, less ROUNDING.

    champion: None where there is none, or this run's own version is it.
    """

    metric: str
    k: int
    fused: float
    rivals: Mapping[str, float]
    needed: Mapping[str, float]
    champion: Champion | None = None
    rule: str = NOT_WORSE

    @property
    def holds(self) -> bool:
        """fused >= rival + min_gain * rival for every rival, and the champion's rule.

        Example: 0.21 against 0.20 at min_gain 0.05 holds.
        """
        return all(self.fused >= needed for needed in self.needed.values()) and self.champion_holds

    @property
    def champion_holds(self) -> bool:
        return self.champion is None or self.champion.holds(self.rule)

    def __str__(self) -> str:
        parts = [
            f"{name} {value:.4f}{'' if self.fused >= self.needed[name] else ' (not beaten)'}"
            for name, value in self.rivals.items()
        ]
        said = f"{self.metric}@{self.k} on test: fused {self.fused:.4f} against {', '.join(parts)}"
        if self.champion is None or self.rule == IGNORE:
            return said
        wanted = "" if self.champion_holds else " (worse)" if self.rule == NOT_WORSE else " (not shown to be better)"
        return f"{said}; {self.champion}{wanted}"


def decide(
    values: Mapping[str, float],
    metric: str,
    k: int,
    better_than: Sequence[str],
    min_gain: float,
    champion: Champion | None = None,
    rule: str = NOT_WORSE,
    errors: Mapping[str, float | None] | None = None,
) -> GateVerdict:
    """values: model -> the metric's value; every model of `better_than` and "fused" must be among them.

    errors: model -> standard error of its mean, None where it has none. With them a rival counts as beaten where it is
    not shown to be ahead, by LEVELS of the two errors as if these were of other people: a day's few people would else
    decide by chance.
    """
    rivals = {name: values[name] for name in better_than}
    slack = {name: 0.0 if errors is None else _chance(errors.get("fused"), errors.get(name)) for name in rivals}
    needed = {name: value + min_gain * value - ROUNDING - slack[name] for name, value in rivals.items()}
    return GateVerdict(metric, k, values["fused"], rivals, needed, champion, rule)


def _chance(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return math.inf
    return LEVELS * math.hypot(one, other)
