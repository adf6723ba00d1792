"""What an experiment's parameters ask for, checked: metrics, what adjusts them, shares of the arms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..core.errors import BadInput, nearest
from ..core.params.all import Experiment
from .experiment import Settings


@dataclass(frozen=True)
class Asked:
    """metrics, and per metric the column that adjusts it, "" for none; shares: arm -> share, none for equal ones."""

    metrics: tuple[str, ...]
    befores: tuple[str, ...]
    shares: dict[str, float]
    settings: Settings


def asked_of(params: Experiment) -> Asked:
    """Raises BadInput for no metric, one named twice, one that --before or --lower alone names, and bad shares."""
    metrics, where = params.metrics, "--metrics or experiment.metrics"
    if not metrics or len(set(metrics)) < len(metrics):
        raise BadInput.of(
            "metrics", found=", ".join(metrics) or "none", expected="names of columns, each once", where=where
        )
    before = dict(_pair(text, "metric=column", "--before") for text in params.before)
    for option, names in (("--before", before), ("--lower", params.lower)):
        unknown = [name for name in names if name not in metrics]
        if unknown:
            expected = f"one of the metrics {', '.join(metrics)}{nearest(unknown[0], metrics)}"
            raise BadInput.of(option, found=unknown[0], expected=expected, where=option)
    shares = {}
    for text in params.shares:
        arm, value = _pair(text, "arm=share", "--shares")
        try:
            shares[arm] = float(value)
        except ValueError:
            shares[arm] = 0.0
        if not 0 < shares[arm] < float("inf"):
            raise BadInput.of("--shares", found=text, expected="a number above 0 behind the =", where="--shares")
    settings = Settings(1 - params.level, params.planned_people, params.lower)
    return Asked(metrics, tuple(before.get(name, "") for name in metrics), shares, settings)


def _pair(text: str, form: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=") if option == "--before" else text.rpartition("=")
    if not (sign and name.strip() and value.strip()):
        raise BadInput.of(option, found=text, expected=form, where=option)
    return name.strip(), value.strip()


def arms_of(there: Sequence[str], asked: Asked, control: str) -> tuple[list[str], np.ndarray]:
    """The arms, the control first, and the share of each, sum 1. Raises BadInput where they are not those asked for.

    An arm of `shares` that nobody is in counts with its share: then the split does not hold.
    """
    arms = sorted({*there, *asked.shares})
    if control not in there or len(arms) < 2:
        expected = f"the control {control!r} and at least one more"
        raise BadInput.of(
            "arms", found=", ".join(sorted(there)) or "none", expected=expected, where="--control, or --input"
        )
    if asked.shares and (lacking := [arm for arm in there if arm not in asked.shares]):
        raise BadInput.of(
            "--shares", found=f"none for {', '.join(lacking)}", expected="one for every arm", where="--shares"
        )
    arms.sort(key=lambda arm: (arm != control, arm))
    shares = np.array([asked.shares.get(arm, 1.0) for arm in arms])
    return arms, shares / shares.sum()
