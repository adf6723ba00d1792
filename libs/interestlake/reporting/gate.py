"""The gate's question on the figures of one run, in the words of the page."""

from collections.abc import Iterable, Mapping

from ..core.params.all import Promote
from ..evaluation.gate import decide
from .content import Missing, Rival, Verdict
from .wording import metric_label, model_label


def verdict(rows: Iterable[Mapping], promote: Promote) -> Verdict | Missing:
    """Rows of gold.metrics of one run -> the gate's answer on the test split, all people.

    A Missing names the models without a figure, for which the promote stage would stop.
    """
    asked = (promote.metric, promote.k, "test", "all")
    values = {
        row["model"]: row["value"] for row in rows if (row["metric"], row["k"], row["split"], row["segment"]) == asked
    }
    missing = [model_label(model) for model in ("fused", *promote.better_than) if model not in values]
    if missing:
        named = f"{metric_label(promote.metric)}@{promote.k}"
        return Missing(f"No verdict: the run has no {named} on the test split of {', '.join(missing)}.")
    decision = decide(values, promote.metric, promote.k, promote.better_than, promote.min_gain)
    rivals = tuple(
        Rival(model_label(model), value, decision.fused / value - 1 if value > 0 else None, decision.fused >= needed)
        for (model, value), needed in zip(decision.rivals.items(), decision.needed.values(), strict=True)
    )
    return Verdict(decision.holds, metric_label(promote.metric), promote.k, decision.fused, promote.min_gain, rivals)
