"""`interestlake benchmark`: files in, files and a table out."""

import argparse
from dataclasses import asdict
from logging import Logger
from pathlib import Path
from typing import Any

import numpy as np

from ...core.json_file import write_metrics
from ...core.places import writing
from ...evaluation import arrays
from ...evaluation.measure import evaluate
from ...interactions.csv_files import read_inputs
from ...interactions.cuts import cuts_of
from ...interactions.held_out import HeldOut, held_out_pairs
from ...interactions.inputs import Inputs, place_of
from ...interactions.pairs import Pairs
from ...interactions.side_information import SideInformation, build_side, likeness_vectors
from ...models.registry import expect_models
from ...recommending.ablation import FAMILIES, POPULARITY, by_family, oracle, without_each
from ...recommending.budget import Plan, plan_search
from ...recommending.choose import FUSED, Settings, choose
from ...recommending.kept import kept_choice, plain, read_choice
from ...recommending.pool import Pool, gather
from ...recommending.sampled import NEGATIVES, draw_candidates, sampled_lists
from ...training.curves import loss_figure
from ..table.command import as_names
from .outcome import Outcome, finish
from .track import log_run
from .write import ceiling_lines, table_lines, write_recommendations


def benchmark(options: argparse.Namespace, log: Logger) -> None:
    """Fit, choose and list without the test pairs; then score the lists by them."""
    expect_models(as_names(options.models or ""), "--models")
    earlier = read_choice(options.chosen, "--chosen") if options.chosen else None
    inputs = read_inputs(options.train, options.test, options.validation, options.items, options.social, options.facts)
    log.info(
        "%s people, %s items, %s train pairs",
        *(f"{n:,}" for n in (len(inputs.train.user_ids) - 1, len(inputs.train.item_ids), len(inputs.train))),
    )
    for name, count in inputs.counts.items():
        log.info("  %s: %s", name.replace("_", " "), f"{count:,}")
    side = build_side(inputs, options.seed, log)
    settings = Settings(
        options.top,
        options.seed,
        options.variety,
        options.protocol == "leave-one-out-sampled",
        options.protocol == "cold-items",
    )
    if earlier:
        pairs = inputs.train if inputs.validation is None else inputs.train.plus(inputs.validation)
        choice = kept_choice(earlier, pairs, side)
    else:
        cuts = cuts_of(inputs.train, inputs.validation, options.protocol, options.seed, log)
        choice, pairs = choose(cuts, side, _plan(options, cuts[0][0], side), settings, log), cuts[0][0].plus(cuts[0][1])
    outcome = finish(choice, pairs, side, settings, options.diversity, log)
    held_out = held_test(inputs, pairs)
    lists = {name: rows[held_out.people] for name, rows in outcome.lists.items()}
    alike = likeness_vectors(side, pairs, options.seed)
    everywhere = None
    if options.protocol == "leave-one-out-sampled" and choice.sampled_fusion:
        everywhere = _figures(outcome, lists, held_out, alike, options.top)
        asked = draw_candidates(held_out, pairs, NEGATIVES, options.seed)
        among = choice.sampled_fusion.over(list(outcome.fitted))
        lists = sampled_lists(outcome.fitted, among, FUSED, pairs, held_out.people, asked, options.top, side.friends)
    singles = {name: rows for name, rows in lists.items() if name != FUSED}
    ceiling: dict[str, Any] = {"oracle": oracle(singles, held_out, options.top)}
    for left_out, (value, rows) in _ablation(options, outcome, log).items():
        hits = arrays.hits_of(rows[held_out.people], held_out.relevant)
        own = arrays.ranking_at(hits, held_out.sizes, options.top)["ndcg"]
        ceiling[f"without {left_out}"] = {"validation": value, "ndcg": float(own.mean())}
    families = _families(options, outcome, held_out, alike, log)
    figures = _figures(outcome, lists, held_out, alike, options.top)
    training = {c.model.name: c.training for c in choice.models if c.training}
    parameters = {c.model.name: dict(c.parameters) for c in choice.models}
    report = {"models": figures, "counts": inputs.counts, "fusion": outcome.fusion.described(choice.granularity),
              "parameters": parameters, "left_out": dict(choice.left_out)}  # fmt: skip
    if choice.sampled_fusion:
        report["sampled_fusion"] = choice.sampled_fusion.described(choice.granularity)
    report |= {"ceiling": ceiling, "training": {name: asdict(curve) for name, curve in training.items()}}
    report |= {"families": families}
    report |= {"protocol": options.protocol, "seed": options.seed, "test_people": len(held_out.people)}
    if everywhere:
        report["full_ranking"] = everywhere
    out = Path(options.out)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        rows = write_recommendations(
            outcome.lists, outcome.scores, inputs.train.user_ids, inputs.train.item_ids, out / "recommendations.parquet"
        )
        write_metrics(report, out / "metrics.json")
        write_metrics(plain(choice), out / "chosen.json", None)
        for name, curve in training.items():
            loss_figure(curve).savefig(out / f"training-{name}.png", dpi=120)
    tracked = log_run(options, report, out)
    warm = int((np.diff(pairs.starts)[held_out.people] > 0).sum())
    print(f"test: {len(held_out.people):,} people, {warm:,} with a history (warm); best first, * best of its column")
    for line in table_lines(figures, options.top):
        print(line)
    for line in table_lines(families, options.top, "family") if families else ():
        print(line)
    for line in ceiling_lines(ceiling, options.top):
        print(line)
    if everywhere:
        print("the same models with every item ranked")
        for line in table_lines(everywhere, options.top):
            print(line)
    for name, why in choice.left_out.items():
        print(f"left out: {name:<14} {why}")
    print(f"lists   {out / 'recommendations.parquet'} ({rows:,} rows)")
    print(f"metrics {out / 'metrics.json'}")
    print(f"chosen  {out / 'chosen.json'}")
    if tracked:
        print(f"MLflow  {tracked} in {options.tracking_uri}")


