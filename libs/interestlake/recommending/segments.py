"""History lengths that part people whose weights may differ, in numbers and in words."""

SEGMENTS = (5, 20, 100)


def span(segment: int) -> str:
    """A segment's history lengths in words."""
    edges = (0, *SEGMENTS)
    return f"{edges[segment]}-{SEGMENTS[segment] - 1}" if segment < len(SEGMENTS) else f"{SEGMENTS[-1]} and more"


SEGMENT_NAMES = tuple(span(number) for number in range(len(SEGMENTS) + 1))
