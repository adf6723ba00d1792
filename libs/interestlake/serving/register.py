"""The ranker of a run -> the registry."""

import tempfile
from pathlib import Path

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.stage import StageContext
from ..privacy.identity import origins
from ..recommending.recommender import Recommender
from .ranker import INPUTS, OUTPUTS, REQUIREMENTS, Ranker
from .said_since import SaidSince
from .who_asks import Askers

REGISTERED = "interestlake.ranker"


def register_ranker(context: StageContext, recommender: Recommender, everyone: DataFrame) -> str:
    """Log the ranker with the first recommend.ranker_people of `everyone` (see scoring.everyone_of), whom it knows, and
    the lake's sources -> its version; see `ranker.Ranker`.

    The model carries marks of keys, no key, and where the lake lies. Three small Spark jobs.
    """
    first = F.col("user_index") < context.params.recommend.ranker_people
    people = everyone.where(first).drop("friend_count").toPandas()
    whole = context.lake.read("silver.users").count() == len(people)
    askers = Askers(tuple(origins(context.lake)), context.params.ingest.pseudonym_key_file, whole)
    known = people.sort_values("user_id", ignore_index=True)
    ranker = Ranker(recommender, known, askers, SaidSince(context.lake.root))
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
