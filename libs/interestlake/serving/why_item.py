"""Why one item stands, or does not stand, in one person's list: what the lake's tables hold between the two."""

from collections.abc import Iterator, Sequence

from ..core.counted import counted
from ..core.rows import Rows, first
from ..interests.reading_key import beyond
from ..privacy.meant import Person
from ..privacy.said import said_of
from ..recommending.write_reason import in_common, listed, quoted
from .named_item import heading
from .one_list import list_rows, titles_of
from .reasons import WITHOUT, rests_on, sources_said
from .told_of_items import facts_of, readable

SHOWN = 3  # history items of a kind, and interests


def why_text(rows: Rows, person: Person, item: dict, length: int) -> str:
    """`item` (see `named_item.find_item`) for a person: place or why it has none, sentence, sources, and what speaks
    for it by the tables: people who chose both, who went on to it, interests, facts, friends. Reads the tables of the
    last run; nothing is scored."""
    item_id = item["item_id"]
    listed_rows = list_rows(rows, person.user_id, length, "sources", "evidence", "named")
    row = next((one for one in listed_rows if one["item_id"] == item_id), None)
    history = rows.of("silver.interactions", ["item_id", "weight", "first_ts"], {"user_id": [person.user_id]})
    liked = {one["item_id"] for one in history if one["weight"] > 0} - {item_id}
    lines = [heading(item)]
    if row is None:
        own = first([one for one in history if one["item_id"] == item_id])
        lines.append(f"      place       {_no_place(rows, person, item_id, own, len(listed_rows))}")
    else:
        titles = titles_of(rows, set(rests_on(row)))
        lines += [f"      place       {row['rank']} of {len(listed_rows)}, score {row['score']:.4f}",
                  f"      says        {row['reason']}"]  # fmt: skip
        if rests_on(row):
            lines.append(f"      rests on    {'; '.join(quoted(titles.get(one, one)) for one in rests_on(row))}")
        lines.append(f"      spoken for  {sources_said(row)}")
    named = [] if row is None else row["named"] or []
    said = list(statements(rows, person.user_id, item_id, sorted(liked), named))
    lines += [f"      {kind:<10}  {text}" for kind, text in said]
    if not said:
        lines.append("      nothing     in the tables links it to what the person chose")
    if row is not None and rows.there(WITHOUT):
        asked = {"user_id": [person.user_id], "item_id": [item_id]}
        lines += [f"      without     {one['sentence']}" for one in rows.of(WITHOUT, ["sentence"], asked)
                  if one["sentence"]]  # fmt: skip
    return "\n".join(lines)


def _no_place(rows: Rows, person: Person, item_id: str, own: dict | None, length: int) -> str:
    if own is not None:
        since = f" since {own['first_ts']:%Y-%m-%d}" if own["first_ts"] else ""
        return f"none: in the person's history{since}, and lists hold what is new"
    said = said_of(rows, person.user_id)
    if item_id in said.items:
        return "none: the person asked not to see it"
    if said.bars(person.user_id, item_id):
        return "none: the person had it forgotten"
    return (
        f"none: the {length} of the list scored higher (--apart scores it)"
        if length
        else "none: the person has no list yet"
    )


