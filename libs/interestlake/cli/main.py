"""The command line: parses by the command table, runs, and turns faults into exit codes; jobs/*.py end up here too."""

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from ..core.blas import choose
from ..core.errors import GateRefused, InterestlakeError
from ..core.progress import PROGRESS
from .dispatch import LOG, execute
from .faults import explained
from .parser import build_parser
from .say import set_up_logging
from .terminated import Signals, began, end_children, heeding_sigterm

INTERRUPTED, TERMINATED = 130, 143  # as shells say it


def _quiet_libraries() -> None:
    # Petastorm speaks pyarrow's older dialect on every read, and MLflow draws a bar per downloaded file
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"petastorm\.")
    # the keys of our examples are whole numbers that are never missing
    warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def main(argv: Sequence[str] | None = None, load: Callable | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 a fault of our own, 2 bad input, configuration or machine, 3
    the gate said no, 130 interrupted. No exception leaves it but argparse's SystemExit.

    load: see dispatch.execute; None = what the command table says.
    """
    _quiet_libraries()
    choose()  # before anything loads numpy, and before the JVM that workers inherit from
    arguments = build_parser().parse_args(argv)
    arguments.words = list(sys.argv[1:] if argv is None else argv)
    set_up_logging(arguments.quiet, arguments.verbose)
    since = began()
    with heeding_sigterm() as heard:
        try:
            reported = nullcontext() if arguments.quiet else PROGRESS.reported()
            with reported, PROGRESS.doing(arguments.command):
                execute(arguments, load)
            sys.stdout.flush()
        except GateRefused as refusal:
            LOG.error("%s: %s", "gate" if arguments.command in ("run", "promote") else arguments.command, refusal)
            return refusal.exit_code
        except BrokenPipeError:  # the reader of our output has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return 0
        except KeyboardInterrupt:
            return _interrupted(arguments, heard, since)
        except Exception as fault:
            if heard.came:
                return _interrupted(arguments, heard, since)
            told = fault if isinstance(fault, InterestlakeError) else explained(fault)
            LOG.error("error: %s", told, exc_info=fault if arguments.verbose else None)
            return told.exit_code
    return 0


def _interrupted(arguments: argparse.Namespace, heard: Signals, since: float) -> int:
    noted = getattr(arguments, "noted", None)
    again = f"; --run-id {noted} goes on where it stopped" if noted else ""
    LOG.error("%s%s", "ended by SIGTERM" if heard.came else "interrupted", again)
    end_children(since)
    return TERMINATED if heard.came else INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
