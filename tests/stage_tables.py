"""The tables that the pipeline writes; others of the schemas belong to the commands over a finished lake."""

from interestlake.stages.order import STAGES

WRITTEN = sorted({"ops.runs", "ops.stages"}.union(*(stage.writes for stage in STAGES)))
