"""The registry's costs and bounds apart from what trains its models: for whoever foretells a run in a second."""

from collections.abc import Callable, Mapping

from .content import APPEAL, CONTENT
from .content_ease import CONTENT_EASE
from .content_evidence import CONTENT_EVIDENCE
from .ease import EASE
from .fact_knn import FACT_KNN
from .graph_filter import GRAPH_FILTER
from .implicit_als import ALS
from .information import INFORMATION
from .item_knn import ITEM_KNN
from .log_evidence import LOG_EVIDENCE
from .model import Cost, Size
from .popularity import POPULARITY, TREND
from .sequence_ease import SEQUENCE_EASE
from .social import SOCIAL
from .text import FACTS, TEXT
from .trained_costs import light_gcn_cost, ncf_cost, sasrec_cost, two_tower_cost
from .transitions import TRANSITIONS
from .user_knn import USER_KNN
from .words import WORDS

MAX_NCF_PAIRS = 50_000_000  # a network over every person x item pair is scored one by one
BY_ITEMS = ("text", "words", "facts", "information", "fact_knn")  # they look at the items alone, not at the pairs
_UNTRAINED = (POPULARITY, ITEM_KNN, USER_KNN, EASE, SEQUENCE_EASE, ALS, GRAPH_FILTER, TRANSITIONS, LOG_EVIDENCE, TREND,
              SOCIAL, TEXT, WORDS, CONTENT, APPEAL, CONTENT_EVIDENCE, CONTENT_EASE, FACTS, INFORMATION,
              FACT_KNN)  # fmt: skip
# of every model of the registry that runs without being named, in its order
COSTS: Mapping[str, Callable[[Size], Cost]] = {
    **{model.name: model.cost for model in _UNTRAINED},
    "lightgcn": light_gcn_cost,
    "sasrec": sasrec_cost,
    "two_tower": two_tower_cost,
    "ncf": ncf_cost,
}
ON_SPARK = tuple(model.name for model in _UNTRAINED if model.on_spark or model.name in BY_ITEMS)
