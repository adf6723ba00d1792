"""Parameters and fusion on validation, then every model refitted and its lists made. No test pair comes here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from logging import Logger

import numpy as np

from ..core.errors import BadInput
from ..evaluation.cost import Cost, measured
from ..evaluation.search import Trail, search
from ..interactions.cuts import Cut, held_of, sample_people
from ..interactions.held_out import Held
from ..interactions.pairs import Feedback
from ..interactions.side_information import SideInformation, likeness_vectors
from ..models.fitted import Fitted, top_lists
from ..models.registry import Contestant, contestants
from ..training.loop import History
from .ablation import by_family, without_each
from .mix import Fusion, fit_fusion, mean_list_ndcg
from .pool import gather, ordered
from .rerank import maximal_marginal_relevance
from .sampled import NEGATIVES, draw_candidates

SEARCH_PEOPLE = 2_000  # validation people that a parameter is judged by
FUSION_PEOPLE = 4_000  # validation people per cut that weights and the ranker learn from
HOPEFUL = 0.5  # of the best value so far that a training has to reach early
WORTHY = 0.7  # of it that a trained model has to end at: each later fit of it is a training
RERANKED = 50  # fused items that a re-ranking picks from
FUSED = "fused"


@dataclass(frozen=True)
class Outcome:
    """Everything known at the end; model -> (U, k) lists and scores, costs, validation nDCG and parameters."""

    known: Feedback
    names: Sequence[str]
    fusion: Fusion
    lists: Mapping[str, np.ndarray]
    scores: Mapping[str, np.ndarray]
    costs: Mapping[str, Cost]
    validation: Mapping[str, float]
    parameters: Mapping[str, Mapping]
    granularity: Mapping[str, str]
    fitted: Mapping[str, Fitted]
    ablation: Mapping[str, tuple[float, np.ndarray]]
    training: Mapping[str, History]
    families: Mapping[str, tuple[float, np.ndarray]] = field(default_factory=dict)
    sampled_fusion: Fusion | None = None


@dataclass(frozen=True)
class Settings:
    """k: length of the lists; variety, diversity: see docs/benchmark.md; budget: most fits per model, None = by model;
    models: names of those to run, None = all; ablate: fuse without each granularity as well; families: fuse each family
    of models alone as well; sampled: learn to fuse a held-out item among drawn ones as well; withheld: validation asks
    for items that are withheld from train."""

    k: int
    seed: int
    variety: float
    diversity: float
    budget: int | None = None
    models: Sequence[str] | None = None
    ablate: bool = False
    families: bool = False
    sampled: bool = False
    withheld: bool = False


@dataclass
class Entry:
    """One contestant on its way: what was tried, and its best fit on the first cut's train part."""

    contestant: Contestant
    trail: Trail
    on_train: Fitted
    training: History | None = None
    cost: Cost = field(default_factory=Cost)

    @property
    def parameters(self) -> Mapping:
        picked = self.trail.best[0]
        return picked if self.training is None else {**picked, "epochs": self.training.best_epoch}


def pick_parameters(
    contestant: Contestant,
    train: Feedback,
    side: SideInformation,
    held: Held,
    k: int,
    seed: int,
    budget: int | None,
    least: float,
) -> Entry:
    """Search the contestant's grids for the largest validation nDCG@k; the best fit on train is kept.

    least: a training that does not come near this value is given up early, and so is its search.
    """
    best: dict = {"value": -1.0}
    judged_by = np.concatenate([held.people, *held.relevant]).tobytes()

    def judge(fitted: Fitted) -> float:
        lists, _ = top_lists(fitted, train, held.people, k, side.friends)
        return mean_list_ndcg(lists, held.relevant)

    def value_of(params: dict) -> float:
        if contestant.trainer and 0 <= best["value"] < least:
            return 0.0  # other settings seldom double a value, and each takes a training
        training = None
        if contestant.trainer:
            trained = contestant.trainer.fit(train, side, params, seed, judge, least, judged_by)
            fitted, training = trained.fitted, trained.history
            value = max(training.validation_ndcg)  # of the epoch whose weights are kept
        else:
            fitted = contestant.fit(train, side, {**params, **contestant.while_searching}, seed)
            value = judge(fitted)
        if value > best["value"]:
            best.update(value=value, fitted=fitted, training=training)
        return value

    trail = search(contestant.grids, value_of, min(contestant.budget, budget or contestant.budget))
    if contestant.while_searching:
        best["fitted"] = contestant.fit(train, side, trail.best[0], seed)
    return Entry(contestant, trail, best["fitted"], best["training"])


