"""Which tables may differ between one executor and two, by how much, and why. A table not named here must be equal."""

from .compare import EXACT, Tolerance

TOLERANCES: dict[str, Tolerance] = {
    "models.fusion": Tolerance(free_columns=("plain",), reason="numbers as text; models.fusion_weights compares them"),
    "models.recommender": Tolerance(
        free_columns=("file", "sha256", "bytes"), reason="its bytes follow the last digit of every float"
    ),
}


def tolerance_of(table: str) -> Tolerance:
    """Keys, counts and lists exactly and floats to 1e-6, unless the table stands above."""
    return TOLERANCES.get(table, EXACT)
