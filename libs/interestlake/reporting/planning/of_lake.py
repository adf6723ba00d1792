"""What this lake's own runs took, beside what the constants say of its size: a factor per stage, read without Spark."""

import os
from collections.abc import Mapping

from ...core.errors import Unreadable
from ...core.plain_lake import PlainLake
from .foretell import Cluster, foretell
from .measured import Constants
from .workload import Workload

COUNTED = {"people": "silver.users", "items": "silver.items", "events": "bronze.events"}
LEAST_S = 2.0  # a shorter stage was passed over, or says more of the start than of the data


def size_of_lake(lake: PlainLake) -> Workload:
    """Rows of COUNTED, and texts beside the items'. Raises Unreadable where one is not there."""
    counts = {name: lake.count(table) for name, table in COUNTED.items()}
    return Workload(**counts, reviews=max(lake.count("silver.embeddings") - counts["items"], 0))


def factors_of_lake(lake: PlainLake, constants: Constants) -> Mapping[str, float]:
    """stage -> seconds of its shortest run on this lake over what the constants say of its size on this machine.

    Of runs of LEAST_S or more; the shortest is the one that no search made longer. Raises Unreadable for a lake
    without runs or without their tables.
    """
    here = Cluster(nodes=1, cores=os.cpu_count() or 1, gigabytes=0.0)
    told = {one.stage: one.seconds for one in foretell(constants, size_of_lake(lake), here, {})}
    runs = lake.frame("ops.stages", ["stage", "seconds"])
    if runs.empty:
        raise Unreadable("no stage has run")
    shortest = runs[runs["seconds"] >= LEAST_S].groupby("stage")["seconds"].min()
    return {str(stage): float(seconds) / max(told[stage], 0.1) for stage, seconds in shortest.items() if stage in told}
