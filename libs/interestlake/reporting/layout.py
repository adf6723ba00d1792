"""Places on the page for an interest graph: communities as islands, nodes inside them by their links."""

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from .content import InterestGraph

GAP = 11.0
SHORE = 24.0
CREST = 14.0  # room above an island for its number
EVEN = 0.7


@dataclass(frozen=True)
class Place:
    """Centre and radius of a node, in the drawing's pixels."""

    x: float
    y: float
    radius: float


def lay_out(graph: InterestGraph, width: float, height: float, seed: int) -> list[Place]:
    """A place for each node inside (width, height) px; the same graph and seed give the same places.

    Each community is laid out by itself and the communities among each other with weighted force-directed placement
    (Fruchterman and Reingold 1991, networkx spring_layout); then circles are pushed apart until none overlap.
    """
    radius = _radii(graph, width, height)
    groups = _groups(graph)
    shores = np.array([_shore(radius[members]) for members in groups])
    centres = _centres(graph, groups, shores, width, height, seed)
    points = np.zeros((len(graph.nodes), 2))
    for members, centre, shore in zip(groups, centres, shores, strict=True):
        points[members] = centre + shore * _inner(graph, members, seed)
    points = _fit(points, radius, width, height)
    for _ in range(200):
        points, moved = _push(points, radius + GAP / 2)
        edge = radius[:, None] + SHORE
        points = np.clip(points, edge + [0, CREST], np.array([width, height]) - edge)
        if moved < 0.05:
            break
    return [Place(round(float(x), 1), round(float(y), 1), r) for (x, y), r in zip(points, radius, strict=True)]


def _radii(graph: InterestGraph, width: float, height: float) -> np.ndarray:
    """Area by PageRank, the whole scaled so that circles fill a fixed share of the drawing."""
    rank = np.array([node.pagerank for node in graph.nodes])
    share = np.sqrt(rank / rank.max())
    ink = 0.05 * width * height
    scale = np.sqrt(ink / (np.pi * np.sum(share**2)))
    return np.round(np.clip(scale * share, 3.0, min(width, height) / 16), 1)


def _groups(graph: InterestGraph) -> list[np.ndarray]:
    members: dict[str, list[int]] = {}
    for i, node in enumerate(graph.nodes):
        members.setdefault(node.community, []).append(i)
    return [np.array(group) for group in members.values()]


def _shore(radius: np.ndarray) -> float:
    return float(np.sqrt(np.sum((radius + 9) ** 2)) * 1.25)


def _centres(graph: InterestGraph, groups: Any, shores: Any, width: float, height: float, seed: int) -> np.ndarray:
    """Centres of the communities: near where links are strong, discs apart, spread in the shape of the page."""
    home = {int(i): g for g, members in enumerate(groups) for i in members}
    between = nx.Graph()
    between.add_nodes_from(range(len(groups)))
    for link in graph.links:
        a, b = home[link.a], home[link.b]
        if a != b:
            weight = between.get_edge_data(a, b, {"weight": 0.0})["weight"]
            between.add_edge(a, b, weight=weight + link.weight)
    placed = nx.spring_layout(between, weight="weight", seed=seed, iterations=200)
    shape = np.array([width, height]) / np.sqrt(width * height)
    reach = np.sqrt(np.sum(shores**2))
    centres = np.array([placed[g] for g in range(len(groups))]) * reach * shape
    for _ in range(400):
        centres, _ = _push(centres * 0.985, shores + SHORE * 0.6)
    return centres


def _inner(graph: InterestGraph, members: np.ndarray, seed: int) -> np.ndarray:
    """(members, 2) in the unit disc."""
    if len(members) == 1:
        return np.zeros((1, 2))
    inside = nx.Graph()
    inside.add_nodes_from(int(i) for i in members)
    asked = set(inside)
    inside.add_weighted_edges_from((li.a, li.b, li.weight) for li in graph.links if li.a in asked and li.b in asked)
    placed = nx.spring_layout(inside, weight="weight", seed=seed, iterations=150, k=2.0 / np.sqrt(len(members)))
    points = np.array([placed[int(i)] for i in members])
    points -= points.mean(axis=0)
    length = np.linalg.norm(points, axis=1)
    # distances from the middle are evened out, or two clusters of one community leave a hole between them
    even = np.sqrt((np.argsort(np.argsort(length, kind="stable"), kind="stable") + 0.5) / len(members))
    wanted_length = (1 - EVEN) * length / max(length.max(), 1e-9) + EVEN * even
    return points * (wanted_length / np.maximum(length, 1e-9))[:, None]


def _fit(points: np.ndarray, radius: np.ndarray, width: float, height: float) -> np.ndarray:
    """Scale each axis so that the drawing fills the page; the axes differ by at most a third."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([width, height - CREST]) - 2 * (radius.max() + SHORE)
    scale = room / np.maximum(high - low, 1e-9)
    scale = np.minimum(scale, scale.min() * 1.35)
    return (points - (low + high) / 2) * scale + np.array([width, height + CREST]) / 2


def _push(points: np.ndarray, radius: np.ndarray) -> tuple[np.ndarray, float]:
    """One round of moving overlapping circles half their overlap apart; returns the places and the longest move."""
    apart = points[:, None, :] - points[None, :, :]
    distance = np.linalg.norm(apart, axis=2)
    overlap = np.maximum(radius[:, None] + radius[None, :] - distance, 0.0)
    np.fill_diagonal(overlap, 0.0)
    # equal places have no direction: the lower one of the list goes left
    tied = (distance < 1e-6) & (overlap > 0)
    apart[tied] = np.where(np.argwhere(tied)[:, :1] < np.argwhere(tied)[:, 1:], [-1.0, 0.1], [1.0, -0.1])
    unit = apart / np.maximum(np.linalg.norm(apart, axis=2), 1e-6)[:, :, None]
    move = (unit * overlap[:, :, None] * 0.5).sum(axis=1)
    longest = np.linalg.norm(move, axis=1)
    return points + move * 0.8, float(longest.max(initial=0.0))
