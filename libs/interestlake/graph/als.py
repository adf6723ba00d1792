"""Implicit-feedback alternating least squares on Spark (Hu, Koren and Volinsky, 2008)."""

from collections.abc import Callable

from pyspark.ml.recommendation import ALS, ALSModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Als
from ..core.partitions import partitions_for

PAIRS_PER_BLOCK = 1_000_000


def fit_als(params: Als, seed: int) -> Callable[[DataFrame], ALSModel]:
    """interactions(user_index int, item_index int, weight in [0,1]) -> fitted ALSModel with int ids.

    Confidence of a pair is 1 + alpha * weight. The input is laid out by user in `params.blocks` sorted partitions (0: a
    number by the pairs alone, PAIRS_PER_BLOCK in each) and the factor blocks are as many, so the sums run in the same
    order on any cluster up to the arrival of shuffled blocks: factors agree to about 1e-4, not to the bit. Runs Spark
    jobs: about two per sweep. Every tenth sweep is checkpointed where the session has a folder for it.
    """

    def fit(interactions: DataFrame) -> ALSModel:
        blocks = params.blocks or partitions_for(interactions.count(), PAIRS_PER_BLOCK)
        ratings = (
            interactions.select("user_index", "item_index", F.col("weight").cast("float").alias("weight"))
            .repartition(blocks, "user_index")
            .sortWithinPartitions("user_index", "item_index")
        )
        als = ALS(
            rank=params.rank,
            maxIter=params.iterations,
            regParam=params.regularization,
            alpha=params.alpha,
            implicitPrefs=True,
            userCol="user_index",
            itemCol="item_index",
            ratingCol="weight",
            numUserBlocks=blocks,
            numItemBlocks=blocks,
            seed=seed,
            coldStartStrategy="nan",
            checkpointInterval=10,
        )
        return als.fit(ratings)

    return fit


def factors(model: ALSModel) -> tuple[DataFrame, DataFrame]:
    """ALSModel -> user factors(user_index, vector), item factors(item_index, vector). Lazy.

    Only people and items of the training pairs have factors.
    """
    people, items = (
        frame.select(F.col("id").cast("int").alias(name), F.col("features").alias("vector"))
        for frame, name in ((model.userFactors, "user_index"), (model.itemFactors, "item_index"))
    )
    return people, items
