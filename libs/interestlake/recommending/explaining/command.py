"""`interestlake explain` and `check-reasons`: a finished lake in; reasons, their truth and their weight out."""

import argparse
from collections.abc import Mapping
from logging import Logger

from pyspark.sql import functions as F

from ...core.config import RunOptions
from ...core.errors import BadInput, GateRefused
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.stage import StageContext
from ..saved import TABLE as RECOMMENDER
from ..saved import open_recommender
from ..scoring import objections, open_scoring
from .faithful import rescore
from .one import explain_one
from .reasons import build_reasons
from .replay import replay

NEEDED = ("gold.recommendations", "silver.items", "silver.interactions", "silver.interests", "silver.item_interests",
          "gold.interest_map", "graph.item_edges", "graph.item_transitions", "models.item_features")
OPTIONAL = ("silver.documents", "silver.friends", "silver.facts")
SHOWN_LIES = 5


def one_recommendation(
    arguments: argparse.Namespace, spark, params: Params, options: RunOptions, log: Logger
) -> None:
    """`explain --user U --item I`: print why it stands, or would stand, in the list; writes nothing."""
    if not (arguments.user and arguments.item):
        raise BadInput.of("explain", found="one of --user and --item", expected="both, or neither", where="both")
    explain_one(StageContext(spark, Lake(spark, options.lake), None, params, options, log), arguments.user,
                arguments.item)  # fmt: skip


def reasons_table(figures: Mapping[str, float]) -> str:
    """Figures of `write_reasons` -> how many reasons of which kind."""
    counts = {name.removeprefix("reasons."): count for name, count in figures.items() if name.startswith("reasons.")}
    return "\n".join(f"{kind:<16}{count:>10,.0f}" for kind, count in sorted(counts.items()))


def refuse_lies(figures: Mapping[str, float]) -> None:
    """Raises GateRefused where statements did not hold."""
    if figures.get("false", 0):
        raise GateRefused(f"{figures['false']:.0f} statements do not hold against the tables")


def _tables(context: StageContext, *more: str) -> dict:
    return {name: context.read(name) for name in (*NEEDED, *OPTIONAL, *more) if context.lake.exists(name)}


def write_reasons(context: StageContext) -> dict[str, float]:
    """Write gold.reasons of every list -> {"reasons.<kind>": rows}."""
    context.write("gold.reasons", build_reasons(_tables(context), context.options.run_id))
    counts = context.lake.read("gold.reasons").groupBy("kind").count().orderBy("kind").collect()
    return {f"reasons.{row['kind']}": float(row["count"]) for row in counts}


def check_reasons(context: StageContext) -> dict[str, float]:
    """Replay gold.reasons, then score explain.people lists without them into gold.counterfactuals; prints both.

    Raises BadInput for a lake without gold.reasons.
    """
    people = context.params.explain.people
    if not context.lake.exists("gold.reasons"):
        expected = f"`interestlake explain --lake {context.lake.root}` before"
        raise BadInput.of("table gold.reasons", found="none", expected=expected, where="--lake")
    figures = _replayed(context)
    if people > 0 and context.lake.exists(RECOMMENDER):
        figures |= _without(context, people)
    return figures


def _replayed(context: StageContext) -> dict[str, float]:
    told = replay(_tables(context, "gold.reasons")).persist()
    counts = told.groupBy("kind").agg(F.count("*").alias("n"), F.count_if("true").alias("t")).orderBy("kind").collect()
    print(f"{'statement':<16}{'rows':>10}{'true':>10}{'share':>9}")
    for row in counts:
        print(f"{row['kind']:<16}{row['n']:>10,}{row['t']:>10,}{row['t'] / row['n']:>9.2%}")
    total, true = sum(row["n"] for row in counts), sum(row["t"] for row in counts)
    print(f"{'all':<16}{total:>10,}{true:>10,}{true / max(total, 1):>9.2%}")
    order = ("kind", "user_id", "item_id", "statement")
    for row in told.where(~F.col("true")).orderBy(*order).limit(SHOWN_LIES).collect():
        print(f"false: {row['kind']} of {row['user_id'][:8]}, {row['item_id']}: {row['statement']}")
    told.unpersist()
    return {"statements": float(total), "true": float(true), "false": float(total - true),
            **{f"true.{row['kind']}": row["t"] / row["n"] for row in counts}}


def _without(context: StageContext, people: int) -> dict[str, float]:
    """Score the lists of a seeded sample of people again; writes gold.counterfactuals."""
    params, seed = context.params.recommend, context.options.seed
    scoring = open_scoring(context)
    told = ("rank", "item_id", "score", "code", "named", "evidence")
    lists = context.read("gold.recommendations").select("user_id", *told)
    given = F.array_sort(F.collect_list(F.struct(*told))).alias("listed")
    given = lists.groupBy("user_id").agg(given).join(scoring.users, "user_id")
    sample = given.orderBy(F.xxhash64(F.lit(seed), F.col("user_id")), "user_id").limit(people).persist()
    chosen = sample.select("user_id", "user_index")
    asked = objections(context, scoring.users, scoring.tables["silver.items"])
    rows = scoring.people(chosen, scoring.pairs)(sample.select("user_index", "listed"), *asked)
    shared = context.spark.sparkContext.broadcast(open_recommender(context.lake))
    found = rows.transform(rescore(shared, params.top_k)).withColumn("run_id", F.lit(context.options.run_id))
    context.write("gold.counterfactuals", found)
    for frame in (sample, shared):
        frame.unpersist()
    scoring.close()
    told = context.lake.read("gold.counterfactuals")
    fell = F.count_if(F.col("score_without") < F.col("score") - 1e-6)
    kinds = told.groupBy("stated").agg(F.count("*").alias("n"), fell.alias("f")).orderBy("stated").collect()
    print(f"\n{'without':<16}{'lists rows':>10}{'fell':>10}{'share':>9}")
    for row in kinds:
        print(f"{row['stated']:<16}{row['n']:>10,}{row['f']:>10,}{row['f'] / row['n']:>9.2%}")
    total, down = sum(row["n"] for row in kinds), sum(row["f"] for row in kinds)
    print(f"{'all':<16}{total:>10,}{down:>10,}{down / max(total, 1):>9.2%}")
    sizes = told.groupBy(F.size("needed").alias("n")).count().collect()
    by_size = {row["n"]: row["count"] for row in sizes}
    for size in (1, 2, 3):
        print(f"leaves the list without {size} item{'s' * (size > 1)}: {by_size.get(size, 0) / max(total, 1):.2%}")
    figures = {f"fell.{row['stated']}": row["f"] / row["n"] for row in kinds} | {"fell": down / max(total, 1)}
    return figures | {f"needed_{size}": by_size.get(size, 0) / max(total, 1) for size in (1, 2, 3)}
