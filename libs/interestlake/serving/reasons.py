"""Why the items of one person's list stand in it, as the lake has it in words and numbers."""

from collections.abc import Mapping

from ..core.rows import Rows
from ..privacy.meant import Person
from ..recommending.write_reason import plain
from ..reporting.content import largest_first
from ..reporting.wording import model_label, percent
from .one_list import expect_rows, list_rows, titles_of

REASONS, WITHOUT = "gold.reasons", "gold.counterfactuals"
SHOWN_SOURCES = 5
SAID = ("sources", "popular")  # kinds that repeat what the lines before them say


def reasons_text(rows: Rows, person: Person, named: str, length: int) -> str:
    """The first `length` items of a person's list: sentence, items behind it, models that speak for it, its statements
    in gold.reasons, and without what it would not stand there.

    Raises BadInput where the person has no list.
    """
    listed = expect_rows(list_rows(rows, person.user_id, length, "sources", "evidence", "named"), named)
    item_ids = [row["item_id"] for row in listed]
    titles = titles_of(rows, {*item_ids, *(item for row in listed for item in rests_on(row))})
    statements, without = _statements(rows, person, item_ids), _without(rows, person, item_ids)
    lines = []
    for row in listed:
        item = row["item_id"]
        lines += [f"{row['rank']:>4}  {_title(titles, item)}  {row['score']:.4f}  {item}", f"      {row['reason']}"]
        if rests_on(row):
            lines.append(f"      rests on    {'; '.join(_title(titles, one) for one in rests_on(row))}")
        lines.append(f"      spoken for  {sources_said(row)}")
        lines += [f"      {kind:<15} {text}" for kind, text in statements.get(item, ())]
        if item in without:
            lines.append(f"      without     {without[item]}")
    if not rows.there(REASONS):
        lines.append(f"no {REASONS}: `interestlake explain --lake {rows.root}` makes statements that can be checked")
    return "\n".join(lines)


def _title(titles: Mapping[str, str], item_id: str) -> str:
    return plain(titles.get(item_id, item_id))


def rests_on(row: dict) -> list[str]:
    """The items behind a row of gold.recommendations: the strongest, and those that its sentence names beside them."""
    return list(dict.fromkeys([*row["evidence"], *(row["named"] or ())]))


def sources_said(row: dict) -> str:
    """The models that speak for a row of gold.recommendations with their shares, SHOWN_SOURCES by name."""
    shares = largest_first((one["source"], one["share"]) for one in row["sources"])
    shown = [f"{model_label(name)} {percent(share)}" for name, share in shares[:SHOWN_SOURCES]]
    left = len(shares) - len(shown)
    return ", ".join(shown + ([f"{left} more"] if left else [])) or "nothing"


def _statements(rows: Rows, person: Person, item_ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    """item_id -> (kind, statement), by kind and path."""
    if not rows.there(REASONS):
        return {}
    asked = {"user_id": [person.user_id], "item_id": item_ids}
    said = rows.of(REASONS, ["item_id", "kind", "path", "statement"], asked)
    made: dict[str, list[tuple[str, str]]] = {}
    for row in sorted(said, key=lambda row: (row["kind"], row["path"], row["statement"])):
        if row["kind"] not in SAID:
            made.setdefault(row["item_id"], []).append((row["kind"].replace("_", " "), row["statement"]))
    return made


def _without(rows: Rows, person: Person, item_ids: list[str]) -> dict[str, str]:
    if not rows.there(WITHOUT):
        return {}
    said = rows.of(WITHOUT, ["item_id", "sentence"], {"user_id": [person.user_id], "item_id": item_ids})
    return {row["item_id"]: row["sentence"] for row in said if row["sentence"]}
