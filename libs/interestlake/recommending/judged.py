"""People of a feedback file -> their candidates and what they liked and refused, for `refit`."""

import numpy as np
import pandas as pd

from .blocks import blocks
from .objected import columns_of_indexes
from .pool import joined
from .recommender import Recommender
from .refit import Judged


def judged_people(people: pd.DataFrame, recommender: Recommender) -> Judged:
    """people (see histories.people, with relevant and refused array<int> of item indexes) -> Judged.

    Bounded by the caller, who asks for a stated number of people.
    """
    frame = people.astype(object).where(people.notna(), None)
    frame = frame.rename(columns={"refused": "shown"})  # an objection is called refused, and takes a share of the score
    catalogue, parts = recommender.catalogue, []
    relevant = [columns_of_indexes(row, catalogue) for row in frame["relevant"]]
    refused = [columns_of_indexes(row, catalogue) for row in frame["shown"]]
    for block in blocks(iter([frame]), recommender.cells):
        parts.append(recommender.pool(block))
    pool = joined(parts) if parts else recommender.pool(frame.iloc[:0])
    return Judged(pool, relevant, [np.setdiff1d(no, yes) for no, yes in zip(refused, relevant, strict=True)])
