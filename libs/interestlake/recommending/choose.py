"""The first phase: parameters of every model and their fusion, fitted on train and judged on validation."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from logging import Logger

import numpy as np

from ..core.present import present
from ..core.progress import PROGRESS
from ..evaluation.arrays import mean_list_ndcg
from ..evaluation.cost import Cost, measured
from ..evaluation.search import Trials, search
from ..interactions.cuts import Cut, held_of, sample_people
from ..interactions.held_out import HeldOut
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..models.fitted import Fitted, top_lists
from ..models.model import Model
from ..models.start import NotAlike, Start
from ..training.loop import History
from .budget import Plan
from .fit_fusion import fit_fusion
from .fusion import Fusion
from .pool import Pool, gather
from .sampled import NEGATIVES, draw_candidates
from .worthy import lift

SEARCH_PEOPLE = 2_000  # validation people that a parameter is judged by
FUSION_PEOPLE = 4_000  # validation people per cut that weights and the ranker learn from
HOPEFUL = 0.5  # of the best value so far that a training has to come near to (models/trainer.py)
WORTHY = 0.7  # of it that a trained model has to end at, as each later fit of it is a training, or else
LIFTS = 0.01  # of the best value so far that a blend with it has to gain
FUSED = "fused"
NOWHERE: Mapping[str, Start] = {}


@dataclass(frozen=True)
class Settings:
    """k: length of the lists; variety: see docs/benchmark.md; sampled: learn to fuse a held-out item among drawn ones
    as well; withheld: validation asks for items that are withheld from train."""

    k: int
    seed: int
    variety: float = 0.01
    sampled: bool = False
    withheld: bool = False


@dataclass
class Chosen:
    """One model: its parameters, the validation nDCG they had (nan: not judged) and the fits that took, its fit on the
    first cut's train part, and the curves of its training."""

    model: Model
    parameters: Mapping
    validation: float
    fits: int = 0
    on_train: Fitted | None = None
    training: History | None = None
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True)
class Choice:
    """What validation chose. fusion: over the models that can change a list. left_out: model -> why it takes no part.
    pools, relevant: what the fusion learned from, one per cut; empty where the choice was kept from before."""

    models: Sequence[Chosen]
    fusion: Fusion
    left_out: dict[str, str] = field(default_factory=dict)
    sampled_fusion: Fusion | None = None
    pools: Sequence[Pool] = ()
    relevant: Sequence[Sequence[np.ndarray]] = ()
    cost: Cost = field(default_factory=Cost)

    @property
    def names(self) -> list[str]:
        """The models, in the order of the pools' columns."""
        return [chosen.model.name for chosen in self.models]

    @property
    def granularity(self) -> Mapping[str, str]:
        """model -> granularity."""
        return {chosen.model.name: chosen.model.granularity for chosen in self.models}


def pick_parameters(
    model: Model,
    train: Pairs,
    side: SideInformation,
    held: HeldOut,
    k: int,
    seed: int,
    budget: int,
    least: float = 0.0,
    until: float = float("inf"),
) -> Chosen:
    """Search the model's grids for the largest validation nDCG@k; the best fit on train is kept.

    least: a training that does not come near this value is given up early, and so is its search. until: of
    time.monotonic, after which no further fit begins.
    """
    best: dict = {"value": -1.0}
    judged_by = np.concatenate([held.people, *held.relevant]).tobytes()

    def judge(fitted: Fitted) -> float:
        lists, _ = top_lists(fitted, train, held.people, k, side.friends)
        return mean_list_ndcg(lists, held.relevant)

    def value_of(params: dict) -> float:
        if model.trainer and 0 <= best["value"] < least:
            return 0.0  # other settings seldom double a value, and each takes a training
        training = None
        if model.trainer:
            trained = model.trainer.fit(train, side, params, seed, judge, least, judged_by)
            fitted, training = trained.fitted, trained.history
            value = max(training.validation_ndcg)  # of the epoch whose weights are kept
        else:
            fitted = model.fit(train, side, {**params, **model.while_searching}, seed)
            value = judge(fitted)
        if value > best["value"]:
            best.update(value=value, fitted=fitted, training=training)
        return value

    trials: Trials = search(
        model.grids_for(train), value_of, min(model.budget, budget), lambda: time.monotonic() < until
    )
    params, value = trials.best
    if model.while_searching:
        best["fitted"] = model.fit(train, side, params, seed)
    training = best["training"]
    if training is not None:
        params = {**params, "epochs": training.best_epoch}
    return Chosen(model, params, value, len(trials.tried), best["fitted"], training)


