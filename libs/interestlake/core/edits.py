"""The distance of two texts in single edits (Levenshtein, 1966)."""


def edits(one: str, other: str, most: int) -> int:
    """Letters to change, take or add that turn `one` into `other`; most + 1 where there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, theirs in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != theirs))
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
