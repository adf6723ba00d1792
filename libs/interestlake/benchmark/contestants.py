"""The models of a benchmark: how each is fitted, on which grid, and for which granularity of interest it speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from ..models.ease import fit_ease, fit_kernel_ease, kernel_gram
from ..models.graph_filter import GraphFilter
from ..models.implicit_als import fit_implicit_als
from ..models.item_matrix import EdgeScorer
from ..models.item_side import Popularity, SocialScorer, TextScorer
from ..models.neighbours import MEASURES, UserNeighbours, item_neighbours
from ..models.transition_edges import transition_edges
from .feedback import Feedback
from .lists import Fitted
from .search import Grid

DAY = 86_400.0
# the inverse of an item matrix costs the cube of its items
SEARCH_ITEMS = {"most_items": 6_000}


@dataclass(frozen=True)
class Side:
    """What is known beside the pairs: (I, d) unit text and fact vectors, zeros where nothing; (U, U) friend links."""

    text: np.ndarray | None = None
    facts: np.ndarray | None = None
    friends: sp.csr_matrix | None = None


@dataclass(frozen=True)
class Contestant:
    """One model: fit(pairs, side, parameters, seed) -> Fitted; `grids` names the parameters that are searched.

    while_searching: further parameters that make the fits of a search cheaper.
    """

    name: str
    granularity: str
    fit: Callable[[Feedback, Side, Mapping, int], Fitted]
    grids: Mapping[str, Grid]
    budget: int = 24
    while_searching: Mapping = field(default_factory=dict)


def contestants(train: Feedback, side: Side) -> tuple[Contestant, ...]:
    """The models that these inputs allow: texts, facts, friends and times each bring their own."""
    found = [
        Contestant("popularity", "behaviour", _popularity, {}),
        Contestant("item_knn", "behaviour", _item_knn, {
            "measure": Grid(MEASURES, start=0),
            "neighbours": Grid((20, 50, 100, 200), 2, high=3200),
            "discount": Grid((0.0, 0.2, 0.4)),
        }),
        Contestant("user_knn", "behaviour", _user_knn, {
            "neighbours": Grid((50, 100, 200, 400), 2, low=5, high=6400),
            "power": Grid((1.0, 2.0, 3.0)),
            "discount": Grid((0.0, 0.25, 0.5)),
        }),
        Contestant("ease", "behaviour", _ease, {"l2": Grid((30.0, 100.0, 300.0), 3.0, low=0.1)}, 8, SEARCH_ITEMS),
        Contestant("sequence_ease", "sequence", _sequence_ease, {
            "width": Grid((3.0, 15.0, 60.0), 3.0, low=0.3, high=2000.0),
            "l2": Grid((10.0, 30.0, 100.0), 3.0, low=0.1),
            "recency": Grid((0.0, 0.3, 1.0), start=0),
        }, 16, SEARCH_ITEMS),
        Contestant("als", "behaviour", _als, {
            "regularization": Grid((0.1, 1.0, 10.0), 3.0, low=1e-3),
            "alpha": Grid((1.0, 5.0, 20.0), 3.0, low=0.1),
            "rank": Grid((32, 64, 128), 2, low=8, high=256, start=1),
        }, 16),
        Contestant("graph", "behaviour", _graph_filter, {
            "share": Grid((0.1, 0.3, 1.0), 3.0, low=0.01),
            "rank": Grid((32, 64, 128), 2, low=8, high=512),
        }, 12),
        Contestant("transitions", "sequence", _transitions, _transition_grids(train), 40),
    ]
    if train.timed:
        half_life = Grid((30.0, 90.0, 365.0), 3.0, low=1, high=3650.0)
        found.append(Contestant("trend", "sequence", _trend, {"half_life_days": half_life}))
    if side.friends is not None:
        found.append(Contestant("social", "social", _social, {"discount": Grid((0.0, 0.25, 0.5, 0.75))}))
    if side.text is not None:
        found.append(Contestant("text", "text", lambda *_: Fitted(TextScorer("text", side.text)), {}))
    if side.facts is not None:
        found.append(Contestant("facts", "knowledge", lambda *_: Fitted(TextScorer("facts", side.facts)), {}))
    return tuple(found)


def _popularity(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    return Fitted(Popularity("popularity", np.asarray(data.matrix.sum(axis=0), np.float32).ravel()))


def _trend(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    """Popularity where a pair counts half as much for every half-life before the newest pair."""
    age = (data.times.max() - data.times) / (params["half_life_days"] * DAY)
    weight = 0.5**age * (data.weights > 0)
    return Fitted(Popularity("trend", np.bincount(data.items, weight, data.shape[1]).astype(np.float32)))


def _item_knn(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    return Fitted(EdgeScorer("item_knn", item_neighbours(data.matrix, **params)))


def _user_knn(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    return Fitted(UserNeighbours.of("user_knn", data.matrix, **params))


def _ease(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    return Fitted(fit_ease("ease", data.matrix, params["l2"], most_items=params.get("most_items")))


def _sequence_ease(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    """EASE where two items of one person count the more together the closer in time they were chosen."""
    liked = data.weights > 0
    gram = kernel_gram(data.users[liked], data.items[liked], data.shape[1], params["width"])
    most = params.get("most_items")
    return Fitted(fit_kernel_ease("sequence_ease", gram, params["l2"], params["recency"], most_items=most))


def _als(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    rank = min(params["rank"], min(data.shape))
    settings = {"regularization": params["regularization"], "alpha": params["alpha"]}
    return Fitted(fit_implicit_als("als", data.matrix, rank=rank, iterations=15, seed=seed, **settings))


def _graph_filter(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    return Fitted(GraphFilter.of("graph", data.matrix, rank=params["rank"], share=params["share"], seed=seed))


def _transition_grids(train: Feedback) -> dict[str, Grid]:
    grids = {
        "recency": Grid((0.0, 0.25, 0.5, 1.0, 2.0), 2.0, high=8),
        "backward": Grid((0.0, 0.3, 1.0)),
        "window": Grid((1, 3, 10), 2, high=80, start=1),
        "gap_power": Grid((0.0, 0.5, 1.0, 2.0), start=1),
        "discount": Grid((0.0, 0.25, 0.4, 0.5, 0.6)),
    }
    return {**grids, "half_life_days": Grid((0.0, 0.04, 1.0, 30.0, 180.0), start=0)} if train.timed else grids


def _transitions(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    edges = transition_edges(
        data.users, data.items, data.times if data.timed else None, data.shape[1],
        **{name: value for name, value in params.items() if name != "recency"},
    )
    return Fitted(EdgeScorer("transitions", edges, recency=params["recency"]))


def _social(data: Feedback, side: Side, params: Mapping, seed: int) -> Fitted:
    counts = np.maximum(np.asarray(data.matrix.sum(axis=0)).ravel(), 1.0)
    return Fitted(SocialScorer("social", (counts ** -params["discount"]).astype(np.float32)))
