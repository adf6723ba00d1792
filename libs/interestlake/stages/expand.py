"""The command expand: everyone's new interests by context, similar people and knowledge, with paths."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Expand
from ..core.partitions import partitions_for
from ..core.stage import Stage, StageContext
from ..interests.expansion.build import Parts, build_model
from ..interests.expansion.choose import Selection
from ..interests.expansion.histories import profile_rows
from ..interests.expansion.model import ExpansionModel, Setting
from ..interests.expansion.passes import expand
from ..interests.profiles import Nodes
from ..privacy.objections import heeded
from .interests import NEEDED, read_nodes

EXPANSIONS = "gold.expansions"
PEOPLE_PER_TASK = 10_000
READS = (*NEEDED, "silver.facts", "graph.interest_edges", "graph.item_vectors")


def setting_of(params: Expand) -> Setting:
    """The setting that conf/params/expand.yml says."""
    weights = (params.context, params.people, params.knowledge)
    return Setting(params.damping, params.steps, params.neighbours, weights, params.scale)


def held_nodes(context: StageContext) -> Nodes:
    """The lake's interest nodes, kept by Spark."""
    nodes = read_nodes(context)
    return Nodes(nodes.held.persist(), nodes.names.persist())


def model_of(context: StageContext, nodes: Nodes, people: DataFrame) -> ExpansionModel:
    """The model over the lake's interest graph and facts; `people` are its reference people."""
    parts = Parts(
        nodes, context.read("graph.interest_edges"), context.read("silver.facts"), context.read("graph.item_vectors"),
        people,
    )  # fmt: skip
    return build_model(parts, context.params.expand, context.options.seed, context.log)


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.expand
    nodes = held_nodes(context)
    people = context.read("silver.interactions").transform(profile_rows(nodes, params.seeds)).persist()
    model = model_of(context, nodes, people)
    shared = context.spark.sparkContext.broadcast(model)
    context.log.info("      %d interests, %d reference people", model.size, len(model.reference_ids))
    slots = context.spark.sparkContext.defaultParallelism
    partitions = max(slots, partitions_for(people.count(), PEOPLE_PER_TASK))
    rows = people.repartition(partitions, "user_id").transform(
        expand(shared, setting_of(params), Selection(params.top_k, params.surprise))
    )
    rows = rows.transform(heeded(context.lake, "interest"))
    written = context.write(EXPANSIONS, rows.withColumn("run_id", F.lit(context.options.run_id)))
    for frame in (people, nodes.held, nodes.names):
        frame.unpersist()
    shared.unpersist()
    return {"expansions": written.rows, "reference_people": len(model.reference_ids)}


EXPAND = Stage(
    name="expand",
    summary="new interests of every person, with confidence, surprise and path",
    reads=READS,
    writes=(EXPANSIONS,),
    section="expand",
    run=_run,
)
