"""User ids -> keyed hashes: HMAC-SHA256 (RFC 2104) of whose id it is and the id, first 32 hex digits."""

from collections.abc import Callable

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .keys import PSEUDONYM_DIGITS, SEPARATOR, pads


def hmac_sha256(message: Column, inner_pad: Column, outer_pad: Column) -> Column:
    """Binary message and the two padded keys of `keys.pads` -> 64 hex digits of HMAC-SHA256. Null stays null."""
    inner = F.unhex(F.sha2(F.concat(inner_pad, message), 256))
    return F.sha2(F.concat(outer_pad, inner), 256)


def pseudonymise(*columns: str, people: str, key: bytes) -> Callable[[DataFrame], DataFrame]:
    """Rows -> the same rows, each of `columns` (string) replaced by its pseudonym of 32 hex digits. Null stays null.

    people: whose ids these are; the same id of others has another pseudonym.
    The padded key travels as a one-row broadcast, not as a literal: query plans, logs and the history server print
    literals. Lazy.
    """

    def transform(rows: DataFrame) -> DataFrame:
        inner_pad, outer_pad = pads(key)
        frame = pd.DataFrame({"__inner_pad": [inner_pad], "__outer_pad": [outer_pad]})
        keys = rows.sparkSession.createDataFrame(frame, "__inner_pad binary, __outer_pad binary")

        def pseudonym(name: str) -> Column:
            named = F.concat(F.lit(f"{people}{SEPARATOR}"), F.col(name))
            digest = hmac_sha256(F.encode(named, "UTF-8"), F.col("__inner_pad"), F.col("__outer_pad"))
            return F.substring(digest, 1, PSEUDONYM_DIGITS).alias(name)

        kept = [pseudonym(name) if name in columns else F.col(name) for name in rows.columns]
        return rows.crossJoin(F.broadcast(keys)).select(*kept)

    return transform
