"""Which bounds a run of this size meets, what then happens, and the setting that lifts each."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...core.counted import counted
from ...core.params.all import Params, Recommend
from ...core.room import gigabytes
from ...graph.als_plan import plan_fit
from ...graph.low_rank_plan import planned_gigabytes
from ...models.costs import COSTS, MAX_NCF_PAIRS, ON_SPARK
from ...models.model import Size
from ...models.two_tower_plan import SHUFFLE_WINDOW, plan_gigabytes
from .workload import Workload

VECTOR = 384  # coordinates of the shipped encoder's vectors
JUDGES = 2_000  # validation people that two-tower training holds at most


@dataclass(frozen=True)
class Bound:
    """A bound that binds. meets: what is planned against what is allowed; then: what a run does about it; setting: what
    lifts it, "" where nothing does."""

    stage: str
    meets: str
    then: str
    setting: str


def binding(workload: Workload, params: Params, nodes: int = 1) -> list[Bound]:
    """The bounds that a run of this size meets on so many nodes, in the order of its stages."""
    return [*_graph(workload, params), *_training(workload, params, nodes), *_recommending(workload, params.recommend)]


def _graph(workload: Workload, params: Params) -> Iterator[Bound]:
    planned = planned_gigabytes(workload.items, params.graph.svd_rank, VECTOR)
    if planned > params.graph.svd_max_gigabytes:
        yield Bound("build_graph", f"low-rank vectors plan {planned:.1f} of {params.graph.svd_max_gigabytes:g} GB",
                    "left out; two_tower learns without them", "graph.svd_max_gigabytes")  # fmt: skip


def _training(workload: Workload, params: Params, nodes: int) -> Iterator[Bound]:
    fit = plan_fit(params.als, workload.events, workload.people, workload.items)
    if params.als.engine == "auto" and fit.engine == "spark":
        yield Bound("train_als", fit.reason.split(",")[0], "fitted by Spark on the executors", "als.max_gigabytes")
    tower = params.two_tower
    width = min(tower.text_dimension, VECTOR) + params.graph.svd_rank
    planned = plan_gigabytes(
        workload.people, workload.items, width, tower.dimension, min(SHUFFLE_WINDOW, workload.events),
        tower.batch_size, min(JUDGES, workload.people), tower.processes, nodes == 1)  # fmt: skip
    if planned > tower.max_gigabytes:
        yield Bound("train_two_tower", f"training plans {planned:.1f} of {tower.max_gigabytes:g} GB", "left out",
                    "two_tower.max_gigabytes")  # fmt: skip


def _recommending(workload: Workload, recommend: Recommend) -> Iterator[Bound]:
    items = workload.items
    catalogue = gigabytes(items, texts=4, numbers=4)
    if catalogue > recommend.max_item_gigabytes:
        yield Bound("recommend", f"the catalogue plans {catalogue:.1f} of {recommend.max_item_gigabytes:g} GB",
                    "the run ends here with exit 2", "recommend.max_item_gigabytes")  # fmt: skip
    if (vectors := gigabytes(items, texts=1, numbers=VECTOR)) > recommend.max_item_gigabytes:
        yield Bound("recommend", f"texts' vectors plan {vectors:.1f} of {recommend.max_item_gigabytes:g} GB",
                    "left out, and the models of texts with them", "recommend.max_item_gigabytes")  # fmt: skip
    if workload.events > recommend.max_pairs:
        yield Bound("recommend", f"{workload.events:,} pairs of {recommend.max_pairs:,}",
                    f"the models that Spark fits, at fixed parameters: {', '.join(ON_SPARK)}",
                    "recommend.max_pairs")  # fmt: skip
        if items > recommend.ease_max_items:
            yield Bound("recommend", f"{counted(items, 'item')} of {recommend.ease_max_items:,}",
                        f"ease regresses each on its {recommend.ease_neighbours} nearest",
                        "recommend.ease_max_items")  # fmt: skip
        return
    size = Size(workload.events, workload.people, items)
    costs = {name: cost(size).bytes / 2**30 for name, cost in COSTS.items()}
    large = {name: planned for name, planned in costs.items() if planned > recommend.max_fit_gigabytes}
    if large:
        told = ", ".join(f"{name} {planned:.1f}" for name, planned in sorted(large.items(), key=lambda one: one[1]))
        yield Bound("recommend", f"fits plan more than {recommend.max_fit_gigabytes:g} GB: {told}", "each is left out",
                    "recommend.max_fit_gigabytes")  # fmt: skip
    if workload.people * items > MAX_NCF_PAIRS:
        yield Bound("recommend", f"{workload.people * items:,} person x item pairs of {MAX_NCF_PAIRS:,}",
                    "ncf is left out, which scores every pair by a network", "")  # fmt: skip
