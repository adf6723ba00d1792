"""What the page holds, as plain values: no Spark, no HTML. What a run did not make is a Missing with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .verdict import Verdict


def largest_first(shares: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """(name, share) pairs above 0, largest first, ties by name."""
    return tuple(sorted((pair for pair in shares if pair[1] > 0), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True)
class Missing:
    """A part that cannot be shown; `line` says why in one sentence."""

    line: str


@dataclass(frozen=True)
class Count:
    """One figure of the head; `value` None = the run made no such table."""

    label: str
    value: int | None


@dataclass(frozen=True)
class Head:
    """What the run is. `quarantined` None = no quarantine table; `reasons` hold (reason, rows), most frequent first."""

    run_id: str
    source: str
    seed: int
    counts: tuple[Count, ...]
    quarantined: int | None
    reasons: tuple[tuple[str, int], ...]
    other_reasons: int


@dataclass(frozen=True)
class Worth:
    """One figure: what it is, the figure as it is read, what it means, and the people behind it."""

    label: str
    value: str
    meaning: str
    people: int


@dataclass(frozen=True)
class Cell:
    """One figure; `bar` in [0,1] of the column's largest."""

    value: float | None
    bar: float
    best: bool


@dataclass(frozen=True)
class ModelRow:
    """`role`: "fused", "rival" (the gate compares with it) or "model"."""

    model: str
    role: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Curve:
    """One model's metric by list length; `points` hold (k, value), `label_at` is where its name stands, in [0,1]."""

    model: str
    role: str
    points: tuple[tuple[int, float], ...]
    label_at: float


@dataclass(frozen=True)
class Segment:
    """The models of one group of people; `dots` hold (model, role, value), `rival` is the best besides fused.

    A group of too few people has neither.
    """

    segment: str
    users: int
    dots: tuple[tuple[str, str, float], ...]
    rival: str | None


@dataclass(frozen=True)
class Scores:
    """Everything of gold.metrics that the page shows: test split, list length `k`."""

    k: int
    users: int
    rows: tuple[ModelRow, ...]
    curves: tuple[Curve, ...]
    lengths: tuple[int, ...]
    curve_top: float
    segments: tuple[Segment, ...]
    segment_top: float
    metric: str


@dataclass(frozen=True)
class Node:
    """An interest that is drawn; `group` is the place of its community in the legend from 0, -1 = a small one."""

    interest_id: str
    name: str
    kind: str
    items: int | None
    degree: int
    pagerank: float
    community: str
    group: int


@dataclass(frozen=True)
class Link:
    """Two drawn interests; `a` and `b` are places in the node list."""

    a: int
    b: int
    weight: float


@dataclass(frozen=True)
class Community:
    """A community with a colour: its number from 1, the names and places in the node list of the interests it goes by,
    and how many of its interests are drawn."""

    number: int
    interests: tuple[str, ...]
    heads: tuple[int, ...]
    drawn: int
    size: int


@dataclass(frozen=True)
class InterestGraph:
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    communities: tuple[Community, ...]
    all_nodes: int
    all_edges: int
    all_communities: int

    def cut(self, max_nodes: int) -> "InterestGraph":
        """The first `max_nodes` nodes, the links among them, and the communities with one of them."""
        nodes = self.nodes[:max_nodes]
        first = {node.group: i for i, node in reversed(list(enumerate(nodes)))}
        communities = tuple(
            replace(c, heads=tuple(head for head in c.heads if head < len(nodes)) or (first[c.number - 1],))
            for c in self.communities
            if c.number - 1 in first
        )
        links = tuple(link for link in self.links if link.b < len(nodes))
        return replace(self, nodes=nodes, links=links, communities=communities)


@dataclass(frozen=True)
class Interest:
    """One interest of the person; days as "2018-05-01"; `start` and `length` in [0,1] of the person's own time."""

    name: str
    interest_id: str
    strength: float
    items: int
    evidence: tuple[str, ...]
    first_day: str | None
    last_day: str | None
    start: float | None
    length: float | None
    group: int | None


@dataclass(frozen=True)
class Suggestion:
    """One recommended item; `sources` hold (source, share); `evidence` the titles that the reason does not name."""

    rank: int
    title: str
    categories: tuple[str, ...]
    score: float
    sources: tuple[tuple[str, float], ...]
    reason: str
    evidence: tuple[str, ...]
    item_id: str = ""


@dataclass(frozen=True)
class ShownPerson:
    """`choice` says why this person is shown. `interests` go by kind; `held` are the ids of all of them."""

    user_id: str
    choice: str
    items: int | None
    first_day: str | None
    last_day: str | None
    recent: tuple[str, ...]
    interests: tuple[tuple[str, tuple[Interest, ...]], ...] | Missing
    held: frozenset[str]
    suggestions: tuple[Suggestion, ...] | Missing


@dataclass(frozen=True)
class GranularityWeight:
    """A granularity's importance alpha in one segment, and lambda, its strength beside behaviour, whose own is 1."""

    name: str
    alpha: float
    strength: float


@dataclass(frozen=True)
class Blend:
    """Shares of the sources in one segment, largest first, zero shares left out; and the same by granularity.

    people: of the segment; None where the lake does not say.
    """

    segment: str
    people: int | None
    shares: tuple[tuple[str, float], ...]
    granularities: tuple[GranularityWeight, ...]


@dataclass(frozen=True)
class ChosenModel:
    """What validation chose for one model; `left_out` empty where it takes part, `validation` None unjudged."""

    model: str
    granularity: str
    validation: float | None
    weight: float
    fits: int
    parameters: str
    left_out: str


@dataclass(frozen=True)
class Step:
    """A finished stage: tables with (name, Delta version, rows or None)."""

    stage: str
    summary: str
    seconds: float
    bar: float
    rows: int
    reads: tuple[tuple[str, int], ...]
    writes: tuple[tuple[str, int, int], ...]
    figures: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Check:
    """One line of data quality: what, how much, and of what."""

    label: str
    share: float
    detail: str


@dataclass(frozen=True)
class Page:
    head: Head
    verdict: Verdict | Missing
    scores: Scores | Missing
    worth: tuple[Worth, ...] | Missing
    graph: InterestGraph | Missing
    person: ShownPerson | Missing
    blends: tuple[Blend, ...] | Missing
    chosen: tuple[ChosenModel, ...] | Missing
    steps: tuple[Step, ...] | Missing
    checks: tuple[Check, ...]
    seed: int
