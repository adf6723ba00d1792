"""Every model, once, in the order in which they are searched: a training that stays far behind those before it ends
early. A new model is one file with a `Model` in it and one line here (docs/add-a-model.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..core.errors import BadInput, nearest
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .content import APPEAL, CONTENT
from .content_ease import CONTENT_EASE
from .content_evidence import CONTENT_EVIDENCE
from .costs import MAX_NCF_PAIRS
from .distribution.training import trainer
from .ease import EASE
from .fact_knn import FACT_KNN
from .graph_filter import GRAPH_FILTER
from .implicit_als import ALS
from .information import INFORMATION
from .item_knn import ITEM_KNN
from .light_gcn import LIGHT_GCN
from .log_evidence import LOG_EVIDENCE
from .model import TEXT as BY_TEXT
from .model import Cost, Model, Size, trained
from .ncf import NCF
from .popularity import POPULARITY, TREND
from .sasrec import SASREC
from .sequence_ease import SEQUENCE_EASE
from .social import SOCIAL
from .text import FACTS, TEXT
from .trainer import Trainer
from .transitions import TRANSITIONS
from .two_tower_fit import TWO_TOWER
from .user_knn import USER_KNN
from .words import WORDS

OF_CONTENT = ("content", "appeal", "content_ease")


def distribution_model(trained_by: Trainer) -> Model:
    """p(item | person) from the history in words, as `trained_by` of distribution/training.py trains it."""
    return Model(
        "distribution",
        "text",
        BY_TEXT,
        trained(trained_by),
        lambda size: Cost(5e8, 0.05 * size.pairs),
        needs=("texts",),
        budget=1,
        quick=None,
        trainer=trained_by,
        when_named=True,
    )


MODELS: tuple[Model, ...] = (
    POPULARITY,
    ITEM_KNN,
    USER_KNN,
    EASE,
    SEQUENCE_EASE,
    ALS,
    GRAPH_FILTER,
    TRANSITIONS,
    LOG_EVIDENCE,
    TREND,
    SOCIAL,
    TEXT,
    WORDS,
    CONTENT,
    APPEAL,
    CONTENT_EVIDENCE,
    CONTENT_EASE,
    FACTS,
    INFORMATION,
    FACT_KNN,
    distribution_model(trainer("lora")),
    LIGHT_GCN,
    SASREC,
    TWO_TOWER,
    NCF,
)
BY_NAME = {model.name: model for model in MODELS}


def models_for(train: Pairs, side: SideInformation) -> tuple[Model, ...]:
    """The models that these inputs allow: texts, facts, friends and times each bring their own."""
    there = [model for model in MODELS if not model.missing(train, side)]
    if train.shape[0] * train.shape[1] > MAX_NCF_PAIRS:
        there = [model for model in there if model.name != NCF.name]
    if side.text is None:  # then facts are all that the content is made of
        there = [replace(m, granularity="knowledge") if m.name in OF_CONTENT else m for m in there]
    return tuple(there)


def expect_models(names: Iterable[str], where: str) -> None:
    """BadInput for a name that is no model's, whatever the inputs bring."""
    if unknown := sorted(set(names) - set(BY_NAME)):
        expected = f"among {', '.join(BY_NAME)}{nearest(unknown[0], BY_NAME)}"
        raise BadInput.of("models", found=", ".join(unknown), expected=expected, where=where)


def chosen(there: Sequence[Model], names: Sequence[str] | None, where: str = "--models") -> Sequence[Model]:
    """Those named, and popularity; None = all but those that run only when named. where: names are given.

    Raises BadInput for a name that these inputs do not bring.
    """
    if names is None:
        return [model for model in there if not model.when_named]
    names_there = [model.name for model in there]
    unknown = sorted(set(names) - set(names_there))
    if unknown:
        raise BadInput.of("models", found=", ".join(unknown), expected=f"among {', '.join(names_there)}", where=where)
    return [model for model in there if model.name in {*names, POPULARITY.name}]


__all__ = [
    "BY_NAME",
    "MODELS",
    "Model",
    "Size",
    "chosen",
    "distribution_model",
    "expect_models",
    "models_for",
]