def wanted(found: Sequence[Contestant], models: Sequence[str] | None) -> Sequence[Contestant]:
    """Those named, and popularity; None = all but those that run only when named.

    Raises BadInput for a name that these inputs do not bring.
   """
    if models is None:
        return [contestant for contestant in found if not contestant.when_named]
    names = [contestant.name for contestant in found]
    unknown = sorted(set(models) - set(names))
    if unknown:
        raise BadInput.of("models", found=", ".join(unknown), expected=f"among {', '.join(names)}", where="--models")
    return [contestant for contestant in found if contestant.name in {*models, "popularity"}]


def run(cuts: Sequence[Cut], side: SideInformation, settings: Settings, log: Logger) -> Outcome:
    """Search, fuse, refit on train plus validation, list for everybody."""
    k, seed = settings.k, settings.seed
    train, validation = cuts[0]
    held = [held_of(part, rest) for rest, part in cuts]
    judged = sample_people(held[0], train, SEARCH_PEOPLE, seed)
    entries = []
    for contestant in wanted(contestants(train, side), settings.models):
        leading = max((entry.trail.best[1] for entry in entries), default=0.0)
        entry = pick_parameters(contestant, train, side, judged, k, seed, settings.budget, HOPEFUL * leading)
        params, value = entry.parameters, entry.trail.best[1]
        shown = (
            ", ".join(
                f"{name} {given:g}" if isinstance(given, float) else f"{name} {given}" for name, given in params.items()
            )
            or "nothing to pick"
        )
        log.info(
            "  %-14s validation nDCG@%d %.4f  %2d fits  %s", contestant.name, k, value, len(entry.trail.tried), shown
        )
        if contestant.trainer and value < WORTHY * leading:
            log.info("  %-14s left out: below %.0f %% of the best", "", 100 * WORTHY)
            continue
        entries.append(entry)
    names = [entry.contestant.name for entry in entries]
    costs = {FUSED: Cost()}
    with measured(costs[FUSED], "fit"):
        pools, relevant, drawn = [], [], []
        for number, (rest, _) in enumerate(cuts):
            people = sample_people(held[number], rest, FUSION_PEOPLE, seed)
            models = [
                entry.on_train if number == 0 else entry.contestant.fit(rest, side, entry.parameters, seed)
                for entry in entries
            ]
            pools.append(gather(models, rest, people.people, side.friends))
            relevant.append(people.relevant)
            if settings.sampled:
                asked = draw_candidates(people, rest, NEGATIVES, seed)
                drawn.append(gather(models, rest, people.people, side.friends, asked))
        fusion = fit_fusion(pools, relevant, names, k, seed, settings.variety, settings.withheld)
        among_drawn = fit_fusion(drawn, relevant, names, k, seed, settings.variety) if drawn else None
    log.info("  fusion: %s", fusion.line(names))
    if among_drawn:
        log.info("  among %d drawn items: %s", NEGATIVES, among_drawn.line(names))
    known = train.plus(validation)
    everyone = np.arange(train.shape[0])
    lists, scores, fitted = {}, {}, []
    for entry in entries:
        name = entry.contestant.name
        costs[name] = entry.cost
        with measured(entry.cost, "fit"):
            fitted.append(entry.contestant.fit(known, side, entry.parameters, seed))
        with measured(entry.cost, "predict"):
            lists[name], scores[name] = top_lists(fitted[-1], known, everyone, k, side.friends)
    with measured(costs[FUSED], "predict"):
        pool = gather(fitted, known, everyone, side.friends)
        lists[FUSED], scores[FUSED] = ordered(pool, fusion.scores(pool), max(k, RERANKED) if settings.diversity else k)
        if settings.diversity:
            alike = likeness_vectors(side, known, seed)
            reranked = lists[FUSED], scores[FUSED], alike, settings.diversity, k
            lists[FUSED], scores[FUSED] = maximal_marginal_relevance(*reranked)
    found = {entry.contestant.name: entry.trail.best[1] for entry in entries}
    picked = {entry.contestant.name: dict(entry.parameters) for entry in entries}
    granularity = {entry.contestant.name: entry.contestant.granularity for entry in entries}
    by_name = dict(zip(names, fitted, strict=True))
    ablation = {}
    if settings.ablate:
        log.info("  ablation: weights anew without each granularity")
        ablation = without_each(pools, relevant, pool, names, granularity, k, seed)
    families = {}
    if settings.families:
        log.info("  families: weights anew on collaborative, content and all models")
        families = by_family(pools, relevant, pool, names, granularity, k, seed)
    curves = {entry.contestant.name: entry.training for entry in entries if entry.training}
    return Outcome(known, names, fusion, lists, scores, costs, found, picked, granularity, by_name, ablation, curves,
                   families, among_drawn)
