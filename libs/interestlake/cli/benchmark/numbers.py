"""The numbers among the benchmark's options, looked at before anything is read."""

import argparse

from ...core.errors import BadInput

LONGEST_LIST = 10_000
# option -> (least, most, in words)
BOUNDS = {
    "top": (1, LONGEST_LIST, f"1 to {LONGEST_LIST:,}"),
    "variety": (0, 1, "0 to 1"),
    "diversity": (0, 1, "0 to 1"),
    "minutes": (0, 1e6, "0 or more"),
    "budget": (1, 10**6, "1 or more"),
    "max_gigabytes": (0, float("inf"), "0 or more"),
}


def expect_numbers(options: argparse.Namespace) -> None:
    """Raises BadInput for the first number out of its range; an option that is not given is None."""
    for name, (least, most, expected) in BOUNDS.items():
        value = getattr(options, name)
        if value is not None and not least <= value <= most:
            where = f"--{name.replace('_', '-')}"
            raise BadInput.of(name.replace("_", " "), found=value, expected=expected, where=where)
