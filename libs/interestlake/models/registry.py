"""The models of a benchmark: how each is fitted, on which grid, and for which granularity of interest it speaks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..evaluation.search import Grid
from ..interactions.pairs import Feedback
from ..interactions.side_information import SideInformation
from .distribution.training import trainer
from .ease import fit_ease, fit_kernel_ease, kernel_gram
from .fitted import Fitted
from .graph_filter import GraphFilter
from .implicit_als import fit_implicit_als
from .information import InformationScorer
from .item_matrix import EdgeScorer
from .item_side import ContentScorer, Popularity, SocialScorer, TextScorer, WordScorer, ridge
from .neighbours import MEASURES, UserNeighbours, fact_neighbours, item_neighbours
from .neural import LIGHT_GCN, NCF, SASREC, Trainer, light_gcn, ncf, sasrec
from .transition_edges import transition_edges

DAY = 86_400.0
# the inverse of an item matrix costs the cube of its items
SEARCH_ITEMS = {"most_items": 6_000}
MAX_NCF_PAIRS = 50_000_000  # a network over every person x item pair is scored one by one


@dataclass(frozen=True)
class Contestant:
    """One model: fit(pairs, side, parameters, seed) -> Fitted; `grids` names the parameters that are searched.

    while_searching: further parameters that make the fits of a search cheaper. trainer: of a model that is trained by
    epochs; it stops on validation, and `fit` then takes as many epochs as were best, as the parameter "epochs".
    when_named: it runs only where it is asked for by name, because it takes long.
    """

    name: str
    granularity: str
    fit: Callable[[Feedback, SideInformation, Mapping, int], Fitted]
    grids: Mapping[str, Grid]
    budget: int = 24
    while_searching: Mapping = field(default_factory=dict)
    trainer: Trainer | None = None
    when_named: bool = False


def contestants(train: Feedback, side: SideInformation) -> tuple[Contestant, ...]:
    """The models that these inputs allow: texts, facts, friends and times each bring their own."""
    found = [
        Contestant("popularity", "behaviour", _popularity, {}),
        Contestant(
            "item_knn",
            "behaviour",
            _item_knn,
            {
                "measure": Grid(MEASURES, start=0),
                "neighbours": Grid((20, 50, 100, 200), 2, low=5, high=3200),
                "discount": Grid((0.0, 0.2, 0.4)),
            },
        ),
        Contestant(
            "user_knn",
            "behaviour",
            _user_knn,
            {
                "neighbours": Grid((50, 100, 200, 400), 2, low=5, high=6400),
                "power": Grid((1.0, 2.0, 3.0)),
                "discount": Grid((0.0, 0.25, 0.5)),
            },
        ),
        Contestant("ease", "behaviour", _ease, {"l2": Grid((30.0, 100.0, 300.0), 3.0, low=0.1)}, 8, SEARCH_ITEMS),
        Contestant(
            "sequence_ease",
            "sequence",
            _sequence_ease,
            {
                "width": Grid((3.0, 15.0, 60.0), 3.0, low=0.3, high=2000.0),
                "l2": Grid((10.0, 30.0, 100.0), 3.0, low=0.1),
                "recency": Grid((0.0, 0.3, 1.0), start=0),
            },
            16,
            SEARCH_ITEMS,
        ),
        Contestant(
            "als",
            "behaviour",
            _als,
            {
                "regularization": Grid((0.1, 1.0, 10.0), 3.0, low=1e-3),
                "alpha": Grid((1.0, 5.0, 20.0), 3.0, low=0.1),
                "rank": Grid((32, 64, 128), 2, low=8, high=256, start=1),
            },
            16,
        ),
        Contestant(
            "graph",
            "behaviour",
            _graph_filter,
            {
                "share": Grid((0.1, 0.3, 1.0), 3.0, low=0.01),
                "rank": Grid((32, 64, 128), 2, low=8, high=512),
            },
            12,
        ),
        Contestant("transitions", "sequence", _transitions, _transition_grids(train), 40),
    ]
    if train.timed:
        half_life = Grid((30.0, 90.0, 365.0), 3.0, low=1, high=3650.0)
        found.append(Contestant("trend", "sequence", _trend, {"half_life_days": half_life}))
    if side.friends is not None:
        found.append(Contestant("social", "social", _social, {"discount": Grid((0.0, 0.25, 0.5, 0.75))}))
    if side.text is not None:
        found.append(Contestant("text", "text", lambda *_: Fitted(TextScorer("text", side.text)), {}))
    if side.words is not None:
        found.append(Contestant("words", "text", lambda *_: Fitted(WordScorer("words", side.words)), {}))
    if side.content is not None:
        speaks = "knowledge" if side.text is None else "text"
        found.append(
            Contestant(
                "content",
                speaks,
                _content,
                {
                    "l2": Grid((1.0, 10.0, 100.0), 4.0, low=0.01),
                    "discount": Grid((0.0, 0.25, 0.5), start=0),
                },
                12,
            )
        )
        found.append(Contestant("appeal", speaks, _appeal, {"l2": Grid((1.0, 10.0, 100.0), 4.0, low=0.01)}, 6))
    if side.facts is not None:
        found.append(Contestant("facts", "knowledge", lambda *_: Fitted(TextScorer("facts", side.facts)), {}))
    if side.carried is not None:
        grids = {"smoothing": Grid((0.0, 10.0, 100.0), 4.0, low=0.0, start=1), "length_power": Grid((0.0, 0.5, 1.0))}
        found.append(Contestant("information", "knowledge", _information, grids, 8))
        grids = {"measure": Grid(MEASURES, start=0), "neighbours": Grid((20, 50, 100, 200), 2, low=5, high=3200)}
        found.append(Contestant("fact_knn", "knowledge", _fact_knn, grids, 8))
    if side.said is not None:
        found.append(distribution_contestant(trainer("lora")))
    return (*found, *_neural(train))


def distribution_contestant(trained_by: Trainer) -> Contestant:
    """p(item | person) from the history in words, as `trained_by` of models/distribution/training.py trains it."""
    return replace(_trained("distribution", "text", trained_by, {}, 1), when_named=True)


def _neural(train: Feedback) -> Iterator[Contestant]:
    """Last, because a training that stays far behind the models before it ends early."""
    yield _trained(
        "lightgcn",
        "behaviour",
        Trainer(light_gcn, {"dimension": 64}, LIGHT_GCN),
        {
            "temperature": Grid((0.1, 0.2), 2.0, low=0.03, high=0.8, start=1),
            "layers": Grid((2, 3), start=0),
        },
        3,
    )
    liked = train.users[train.weights > 0]
    if (liked[1:] == liked[:-1]).any():  # a sequence has a next item
        yield _trained(
            "sasrec",
            "sequence",
            Trainer(sasrec, {"dimension": 64}, SASREC),
            {
                "dropout": Grid((0.2, 0.5), start=0),
            },
            2,
        )
    if train.shape[0] * train.shape[1] <= MAX_NCF_PAIRS:
        yield _trained(
            "ncf",
            "behaviour",
            Trainer(ncf, {"dimension": 32, "dropout": 0.2}, NCF),
            {
                "negatives": Grid((4, 16), start=0),
            },
            2,
        )


def _trained(name: str, granularity: str, trainer: Trainer, grids: Mapping[str, Grid], budget: int) -> Contestant:
    def fit(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
        return trainer.fit(data, side, params, seed).fitted

    return Contestant(name, granularity, fit, grids, budget, trainer=trainer)


def _popularity(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(Popularity("popularity", np.asarray(data.matrix.sum(axis=0), np.float32).ravel()))


def _trend(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """Popularity where a pair counts half as much for every half-life before the newest pair."""
    age = (data.times.max() - data.times) / (params["half_life_days"] * DAY)
    weight = 0.5**age * (data.weights > 0)
    return Fitted(Popularity("trend", np.bincount(data.items, weight, data.shape[1]).astype(np.float32)))


def _content(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(ContentScorer.of("content", side.content, data.matrix, **params))


def _appeal(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """How popular an item should be by what it is about: log(1 + people) regressed on the content, above 0."""
    counts = np.asarray((data.matrix > 0).sum(axis=0)).ravel()
    weight = ridge(side.content, counts > 0, params["l2"]).T @ np.log1p(counts)
    expected = side.content @ weight
    return Fitted(Popularity("appeal", (expected - expected.min() + 1e-3).astype(np.float32)))


def _information(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(InformationScorer.of("information", side.carried, **params))


def _fact_knn(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(EdgeScorer("fact_knn", fact_neighbours(side.carried, side.named, **params)))


def _item_knn(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(EdgeScorer("item_knn", item_neighbours(data.matrix, **params)))


def _user_knn(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(UserNeighbours.of("user_knn", data.matrix, **params))


def _ease(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(fit_ease("ease", data.matrix, params["l2"], most_items=params.get("most_items")))


def _sequence_ease(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """EASE where two items of one person count the more together the closer in time they were chosen."""
    liked = data.weights > 0
    gram = kernel_gram(data.users[liked], data.items[liked], data.shape[1], params["width"])
    most = params.get("most_items")
    return Fitted(fit_kernel_ease("sequence_ease", gram, params["l2"], params["recency"], most_items=most))


def _als(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    rank = min(params["rank"], min(data.shape))
    settings = {"regularization": params["regularization"], "alpha": params["alpha"]}
    return Fitted(fit_implicit_als("als", data.matrix, rank=rank, iterations=15, seed=seed, **settings))


def _graph_filter(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    return Fitted(GraphFilter.of("graph", data.matrix, rank=params["rank"], share=params["share"], seed=seed))


def _transition_grids(train: Feedback) -> dict[str, Grid]:
    grids = {
        "recency": Grid((0.0, 0.25, 0.5, 1.0, 2.0), 2.0, high=8),
        "backward": Grid((0.0, 0.3, 1.0)),
        "window": Grid((1, 3, 10), 2, low=1, high=80, start=1),
        "gap_power": Grid((0.0, 0.5, 1.0, 2.0), start=1),
        "discount": Grid((0.0, 0.25, 0.4, 0.5, 0.6)),
    }
    return {**grids, "half_life_days": Grid((0.0, 0.04, 1.0, 30.0, 180.0), start=0)} if train.timed else grids


def _transitions(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    edges = transition_edges(
        data.users,
        data.items,
        data.times if data.timed else None,
        data.shape[1],
        **{name: value for name, value in params.items() if name != "recency"},
    )
    return Fitted(EdgeScorer("transitions", edges, recency=params["recency"]))


def _social(data: Feedback, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    counts = np.maximum(np.asarray(data.matrix.sum(axis=0)).ravel(), 1.0)
    return Fitted(SocialScorer("social", (counts ** -params["discount"]).astype(np.float32)))
