"""Pseudonyms -> the source ids behind them, where those are numbers: numbers are hashed under the lake's key."""

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .names import Keys
from .pseudonyms import pseudonymise

LEAST_TRIED, MOST_TRIED, PER_PERSON = 10_000, 400_000, 4  # numbers: the ids of people who left are gaps
GENERATED = "u%07d"  # how the sample world numbers its people


def source_ids(people: DataFrame, keys: Keys, people_count: int) -> DataFrame | None:
    """people(user_id), a few -> (user_id, source, source_id) of those whose id is a number from 0 to tried - 1.

    tried: PER_PERSON numbers per person of the lake, within LEAST_TRIED and MOST_TRIED; ids of the generated world are
    such numbers too. Whoever has another id has no row, for a lake keeps no list of ids. None where no key is at hand.
    Lazy; `people` is broadcast.
    """
    tried = min(MOST_TRIED, max(LEAST_TRIED, PER_PERSON * people_count))
    parts = []
    for origin, key in keys.keyed:
        named = F.format_string(GENERATED if origin.generated else "%d", "id").alias("source_id")
        numbers = people.sparkSession.range(tried).select(named)
        hashed = numbers.withColumn("user_id", F.col("source_id"))
        hashed = hashed.transform(pseudonymise("user_id", people=origin.people, key=key))
        parts.append(hashed.withColumn("source", F.lit(origin.source)))
    if not parts:
        return None
    tried_all = reduce(DataFrame.unionByName, parts)
    return tried_all.join(F.broadcast(people.select("user_id")), "user_id").select("user_id", "source", "source_id")
