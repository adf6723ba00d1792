"""How many tasks a step has, by the size of its data alone, so that its rows are the same on any cluster."""

FEWEST = 4


def partitions_for(rows: int, rows_each: int) -> int:
    """Partitions of about `rows_each` rows, at least FEWEST."""
    return max(FEWEST, -(-rows // rows_each))
