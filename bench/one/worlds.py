"""The data sets of the comparison, where each lies, what reads it, and what its fused list should reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataSet:
    """folder: of the shared data; source: of `interestlake run`; fused, gain: wanted test nDCG@10 of the fused list and
    its ratio to the best single model's; None = nothing is wanted."""

    name: str
    source: str
    folder: str
    fused: float | None = None
    gain: float | None = None


DATA_SETS = (
    DataSet("movielens", "movielens", "movielens-latest-small", 0.185, 1.10),
    DataSet("lastfm", "lastfm", "lastfm-hetrec2011", 0.270),
    DataSet("digital-music", "amazon-reviews", "amazon-digital-music-head", 0.163),
    DataSet("musical-instruments", "amazon-reviews", "amazon-musical-instruments-5core", 0.163),
)
