"""The MLflow run of a trained distribution, where a store is named."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ...text.tuning.track import REQUIREMENTS

LOADER = "interestlake.models.distribution.saved:DistributionModel"


def log_distribution(
    options: argparse.Namespace,
    report: Mapping,
    folder: Path,
    paths: Sequence[Path],
    histories: Sequence[Sequence[str]],
) -> str | None:
    """Log settings, every model's figures, files and the model of `folder`, registered with the alias challenger.

    Its name is `options.register`, else interestlake.distribution; signature: history (list of item ids) -> items,
    probabilities; `histories` are its example. Returns the version; None, and nothing is imported, without a store.
    """
    if not options.tracking_uri:
        return None
    from ...core.tracking import one_run

    given = {key: str(value) for key, value in vars(options).items() if key not in ("tracking_uri", "command")}
    settings = {key: report[key] for key in ("adapter", "encoder", "seed")}
    with (
        one_run(options.tracking_uri, "distribution", given, settings) as tracker,
        tracker.stage("train_distribution", settings),
    ):
        for name, figures in report["models"].items():
            before = "" if name == "distribution" else f"{name} "
            metrics = {key: value for key, value in figures.items() if isinstance(value, float) and value == value}
            tracker.log_metrics({before + key.replace("@", "_"): value for key, value in metrics.items()})
        for path in paths:
            tracker.log_artifact(str(path))
        return tracker.log_served(
            "distribution",
            options.register or "interestlake.distribution",
            {"adapter": options.adapter},
            loader=LOADER,
            folder=folder,
            inputs=(("history", "list", True),),
            outputs=(("items", "list", True), ("probabilities", "numbers", True)),
            input_example=pd.DataFrame({"history": [list(history) for history in histories]}),
            requirements=REQUIREMENTS,
        )
