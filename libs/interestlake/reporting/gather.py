"""The lake's tables of one run -> Page. Every table is optional: one that is not there is a Missing."""

from collections.abc import Callable, Iterable, Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.config import RunOptions
from ..core.params.all import Params
from ..core.present import present
from ..core.spark_rows import SparkRows
from ..core.stage import Stage, side_by_side
from ..evaluation.gate import Champion
from ..recommending.against_champion import TABLE as AGAINST
from ..recommending.against_champion import of_row
from . import flow, head, person
from .choose_person import choose_person, history
from .content import Blend, Check, ChosenModel, Count, Head, InterestGraph, Missing, Page, ShownPerson, Step
from .gate import verdict
from .interest_graph import read_graph
from .scores import collect_metrics, scores
from .worth import NOTHING, Worth, collect_worth, worth

COUNTED = {
    "People": "silver.users",
    "Items": "silver.items",
    "Events": "bronze.events",
    "Texts": "silver.documents",
    "Interests": "silver.interests",
    "Friend links": "silver.friends",
    "Facts": "silver.facts",
}
NOBODY = "No person to show: this run has neither recommendations nor an interest map."
READS = (
    *COUNTED.values(),
    "bronze.quarantine",
    "silver.interactions",
    "graph.interest_nodes",
    "graph.interest_edges",
    "models.fusion_weights",
    "models.chosen",
    "gold.metrics",
    AGAINST,
    "gold.recommendations",
    "gold.interest_map",
    "ops.runs",
    "ops.stages",
)


class OptionalTables:
    """Reads tables that are there and answers None for the others."""

    def __init__(self, exists: Callable[[str], bool], read: Callable[[str], DataFrame]):
        self._exists, self._read = exists, read
        self._found: dict[str, DataFrame | None] = {}

    def get(self, name: str) -> DataFrame | None:
        if name not in self._found:
            self._found[name] = self._read(name) if self._exists(name) else None
        return self._found[name]

    @property
    def rows(self) -> SparkRows:
        """The same tables for what is told of one person."""
        return SparkRows(self._exists, lambda name: present(self.get(name)))


def gather(tables: OptionalTables, params: Params, options: RunOptions, stages: Iterable[Stage]) -> Page:
    """Everything the page shows; `stages` are those whose timings it tells.

    About thirty small Spark jobs, side by side; each function called here says what it collects.
    """
    rows, judged, champion, graph, blends, chosen, steps, top = side_by_side(
        lambda: _metrics(tables, options.run_id),
        lambda: _worth(tables, options.run_id),
        lambda: _champion(tables, options.run_id),
        lambda: _graph(tables, params),
        lambda: _blends(tables),
        lambda: _chosen(tables),
        lambda: _steps(tables, options.run_id, stages),
        lambda: _head(tables, options),
    )
    shown, checks = side_by_side(
        lambda: _person(tables, params, options.run_id, graph), lambda: _checks(tables, params, top)
    )
    return Page(
        head=top,
        verdict=verdict(rows, params.promote, champion),
        scores=scores(rows, params.promote),
        worth=judged,
        graph=graph,
        person=shown,
        blends=blends,
        chosen=chosen,
        steps=steps,
        checks=checks,
        seed=top.seed,
    )


def _metrics(tables: OptionalTables, run_id: str) -> list[Mapping]:
    metrics = tables.get("gold.metrics")
    return [] if metrics is None else collect_metrics(metrics, run_id)


def _worth(tables: OptionalTables, run_id: str) -> tuple[Worth, ...] | Missing:
    metrics = tables.get("gold.metrics")
    return NOTHING if metrics is None else worth(collect_worth(metrics, run_id))


def _champion(tables: OptionalTables, run_id: str) -> Champion | None:
    compared = tables.get(AGAINST)
    return None if compared is None else of_row(compared.where(F.col("run_id") == run_id).first())


def _blends(tables: OptionalTables) -> tuple[Blend, ...] | Missing:
    weights = tables.get("models.fusion_weights")
    if weights is None:
        return Missing(_absent("fusion weights", "recommend"))
    users = tables.get("silver.users")
    return flow.blends(weights, None if users is None else flow.people_of_segments(users))


def _chosen(tables: OptionalTables) -> tuple[ChosenModel, ...] | Missing:
    chosen = tables.get("models.chosen")
    return Missing(_absent("choice of models", "recommend")) if chosen is None else flow.chosen_models(chosen)


