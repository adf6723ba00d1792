"""The ranker of a run -> the registry."""

import tempfile
from pathlib import Path

import pandas as pd

from ..core.stage import StageContext
from ..recommending.recommender import Recommender
from .ranker import INPUTS, OUTPUTS, REQUIREMENTS, Ranker

REGISTERED = "interestlake.ranker"


def register_ranker(context: StageContext, recommender: Recommender, people: pd.DataFrame) -> str:
    """Log the ranker with the `people` that it knows by id -> its version; see `ranker.Ranker`."""
    ranker = Ranker(recommender, people.sort_values("user_id", ignore_index=True))
    example = pd.DataFrame({"user_id": people["user_id"].head(2).to_list() or ["somebody"]})
    with tempfile.TemporaryDirectory() as folder:
        return context.tracker.log_served(
            "ranker",
            REGISTERED,
            loader="interestlake.serving.ranker:Ranker",
            folder=ranker.save(Path(folder) / "ranker"),
            inputs=INPUTS,
            outputs=OUTPUTS,
            input_example=example,
            requirements=REQUIREMENTS,
            tags={"people": str(len(people)), "sources": ",".join(recommender.names)},
        )
