"""A recommender as one file that holds values alone; neither writing nor reading needs Spark."""

from pathlib import Path

from ..core.errors import BadInput
from ..models.stored import UNREADABLE, read_values, write_values
from .recommender import Recommender

RECOMMENDER_FILE = "recommender.safetensors"


def write_recommender(file: Path, recommender: Recommender) -> None:
    """Raises BadInput for a model that holds more than values, arrays and a network that says its shape."""
    try:
        write_values(file, recommender)
    except TypeError as fault:
        raise BadInput.of("model", found=str(fault), expected="scorers that hold arrays alone (docs/add-a-model.md)",
                          where="recommend.models without it") from fault  # fmt: skip


def read_recommender(file: Path, address: str, where: str) -> Recommender:
    """What `write_recommender` put into `file`, mapped. Raises BadInput, by `address` and `where`, for another."""
    expected = "a recommender that this version wrote"
    try:
        recommender = read_values(file, mapped=True)
    except UNREADABLE as fault:
        found = f"{type(fault).__name__}: {fault}"
        raise BadInput.of(f"file {address}", found=found, expected=expected, where=where) from fault
    if not isinstance(recommender, Recommender):
        raise BadInput.of(f"file {address}", found=type(recommender).__name__, expected=expected, where=where)
    return recommender
