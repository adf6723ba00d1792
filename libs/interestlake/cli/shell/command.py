"""`interestlake shell`: a prompt over one lake."""

import argparse
import os
import sys
from logging import Logger

from ...core.config import load_params, parse_override
from ...core.errors import BadInput, Unreadable
from ...core.progress import PROGRESS
from ...core.storage import has_scheme
from .open_lake import OpenLake
from .prompt import Prompt

GREETING = "help lists the commands, Tab completes, Ctrl-D leaves"


def shell(arguments: argparse.Namespace, log: Logger) -> None:
    """Answer lines until their end. Reads the lake alone: no Spark, nothing written but the pages that are asked for.

    Raises BadInput where there is no such lake, and, where lines are piped, at the end for lines without an answer.
    """
    conf = arguments.conf or ("conf" if os.path.isdir("conf/params") else None)
    params = load_params(conf, dict(parse_override(one) for one in arguments.set))
    if not has_scheme(arguments.lake) and not os.path.isdir(arguments.lake):
        raise BadInput.of(f"lake {arguments.lake}", found="none there", expected="a lake that `interestlake run` has "
                          "made", where="--lake")  # fmt: skip
    uri = arguments.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
    opened = OpenLake(arguments.lake, params, arguments.max_gigabytes, _models(arguments, uri), uri)
    try:
        if not opened.lake.there("silver.users"):
            raise BadInput.of(f"lake {arguments.lake}", found="no silver.users", where="--lake",
                              expected="a lake after `interestlake run --until prepare`")  # fmt: skip
    except Unreadable as why:
        raise BadInput.of(f"lake {arguments.lake}", found=f"files that cannot be read without Spark ({why})",
                          expected="a lake on a disk or an object store that Delta's own reader opens",
                          where="--lake") from why  # fmt: skip
    interactive = sys.stdin.isatty()
    prompt = Prompt(opened, sys.stdin, sys.stdout, interactive)
    if interactive:
        import readline

        readline.set_completer_delims(" \t\n")  # ids hold dashes and colons
        log.info(GREETING)
    with PROGRESS.rest():  # who thinks at the prompt is not told of it
        while True:
            try:
                prompt.cmdloop()
                break
            except KeyboardInterrupt:  # while a line was typed: it is dropped
                print()
    if prompt.failed and not interactive:
        raise BadInput.of("lines", found=f"{prompt.failed} of {len(prompt.lines)} without an answer",
                          expected="lines as `help` shows them", where="standard input")  # fmt: skip


def _models(arguments: argparse.Namespace, uri: str | None) -> tuple:
    from ...serving.asking.command import tuned_models

    return tuned_models(arguments, uri)
