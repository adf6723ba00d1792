"""`interestlake benchmark` and `interestlake split`: files in, files and a table out."""

import argparse
from dataclasses import asdict
from logging import Logger
from pathlib import Path

import numpy as np

from ...core.errors import BadInput
from ...core.json_file import write_metrics
from ...evaluation import arrays
from ...evaluation.measure import evaluate
from ...interactions.csv_files import Inputs, place_of, read_inputs, read_pairs
from ...interactions.cuts import cuts_of
from ...interactions.held_out import Held, held_pairs
from ...interactions.pairs import Feedback
from ...interactions.protocols import split_pairs
from ...interactions.side_information import build_side, likeness_vectors
from ...recommending.ablation import FAMILIES, POPULARITY, oracle
from ...recommending.phases import FUSED, Outcome, Settings, run
from ...recommending.sampled import NEGATIVES, draw_candidates, sampled_lists
from ...training.curves import loss_figure
from .track import log_run
from .write import ceiling_lines, table_lines, write_recommendations


def benchmark(options: argparse.Namespace, log: Logger) -> None:
    """Fit, choose and list without the test pairs; then score the lists by them."""
    for name in ("variety", "diversity"):
        if not 0 <= getattr(options, name) <= 1:
            raise BadInput.of(name, found=getattr(options, name), expected="0 to 1", where=f"--{name}")
    if options.top < 1:
        raise BadInput.of("list length", found=options.top, expected="1 or more", where="--top")
    inputs = read_inputs(options.train, options.test, options.validation, options.items, options.social, options.facts)
    log.info("%s people, %s items, %s train pairs",
             *(f"{n:,}" for n in (len(inputs.train.user_ids) - 1, len(inputs.train.item_ids), len(inputs.train))))
    for name, count in inputs.counts.items():
        log.info("  %s: %s", name.replace("_", " "), f"{count:,}")
    side = build_side(inputs, options.seed, log)
    cuts = cuts_of(inputs.train, inputs.validation, options.protocol, options.seed, log)
    models = [name.strip() for name in options.models.split(",")] if options.models else None
    settings = Settings(options.top, options.seed, options.variety, options.diversity, options.budget, models,
                        options.ablate, options.families, options.protocol == "leave-one-out-sampled",
                        options.protocol == "cold-items")
    outcome = run(cuts, side, settings, log)
    held = held_test(inputs, outcome.known)
    lists = {name: found[held.people] for name, found in outcome.lists.items()}
    alike = likeness_vectors(side, outcome.known, options.seed)
    everywhere = None
    if options.protocol == "leave-one-out-sampled":
        everywhere = _figures(outcome, lists, held, alike, options.top)
        asked = draw_candidates(held, outcome.known, NEGATIVES, options.seed)
        lists = sampled_lists(outcome.fitted, outcome.sampled_fusion, FUSED, outcome.known, held.people, asked,
                              options.top, side.friends)
    singles = {name: found for name, found in lists.items() if name != FUSED}
    ceiling = {"oracle": oracle(singles, held, options.top)}
    for left_out, (value, found) in outcome.ablation.items():
        own = arrays.ranking_at(arrays.hits_of(found[held.people], held.relevant), held.sizes, options.top)["ndcg"]
        ceiling[f"without {left_out}"] = {"validation": value, "ndcg": float(own.mean())}
    families = _families(outcome, held, alike, options.top)
    figures = _figures(outcome, lists, held, alike, options.top)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    rows = write_recommendations(outcome.lists, outcome.scores, inputs.train.user_ids, inputs.train.item_ids,
                                 out / "recommendations.parquet")
    fusion = outcome.fusion.described(outcome.names, outcome.granularity)
    report = {"models": figures, "counts": inputs.counts, "fusion": fusion, "parameters": outcome.parameters}
    if outcome.sampled_fusion:
        report["sampled_fusion"] = outcome.sampled_fusion.described(outcome.names, outcome.granularity)
    report |= {"ceiling": ceiling, "training": {name: asdict(curve) for name, curve in outcome.training.items()}}
    report |= {"families": families}
    report |= {"protocol": options.protocol, "seed": options.seed, "test_people": len(held.people)}
    if everywhere:
        report["full_ranking"] = everywhere
    write_metrics(report, out / "metrics.json")
    for name, curve in outcome.training.items():
        loss_figure(curve).savefig(out / f"training-{name}.png", dpi=120)
    tracked = log_run(options, report, out)
    warm = int((np.diff(outcome.known.starts)[held.people] > 0).sum())
    print(f"test: {len(held.people):,} people, {warm:,} with a history (warm); best first, * best of its column")
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
    print(f"lists   {out / 'recommendations.parquet'} ({rows:,} rows)")
    print(f"metrics {out / 'metrics.json'}")
    if tracked:
        print(f"MLflow  {tracked} in {options.tracking_uri}")


def held_test(inputs: Inputs, known: Feedback) -> Held:
    """The test pairs; a person train does not know is the one without a history, an item it does not know a miss."""
    test = inputs.test
    people = np.maximum(place_of(known.user_ids, test["user_id"]), 0)
    columns = place_of(known.item_ids, test["item_id"])
    return held_pairs(people, columns, test["weight"].to_numpy(), known, owners=test["user_id"].to_numpy(object))


def _figures(outcome: Outcome, lists_of: dict, held: Held, alike: np.ndarray, k: int) -> dict[str, dict]:
    figures = {}
    known_well = np.diff(outcome.known.starts)[held.people] > 0
    with_history = held.pick(known_well)
    for name, lists in lists_of.items():
        cost = outcome.costs[name]
        found = evaluate(lists, held, outcome.known, alike, sorted({k, min(k, 5)}))
        if len(with_history.people):
            warm = evaluate(lists[known_well], with_history, outcome.known, None, [k])
            found |= {f"warm_{metric}": value for metric, value in warm.items()}
        figures[name] = found | {"fit_seconds": cost.fit_seconds, "predict_seconds": cost.predict_seconds,
                                 "peak_bytes": cost.peak_bytes}
        if name != FUSED:
            figures[name]["validation"] = outcome.validation[name]
    return figures


def _families(outcome: Outcome, held: Held, alike: np.ndarray, k: int) -> dict[str, dict]:
    """Family -> the figures of its fusion by weights, and its best single model by validation."""
    figures = {}
    for family, (value, lists) in outcome.families.items():
        own = [name for name in outcome.names if outcome.granularity[name] in FAMILIES[family] and name != POPULARITY]
        figures[family] = evaluate(lists[held.people], held, outcome.known, alike, sorted({k, min(k, 5)}))
        figures[family] |= {"validation": value, "best_model": max(own, key=outcome.validation.get)}
    return figures


def split(options: argparse.Namespace, log: Logger) -> None:
    """Write train.csv, test.csv and, with a share for it, validation.csv; the columns and rows are the input's."""
    for name in ("test_share", "validation_share"):
        if not 0 <= getattr(options, name) < 1:
            where = f"--{name.replace('_', '-')}"
            raise BadInput.of("share", found=getattr(options, name), expected="0 <= share < 1", where=where)
    frame, pairs = read_pairs(options.input, "--input")
    part = split_pairs(pairs, options.protocol, options.test_share, options.validation_share, options.seed)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    for name in ("train", "validation", "test"):
        rows = frame[(part == name).to_numpy()]
        if len(rows) or name != "validation":
            rows.to_csv(out / f"{name}.csv", index=False)
            print(f"{name:<11}{len(rows):>11,} pairs  {out / f'{name}.csv'}")
