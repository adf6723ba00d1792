"""What a type says may be missing, where the caller has seen to it that it is there."""

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """The value. Raises LookupError for None: then whoever promised it is at fault, not the input."""
    if value is None:
        raise LookupError("expected a value, found none")
    return value
