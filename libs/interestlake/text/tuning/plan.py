"""How a fine-tuning runs: every setting with its range, and the epochs that a number of rows asks for."""

import argparse
from dataclasses import dataclass, fields, replace

from ...core.errors import BadInput


@dataclass(frozen=True)
class Plan:
    """Settings of one fine-tuning; the tasks' modules hold their defaults. `stop_after` of `epochs` are run."""

    epochs: int | None = None
    learning_rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.85
    batch_size: int = 64
    batch_tokens: int = 4096
    warm_up: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.1
    word_dropout: float = 0.0
    word_swap: float = 0.0
    label_smoothing: float = 0.0
    adversarial: float = 0.0
    average: float = 0.0
    ensemble: int = 1
    seeds: int = 1
    refit: bool = False
    stop_after: int | None = None
    clip: float = 1.0
    patience: int = 5
    class_weights: bool = False
    train_words: bool = False
    method: str = "full"
    precision: str = "auto"
    seed: int = 42


# lowest and highest value that makes sense
RANGES = {
    "epochs": (1, 1000), "batch_size": (2, 4096), "patience": (0, 1000), "ensemble": (1, 100), "seeds": (1, 100),
    "dropout": (0, 0.9), "word_dropout": (0, 0.9), "word_swap": (0, 0.9), "label_smoothing": (0, 0.9),
    "adversarial": (0, 100), "average": (0, 0.99999),
    "weight_decay": (0, 1), "learning_rate": (1e-8, 1), "head_rate": (1e-8, 1), "layer_decay": (0.01, 1),
    "seed": (0, 2**31),
}  # fmt: skip


def plan_of(defaults: Plan, options: argparse.Namespace) -> Plan:
    """`defaults` with what the command line sets; BadInput for a value out of its range."""
    given = {field.name: getattr(options, field.name, None) for field in fields(Plan)}
    plan = replace(defaults, **{name: value for name, value in given.items() if value is not None})
    for name, (low, high) in RANGES.items():
        value = getattr(plan, name)
        if value is not None and not low <= value <= high:
            where = f"--{name.replace('_', '-')}"
            raise BadInput.of(name.replace("_", " "), found=value, expected=f"{low} to {high}", where=where)
    if plan.seeds > 1 and plan.method != "full":  # the factors of adapters have no mean
        raise BadInput.of("several seeds", found=f"--method {plan.method}", expected="full", where="--seeds")
    if plan.refit and max(plan.seeds, plan.ensemble) > 1:  # which weights are averaged is dev's choice
        raise BadInput.of("refit", found="--refit with --seeds or --ensemble", expected="one of them", where="--refit")
    return plan


def with_epochs(plan: Plan, rows: int, seen_rows: int, least: int, most: int) -> Plan:
    """`plan` with epochs where it has none: about `seen_rows` rows shown in all, `least` to `most` passes."""
    if plan.epochs is not None:
        return plan
    return replace(plan, epochs=min(most, max(least, round(seen_rows / max(1, rows)))))
