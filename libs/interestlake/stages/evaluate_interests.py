"""The command evaluate-interests: the interests at the head of people's maps, judged by held-out items."""

from collections.abc import Callable
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.stage import Stage, StageContext
from ..interests.interest_map import interest_map
from ..interests.measure import judge_interests
from ..interests.profiles import Nodes
from ..interests.reading_order import first_interests

NEEDED = ("silver.interactions", "silver.interests", "silver.item_interests")
METRICS = "gold.interest_metrics"
PLACES = 5
# what is judged: the splits that a map is made of, and the task that names its rows
KNOWN = {"validation": ("train",), "test": ("train", "validation")}
TASKS = {"validation": "interests_validation", "test": "interests"}


def _run(context: StageContext) -> dict[str, float]:
    carried, names = context.read("silver.item_interests").persist(), context.read("silver.interests").persist()
    pairs = context.read("silver.interactions").persist()
    nodes, most = Nodes(carried, names), context.params.interests.max_per_user
    judged = [pairs.transform(judged_split(nodes, split, most)) for split in KNOWN]
    rows = reduce(DataFrame.unionByName, judged).withColumn("run_id", F.lit(context.options.run_id)).persist()
    context.write(METRICS, rows)
    figures = {f"{row['task']}.{row['metric']}_{row['k']}": row["value"] for row in rows.collect()}
    for frame in (rows, pairs, names, carried):
        frame.unpersist()
    return figures


def judged_split(nodes: Nodes, split: str, max_per_user: int) -> Callable[[DataFrame], DataFrame]:
    """interactions -> rows of gold.interest_metrics, but run_id, of the maps' first PLACES interests. Lazy.

    gold.interest_map knows every pair, held-out ones too, so maps of the pairs known before `split` are made anew.
    """

    def transform(pairs: DataFrame) -> DataFrame:
        known = pairs.where(F.col("split").isin(*KNOWN[split]))
        first = known.transform(interest_map(nodes.held, nodes.names, max_per_user))
        held_out = pairs.where((F.col("split") == split) & (F.col("weight") > 0)).select("user_id", "item_id")
        rows = first.transform(first_interests(nodes.names, PLACES)).transform(judge_interests(held_out, nodes.held))
        return rows.select(
            F.lit(TASKS[split]).alias("task"), F.lit("interest_map").alias("model"), "metric",
            F.lit(PLACES).alias("k"), "value", "cases",
        )  # fmt: skip

    return transform


EVALUATE_INTERESTS = Stage(
    name="evaluate_interests",
    summary="lift of people's first interests among held-out items, distinctness, bare words",
    reads=NEEDED,
    writes=(METRICS,),
    section="interests",
    run=_run,
)
