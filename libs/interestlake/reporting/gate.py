"""The gate's question on a table of figures: does the fused list beat each model it is held against?"""

from collections.abc import Iterable, Mapping

from ..params import Promote
from .content import Gap, Rival, Verdict
from .wording import metric_label, model_label


def verdict(rows: Iterable[Mapping], promote: Promote) -> Verdict | Gap:
    """Rows of gold.metrics of one run -> fused against each of `promote.better_than`, test split, all people.

    A rival is beaten where fused > rival and fused >= rival * (1 + min_gain). Rivals without a figure in the run are
    left out; with no figure of fused or of any rival the answer is a Gap.
    """
    wanted = (promote.metric, promote.k, "test", "all")
    values = {
        row["model"]: row["value"] for row in rows if (row["metric"], row["k"], row["split"], row["segment"]) == wanted
    }
    named = f"{metric_label(promote.metric)}@{promote.k}"
    fused = values.get("fused")
    if fused is None:
        return Gap(f"No verdict: the run has no {named} of the fused list on the test split.")
    rivals = tuple(
        Rival(
            model_label(model),
            values[model],
            fused / values[model] - 1 if values[model] > 0 else None,
            fused > values[model] and fused >= values[model] * (1 + promote.min_gain),
        )
        for model in promote.better_than
        if model in values
    )
    if not rivals:
        return Gap(f"No verdict: the run has no {named} of {', '.join(promote.better_than)} on the test split.")
    passed = all(rival.beaten for rival in rivals)
    return Verdict(passed, metric_label(promote.metric), promote.k, fused, promote.min_gain, rivals)
