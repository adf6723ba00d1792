"""The stages in the order in which data flows through them."""

from ..core.stage import Stage
from .annotate import ANNOTATE
from .build_graph import BUILD_GRAPH
from .build_interests import BUILD_INTERESTS
from .embed import EMBED
from .evaluate import EVALUATE
from .ingest import INGEST
from .prepare import PREPARE
from .promote import PROMOTE
from .recommend import RECOMMEND
from .report import REPORT
from .train_als import TRAIN_ALS
from .train_two_tower import TRAIN_TWO_TOWER

STAGES: tuple[Stage, ...] = (
    INGEST,
    PREPARE,
    ANNOTATE,
    EMBED,
    BUILD_INTERESTS,
    BUILD_GRAPH,
    TRAIN_ALS,
    TRAIN_TWO_TOWER,
    RECOMMEND,
    EVALUATE,
    REPORT,
    PROMOTE,
)

__all__ = ["STAGES"]
