"""How much is said: everything but details, warnings alone (-q), or details with times (-v)."""

import logging
import sys

from ..core.progress import PROGRESS

LOG = logging.getLogger("interestlake")
# py4j's, each with a traceback, by the root's own logger; it raises what we tell in a line
CUT_CALLS = ("KeyboardInterrupt while sending command", "Exception while sending command")


def _no_cut_call(record: logging.LogRecord) -> bool:
    """As a filter of the root: an interrupt, or an end of the JVM, cuts a call to it."""
    return not str(record.msg).startswith(CUT_CALLS)


def set_up_logging(quiet: bool = False, verbose: bool = False) -> None:
    """Our own loggers at the asked level on standard error; other libraries' warnings and worse."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    LOG.setLevel(logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO)
    LOG.disabled = False  # a store's migrations silence the loggers that are there before them
    logging.getLogger().addFilter(_no_cut_call)
    for handler in logging.getLogger().handlers:
        handler.addFilter(PROGRESS)
        if verbose:
            handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
