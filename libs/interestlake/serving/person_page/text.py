"""One person's page as lines of a terminal."""

from ...core.counted import counted
from ...core.rows import Rows
from ...interests.reading_key import beyond
from ...reporting.content import Missing
from ...reporting.own_page import OwnPage, gather_own
from ...reporting.wording import clipped

SHOWN, RECENT, LINE = 12, 20, 96


def profile_text(rows: Rows, user_id: str, top_k: int) -> str:
    """Interests by strength with trend and the items behind them, what was said no to, what may come next."""
    page = gather_own(rows, user_id, top_k)
    span = f", {page.first_day} to {page.last_day}" if page.first_day else ""
    lines = [f"{page.user_id[:16]}  {counted(page.items, 'item')}{span}"]
    lines.append(page.too_little or f"holds dear: {', '.join(page.reading)}")
    lines += ["", *_interests(page)]
    if page.refused:
        lines += ["", "said no to", *(f"  {name} ({kind} {id})" for kind, id, name in page.refused)]
    if not isinstance(page.expansions, Missing):
        lines += ["", "may come next", *(f"  {one.name}  {one.confidence:.2f}  {' > '.join(one.path)}"
                                         for one in page.expansions)]  # fmt: skip
    newest = page.recent[:RECENT]
    lines += ["", "chosen last", *(f"  {seen.day or '-':<10}  {seen.title}  [{seen.item_id}]" for seen in newest)]
    if page.items > len(newest):
        lines.append(f"  and {page.items - len(newest):,} before; the page holds {min(page.items, len(page.recent)):,}")
    return "\n".join(lines)


def _interests(page: OwnPage) -> list[str]:
    if not page.details:
        return [page.map.line if isinstance(page.map, Missing) else "no interests"]
    shown = list(page.details.values())[:SHOWN]
    width, items = (max(len(text(one)) for one in shown) for text in (_name, _items))
    more = len(page.details) - len(shown)
    lines = [f"interests, {len(shown)} of {len(page.details)}" if more else "interests"]
    lines[0] += " (strength: 0.50 as everybody, 0.75 three times as often)"
    for place, one in enumerate(shown):
        if not beyond(one) and (place == 0 or beyond(shown[place - 1])):
            lines.append("not surely more than everybody")
        trend = f" {one['trend']}" if one["trend"] not in (None, "unknown") else ""
        trend += f" ({one['change']})" if trend and one["change"] else ""
        behind = ", ".join(one["evidence"])
        line = f"  {one['name']:<{width}}  {one['strength']:.2f}  {_items(one):>{items}}{trend}  {behind}"
        lines.append(clipped(line, LINE))
    return lines


def _name(interest: dict) -> str:
    return interest["name"]


def _items(interest: dict) -> str:
    return counted(interest["items"], "item")
