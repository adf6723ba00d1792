"""The commands explain and check-reasons: reasons of every list, replayed and weighed."""

from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.stage import Stage, StageContext
from ..recommending.chosen_tables import FUSION
from ..recommending.explaining.command import NEEDED, OPTIONAL, tables_of
from ..recommending.explaining.faithful import rescore
from ..recommending.explaining.reasons import build_reasons
from ..recommending.explaining.replay import replay
from ..recommending.saved import TABLE as RECOMMENDER
from ..recommending.saved import open_recommender
from ..recommending.scoring import objections, open_scoring
from ..recommending.shared import SharedRecommender

SHOWN_LIES = 5


def _explain(context: StageContext) -> dict[str, float]:
    """Write gold.reasons of every list -> {"reasons.<kind>": rows}."""
    context.write("gold.reasons", build_reasons(tables_of(context), context.options.run_id))
    counts = context.lake.read("gold.reasons").groupBy("kind").count().orderBy("kind").collect()
    return {f"reasons.{row['kind']}": float(row["count"]) for row in counts}


def _check(context: StageContext) -> dict[str, float]:
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
    rows = replay(tables_of(context, "gold.reasons")).persist()
    counts = rows.groupBy("kind").agg(F.count("*").alias("n"), F.count_if("true").alias("t")).orderBy("kind").collect()
    print(f"{'statement':<16}{'rows':>10}{'true':>10}{'share':>9}")
    for row in counts:
        print(f"{row['kind']:<16}{row['n']:>10,}{row['t']:>10,}{row['t'] / row['n']:>9.2%}")
    total, true = sum(row["n"] for row in counts), sum(row["t"] for row in counts)
    print(f"{'all':<16}{total:>10,}{true:>10,}{true / max(total, 1):>9.2%}")
    order = ("kind", "user_id", "item_id", "statement")
    for row in rows.where(~F.col("true")).orderBy(*order).limit(SHOWN_LIES).collect():
        print(f"false: {row['kind']} of {row['user_id'][:8]}, {row['item_id']}: {row['statement']}")
    rows.unpersist()
    return {
        "statements": float(total),
        "true": float(true),
        "false": float(total - true),
        **{f"true.{row['kind']}": row["t"] / row["n"] for row in counts},
    }


def _without(context: StageContext, people: int) -> dict[str, float]:
    """Score the lists of a seeded sample of people again; writes gold.counterfactuals."""
    params, seed = context.params.recommend, context.options.seed
    scoring = open_scoring(context)
    parts = ("rank", "item_id", "score", "code", "named", "evidence")
    lists = context.read("gold.recommendations").select("user_id", *parts)
    given = F.array_sort(F.collect_list(F.struct(*parts))).alias("listed")
    given = lists.groupBy("user_id").agg(given).join(scoring.users, "user_id")
    sample = given.orderBy(F.xxhash64(F.lit(seed), F.col("user_id")), "user_id").limit(people).persist()
    chosen = sample.select("user_id", "user_index")
    asked = objections(context, scoring.users, scoring.tables["silver.items"])
    rows = scoring.people(chosen, scoring.pairs)(sample.select("user_index", "listed"), *asked)
    shared = SharedRecommender(context.spark, open_recommender(context.lake))
    rescored = rows.transform(rescore(shared, params.top_k)).withColumn("run_id", F.lit(context.options.run_id))
    context.write("gold.counterfactuals", rescored)
    sample.unpersist()
    shared.destroy()
    scoring.close()
    scored = context.lake.read("gold.counterfactuals")
    fell = F.count_if(F.col("score_without") < F.col("score") - 1e-6)
    kinds = scored.groupBy("stated").agg(F.count("*").alias("n"), fell.alias("f")).orderBy("stated").collect()
    print(f"\n{'without':<16}{'lists rows':>10}{'fell':>10}{'share':>9}")
    for row in kinds:
        print(f"{row['stated']:<16}{row['n']:>10,}{row['f']:>10,}{row['f'] / row['n']:>9.2%}")
    total, down = sum(row["n"] for row in kinds), sum(row["f"] for row in kinds)
    print(f"{'all':<16}{total:>10,}{down:>10,}{down / max(total, 1):>9.2%}")
    sizes = scored.groupBy(F.size("needed").alias("n")).count().collect()
    by_size = {row["n"]: row["count"] for row in sizes}
    for size in (1, 2, 3):
        print(f"leaves the list without {size} item{'s' * (size > 1)}: {by_size.get(size, 0) / max(total, 1):.2%}")
    figures = {f"fell.{row['stated']}": row["f"] / row["n"] for row in kinds} | {"fell": down / max(total, 1)}
    return figures | {f"needed_{size}": by_size.get(size, 0) / max(total, 1) for size in (1, 2, 3)}


EXPLAIN = Stage(
    name="explain",
    summary="structured reasons of every list",
    reads=(*NEEDED, *OPTIONAL),
    writes=("gold.reasons",),
    section="explain",
    run=_explain,
)
CHECK_REASONS = Stage(
    name="check_reasons",
    summary="every reason replayed against the tables; lists scored without them",
    reads=(*NEEDED, *OPTIONAL, "gold.reasons", "silver.users", RECOMMENDER, FUSION),
    writes=("gold.counterfactuals",),
    section="explain",
    run=_check,
)
