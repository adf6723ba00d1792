"""Figures of a tuned model on test rows: read once, after everything is chosen."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import roc_auc_score

from ...core.present import present
from .intents import OUTSIDE, IntentModel, class_numbers, in_scope_accuracy
from .outlier_scores import in_scope_scores, is_rejected
from .write import class_report


def ratio(part: float, whole: float) -> float | None:
    """part / whole, None over nothing."""
    return float(part) / float(whole) if whole else None


def intent_figures(model: IntentModel, logits: np.ndarray, labels: Sequence[str]) -> dict:
    """logits (n, intents + 1), labels (n), those unknown to the model out of scope -> figures, shares in [0,1].

    in_scope_accuracy: nothing rejected. in_scope_accuracy_with_rejection: a rejected row is wrong. oos_recall,
    oos_precision: of rejection. oos_auroc: of the chosen score over all thresholds. None where a share is over nothing.
    """
    numbers = class_numbers(labels, model.intents)
    outside = numbers == len(model.intents)
    threshold = present(model.threshold)
    rejected = is_rejected(logits, threshold)
    right = (logits[:, :-1].argmax(axis=1) == numbers) & ~outside
    score = in_scope_scores(logits)[threshold.score]
    figures = {
        "in_scope_rows": int((~outside).sum()),
        "oos_rows": int(outside.sum()),
        "in_scope_accuracy": in_scope_accuracy(logits, numbers) if (~outside).any() else None,
        "in_scope_accuracy_with_rejection": ratio((right & ~rejected).sum(), (~outside).sum()),
        "oos_recall": ratio((rejected & outside).sum(), outside.sum()),
        "oos_precision": ratio((rejected & outside).sum(), rejected.sum()),
        "oos_auroc": float(roc_auc_score(~outside, score)) if outside.any() and not outside.all() else None,
    }
    return figures


def answered_intents(model: IntentModel, logits: np.ndarray) -> tuple[list[str], np.ndarray]:
    """logits -> the intent, or oos where rejected, and the confidence (n,)."""
    answers = model.answers(logits)
    named = answers["intent"].mask(answers["out_of_scope"], OUTSIDE)
    return named.tolist(), answers["confidence"].to_numpy()


def label_figures(true: Sequence[str], answered: Sequence[str]) -> dict:
    """Labels twice -> accuracy, macro_f1 (mean over the classes that `true` holds) and the report per class."""
    report = class_report(true, answered)
    f1 = [row["f1"] for row in report.values() if row["support"]]
    right = np.mean([one == other for one, other in zip(true, answered, strict=True)])
    return {"accuracy": float(right), "macro_f1": float(np.mean(f1)), "per_class": report}
