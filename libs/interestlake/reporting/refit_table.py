"""The figures of a refit as lines: what moved per segment, by source and by granularity, and whether it is better."""

from collections.abc import Mapping
from itertools import zip_longest

from ..core.counted import counted
from ..models.granularities import GRANULARITIES
from ..recommending.segments import SEGMENT_NAMES
from .wording import model_label, whole

TOLD = (
    ("rows", "row", "rows"),
    ("repeated", "replaced by a newer row", "replaced by newer rows"),
    ("unknown_people", "unknown person", "unknown people"),
    ("unknown_items", "unknown item", "unknown items"),
    ("trained", "pair of the train split", "pairs of the train split"),
    ("used", "pair used", "pairs used"),
    ("liked", "of them liked", "of them liked"),
)


def refit_table(figures: Mapping[str, float]) -> str:
    """Figures of `refit_figures` -> the lines that the command prints, within 100 columns."""
    counts = ((figures[f"feedback_{name}"], one, more) for name, one, more in TOLD)
    parts = [f"{whole(n)} {one if n == 1 else more}" for n, one, more in counts if n or one in ("row", "pair used")]
    lines = [f"feedback: {', '.join(parts)}"]
    for segment in SEGMENT_NAMES:
        lines += ["", *_segment(figures, segment)]
    return "\n".join(line.rstrip() for line in lines)


def _segment(figures: Mapping[str, float], segment: str) -> list[str]:
    head = [_verdict(figures, segment)]
    head.append(f"  {'source':<14}{'weight':>16}    {'granularity':<14}{'alpha':>16}    {'lambda':>16}")
    head_of = f"weight_before.{segment}."
    sources = [name.removeprefix(head_of) for name in figures if name.startswith(head_of)]
    # a table's map keeps no order
    sources.sort(key=lambda source: (-figures[f"weight_after.{segment}.{source}"], source))
    for source, grain in zip_longest(sources, GRANULARITIES):
        weight = _change(figures, "weight", segment, source)
        alpha, strength = _change(figures, "alpha", segment, grain), _change(figures, "lambda", segment, grain)
        label = model_label(source) if source else ""
        head.append(f"  {label:<14}{weight:>16}    {grain or '':<14}{alpha:>16}    {strength:>16}")
    return head


def _verdict(figures: Mapping[str, float], segment: str) -> str:
    people, held_out, rested = (figures[f"{name}.{segment}"] for name in ("people", "held", "rested_on"))
    before, after = figures[f"ndcg_10_before.{segment}"], figures[f"ndcg_10_after.{segment}"]
    behind = counted(people, "person", "people")
    if not people:
        return f"{segment}: no feedback of such people to fit on, the old weights stay"
    if not held_out:
        return f"{segment}: feedback of {behind} and nobody left to judge it by, the old weights stay"
    judged = f"nDCG@10 of {counted(held_out, 'held-out person', 'held-out people')} {before:.4f} -> {after:.4f}"
    if not figures[f"moved.{segment}"]:
        return f"{segment}: {judged} is not better, the old weights stay"
    return f"{segment}: {judged}; {behind} moved weights of {whole(rested)}"


def _change(figures: Mapping[str, float], what: str, segment: str, part: str | None) -> str:
    before = figures.get(f"{what}_before.{segment}.{part}")
    if before is None:
        return ""
    return f"{before:.3f} -> {figures[f'{what}_after.{segment}.{part}']:.3f}"
