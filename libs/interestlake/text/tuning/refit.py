"""The last training, on train and dev together, once dev has chosen the epochs and the threshold."""

from collections.abc import Collection
from dataclasses import replace

from .fit import History
from .plan import Plan
from .read import Labelled


def refit_plan(plan: Plan, history: History) -> Plan:
    """`plan` that runs as many epochs of its schedule as dev chose, and keeps the last: no dev is left to choose by."""
    return replace(plan, stop_after=history.best_epoch, patience=0)


def refit_rows(train: Labelled, dev: Labelled, classes: Collection[str], other: str | None) -> Labelled:
    """train, then dev. A dev label outside `classes` becomes `other`; where that is None the row is left out."""
    own = set(classes)
    named = [(text, label if label in own else other) for text, label in zip(dev.texts, dev.labels, strict=True)]
    labelled = [(text, label) for text, label in named if label is not None]
    return Labelled([*train.texts, *(text for text, _ in labelled)], [*train.labels, *(label for _, label in labelled)])