def _plan(options: argparse.Namespace, train: Pairs, side: SideInformation) -> Plan:
    models = as_names(options.models) if options.models else None
    memory = float("inf") if options.max_gigabytes is None else options.max_gigabytes
    return plan_search(train, side, models, options.budget, options.minutes, memory)


def held_test(inputs: Inputs, pairs: Pairs) -> HeldOut:
    """The test pairs; a person train does not know is the one without a history, an item it does not know a miss."""
    test = inputs.test
    people = np.maximum(place_of(pairs.user_ids, test["user_id"]), 0)
    columns = place_of(pairs.item_ids, test["item_id"])
    return held_out_pairs(people, columns, test["weight"].to_numpy(), pairs, owners=test["user_id"].to_numpy(object))


def _figures(outcome: Outcome, lists_of: dict, held_out: HeldOut, alike: np.ndarray, k: int) -> dict[str, dict]:
    figures, histories = {}, outcome.known
    validation = {chosen.model.name: chosen.validation for chosen in outcome.choice.models}
    known_well = np.diff(histories.starts)[held_out.people] > 0
    with_history = held_out.pick(known_well)
    for name, lists in lists_of.items():
        cost = outcome.costs[name]
        figures_of_all = evaluate(lists, held_out, histories, alike, sorted({k, min(k, 5)}))
        if len(with_history.people):
            warm = evaluate(lists[known_well], with_history, histories, None, [k])
            figures_of_all |= {f"warm_{metric}": value for metric, value in warm.items()}
        figures[name] = figures_of_all | {
            "fit_seconds": cost.fit_seconds,
            "predict_seconds": cost.predict_seconds,
            "peak_bytes": cost.peak_bytes,
        }
        if name != FUSED:
            figures[name]["validation"] = validation[name]
    return figures


def _ablation(options: argparse.Namespace, outcome: Outcome, log: Logger) -> dict[str, tuple[float, np.ndarray]]:
    choice = outcome.choice
    if not options.ablate or not choice.pools:
        return {}
    log.info("  ablation: weights anew without each granularity")
    return without_each(choice.pools, choice.relevant, _everyone(outcome), choice.names, choice.granularity,
                        options.top, options.seed)  # fmt: skip


def _families(options: argparse.Namespace, outcome: Outcome, held_out: HeldOut, alike: np.ndarray, log: Logger) -> dict:
    """Family -> the figures of its fusion by weights, and its best single model by validation."""
    choice, k, figures = outcome.choice, options.top, {}
    if not options.families or not choice.pools:
        return figures
    log.info("  families: weights anew on collaborative, content and all models")
    validation = {chosen.model.name: chosen.validation for chosen in choice.models}
    family_figures = by_family(choice.pools, choice.relevant, _everyone(outcome), choice.names, choice.granularity, k,
                      options.seed)  # fmt: skip
    for family, (value, lists) in family_figures.items():
        own = [n for n in validation if choice.granularity[n] in FAMILIES[family] and n != POPULARITY]
        figures[family] = evaluate(lists[held_out.people], held_out, outcome.known, alike, sorted({k, min(k, 5)}))
        figures[family] |= {"validation": value, "best_model": max(own, key=validation.__getitem__)}
    return figures


def _everyone(outcome: Outcome) -> Pool:
    """Everybody's candidates of every chosen model."""
    models = [outcome.fitted[name] for name in outcome.choice.names]
    return gather(models, outcome.known, np.arange(outcome.known.shape[0]), outcome.friends)
