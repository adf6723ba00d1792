"""What a command prints whose figures are counts."""

from collections.abc import Mapping


def counts_table(figures: Mapping[str, float]) -> str:
    """Figures -> one line, names as words."""
    return "  ".join(f"{name.replace('_', ' ')} {int(value):,}" for name, value in figures.items())
