"""The MLflow run of a benchmark, where a store is named: a child run per model."""

import argparse
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path

FILES = ("metrics.json", "recommendations.parquet")


def log_run(options: argparse.Namespace, report: Mapping, folder: Path) -> str | None:
    """Parameters, figures, curves and files of `report` (metrics.json's content); returns the run's name.

    None, and nothing is imported, where `options.tracking_uri` is empty. `@` is no letter of a metric's name there:
    ndcg@10 becomes ndcg_10.
    """
    if not options.tracking_uri:
        return None
    from ..tracking import Tracker

    given = {key: value for key, value in vars(options).items() if key not in ("tracking_uri", "command")}
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
    name = f"benchmark-{stamp}-{hashlib.sha256(repr(given).encode()).hexdigest()[:6]}"
    tracker = Tracker(options.tracking_uri, name)
    tracker.start({key: str(value) for key, value in given.items()})
    status = "FAILED"
    try:
        for model, figures in report["models"].items():
            with tracker.stage(model, report["parameters"].get(model, {})):
                tracker.log_metrics({key.replace("@", "_"): value for key, value in figures.items() if value == value})
                curve = report["training"].get(model, {"loss": (), "validation_ndcg": ()})
                for epoch, pair in enumerate(zip(curve["loss"], curve["validation_ndcg"], strict=True), 1):
                    tracker.log_metrics(dict(zip(("loss", "validation_ndcg"), pair, strict=True)), step=epoch)
                for path in sorted(folder.glob(f"training-{model}.png")):
                    tracker.log_artifact(str(path))
                if model not in report["parameters"]:  # the fused list
                    for who, alpha in report["fusion"]["alpha"].items():
                        tracker.log_metrics({f"alpha {who} {part}": share for part, share in alpha.items()})
                    for file in FILES:
                        tracker.log_artifact(str(folder / file))
        status = "FINISHED"
    finally:
        tracker.finish(status)
    return name
