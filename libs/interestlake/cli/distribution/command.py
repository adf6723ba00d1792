"""`interestlake train-distribution`: files in; p(item | person), its calibration and other models beside it out."""

import argparse
import os
from logging import Logger
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import BadInput
from ...core.json_file import write_metrics
from ...core.present import present
from ...interactions.csv_files import read_inputs
from ...interactions.cuts import cuts_of, held_of, sample_people
from ...interactions.pairs import Pairs
from ...interactions.side_information import SideInformation, build_side, likeness_vectors
from ...models.distribution.calibrate import Temperatures, fit_temperatures, probability_figures
from ...models.distribution.picture import reliability_figure
from ...models.distribution.saved import DistributionModel
from ...models.distribution.training import trainer
from ...models.distribution.verbalise import TEXT_PIECES, TITLES
from ...models.model import Model
from ...models.registry import chosen, distribution_model, expect_models, models_for
from ...recommending.choose import SEARCH_PEOPLE, pick_parameters
from ...text.encoder_files import EncoderFiles, find_encoder
from ...text.tuning.track import EXAMPLES, check_register
from ...training.curves import loss_figure
from ..benchmark.command import held_test
from ..table.command import as_names
from .compare import finish, lines_of, list_figures, scored, some
from .track import log_distribution

NAME = "distribution"


def train_distribution(options: argparse.Namespace, log: Logger) -> None:
    """Train, choose and calibrate by train and validation; then score the test pairs."""
    encoder = _checked(options)
    inputs = read_inputs(options.train, options.test, options.validation, options.items)
    side = build_side(inputs, options.seed, log)
    if side.said is None:
        raise BadInput.of(f"texts of {options.items}", found="none", expected="a title or text", where="--items")
    train, validation = cuts_of(inputs.train, inputs.validation, options.protocol, options.seed, log)[0]
    everyone = held_of(validation, train)
    judged = sample_people(everyone, train, SEARCH_PEOPLE, options.seed)
    if not len(judged.people):
        raise BadInput.of("validation", found="no person with a history", expected="one or more", where="--validation")
    histories = train.plus(validation)
    learned = train if options.no_refit else histories
    figures: dict[str, Any] = {}
    mine: Any = None  # of the model that is saved
    curve: Any = None
    picture: Any = None
    test, alike = held_test(inputs, histories), likeness_vectors(side, histories, options.seed)
    for model in _chosen(options, train, side):
        picked = pick_parameters(model, train, side, judged, options.top, options.seed, options.budget or model.budget)
        fitted = present(picked.on_train)
        finish(fitted)
        temperatures = fit_temperatures(scored(fitted, train, some(everyone, options.seed)))
        log.info(
            "  %-12s validation nDCG %.4f  temperature %.3f, without a history %.3f",
            model.name,
            picked.validation,
            *temperatures,
        )
        if not options.no_refit:
            fitted = model.fit(learned, side, picked.parameters, options.seed)
            finish(fitted)
        scores = scored(fitted, histories, some(test, options.seed))
        figures[model.name] = {
            **list_figures(fitted, histories, test, alike, options.top), **probability_figures(scores, temperatures),
            "validation_ndcg": picked.validation, "temperatures": temperatures._asdict(),
            "parameters": dict(picked.parameters),
        }  # fmt: skip
        if model.name == NAME:
            mine, curve, picture = fitted, picked.training, reliability_figure(scores, temperatures)
    out = Path(options.out)
    model = DistributionModel(mine.scorer.reader, inputs.train.item_ids, Temperatures(**figures[NAME]["temperatures"]))
    folder = model.save(out, encoder.path)
    report = {"models": figures, "counts": inputs.counts, "test_people": len(test.people), "adapter": options.adapter,
              "catalogue": len(inputs.train.item_ids), "encoder": encoder.model_id, "seed": options.seed,
              "training": vars(curve)}  # fmt: skip
    paths = [out / "metrics.json", out / "training.png", out / "calibration.png"]
    write_metrics(report, paths[0])
    loss_figure(curve).savefig(paths[1], dpi=120)
    picture.savefig(paths[2], dpi=120)
    log_distribution(options, report, folder, paths, _examples(histories))
    print(f"test: {len(test.people):,} people, {report['catalogue']:,} items")
    for line in lines_of(figures, options.top):
        print(line)
    for path in (*paths, folder):
        print(f"{path.stem:<12}{path}")


def _checked(options: argparse.Namespace) -> EncoderFiles:
    options.tracking_uri = options.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or ""
    check_register(options)
    expect_models(set(as_names(options.compare)) - {NAME}, "--compare")
    return find_encoder(options.encoder, TEXT_PIECES, where="--encoder")


def _chosen(options: argparse.Namespace, train: Pairs, side: SideInformation) -> list[Model]:
    """The compared models, then the distribution."""
    models = models_for(train, side)
    compared = [name for name in as_names(options.compare) if name != NAME]
    rivals = [one for one in chosen(models, compared) if one.name in compared] if compared else []
    trained_by = trainer(options.adapter, options.encoder, options.precision, options.epochs)
    return [*rivals, distribution_model(trained_by)]


def _examples(histories: Pairs) -> list[list[str]]:
    """Histories of the first few people who have one, as ids."""
    people = np.flatnonzero(np.diff(histories.starts))[:EXAMPLES]
    spans = [slice(histories.starts[person], histories.starts[person + 1]) for person in people]
    return [histories.item_ids[histories.items[span][-TITLES:]].tolist() for span in spans]
