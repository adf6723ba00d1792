"""The MLflow run of a fine-tuning, where a store is named."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

EXAMPLES = 3
REQUIREMENTS = ("torch", "transformers", "safetensors", "pandas", "scipy")


def log_run(
    options: argparse.Namespace,
    task: str,
    loader: str,
    folder: Path,
    paths: Sequence[Path],
    figures: Mapping,
    outputs: Sequence[tuple[str, str, bool]],
    texts: Sequence[str],
) -> str | None:
    """Log settings, figures, files and the model of `folder`, registered as interestlake.<task>; returns its version.

    The model is `loader` with signature (text) -> `outputs` and the first three `texts` as its example. None, and
    nothing is imported, where `options.tracking_uri` is empty.
    """
    if not options.tracking_uri:
        return None
    from ..tracking import one_run

    given = {key: value for key, value in vars(options).items() if key not in ("tracking_uri", "began", "command")}
    with (
        one_run(options.tracking_uri, task, given, {"task": task, "seed": options.seed}) as tracker,
        tracker.stage(f"train_{task}", {**figures["parameters"], "encoder": figures["encoder"]}),
    ):
        tracker.log_metrics(numbers(figures))
        for path in paths:
            tracker.log_artifact(str(path))
        return tracker.log_served(
            task,
            f"interestlake.{task}",
            {"method": options.method},
            loader=loader,
            folder=folder,
            inputs=(("text", "string", True),),
            outputs=outputs,
            input_example=pd.DataFrame({"text": list(texts[:EXAMPLES])}),
            requirements=REQUIREMENTS,
        )


def numbers(figures: Mapping) -> dict[str, float]:
    """The plain numbers of `figures`, those of dev with `dev_` before their name."""
    found = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    return found | {f"dev_{name}": value for name, value in figures["dev"].items() if isinstance(value, int | float)}
