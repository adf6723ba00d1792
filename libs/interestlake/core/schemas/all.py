"""Every table of the lake: meaning and unit per column, key, constraints."""

from . import bronze, figures, findings, gold, graph, knowledge, media, models, ops, personal, silver, text
from .table import Column, Table

ALL: dict[str, Table] = {
    table.name: table
    for layer in (bronze, silver, text, knowledge, graph, models, gold, figures, findings, media, personal, ops)
    for table in layer.TABLES
}

__all__ = ["ALL", "Column", "Table"]
