"""An introduction to a list, and a profile in words; every sentence names the rows it was counted from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...core.counted import counted
from ...recommending.write_reason import listed, plain, quoted

NAMED = 3
READABLE = ("category", "tag", "keyword")
DIRECTIONS = {"rising": "is rising", "fading": "is fading", "seasonal": "comes with the season"}


@dataclass(frozen=True)
class Line:
    """A sentence and the keys of the rows it stands on: item ids, or interest ids."""

    text: str
    rests_on: tuple[str, ...]


def introduce(items: Sequence[Mapping], names: Sequence[str]) -> list[Line]:
    """items(item_id, title, categories, evidence, evidence_titles), names the person holds -> two or three lines.

    What most of the list is about (the NAMED most frequent categories), what it leans on (the history items that speak
    for most rows), and which rows carry no category that the person holds.
    """
    if not items:
        return [Line("The list is empty.", ())]
    lines, count = [], len(items)
    about = Counter(name for item in items for name in dict.fromkeys(item["categories"]))
    best = [name for name, _ in sorted(about.items(), key=lambda pair: (-pair[1], pair[0]))[:NAMED]]
    if best:
        rows = [i for i in items if set(i["categories"]) & set(best)]
        lines.append(Line(f"{len(rows)} of {count} are about {listed([plain(b) for b in best])}.",
                          tuple(i["item_id"] for i in rows)))  # fmt: skip
    else:
        lines.append(
            Line(
                f"{counted(count, 'item')}, of which the source keeps no category.", tuple(i["item_id"] for i in items)
            )
        )
    behind = Counter(pair for i in items for pair in zip(i["evidence"], i["evidence_titles"], strict=True))
    top = sorted(behind.items(), key=lambda pair: (-pair[1], pair[0]))[:2]
    if top:
        rows = [i for i in items if {key for (key, _), _ in top} & set(i["evidence"])]
        titles = listed([quoted(title) for (_, title), _ in top])
        lines.append(Line(f"{len(rows)} of them speak to what you chose before: {titles}.",
                          tuple(i["item_id"] for i in rows)))  # fmt: skip
    folded = {name.casefold() for name in names}
    new = [i for i in items if i["categories"] and not folded & {c.casefold() for c in i["categories"]}]
    if new and len(new) < count:
        shown = [quoted(i["title"]) for i in new[:2]]
        goes = "goes" if len(new) == 1 else "go"
        lines.append(Line(f"{len(new)} {goes} beyond what you hold, such as {listed(shown)}.",
                          tuple(i["item_id"] for i in new)))  # fmt: skip
    return lines


def read_profile(rows: Sequence[Mapping]) -> list[Line]:
    """Rows of an interest map (interest_id, kind, name, share, item_count, first_day, trend or None) -> lines.

    The leading interests with their items, since when the first is held, and the direction of those with a trend.
    Topics, whose names are lists of words, are left out.
    """
    named = sorted((r for r in rows if r["kind"] in READABLE), key=lambda r: (-r["share"], r["interest_id"]))
    if not named:
        return [Line("There is no interest to read yet.", ())]
    first, *others = named
    items = counted(first["item_count"], "item")
    since = f", held since {first['first_day']}" if first.get("first_day") else ""
    lines = [Line(f"{plain(first['name'])} leads with {items}{since}.", (first["interest_id"],))]
    seen, next_ones = {first["name"].casefold()}, []
    for row in others:
        if row["name"].casefold() not in seen:
            seen.add(row["name"].casefold())
            next_ones.append(row)
    if next_ones:
        best = next_ones[:NAMED]
        names = [f"{plain(r['name'])} ({r['item_count']:,})" for r in best]
        lines.append(Line(f"Next {'come' if len(best) > 1 else 'comes'} {listed(names)}.",
                          tuple(r["interest_id"] for r in best)))  # fmt: skip
    for trend, words in DIRECTIONS.items():
        mine = [r for r in named if r.get("trend") == trend][:NAMED]
        if mine:
            words = words if len(mine) == 1 else words.replace("is ", "are ").replace("comes", "come")
            lines.append(Line(f"{listed([plain(r['name']) for r in mine])} {words}.",
                              tuple(r["interest_id"] for r in mine)))  # fmt: skip
    return lines
