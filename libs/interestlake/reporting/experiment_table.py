"""An experiment in plain words: does the split hold, and what is known of each arm and metric."""

from collections.abc import Mapping, Sequence

from ..core.counted import counted
from ..evaluation.experiment import EARLY
from ..evaluation.sample_ratio import THRESHOLD

HEAD = ("people", "mean", "difference", "at every look", "at a single look", "p", "Holm's p")
WIDTHS = (10, 11, 12, 25, 25, 9, 9)


def experiment_text(rows: Sequence[dict], figures: Mapping[str, float], metrics: Sequence[str], level: float) -> str:
    """Rows of gold.experiments of one run -> what the command prints; the first line is about the split."""
    lines = [_ratio(rows, figures), _counts(figures)]
    for metric in metrics:
        own = [row for row in rows if row["metric"] == metric]
        own.sort(key=lambda row: (row["arm"] != row["control"], row["arm"]))
        lines += ["", *_metric(metric, own, level)]
    return "\n".join(line.rstrip() for line in lines)


def _ratio(rows: Sequence[dict], figures: Mapping[str, float]) -> str:
    people = {
        row["arm"]: row["people"] for row in sorted(rows, key=lambda row: (row["arm"] != row["control"], row["arm"]))
    }
    split = ", ".join(f"{arm} {n:,}" for arm, n in people.items())
    p = f"always-valid p {figures['ratio_p']:.2g}, chi-square p {figures['ratio_p_single']:.2g}"
    if figures["ratio_p"] >= THRESHOLD:
        return f"sample ratio holds: {split} ({p}; alarm below {THRESHOLD:g})"
    since = rows[0]["ratio_since"]
    seen = f", since {since}" if since else ""
    return (f"SAMPLE RATIO DOES NOT HOLD: {split} ({p}, below {THRESHOLD:g}{seen}); find out who is missing before "
            "believing any figure below")  # fmt: skip


def _counts(figures: Mapping[str, float]) -> str:
    said = [counted(figures["people"], "person", "people")]
    for name, what in (
        ("several_arms", "in more than one arm left out"),
        ("open", "whose window is not over left out"),
    ):
        if figures[name]:
            said.append(f"{figures[name]:,.0f} {what}")
    if figures["rows_set_aside"]:
        said.append(f"{counted(figures['rows_set_aside'], 'row')} set aside, see bronze.quarantine")
    return "; ".join(said)


def _metric(metric: str, rows: Sequence[dict], level: float) -> list[str]:
    by = rows[0]["adjusted_by"]
    title = f"{metric} per person, {level:.4g} intervals of the difference"
    cut = next((row["variance_cut"] for row in rows if row["variance_cut"] is not None), None)
    if by:
        title += f", adjusted by {by} ({cut or 0.0:.0%} less variance)"
    wide = max(6, *(len(row["arm"]) for row in rows)) + 2
    lines = [title, f"{'arm':<{wide}}" + "".join(f"{word:>{w}}" for word, w in zip(HEAD, WIDTHS, strict=True))]
    for row in rows:
        cells = [f"{row['people']:,}", f"{row['mean']:.4g}"]
        if row["difference"] is not None:
            cells += [f"{row['difference']:+.4g}", _interval(row["low"], row["high"]),
                      _interval(row["single_low"], row["single_high"]), f"{row['p_value']:.3g}",
                      f"{row['holm']:.3g}"]  # fmt: skip
        lines.append(f"{row['arm']:<{wide}}" + "".join(f"{cell:>{w}}" for cell, w in zip(cells, WIDTHS, strict=False)))
    return [*lines, *(f"  {row['arm']}: {_verdict(row, rows[0]['mean'])}" for row in rows if row["verdict"])]


def _interval(low: float | None, high: float | None) -> str:
    return "none yet" if low is None or high is None else f"{low:+.4g} to {high:+.4g}"


def _verdict(row: dict, control: float) -> str:
    gap = row["difference"]
    part = f", {gap / control:+.1%} of the control's mean" if control > 0 else ""
    if row["verdict"] != EARLY:
        return f"{row['verdict']} by {abs(gap):.4g} ({_interval(row['low'], row['high'])}{part})"
    if row["low"] is None:
        return f"{EARLY}: too few people, or nobody differs"
    if row["p_value"] < row["holm"] and (row["low"] > 0 or row["high"] < 0):
        return f"{EARLY}: apart when looked at alone, not among all arms and metrics"
    return f"{EARLY}: {_interval(row['low'], row['high'])} holds 0"
