"""Pseudonyms -> the source ids behind them, where those are numbers; tried in this process. See `found_again`."""

from collections.abc import Collection

from .keys import pseudonym
from .names import Keys

LEAST_TRIED, MOST_TRIED, PER_PERSON = 10_000, 400_000, 4  # numbers: the ids of people who left are gaps
GENERATED = "u%07d"  # how the sample world numbers its people


def tried(people_count: int) -> int:
    """How many numbers are tried in a lake of so many people."""
    return min(MOST_TRIED, max(LEAST_TRIED, PER_PERSON * people_count))


def source_ids_here(user_ids: Collection[str], keys: Keys, people_count: int) -> dict[str, tuple[str, str]]:
    """user_id -> (source, source_id) of those whose id is a number from 0 to tried - 1; looking ends with the last."""
    named, left = {}, set(user_ids)
    for origin, key in keys.keyed:
        for number in range(tried(people_count) if left else 0):
            source_id = GENERATED % number if origin.generated else str(number)
            user_id = pseudonym(origin.people, source_id, key)
            if user_id in left:
                named[user_id] = (origin.source, source_id)
                left.discard(user_id)
                if not left:
                    break
    return named
