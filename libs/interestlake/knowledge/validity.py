"""When facts hold."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput


def moment(value: str, where: str) -> Column:
    """An ISO time in UTC -> a timestamp, null for ""; BadInput where it is not readable."""
    from datetime import UTC, datetime

    if not value:
        return F.lit(None).cast("timestamp")
    try:
        read = datetime.fromisoformat(value)
    except ValueError as fault:
        raise BadInput.of(
            "time", found=repr(value), expected="an ISO time, as 2024-05-31T12:00:00", where=where
        ) from fault
    read = read if read.tzinfo else read.replace(tzinfo=UTC)
    return F.timestamp_seconds(F.lit(read.timestamp()))


def holding(as_of: str) -> Callable[[DataFrame], DataFrame]:
    """Facts that hold at `as_of`; those without an end where it is empty. Lazy."""
    if not as_of:
        return lambda facts: facts.where("valid_to IS NULL")
    at = moment(as_of, "conf/params/knowledge.yml (as_of)")
    begun = F.col("valid_from").isNull() | (F.col("valid_from") <= at)
    return lambda facts: facts.where(begun & (F.col("valid_to").isNull() | (F.col("valid_to") > at)))
