"""The command line: parses by the command table, runs, and turns faults into exit codes; jobs/*.py end up here too."""

import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence

from ..core.errors import GateRefused, InterestlakeError
from .dispatch import LOG, execute
from .parser import build_parser


def _quiet_libraries() -> None:
    # Petastorm speaks pyarrow's older dialect on every read, and MLflow draws a bar per downloaded file
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"petastorm\.")
    # the keys of our examples are whole numbers that are never missing
    warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def main(argv: Sequence[str] | None = None, load: Callable | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 2 bad input or configuration, 3 the gate said no.

    load: see dispatch.execute; None = what the command table says.
    """
    _quiet_libraries()
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    LOG.setLevel(logging.INFO)
    LOG.disabled = False  # a store's migrations silence the loggers that are there before them
    arguments = build_parser().parse_args(argv)
    try:
        execute(arguments, load)
    except GateRefused as refusal:
        LOG.error("gate: %s", refusal)
        return refusal.exit_code
    except InterestlakeError as fault:
        LOG.error("error: %s", fault)
        return fault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
