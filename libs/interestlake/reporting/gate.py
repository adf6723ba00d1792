"""The gate's question on the figures of one run, in the words of the page."""

from collections.abc import Iterable, Mapping

from ..core.counted import counted
from ..core.params.all import Promote
from ..evaluation.gate import IGNORE, Champion, decide
from .content import Missing
from .verdict import Beside, Rival, Verdict
from .wording import metric_label, model_label


def verdict(rows: Iterable[Mapping], promote: Promote, champion: Champion | None = None) -> Verdict | Missing:
    """Rows of gold.metrics of one run -> the gate's answer on the test split, all people.

    champion: the comparison that evaluate made, None where there is none. A Missing names the models without a figure,
    for which the promote stage would stop.
    """
    asked = (promote.metric, promote.k, "test", "all")
    values = {
        row["model"]: row["value"] for row in rows if (row["metric"], row["k"], row["split"], row["segment"]) == asked
    }
    missing = [model_label(model) for model in ("fused", *promote.better_than) if model not in values]
    if missing:
        named = f"{metric_label(promote.metric)}@{promote.k}"
        return Missing(f"No verdict: the run has no {named} on the test split of {', '.join(missing)}.")
    decision = decide(
        values, promote.metric, promote.k, promote.better_than, promote.min_gain, champion, promote.champion
    )
    rivals = tuple(
        Rival(model_label(model), value, decision.fused / value - 1 if value > 0 else None, decision.fused >= needed)
        for (model, value), needed in zip(decision.rivals.items(), decision.needed.values(), strict=True)
    )
    beside = None if champion is None or promote.champion == IGNORE else _beside(champion, decision.champion_holds)
    return Verdict(
        decision.holds, metric_label(promote.metric), promote.k, decision.fused, promote.min_gain, rivals, beside
    )  # fmt: skip


def _beside(champion: Champion, holds: bool) -> Beside:
    if champion.why:
        return Beside(
            champion.run, holds, f"Not compared with the present champion, run {champion.run}: {champion.why}."
        )
    low, high = champion.low, champion.high
    says = "better" if low > 0 else "worse" if high < 0 else "neither better nor worse beyond chance"
    on = f"{champion.challenger:.4f} against {champion.champion:.4f}"
    people = counted(champion.people, "person", "people")
    return Beside(champion.run, holds, f"Beside the present champion, run {champion.run}: {says}, {on} on the same "
                  f"{people} (difference {low:+.4f} to {high:+.4f}, 95 %).")  # fmt: skip
