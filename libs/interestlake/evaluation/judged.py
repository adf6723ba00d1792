"""Who is judged: everybody with held-out pairs, or a sample of them that is drawn the same way by whoever asks."""

from logging import Logger

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

STEPS = 1_000_000  # a share of people is told apart down to one in so many
WHERE = "recommend.max_test_people"


def sampled(people: DataFrame, most: int, seed: int, log: Logger) -> DataFrame:
    """people(user_id, ...), a row each -> all of them, or of more than `most` about so many, drawn by a hash of the id.

    The same people whenever as many are asked for with the same seed. The log says how many stand for how many. One
    Spark job, a count.
    """
    count = people.count()
    if count <= most:
        return people
    share = max(1, most * STEPS // count)
    log.info("      about %d of %d people with test pairs are judged, drawn by a hash of their id; all: %s=%d",
             most, count, WHERE, count)  # fmt: skip
    return people.where(F.pmod(F.xxhash64(F.lit(seed), "user_id"), F.lit(STEPS)) < share)


def of_judged(asked: DataFrame, tested: DataFrame, lists: DataFrame) -> DataFrame:
    """asked(split, user_id, ...) of everybody -> those who are judged. Lazy.

    On test the people of tested(user_id), whether they have lists or not; on validation those with a list, who are a
    sample already: the people that the fusion learned from.
    """
    listed = lists.where("split = 'validation'").select("split", "user_id").distinct()
    judged = listed.unionByName(tested.select(F.lit("test").alias("split"), "user_id"))
    return asked.join(judged, ["split", "user_id"], "left_semi")
