"""`interestlake doctor`: what a start and a lake need, looked at without Spark, each with its fix."""

import argparse
import os
from collections.abc import Callable
from logging import Logger
from pathlib import Path

from ...core.config import conf_folder, load_params, parse_override
from ...core.counted import counted
from ...core.errors import BadInput
from ...core.session import read_properties
from . import lake, machine, spark, tables
from .check import Check, Given

LOOKS = (*machine.LOOKS, *spark.LOOKS, *lake.LOOKS, *tables.LOOKS)


def doctor(arguments: argparse.Namespace, log: Logger) -> None:
    """Print a line per look, `ok` or `fault`. Raises BadInput where any is a fault. Starts no Spark, writes nothing."""
    folder = conf_folder(arguments.conf)
    params = load_params(folder, dict(parse_override(one) for one in arguments.set))
    settings = read_properties(Path(folder) / "spark" / f"{arguments.profile}.properties")
    key_file = params.ingest.pseudonym_key_file
    given = Given(os.environ, settings, arguments.profile, arguments.lake or "", arguments.tracking_uri or "", key_file)
    checks = looked_at(given)
    for check in checks:
        print(check)
    faults = [check.what for check in checks if not check.ok]
    if faults:
        raise BadInput.of("doctor", found=f"{counted(len(faults), 'fault')}: {', '.join(faults)}", expected="none",
                          where="what each line above says")  # fmt: skip


def looked_at(given: Given) -> list[Check]:
    """Every look, in the order in which a start meets them; one that fails itself is a fault."""
    return [_look(look, given) for look in LOOKS]


def _look(look: Callable[[Given], Check], given: Given) -> Check:
    try:
        return look(given)
    except (OSError, ValueError) as fault:
        return Check(look.__name__, f"{type(fault).__name__}: {fault}", "mend what it names, and look again")
