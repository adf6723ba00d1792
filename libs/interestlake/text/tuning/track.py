"""The MLflow run of a fine-tuning, where a store is named."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ...core.errors import BadInput

EXAMPLES = 3
REQUIREMENTS = ("torch", "transformers", "safetensors", "pandas", "scipy")


# characters that part a name from a version or an alias in models:/name/version and models:/name@alias
RESERVED = "/:@"


def check_register(options: argparse.Namespace) -> None:
    """BadInput for `--register` without a store, and for a name that no address could hold."""
    if options.register is None:
        return
    where = "--register"
    if not options.register.strip() or any(mark in options.register for mark in RESERVED):
        raise BadInput.of("model name", found=repr(options.register), expected=f"none of {RESERVED}", where=where)
    if not options.tracking_uri:
        raise BadInput.of("MLflow store", found="none", expected="--tracking-uri or MLFLOW_TRACKING_URI", where=where)


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
    """Log settings, figures, files and the model of `folder`, registered; returns its version.

    Its name is `options.register`, else interestlake.<task>, its alias challenger. It is `loader` with signature (text)
    -> `outputs` and the first three `texts` as its example. None,
    and nothing is imported, where `options.tracking_uri` is empty.
    """
    if not options.tracking_uri:
        return None
    from ...core.tracking import one_run

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
            options.register or f"interestlake.{task}",
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
    metrics = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    return metrics | {f"dev_{name}": value for name, value in figures["dev"].items() if isinstance(value, int | float)}