def choose(cuts: Sequence[Cut], side: SideInformation, plan: Plan, settings: Settings, log: Logger) -> Choice:
    """Search within `plan`, then fuse. A model that fails, or has nothing right to say of what validation asks, is left
    out with its reason; popularity always stays."""
    k, seed = settings.k, settings.seed
    train = cuts[0][0]
    held = [held_of(part, rest) for rest, part in cuts]
    judged = sample_people(held[0], train, SEARCH_PEOPLE, seed)
    left_out, found = dict(plan.left_out), []
    until = plan.deadline()
    for model in plan.models:
        leading = max((chosen.validation for chosen in found), default=0.0)
        try:
            with PROGRESS.doing(model.name):
                chosen = pick_parameters(
                    model, train, side, judged, k, seed, plan.fits[model.name], HOPEFUL * leading, until
                )
        except Exception as fault:  # one model's end is a line, not the run's
            left_out[model.name] = f"failed: {type(fault).__name__}: {fault}"
            log.warning("  %-14s %s", model.name, left_out[model.name])
            continue
        log.info("  %-14s validation nDCG@%d %.4f  %2d fits  %s", model.name, k, chosen.validation, chosen.fits,
                 in_words(chosen.parameters))  # fmt: skip
        if why := _unworthy(chosen, found, train, judged, side, k):
            left_out[model.name] = why
            log.info("  %-14s left out: %s", "", why)
            continue
        found.append(chosen)
    cost = Cost()
    with measured(cost, "fit"), PROGRESS.doing("learning to fuse"):
        choice = _fuse(found, cuts, held, side, settings, left_out, cost, until, log)
    log.info("  fusion: %s", choice.fusion.line())
    if choice.sampled_fusion:
        log.info("  among %d drawn items: %s", NEGATIVES, choice.sampled_fusion.line())
    return choice


def _unworthy(
    chosen: Chosen, before: Sequence[Chosen], train: Pairs, judged: HeldOut, side: SideInformation, k: int
) -> str:
    if chosen.model.name == "popularity" or not len(judged.people):
        return ""
    if chosen.validation <= 0:
        return "nothing right to say of what validation asks"
    best = max(before, key=lambda one: one.validation, default=chosen)
    if not chosen.model.trainer or chosen.validation >= WORTHY * best.validation:
        return ""
    gain = lift(present(best.on_train), present(chosen.on_train), train, judged, k, side.friends)
    if gain >= LIFTS:
        return ""
    return f"{chosen.validation / best.validation:.0%} of the best on validation, changes it by {gain:+.1%} in a blend"


def _on_cut(
    number: int, found: Sequence[Chosen], rest: Pairs, side: SideInformation, seed: int, until: float, log: Logger
) -> list[Fitted] | None:
    """The models on the train part of a cut; None where a later cut came too late, or a model failed on it: the fusion
    then learns from the cuts before."""
    if number == 0:
        return [present(chosen.on_train) for chosen in found]
    if time.monotonic() > until:
        log.info("  the fusion learns from %d cut(s): the minutes are over", number)
        return None
    try:
        return [chosen.model.fit(rest, side, chosen.parameters, seed) for chosen in found]
    except Exception as fault:
        log.warning("  the fusion learns from %d cut(s): %s: %s", number, type(fault).__name__, fault)
        return None


def _fuse(
    found: Sequence[Chosen],
    cuts: Sequence[Cut],
    held: Sequence[HeldOut],
    side: SideInformation,
    settings: Settings,
    left_out: dict,
    cost: Cost,
    until: float,
    log: Logger,
) -> Choice:
    pools, relevant, drawn = [], [], []
    for number, (rest, _) in enumerate(PROGRESS.counted(cuts, "cuts", unit="cuts")):
        people = sample_people(held[number], rest, FUSION_PEOPLE, settings.seed)
        models = _on_cut(number, found, rest, side, settings.seed, until, log)
        if models is None:
            break
        pools.append(gather(models, rest, people.people, side.friends))
        relevant.append(people.relevant)
        if settings.sampled:
            asked = draw_candidates(people, rest, NEGATIVES, settings.seed)
            drawn.append(gather(models, rest, people.people, side.friends, asked))
    names = [chosen.model.name for chosen in found]
    fusion = fit_fusion(pools, relevant, names, settings.k, settings.seed, settings.variety, settings.withheld)
    fusion = fusion.over(fusion.speaking)
    among_drawn = fit_fusion(drawn, relevant, names, settings.k, settings.seed, settings.variety) if drawn else None
    return Choice(found, fusion, left_out, among_drawn, pools, relevant, cost)


def fit_all(
    choice: Choice, known: Pairs, side: SideInformation, seed: int, log: Logger, starts: Mapping[str, Start] = NOWHERE
) -> tuple[Fusion, Mapping[str, Fitted]]:
    """Every chosen model fitted on `known`, and the fusion over those that could be: anew, or going on from `starts`.

    Costs go into `choice`, and why a model could not be into its left_out.
    """
    fitted = {}
    for chosen in choice.models:
        try:
            with measured(chosen.cost, "fit"), PROGRESS.doing(f"{chosen.model.name}, on all pairs"):
                start = starts.get(chosen.model.name)
                fitted[chosen.model.name] = _fitted(chosen, known, side, seed, start, log)
        except Exception as fault:
            if chosen.model.name == "popularity":
                raise
            choice.left_out[chosen.model.name] = f"failed: {type(fault).__name__}: {fault}"
            log.warning("  %-14s left out of the lists: %s", chosen.model.name, choice.left_out[chosen.model.name])
    return choice.fusion.over(list(fitted)), fitted


def _fitted(chosen: Chosen, known: Pairs, side: SideInformation, seed: int, start: Start | None, log: Logger) -> Fitted:
    if start is not None and chosen.model.go_on is not None:
        try:
            return chosen.model.go_on(known, side, chosen.parameters, seed, start)
        except NotAlike as fault:
            log.info("      %-14s anew: %s", chosen.model.name, fault)
    return chosen.model.fit(known, side, chosen.parameters, seed)


def in_words(params: Mapping) -> str:
    """Parameters for a line of the log."""
    shown = (f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in params.items())
    return ", ".join(shown) or "nothing to pick"
