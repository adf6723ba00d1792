"""An interest graph as shapes for an SVG: islands, links, circles, and labels that do not collide."""

from dataclasses import dataclass
from typing import Any

from ..core.counted import counted
from .content import InterestGraph, Node
from .layout import Place, lay_out
from .wording import clipped

LETTER = 0.61
WIDEST = 1.2  # a label of wide letters in a wide font, beside its length by LETTER
LABEL_LENGTH = 22


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    anchor: str
    text: str
    size: float


@dataclass(frozen=True)
class Circle:
    """A node; not `labelled` where its label would collide: it shows on hover. `near` are places in the circle list."""

    node: Node
    place: Place
    labelled: bool
    label: Label
    near: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Line:
    a: Place
    b: Place
    ends: tuple[int, int]
    width: float
    opacity: float
    group: int


@dataclass(frozen=True)
class Island:
    """Outline of a coloured community: `path` is drawn with a wide round stroke; the number stands at (x, y)."""

    number: int
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    name: str
    width: int
    height: int
    islands: tuple[Island, ...]
    lines: tuple[Line, ...]
    circles: tuple[Circle, ...]


def draw(graph: InterestGraph, name: str, width: int, height: int, font: float, seed: int) -> Drawing:
    """The graph on (width, height) px with labels of about `font` px; the most central nodes are labelled first."""
    places = lay_out(graph, width, height, seed)
    near: list[dict[int, float]] = [{} for _ in graph.nodes]
    for link in graph.links:
        near[link.a][link.b] = near[link.b][link.a] = link.weight
    islands = _islands(graph, places, width, height)
    taken = [(i.x - 9, i.y - 9, i.x + 9, i.y + 9) for i in islands]
    labels = _labels(graph, places, font, taken, width, height)
    circles = []
    for i, node in enumerate(graph.nodes):
        label = labels.get(i)
        options = _options(node.name, places[i], font)
        hover = next((o for o in options if _inside(_box(o), width, height)), options[0])
        strongest = sorted(near[i], key=lambda j: (-near[i][j], j))
        text = _text(graph, node, strongest)
        circles.append(Circle(node, places[i], label is not None, label or hover, tuple(strongest), text))
    return Drawing(name, width, height, islands, _lines(graph, places), tuple(circles))


def _labels(
    graph: InterestGraph, places: list[Place], font: float, taken: list, width: float, height: float
) -> dict[int, Label]:
    """Labels that stay visible. Two heads of each community come first and may cover smaller circles."""
    first = [head for place in (0, 1) for c in graph.communities for head in c.heads[place : place + 1]]
    later = [head for community in graph.communities for head in community.heads[2:]]
    rest = [i for i in range(len(graph.nodes)) if i not in {*first, *later}]
    labels_of: dict[int, Label] = {}
    for i in first + later + rest:
        size = round(font * (1.18 if i in first else 1.0), 1)
        options = [o for o in _options(graph.nodes[i].name, places[i], size) if _inside(_box(o), width, height)]
        options = [o for o in options if not _overlaps(_box(o), taken)]
        hidden = {o: _covered(_box(o), places, i) for o in options}
        best = min(options, key=lambda o: (hidden[o], options.index(o)), default=None)
        if best is not None and (hidden[best] == 0 or i in first):
            labels_of[i] = best
            taken.append(_box(best))
    return labels_of


def _text(graph: InterestGraph, node: Node, strongest: list[int]) -> str:
    """What a screen reader and the line under the drawing say of a node."""
    items = "" if node.items is None else f", {counted(node.items, 'item')}"
    where = f", community {node.group + 1}" if node.group >= 0 else ""
    named = ", ".join(clipped(graph.nodes[j].name, 40) for j in strongest[:5])
    return f"{node.kind}{where}{items}, {counted(node.degree, 'neighbour')}" + (
        f"; closest here: {named}" if named else ""
    )


def _lines(graph: InterestGraph, places: list[Place]) -> tuple[Line, ...]:
    top = max((link.weight for link in graph.links), default=1.0)
    lines = []
    for link in graph.links:
        a, b = graph.nodes[link.a], graph.nodes[link.b]
        strength = (link.weight / top) ** 0.5
        group = a.group if a.community == b.community else -1
        opacity = round((0.22 + 0.45 * strength) * (1.0 if group >= 0 else 0.45), 2)
        width = round(0.5 + 3.0 * strength**2, 2)
        lines.append(Line(places[link.a], places[link.b], (link.a, link.b), width, opacity, group))
    return tuple(lines)


def _options(name: str, place: Place, size: float) -> list[Label]:
    """Right, left, above, below, then the four corners."""
    text, gap, slant = clipped(name, LABEL_LENGTH), place.radius + 3, 0.72 * place.radius + 2
    low, high = place.y + gap + 0.75 * size, place.y - gap
    at = [
        (place.x + gap, place.y + 0.35 * size, "start"),
        (place.x - gap, place.y + 0.35 * size, "end"),
        (place.x, high, "middle"),
        (place.x, low, "middle"),
        (place.x + slant, place.y - slant, "start"),
        (place.x + slant, place.y + slant + 0.7 * size, "start"),
        (place.x - slant, place.y - slant, "end"),
        (place.x - slant, place.y + slant + 0.7 * size, "end"),
    ]
    return [Label(round(x, 1), round(y, 1), anchor, text, size) for x, y, anchor in at]


def _box(label: Label) -> tuple[float, float, float, float]:
    wide = LETTER * label.size * len(label.text)
    left = {"start": label.x, "end": label.x - wide, "middle": label.x - wide / 2}[label.anchor]
    return left - 1, label.y - 0.85 * label.size, left + wide + 1, label.y + 0.25 * label.size


def _inside(box: Any, width: float, height: float) -> bool:
    """Whether a label stays in the drawing, also where its letters are wide."""
    spare = (WIDEST - 1) * (box[2] - box[0])
    return box[0] >= 2 + spare and box[1] >= 2 and box[2] + spare <= width - 2 and box[3] <= height - 2


def _overlaps(box: Any, taken: list) -> bool:
    return any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken)


def _covered(box: Any, places: list[Place], own: int) -> float:
    """Area of the circles, other than its own, that a label would touch."""
    area = 0.0
    for i, place in enumerate(places):
        x, y = min(max(place.x, box[0]), box[2]), min(max(place.y, box[1]), box[3])
        if i != own and (place.x - x) ** 2 + (place.y - y) ** 2 < (place.radius + 0.5) ** 2:
            area += place.radius**2
    return area


def _islands(graph: InterestGraph, places: list[Place], width: float, height: float) -> tuple[Island, ...]:
    islands = []
    for community in graph.communities:
        mine = [p for n, p in zip(graph.nodes, places, strict=True) if n.group == community.number - 1]
        corners = _hull([(p.x, p.y) for p in mine])
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) + ("h0" if len(corners) == 1 else "Z")
        highest = min(mine, key=lambda p: (p.y - p.radius, p.x))
        y = min(max(highest.y - highest.radius - 16, 11), height - 11)
        islands.append(Island(community.number, path, highest.x, round(y, 1)))
    return tuple(islands)


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Convex hull, counter-clockwise (monotone chain, Andrew 1979); one or two points are their own hull."""
    points = sorted(set(points))
    if len(points) < 3:
        return points

    def half(ordered: Any):
        chain: list[tuple[float, float]] = []
        for x, y in ordered:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return half(points) + half(points[::-1])
