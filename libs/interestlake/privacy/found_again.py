"""Pseudonyms -> the source ids behind them, where those are numbers: numbers are hashed under the lake's key."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .found_again_here import GENERATED, tried
from .names import Keys
from .pseudonyms import pseudonymise


def source_ids(people: DataFrame, keys: Keys, people_count: int) -> DataFrame | None:
    """people(user_id), a few -> (user_id, source, source_id) of those whose id is a number from 0 to tried - 1.

    tried: see `found_again_here.tried`; ids of the generated world are
    such numbers too. Whoever has another id has no row, for a lake keeps no list of ids. None where no key is at hand.
    Lazy; `people` is broadcast.
    """
    numbers_tried = tried(people_count)
    parts = []
    for origin, key in keys.keyed:
        named = F.format_string(GENERATED if origin.generated else "%d", "id").alias("source_id")
        numbers = people.sparkSession.range(numbers_tried).select(named)
        hashed = numbers.withColumn("user_id", F.col("source_id"))
        hashed = hashed.transform(pseudonymise("user_id", people=origin.people, key=key))
        parts.append(hashed.withColumn("source", F.lit(origin.source)))
    if not parts:
        return None
    tried_all = reduce(DataFrame.unionByName, parts)
    return tried_all.join(F.broadcast(people.select("user_id")), "user_id").select("user_id", "source", "source_id")
