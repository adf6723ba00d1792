"""The command entities: what a trained tagger finds in texts, as nodes beside the lake's interests."""

from functools import lru_cache

from pyspark.sql import Window
from pyspark.sql import functions as F

from ..core.counted import counted
from ..core.lake import Lake
from ..core.stage import Stage, StageContext, expect_lake
from ..core.task_files import for_tasks, here
from ..interests.candidates import visible
from ..text.tagged import find_spans, item_entities, node_edges
from ..text.tuning.place import find_model

ENTITIES, CARRIED, EDGES = "silver.entities", "silver.item_entities", "graph.entity_edges"
READS = ("silver.documents", "silver.interests", "silver.item_interests")
LINKED = ("category", "tag", "keyword")
TEXTS_PER_TASK = 2000


@lru_cache(maxsize=1)
def _tagger(folder: str):
    import torch

    from ..text.tuning.tagger import TaggerModel

    torch.set_num_threads(1)
    return TaggerModel.load(folder).tagged


def _run(context: StageContext) -> dict[str, float]:
    from ..text.tuning.tagger import TaggerModel

    params = context.params.entities
    expect_lake(context.lake, READS, "interestlake run --until build_interests")
    folder = find_model(params.model, context.tracker.uri)
    TaggerModel.load(folder)  # a fault of the model comes before any task
    brought = for_tasks(context.spark, folder)
    documents = context.read("silver.documents").transform(visible).where("kind <> 'tag'")
    texts = documents.groupBy("text_hash").agg(F.min("text").alias("text")).cache()
    tasks = max(context.spark.sparkContext.defaultParallelism, -(-texts.count() // TEXTS_PER_TASK))
    spans = texts.repartition(tasks, "text_hash").transform(find_spans(lambda: _tagger(here(brought)))).cache()
    borne = spans.transform(item_entities(documents.select("item_id", "text_hash"), params.min_confidence,
                                          params.min_items)).cache()  # fmt: skip
    nodes = borne.groupBy("entity_id", "kind", "name").agg(
        F.count("*").cast("int").alias("item_count"), F.sum("texts").cast("int").alias("text_count")
    )
    linked = context.read("silver.interests").where(F.col("kind").isin(*LINKED)).select("interest_id")
    interests = context.read("silver.item_interests").join(linked, "interest_id")
    carried = borne.select("item_id", F.col("entity_id").alias("node"), "weight", F.lit(True).alias("is_entity"))
    carried = carried.unionByName(interests.select("item_id", F.col("interest_id").alias("node"), "weight",
                                                   F.lit(False).alias("is_entity")))  # fmt: skip
    edges = carried.transform(node_edges(params.min_items, params.max_per_item, params.max_neighbours))
    written = context.write_all({ENTITIES: nodes, CARRIED: borne.select("item_id", "entity_id", "texts", "weight"),
                                 EDGES: edges})  # fmt: skip
    figures = {"spans": float(spans.count()), "entities": float(written[0].rows), "edges": float(written[2].rows)}
    for frame in (texts, spans, borne):
        frame.unpersist()
    return figures


def entities_table(lake: Lake, rows: int = 15) -> str:
    """The entities on most items, each with its strongest neighbours, as lines."""
    nodes = lake.read(ENTITIES).orderBy(F.desc("item_count"), "entity_id")
    top = nodes.limit(rows).collect()
    ids = [row["entity_id"] for row in top]
    edges = lake.read(EDGES)
    ends = edges.select("src", "dst", "weight").unionByName(
        edges.select(F.col("dst").alias("src"), F.col("src").alias("dst"), "weight")
    )
    nearest = F.row_number().over(Window.partitionBy("src").orderBy(F.desc("weight"), "dst"))
    mine = ends.where(F.col("src").isin(ids)).withColumn("place", nearest).where("place <= 3").collect()
    lines = [f"{counted(nodes.count(), 'entity', 'entities')}, {counted(edges.count(), 'edge')}"]
    for row in top:
        near = sorted((edge["place"], edge["dst"], edge["weight"]) for edge in mine if edge["src"] == row["entity_id"])
        beside = ", ".join(f"{node} {weight:.2f}" for _, node, weight in near)
        lines.append(f"  {counted(row['item_count'], 'item'):>11}  {row['kind']:<14}{row['name'][:30]:<31} {beside}")
    return "\n".join(lines)


ENTITIES_STAGE = Stage(
    name="entities",
    summary="entities of a trained tagger as nodes, with edges to categories, tags and keywords",
    reads=READS,
    writes=(ENTITIES, CARRIED, EDGES),
    section="entities",
    run=_run,
)
