"""The drawn graph: nothing overlaps, everything is inside, the same seed gives the same places."""

import itertools
import random
from dataclasses import replace

import pytest

from interestlake.reporting.content import Community, InterestGraph, Link, Node
from interestlake.reporting.drawing import _box, _hull, draw
from interestlake.reporting.layout import lay_out
from interestlake.reporting.scores import _ceiling, _spread


def graph(groups: int, size: int, seed: int = 3) -> InterestGraph:
    """`groups` communities of `size` interests, dense inside, one link between neighbours."""
    chance = random.Random(seed)
    n = groups * size
    rank = sorted((chance.random() ** 2 + 0.05 for _ in range(n)), reverse=True)
    nodes = tuple(
        Node(f"tag:{i}", f"interest {i}", "tag", 5, 4, rank[i] / sum(rank), f"c{g}", g if g < 8 else -1)
        for i in range(n)
        for g in [i % groups]
    )
    inside = [Link(a, b, 0.5 + chance.random() / 2) for a in range(n) for b in range(a + groups, n, groups)]
    between = [Link(a, a + 1, 0.05) for a in range(groups - 1)]
    names = tuple(Community(g + 1, (f"interest {g}",), (g,), size, size) for g in range(min(groups, 8)))
    return InterestGraph(nodes, tuple(inside[:: max(1, size // 6)] + between), names, n, 99, groups)


CASES = [(6, 20, 800, 640), (10, 6, 380, 600), (1, 1, 800, 640)]


@pytest.mark.parametrize(("groups", "size", "width", "height"), CASES)
def test_circles_are_inside_and_apart(groups, size, width, height):
    places = lay_out(graph(groups, size), width, height, seed=1)
    assert len(places) == groups * size
    for place in places:
        assert place.radius <= place.x <= width - place.radius
        assert place.radius <= place.y <= height - place.radius
    for a, b in itertools.combinations(places, 2):
        assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (a.radius + b.radius) ** 2


def test_labels_do_not_collide_and_heads_are_labelled():
    drawing = draw(graph(6, 20), "wide", 800, 640, 11.5, seed=1)
    boxes = [_box(circle.label) for circle in drawing.circles if circle.labelled]
    assert len(boxes) >= 30
    for a, b in itertools.combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
    assert all(drawing.circles[i].labelled for i in range(6))
    assert len(drawing.islands) == 6


def test_a_cut_graph_keeps_the_heads_it_can():
    whole = graph(6, 20)
    late = whole.nodes.index([node for node in whole.nodes if node.group == 2][-1])
    moved = tuple(replace(c, heads=(late,)) if c.number == 3 else c for c in whole.communities)
    cut = replace(whole, communities=moved).cut(5)
    assert [c.heads for c in cut.communities] == [(0,), (1,), (2,), (3,), (4,)]
    assert len(cut.nodes) == 5 and all(link.b < 5 for link in cut.links)


def test_same_seed_same_drawing():
    assert draw(graph(4, 9), "wide", 800, 640, 11.5, 5) == draw(graph(4, 9), "wide", 800, 640, 11.5, 5)
    assert lay_out(graph(4, 9), 800, 640, 5) != lay_out(graph(4, 9), 800, 640, 6)


def test_communities_lie_apart():
    planted = graph(4, 12)
    places = lay_out(planted, 800, 640, 2)
    means = []
    for group in range(4):
        mine = [p for n, p in zip(planted.nodes, places, strict=True) if n.group == group]
        means.append((sum(p.x for p in mine) / 12, sum(p.y for p in mine) / 12))
    for node, place in zip(planted.nodes, places, strict=True):
        nearest = min(range(4), key=lambda g: (place.x - means[g][0]) ** 2 + (place.y - means[g][1]) ** 2)
        assert nearest == node.group


def test_hull_of_a_square_with_inner_points():
    square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
    assert _hull([*square, (2.0, 2.0), (1.0, 3.0), (2.0, 0.0)]) == square
    assert _hull([(1.0, 1.0), (1.0, 1.0)]) == [(1.0, 1.0)]


def test_curve_labels_keep_their_order_and_distance():
    places = _spread({"a": 0.5, "b": 0.5, "c": 0.51, "d": 0.99, "e": 1.0})
    heights = [places[name] for name in "abcde"]
    assert heights == sorted(heights) and heights[-1] == 1.0
    assert all(high - low >= 0.0449 for low, high in itertools.pairwise(heights))


@pytest.mark.parametrize(("top", "expected"), [(0.2314, 0.25), (0.0, 1.0), (0.99, 1.0), (7.9, 10.0), (1.0, 1.5)])
def test_axis_ends_on_a_round_number(top, expected):
    assert _ceiling([top / 2, top]) == expected


def test_labels_of_wide_letters_stay_in_the_drawing():
    """At the edge a label has a fifth of its length to spare: fonts differ, and what sticks out is cut off."""
    drawing = draw(graph(10, 6), "narrow", 374, 520, 12, seed=1)
    shown = [_box(circle.label) for circle in drawing.circles if circle.labelled]
    assert len(shown) > 10
    for left, _, right, _ in shown:
        spare = 0.2 * (right - left)
        assert left - spare >= 0 and right + spare <= 374
