"""What a step brings to one machine, planned from counts before it does: refused past a bound, or left out."""

from logging import Logger

from .errors import BadInput

TEXT_BYTES, NUMBER_BYTES = 100, 8  # a short text, such as an id, as Python keeps it; a number in an array


def gigabytes(rows: int, texts: int = 0, numbers: int = 0, letters: int = 0) -> float:
    """Of rows that each hold so many short texts and numbers, and of `letters` of longer texts beside them."""
    return (rows * (texts * TEXT_BYTES + numbers * NUMBER_BYTES) + letters) / 2**30


def expect_room(what: str, planned: float, most: float, where: str) -> None:
    """Raises BadInput where more than `most` gigabytes are planned; where: the parameter that says `most`."""
    if planned > most:
        raise BadInput.of(what, found=f"{planned:,.2f} GB planned on one machine", expected=f"at most {most:g}",
                          where=where)  # fmt: skip


def has_room(what: str, planned: float, most: float, where: str, log: Logger) -> bool:
    """Whether at most `most` gigabytes are planned; a line in the log says what is left out where not."""
    if planned > most:
        log.warning("      %s left out: %.2f GB planned on one machine, %s=%g", what, planned, where, most)
    return planned <= most
