"""What the truncated SVD of behaviour and text would hold. No Spark here."""

from ..core.room import gigabytes

OVERSAMPLING = 12  # columns beside the rank


def planned_gigabytes(items: int, rank: int, text_width: int) -> float:
    """What `truncated_svd` holds on the driver: four item-sized blocks of rank + OVERSAMPLING float64, and the texts
    twice."""
    return gigabytes(items, numbers=4 * (rank + OVERSAMPLING) + 2 * text_width)