def _steps(tables: OptionalTables, run_id: str, stages: Iterable[Stage]) -> tuple[Step, ...] | Missing:
    finished = tables.get("ops.stages")
    return flow.steps([] if finished is None else flow.collect_stages(finished, run_id), stages)


def _absent(what: str, stage: str) -> str:
    return f"No {what} in this run: the stage {stage} has not run on this lake."


def _head(tables: OptionalTables, options: RunOptions) -> Head:
    runs = tables.get("ops.runs")
    run = runs.where(F.col("run_id") == options.run_id).select("source", "seed").first() if runs is not None else None
    counts = []
    for label, name in COUNTED.items():
        table = tables.get(name)
        rows = None if table is None else table.count()
        # links are kept in both directions
        counts.append(Count(label, rows // 2 if rows is not None and name == "silver.friends" else rows))
    quarantine = tables.get("bronze.quarantine")
    total, reasons, others = (None, (), 0) if quarantine is None else head.quarantine_reasons(quarantine)
    return Head(
        run_id=options.run_id,
        source=run["source"] if run else options.source or "unknown",
        seed=run["seed"] if run else options.seed,
        counts=tuple(counts),
        quarantined=total,
        reasons=reasons,
        other_reasons=others,
    )


def _checks(tables: OptionalTables, params: Params, top: Head) -> tuple[Check, ...]:
    checks: list[Check] = []
    counts = {count.label: count.value or 0 for count in top.counts}
    if top.quarantined is not None:
        checks.append(head.quarantine_check(top.quarantined, counts["Events"] + counts["Items"]))
    if (users := tables.get("silver.users")) is not None:
        checks += head.people_checks(users, params.recommend.cold_history)
    if (items := tables.get("silver.items")) is not None:
        checks += head.item_checks(items)
    if (interactions := tables.get("silver.interactions")) is not None:
        checks += head.split_checks(interactions)
    return tuple(checks)


def _graph(tables: OptionalTables, params: Params) -> InterestGraph | Missing:
    nodes, edges = tables.get("graph.interest_nodes"), tables.get("graph.interest_edges")
    if nodes is None or edges is None:
        return Missing(_absent("interest graph", "build_graph"))
    return read_graph(nodes, edges, tables.get("silver.interests"), params.report.max_nodes)


def _person(
    tables: OptionalTables, params: Params, run_id: str, graph: InterestGraph | Missing
) -> ShownPerson | Missing:
    users, items = tables.get("silver.users"), tables.get("silver.items")
    lists, interest_map = tables.get("gold.recommendations"), tables.get("gold.interest_map")
    lists = None if lists is None else lists.where(F.col("run_id") == run_id)
    listed = lists is not None and bool(lists.head(1))
    people = lists if listed else interest_map
    if users is None or items is None or people is None:
        return Missing(NOBODY)
    chosen = choose_person(people, users, params.report.person)
    if chosen is None:
        return Missing(NOBODY)
    user_id, choice = chosen
    rows = tables.rows
    interests = [] if interest_map is None else person.collect_interests(rows, user_id)
    offered = person.collect_suggestions(rows, user_id, params.recommend.top_k, run_id) if listed else []
    interactions = tables.get("silver.interactions")
    past = (None, None, None, []) if interactions is None else history(interactions, user_id)
    item_ids = {i for row in interests for i in row["evidence"][: person.EVIDENCE]} | set(past[3])
    item_ids |= {i for row in offered for i in [row["item_id"], *row["evidence"][: person.EVIDENCE]]}
    titles = person.collect_titles(rows, item_ids)
    groups = {} if isinstance(graph, Missing) else {node.interest_id: node.group for node in graph.nodes}
    return ShownPerson(
        user_id=user_id,
        choice=choice,
        items=past[0],
        first_day=past[1],
        last_day=past[2],
        recent=tuple(titles.get(i, (i, ()))[0] for i in past[3]),
        interests=(
            Missing(_absent("interest map", "build_interests"))
            if interest_map is None
            else person.interest_groups(interests, titles, groups)
        ),
        held=frozenset(row["interest_id"] for row in interests),
        suggestions=(
            person.suggestions(offered, titles)
            if listed
            else Missing("No recommendations under this run id: the stage recommend has not run.")
        ),
    )
