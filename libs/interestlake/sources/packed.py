"""Compressed files, which one task has to read: how long they are, and over how many tasks their lines go on."""

from .files import InputFile

SPREAD_BYTES = 16 * 2**20  # of one .gz, from which its lines are spread
BYTES_A_TASK = 8 * 2**20  # compressed; a text takes some five to ten times as much


def packed_bytes(files: tuple[InputFile, ...]) -> dict[str, int]:
    """Name -> bytes of each .gz of SPREAD_BYTES and more."""
    return {file.name: file.size for file in files if file.name.lower().endswith(".gz") and file.size >= SPREAD_BYTES}


def tasks_after(sizes: dict[str, int]) -> int:
    """Over how many tasks the lines of such files are spread, by their size alone; 0 where there are none."""
    return -(-sum(sizes.values()) // BYTES_A_TASK)


def packed_remarks(files: tuple[InputFile, ...]) -> list[str]:
    """A line for each file of `packed_bytes`."""
    return [
        f"{name} ({size / 1e6:,.0f} MB) cannot be split: one task unpacks all of it, then its lines go to "
        f"{tasks_after({name: size})} tasks; several .gz files in its place, or plain text, are read side by side"
        for name, size in sorted(packed_bytes(files).items())
    ]
