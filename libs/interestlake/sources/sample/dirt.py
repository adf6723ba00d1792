"""Faulty records: damaged copies of real events, each of one kind, and markup and contacts that texts must lose."""

import json

# kind -> what happens to a copy of an event's JSON; the kind is the start of the reason in quarantine
KINDS = (
    "duplicate",
    "broken JSON",
    "missing user id",
    "missing item id",
    "unknown event type",
    "value not a number",
    "negative value",
    "missing timestamp",
    "timestamp not readable",
    "timestamp out of range",
)
EVERY = 20  # of this many people in a row, one each makes one faulty record of each kind


def damaged(event: dict, kind: str) -> str:
    """A line that breaks exactly one rule; "duplicate" is the unharmed line again."""
    copy = dict(event)
    if kind == "duplicate":
        return json.dumps(copy)
    if kind == "broken JSON":
        line = json.dumps(copy)
        return line[: len(line) * 2 // 3]
    if kind == "missing user id":
        del copy["user_id"]
    elif kind == "missing item id":
        copy["item_id"] = ""
    elif kind == "unknown event type":
        copy["event_type"] = "glance"
    elif kind == "value not a number":
        copy["value"] = "many"
    elif kind == "negative value":
        copy["value"] = -3
    elif kind == "missing timestamp":
        copy["timestamp"] = None
    elif kind == "timestamp not readable":
        copy["timestamp"] = "last spring"
    elif kind == "timestamp out of range":
        copy["timestamp"] = 4_900_000_000
    else:
        raise ValueError(f"unknown kind {kind!r}; expected one of {', '.join(KINDS)}")
    return json.dumps(copy)


def kind_of_person(number: int) -> str | None:
    """The kind of faulty record that this person makes, or None."""
    place = number % EVERY
    return KINDS[place] if place < len(KINDS) else None


def roughened(text: str, number: int) -> str:
    """Review text as some people send it: with markup, an entity, or contact details that must not be kept."""
    if number % 11 == 3:
        return text.replace(". ", ".<br />", 1).replace(" and ", " &amp; ", 1)
    if number % 15 == 7:
        return f"{text} Write to me at fern.hollis{number}@example.org or call 555-010-4477."
    return text
