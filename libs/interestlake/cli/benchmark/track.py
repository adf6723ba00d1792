"""The MLflow run of a benchmark, where a store is named: a child run per model."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...core.tracking import Tracker

FILES = ("metrics.json", "recommendations.parquet")


def log_run(options: argparse.Namespace, report: Mapping, folder: Path) -> str | None:
    """Parameters, figures, curves and files of `report` (metrics.json's content); returns the run's name.

    None, and nothing is imported, where `options.tracking_uri` is empty. `@` is no letter of a metric's name there:
    ndcg@10 becomes ndcg_10.
    """
    if not options.tracking_uri:
        return None
    from ...core.tracking import one_run

    given = {key: str(value) for key, value in vars(options).items() if key not in ("tracking_uri", "command")}
    with one_run(options.tracking_uri, "benchmark", given, given) as tracker:
        for model, figures in report["models"].items():
            with tracker.stage(model, report["parameters"].get(model, {})):
                _log_model(tracker, model, figures, report, folder)
    return tracker.run_id


def _log_model(tracker: "Tracker", model: str, figures: Mapping, report: Mapping, folder: Path) -> None:
    tracker.log_metrics({key.replace("@", "_"): value for key, value in figures.items() if value == value})
    curve = report["training"].get(model, {"loss": (), "validation_ndcg": (), "steps": ()})
    for loss, ndcg, step in zip(curve["loss"], curve["validation_ndcg"], curve["steps"], strict=True):
        tracker.log_metrics({"loss": loss, "validation_ndcg": ndcg}, step=step)
    for path in sorted(folder.glob(f"training-{model}.png")):
        tracker.log_artifact(str(path))
    if model not in report["parameters"]:  # the fused list
        for who, alpha in report["fusion"]["alpha"].items():
            tracker.log_metrics({f"alpha {who} {part}": share for part, share in alpha.items()})
        for file in FILES:
            tracker.log_artifact(str(folder / file))