def statements(
    rows: Rows, user_id: str, item_id: str, history: Sequence[str], named: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """(kind, words) of what the tables hold between an item and a history of item ids; of the items that the sentence
    names before others."""
    near, onward = linked(rows, item_id, history, named)
    shared = _facts(rows, item_id, history, named)
    titles = titles_of(rows, {one for one, _ in [*near, *onward]} | {one for _, same in shared for one in same})
    for other, count in near:
        yield "together", f"at least {_people(count)} who chose {quoted(titles.get(other, other))} also chose this"
    for other, count in onward:
        yield "next", f"at least {_people(count)} went on from {quoted(titles.get(other, other))} to this"
    interests = _interests(rows, user_id, item_id)
    if interests:
        yield "interest", f"it carries {listed(interests)}, {_interests_of(len(interests))}"
    for fact, same in shared:
        more = f" and {len(same) - 1} more" if len(same) > 1 else ""
        yield "fact", f"{in_common(*fact)}: {quoted(titles.get(same[0], same[0]))}{more} of the person's"
    count = _friends(rows, user_id, item_id)
    if count:
        yield "friends", f"{counted(count, 'friend')} of the person chose it"


def linked(rows: Rows, item_id: str, others: Sequence[str] | None, named: Sequence[str] = ()) -> tuple[list, list]:
    """Items chosen by the same people, the strongest edges first, and those from which people went on to this one, the
    most people first: [(item_id, people)] each, SHOWN at most, those of `named` in any case; `others`: among these
    alone, None = among all."""

    def ends(table: str, mine: str, other: str) -> list[tuple]:
        if not rows.there(table) or (others is not None and not others):
            return []
        asked = {mine: [item_id]} | ({} if others is None else {other: others})
        return [(edge["weight"], edge[other], edge["pair_count"])
                for edge in rows.of(table, [other, "weight", "pair_count"], asked)]  # fmt: skip

    both = ends("graph.item_edges", "src", "dst") + ends("graph.item_edges", "dst", "src")
    onward = ends("graph.item_transitions", "dst", "src")
    together = sorted(both, key=lambda edge: (edge[1] not in named, -edge[0], edge[1]))[:SHOWN]
    before = sorted(onward, key=lambda edge: (edge[1] not in named, -edge[2], -edge[0], edge[1]))[:SHOWN]
    together.sort(key=lambda edge: (edge[1] not in named, -edge[2], edge[1]))  # as they are read
    return [edge[1:] for edge in together], [edge[1:] for edge in before]


def _interests(rows: Rows, user_id: str, item_id: str) -> list[str]:
    """Names of the readable interests of both, by weight times share, ties by id."""
    if not (rows.there("gold.interest_map") and rows.there("silver.item_interests")):
        return []
    carries = rows.of("silver.item_interests", ["interest_id", "weight"], {"item_id": [item_id]})
    carried = {one["interest_id"]: one["weight"] for one in carries}
    asked = {"user_id": [user_id], "interest_id": carried}
    own = rows.of("gold.interest_map", ["interest_id", "share", "strength"], asked) if carried else []
    dear = [one for one in own if beyond(one)]
    both = sorted((-one["share"] * carried[one["interest_id"]], one["interest_id"]) for one in dear)
    names = readable(rows, [interest for _, interest in both])
    return [names[interest] for _, interest in both if interest in names][:SHOWN]


def _facts(
    rows: Rows, item_id: str, history: Sequence[str], named: Sequence[str]
) -> list[tuple[tuple[str, str], list[str]]]:
    """((relation, value), history items that share it), those of `named` and then of the fewest items first, SHOWN at
    most."""
    own = facts_of(rows, [item_id]).get(item_id, ())
    if not own or not history:
        return []
    same: dict[tuple[str, str], list[str]] = {}
    for other, facts in sorted(facts_of(rows, history).items(), key=lambda one: (one[0] not in named, one[0])):
        for fact in facts & set(own):
            same.setdefault(fact, []).append(other)
    return sorted(same.items(), key=lambda one: (one[1][0] not in named, len(one[1]), one[0]))[:SHOWN]


def _friends(rows: Rows, user_id: str, item_id: str) -> int:
    if not rows.there("silver.friends"):
        return 0
    friends = {one["friend_id"] for one in rows.of("silver.friends", ["friend_id"], {"user_id": [user_id]})}
    if not friends:
        return 0
    chosen = rows.of("silver.interactions", ["user_id"], {"item_id": [item_id], "user_id": friends})
    return len({one["user_id"] for one in chosen})


def _interests_of(count: int) -> str:
    return "an interest of the person's" if count == 1 else "interests of the person's"


def _people(count: int) -> str:
    return counted(count, "person", "people")
