"""A count with its noun, as it is read."""


def counted(count: float, noun: str, many: str | None = None) -> str:
    """1, "item" -> "1 item"; 1200, "item" -> "1,200 items"; `many`: the plural where it is not the noun with an s."""
    return f"{count:,.0f} {noun if count == 1 else many or f'{noun}s'}"
