"""A person's own interest graph: their interests by strength, joined where the same items of theirs carry both."""

from dataclasses import dataclass, replace
from math import fsum

import networkx as nx

from ..core.counted import counted
from ..core.rows import Rows
from .content import Community, InterestGraph, Link, Missing, Node
from .drawing import Drawing, draw
from .wording import KINDS

MAX_NODES = 36
COLOURED = 8
LINKS_PER_NODE = 3
NAMED_BY = 2
WIDE, NARROW = (820, 620), (374, 520)
NARROW_NODES = 22
MIN_WORDS = 12
WHOLE = 0.6
EXTRACTED = ("keyword", "topic")


@dataclass(frozen=True)
class OwnMap:
    """The graph and, in the order of its nodes, the rows of `person.collect_interests` behind them."""

    graph: InterestGraph
    rows: tuple[dict, ...]


def read_map(rows: Rows, own: list[dict], carried: list[dict], history: list[dict]) -> OwnMap | Missing:
    """own: rows of `person.collect_interests`; history(item_id, weight): the person's; carried: silver.item_interests
    of its items.

    Nodes: see `choose`. A link's weight is the sum over the person's items of liking * w_ix * w_iy; each node keeps its
    LINKS_PER_NODE strongest. Communities are those of graph.interest_nodes or, where one of them holds more than WHOLE
    of the nodes, those of the person's own links.
    """
    chosen = choose(own)
    if not chosen:
        return Missing("No interest map yet: nothing that the items of the history carry says enough of their person.")
    place = {row["interest_id"]: i for i, row in enumerate(chosen)}
    community_of = {}
    if rows.there("graph.interest_nodes"):
        nodes = rows.of("graph.interest_nodes", ["interest_id", "community"], {"interest_id": list(place)})
        community_of = {row["interest_id"]: row["community"] for row in nodes}
    community = [community_of.get(row["interest_id"], f"alone:{row['interest_id']}") for row in chosen]
    links = _links(carried, history, place)
    if max(community.count(name) for name in set(community)) > WHOLE * len(chosen):
        community = own_communities(len(chosen), links)
    communities, group = _communities(chosen, community)
    degree = [sum(i in (link.a, link.b) for link in links) for i in range(len(chosen))]
    graph = InterestGraph(
        nodes=tuple(
            Node(row["interest_id"], row["name"], row["kind"], row["item_count"], degree[i], max(row["strength"], 0.02),
                 community[i], group.get(community[i], -1))
            for i, row in enumerate(chosen)
        ),
        links=links, communities=communities, all_nodes=len(own), all_edges=len(links),
        all_communities=len(communities),
    )  # fmt: skip
    return OwnMap(graph, tuple(chosen))


def choose(own: list[dict]) -> list[dict]:
    """The MAX_NODES interests that are drawn, strongest first, what people named before what was extracted.

    Of several of one name (category Jazz, tag jazz) the first of KINDS' order stands. Topics, whose names are lists of
    words, are left out, and of extracted keywords at most half as many as there are others, but never under MIN_WORDS.
    """
    kinds = list(KINDS)
    by_name: dict[str, dict] = {}
    for row in sorted(own, key=lambda r: (kinds.index(r["kind"]) if r["kind"] in kinds else 99, r["interest_id"])):
        if row["kind"] != "topic":
            by_name.setdefault(row["name"].casefold(), row)
    order = sorted(by_name.values(), key=lambda r: (-r["strength"], -r["share"], r["interest_id"]))
    named = [row for row in order if row["kind"] not in EXTRACTED][:MAX_NODES]
    words = [row for row in order if row["kind"] in EXTRACTED][: max(MIN_WORDS, len(named) // 2)]
    chosen = (named + words)[:MAX_NODES] or own[:MAX_NODES]
    return sorted(chosen, key=lambda r: (-r["strength"] * (0.6 if r["kind"] in EXTRACTED else 1), r["interest_id"]))


def own_communities(count: int, links: tuple[Link, ...]) -> list[str]:
    """Louvain communities (Blondel et al. 2008) of one person's links, at most MAX_NODES nodes; named by a member."""
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_weighted_edges_from((link.a, link.b, link.weight) for link in links)
    parts = nx.community.louvain_communities(graph, weight="weight", resolution=1.1, seed=0)
    name = {node: f"own:{min(members)}" for members in parts for node in members}
    return [name[node] for node in range(count)]


def _communities(chosen: list[dict], community: list[str]) -> tuple[tuple[Community, ...], dict[str, int]]:
    members: dict[str, list[int]] = {}
    for i, name in enumerate(community):
        members.setdefault(name, []).append(i)
    # one interest alone is no community: it stays grey
    weight = {name: sum(chosen[i]["share"] for i in places) for name, places in members.items() if len(places) > 1}
    order = sorted(weight, key=lambda name: (-weight[name], name))[:COLOURED]
    for places in members.values():
        places.sort(key=lambda i: (chosen[i]["kind"] in EXTRACTED, i))
    communities = tuple(
        Community(i + 1, tuple(chosen[head]["name"] for head in members[name][:NAMED_BY]),
                  tuple(members[name][:NAMED_BY]), len(members[name]), len(members[name]))
        for i, name in enumerate(order)
    )  # fmt: skip
    return communities, {name: i for i, name in enumerate(order)}


def _links(carried: list[dict], history: list[dict], place: dict[str, int]) -> tuple[Link, ...]:
    liking = {row["item_id"]: row["weight"] for row in history}
    of_item: dict[str, list[tuple[str, float]]] = {}
    for row in carried:
        if row["interest_id"] in place and row["item_id"] in liking:
            of_item.setdefault(row["item_id"], []).append((row["interest_id"], row["weight"]))
    both: dict[tuple[str, str], list[float]] = {}
    for item_id, mine in of_item.items():
        for a, wa in mine:
            for b, wb in mine:
                if a < b:
                    both.setdefault((a, b), []).append(wa * liking[item_id] * wb)
    weighed = ((round(fsum(parts), 9), place[a], place[b]) for (a, b), parts in both.items())
    rows = sorted(weighed, reverse=True)
    taken = [0] * len(place)
    links = []
    for weight, a, b in rows:
        if taken[a] < LINKS_PER_NODE or taken[b] < LINKS_PER_NODE:
            taken[a] += 1
            taken[b] += 1
            links.append(Link(min(a, b), max(a, b), weight))
    return tuple(sorted(links, key=lambda link: (link.weight, link.a, link.b)))


def draw_map(own: OwnMap, seed: int) -> tuple[Drawing, Drawing]:
    """The drawing for a wide and for a narrow screen, with what a screen reader says of each node."""
    wide = draw(own.graph, "wide", *WIDE, font=13, seed=seed)
    narrow = draw(own.graph.cut(NARROW_NODES), "narrow", *NARROW, font=12, seed=seed)
    return _told(wide, own), _told(narrow, own)


def _told(drawing: Drawing, own: OwnMap) -> Drawing:
    circles = []
    for circle, row in zip(drawing.circles, own.rows, strict=False):
        trend = f", {row['trend']}" if row.get("trend") not in (None, "unknown") else ""
        items = counted(row["item_count"], "item")
        circles.append(replace(circle, text=f"{row['kind']}, strength {row['strength']:.2f}, {items}{trend}"))
    return replace(drawing, circles=tuple(circles))
