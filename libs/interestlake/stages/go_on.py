"""The second half of the stage recommend where a run goes on from the release before: judged, gone on, listed."""

from collections.abc import Callable
from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lineage import cut
from ..core.only_row import only_row
from ..core.stage import StageContext
from ..evaluation.judged import sampled
from ..models.fitted import Fitted
from ..models.popularity import Popularity
from ..recommending.chosen_tables import CHOSEN, FUSION, WEIGHTS, kept_before
from ..recommending.former import Former
from ..recommending.lake_models import LakeModels
from ..recommending.passes import list_models, recommend
from ..recommending.recommender import Recommender
from ..recommending.saved import open_recommender, save_recommender
from ..recommending.scoring import PAIR_COLUMNS, Scoring, everyone_of
from ..recommending.shared import SharedRecommender
from ..serving.register import register_ranker

LISTS, JUDGED = "gold.recommendations", "models.lists"
SAMPLE = 200  # people whose lists tell whether those of others stay


def go_on(
    context: StageContext, scoring: Scoring, models: LakeModels, former: Former, trainings: Callable
) -> dict[str, float]:
    """The former release lists for the people of the pairs that came, which judge it; its models go on; lists anew of
    whom the pairs touch, and of everybody where a sample's lists changed by more than recommend.same_lists.

    trainings(): the context within which models are trained.
    """
    log = context.log
    standing = SharedRecommender(context.spark, _with_popularity(open_recommender(context.lake)))
    judged = context.write(JUDGED, _by_former(context, scoring, former, standing))
    standing.destroy()
    for name in (CHOSEN, FUSION, WEIGHTS):  # noted as what the run rests on, for a replay and a rollback
        context.read(name)
    choice = models.choose(kept_before(context.lake))
    with trainings():
        release, left = models.release(choice, former.left, former.came)
    shared = SharedRecommender(context.spark, release)
    everyone = everyone_of(context, scoring).persist()
    anew = _lists_anew(context, everyone, shared, former)
    staying = context.lake.read(LISTS).join(anew.select("user_id").distinct(), "user_id", "left_anti")
    staying = staying.join(scoring.users.select("user_id"), "user_id", "left_semi")
    written = context.write(LISTS, staying.unionByName(anew))
    listed = anew.select("user_id").distinct().count()
    log.info("      lists of %d people made anew", listed)
    size = save_recommender(context, release, shared.file, left, former.growth)
    version = register_ranker(context, release, everyone)
    log.info("      registered interestlake.ranker version %s", version)
    for frame in (anew, everyone):
        frame.unpersist()
    shared.destroy()
    return {"came": float(len(former.came)), "went": float(len(former.gone)), "grown": former.growth.grown,
            "judged_rows": judged.rows, "people_listed": float(listed), "recommender_bytes": float(size),
            "recommended_rows": written.rows}  # fmt: skip


def _by_former(context: StageContext, scoring: Scoring, former: Former, standing: SharedRecommender) -> DataFrame:
    """Rows of models.lists: what every model of the former release, popularity among them, and its fused list said to
    the people of whom pairs came, from the histories that it knew. Lazy, but for a count."""
    params = context.params
    pairs = former.pairs.select(*PAIR_COLUMNS)
    known = scoring.users.join(pairs.select("user_index").distinct(), "user_index")
    came = context.spark.createDataFrame(former.came, "user_id string, item_id string").select("user_id").distinct()
    people = known.join(F.broadcast(came), "user_id", "left_semi")
    people = sampled(people, params.recommend.max_test_people, context.options.seed, context.log)
    asked = scoring.people(people, pairs)()
    return asked.transform(list_models(standing, max(params.evaluate.ks))).withColumn("split", F.lit("test"))


def _with_popularity(former: Recommender) -> Recommender:
    """The gate asks for it, whether it speaks in the fused list or not."""
    popular = Fitted(Popularity("popularity", former.user_counts))
    return replace(former, fitted={"popularity": popular, **former.fitted})


def _lists_anew(context: StageContext, everyone: DataFrame, shared: SharedRecommender, former: Former) -> DataFrame:
    """The lists that are to be written, cached. One pass over whom the pairs touch and a sample of the others, one more
    over everybody where too much of the sample's lists changed."""
    params, seed = context.params.recommend, context.options.seed
    before = context.lake.read(LISTS)
    users = [frame[["user_id"]].drop_duplicates() for frame in (former.came, former.gone)]
    touched = [context.spark.createDataFrame(frame, "user_id string") for frame in users]
    unlisted = everyone.select("user_id").join(before.select("user_id").distinct(), "user_id", "left_anti")
    whose = cut(touched[0].unionByName(touched[1]).unionByName(unlisted).distinct())
    others = everyone.join(whose, "user_id", "left_anti").select("user_id")
    drawn = cut(others.orderBy(F.xxhash64(F.lit(seed), F.col("user_id")), "user_id").limit(SAMPLE))

    def listed(people: DataFrame) -> DataFrame:
        mine = everyone.join(people, "user_id", "left_semi").transform(recommend(shared, params.top_k))
        return mine.withColumn("run_id", F.lit(context.options.run_id))

    some = listed(whose.unionByName(drawn)).persist()
    same = _staying(some.join(drawn, "user_id", "left_semi"), before.join(drawn, "user_id", "left_semi"))
    context.log.info("      %.1f%% of the entries of %d people whom nothing touched stay (recommend.same_lists=%g)",
                     100 * same, drawn.count(), params.same_lists)  # fmt: skip
    if same >= params.same_lists:
        return some
    some.unpersist()
    return listed(everyone.select("user_id")).persist()


def _staying(now: DataFrame, before: DataFrame) -> float:
    """The share of entries of `before` that `now` holds, in whatever place; 1 of none. Two small Spark jobs."""
    keys = ["user_id", "item_id"]
    row = only_row(
        before.join(now.select(*keys, F.lit(1).alias("there")), keys, "left").agg(F.count("there"), F.count("*"))
    )
    return row[0] / row[1] if row[1] else 1.0
