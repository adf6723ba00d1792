"""A frame's physical plan as text, whole: the profiles cut what the log would show."""

from interestlake.core.session import settings

WHOLE = {"spark.sql.maxPlanStringLength": "10000000", "spark.sql.debug.maxToStringFields": "1000"}


def plan_of(frame) -> str:
    """The plan that would be executed, before adaptive execution has changed it."""
    with settings(frame.sparkSession, WHOLE):
        return frame._jdf.queryExecution().executedPlan().toString()
