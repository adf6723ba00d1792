"""What the lake holds of one item, and how often, and why, it stands in people's lists."""

from collections import Counter

from ..core.counted import counted
from ..core.rows import Rows
from ..recommending.named_facts import CATEGORY
from ..recommending.write_reason import listed, quoted
from ..reporting.wording import percent
from .named_item import heading
from .one_list import TABLE, titles_of
from .told_of_items import facts_of, readable
from .why_item import linked

SHOWN_INTERESTS, SHOWN_FACTS = 6, 8
# what the strongest thing said of an entry rests on, by the codes of models.model
SAYS = {
    "together": "people who chose an item of theirs also chose it",
    "next": "people chose it soon before or after an item of theirs",
    "text": "it is described like an item of theirs",
    "facts": "it shares a fact with an item of theirs",
    "pattern": "it fits the pattern of their choices",
    "friends": "friends chose it",
    "popular": "many people chose it",
    "interest": "it fits an interest of theirs",
}


def about_text(rows: Rows, item: dict) -> str:
    """`item` (see `named_item.find_item`): who chose it, what it carries, its neighbours, its facts, its lists."""
    item_id = item["item_id"]
    lines = [heading(item)]
    carried = _carried(rows, item_id)
    if carried:
        lines.append(f"      carries     {', '.join(f'{name} {weight:.2f}' for name, weight in carried)}")
    near, before = linked(rows, item_id, None)
    titles = titles_of(rows, {one for one, _ in [*near, *before]})
    lines += [f"      together    {quoted(titles.get(other, other))}: at least {count:,} chose both"
              for other, count in near]  # fmt: skip
    lines += [f"      next        at least {count:,} came to it from {quoted(titles.get(other, other))}"
              for other, count in before]  # fmt: skip
    facts = sorted(fact for fact in facts_of(rows, [item_id]).get(item_id, ()) if fact[0] != CATEGORY)
    lines += [f"      {'fact':<10}  {relation}: {value}" for relation, value in facts[:SHOWN_FACTS]]
    return "\n".join([*lines, *_lists(rows, item_id)])


def _carried(rows: Rows, item_id: str) -> list[tuple[str, float]]:
    """The item's readable interests and how strongly it carries them, strongest first."""
    if not rows.there("silver.item_interests"):
        return []
    carried = rows.of("silver.item_interests", ["interest_id", "weight"], {"item_id": [item_id]})
    names = readable(rows, [one["interest_id"] for one in carried])
    named = [(names[one["interest_id"]], one["weight"]) for one in carried if one["interest_id"] in names]
    return sorted(named, key=lambda one: (-one[1], one[0]))[:SHOWN_INTERESTS]


def _lists(rows: Rows, item_id: str) -> list[str]:
    if not rows.there(TABLE):
        return [f"      lists       none yet: no {TABLE}"]
    entries = rows.of(TABLE, ["rank", "code"], {"item_id": [item_id]})
    if not entries:
        return ["      lists       in nobody's: no list of the last run has it"]
    people = counted(len(entries), "person", "people")
    place = sum(one["rank"] for one in entries) / len(entries)
    codes = Counter(one["code"] for one in entries if one["code"])
    most = sorted(codes.items(), key=lambda one: (-one[1], one[0]))
    said = [f"{SAYS.get(code, code)} ({percent(count / len(entries))})" for code, count in most[:3]]
    lines = [f"      lists       in those of {people}, at place {place:.1f} in the mean"]
    return lines + ([f"      because     {listed(said)}"] if said else [])
