"""The worth of a policy in plain words: what the logs say, an estimate per line, and what follows."""

from collections.abc import Mapping, Sequence

from ..core.counted import counted
from ..evaluation.policy_values import ESTIMATORS, Weighing

HEAD = ("value", "interval", "less logged", "interval")
WIDTHS = (12, 26, 14, 28)


def policy_text(rows: Sequence[dict], figures: Mapping[str, float], level: float) -> str:
    """Rows of gold.policy_values of one run, and the stage's figures -> what the command prints."""
    worth = Weighing(int(figures["rows"]), int(figures["people"]), figures["effective"], figures["largest_share"],
                     figures["weight_mean"], figures["weight_low"], figures["weight_high"], int(figures["unmatched"]),
                     int(figures["cut"]))  # fmt: skip
    lines = [_counts(worth, figures), _weights(worth), *(f"warning: {said}" for said in worth.warnings), ""]
    lines.append(
        f"{f'{level:.4g} intervals':<16}" + "".join(f"{word:>{w}}" for word, w in zip(HEAD, WIDTHS, strict=True))
    )
    by_name = {row["estimator"]: row for row in rows}
    for name in (name for name in ESTIMATORS if name in by_name):
        row = by_name[name]
        cells = [f"{row['value']:.5g}", _interval(row["low"], row["high"])]
        if name != "logged":
            cells += [f"{row['difference']:+.4g}", _interval(row["difference_low"], row["difference_high"], "+")]
        lines.append(f"{name:<16}" + "".join(f"{cell:>{w}}" for cell, w in zip(cells, WIDTHS, strict=False)))
    lines += ["", _verdict(by_name.get("dr", by_name["snips"]), bool(worth.warnings))]
    return "\n".join(line.rstrip() for line in lines)


def _counts(worth: Weighing, figures: Mapping[str, float]) -> str:
    said = [f"{counted(worth.rows, 'logged row')} of {counted(worth.people, 'person', 'people')}"]
    if figures["rows_set_aside"]:
        said.append(f"{counted(figures['rows_set_aside'], 'row')} set aside, see bronze.quarantine")
    if figures["without_list"]:
        said.append(f"{counted(figures['without_list'], 'row')} of people without a list left out")
    if worth.unmatched:
        said.append(f"{worth.unmatched / worth.rows:.1%} show what the new policy never would")
    return "; ".join(said)


def _weights(worth: Weighing) -> str:
    cut = f"; {counted(worth.cut, 'weight')} cut, so that estimates lean to what was logged" if worth.cut else ""
    share = worth.effective / worth.rows
    return (f"{worth.effective:,.0f} effective rows ({share:.1%}); largest weight {worth.largest:.2%} of all; "
            f"mean weight {worth.mean:.3f} ({_interval(worth.low, worth.high)}){cut}")  # fmt: skip


def _interval(low: float, high: float, sign: str = "") -> str:
    return f"{low:{sign}.4g} to {high:{sign}.4g}"


def _verdict(row: dict, warned: bool) -> str:
    low, high, gap = row["difference_low"], row["difference_high"], row["difference"]
    interval = _interval(low, high, "+")
    if low <= 0 <= high:
        said = f"too early to tell from what was logged: {interval} holds 0"
    else:
        said = f"{'better' if gap > 0 else 'worse'} than what was logged by {abs(gap):.4g} ({interval})"
    return f"by {row['estimator']}: {said}{'; not to be relied on while a warning stands' if warned else ''}"
