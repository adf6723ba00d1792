"""What the benches of tuned models share: three files, and a model given or trained first."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from interestlake.cli.main import main as interestlake

PARTS = ("train", "dev", "test")


def options_of(program: str, about: str | None, argv: Sequence[str] | None) -> argparse.Namespace:
    """--train, --dev, --test and --model of `python -m program`."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=about)
    for name in PARTS:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--model", help="what the training left (default: it is trained first)")
    return parser.parse_args(argv)


def tuned(command: str, options: argparse.Namespace, out: Path) -> str:
    """The folder of --model, else of what `interestlake command` trains on the files. SystemExit where it fails."""
    if options.model:
        return options.model
    words = [word for name in PARTS for word in (f"--{name}", getattr(options, name))]
    if interestlake([command, *words, "--out", str(out)]):
        raise SystemExit(f"interestlake {command} failed")
    return str(out)
