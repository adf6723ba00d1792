"""Compressed files, which one task has to read: how long they are, and over how many tasks their lines go on."""

from pyspark.sql import SparkSession

from ..core.storage import filesystem
from .files import InputFile

SPREAD_BYTES = 16 * 2**20  # of one .gz, from which its lines are spread
BYTES_A_TASK = 8 * 2**20  # compressed; a text takes some five to ten times as much


def packed_bytes(spark: SparkSession, files: tuple[InputFile, ...]) -> dict[str, int]:
    """Name -> bytes of each .gz of SPREAD_BYTES and more."""
    named = [file for file in files if file.name.lower().endswith(".gz")]
    sizes = {file.name: _bytes_of(spark, file.path) for file in named}
    return {name: size for name, size in sizes.items() if size >= SPREAD_BYTES}


def tasks_after(sizes: dict[str, int]) -> int:
    """Over how many tasks the lines of such files are spread, by their size alone; 0 where there are none."""
    return -(-sum(sizes.values()) // BYTES_A_TASK)


def packed_remarks(spark: SparkSession, files: tuple[InputFile, ...]) -> list[str]:
    """A line for each file of `packed_bytes`."""
    return [
        f"{name} ({size / 1e6:,.0f} MB) cannot be split: one task unpacks all of it, then its lines go to "
        f"{tasks_after({name: size})} tasks; several .gz files in its place, or plain text, are read side by side"
        for name, size in sorted(packed_bytes(spark, files).items())
    ]


def _bytes_of(spark: SparkSession, path: str) -> int:
    system, place = filesystem(spark, path)
    return system.getFileStatus(place).getLen()
