"""What a set of lists does against the rails of its recipe, told from the world alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from interestlake.core.params.all import Guard

from .worlds import World


def violations(
    world: World, guard: Guard, lists: Mapping[str, Sequence[str]], known: Mapping[str, Iterable[str]]
) -> Counter:
    """lists: person -> items; known: person -> items of the history -> how often each rail was broken."""
    category = {item: categories[0] for item, _, categories, _ in world.items}
    people_of = defaultdict(set)
    for user, items in known.items():
        for item in items:
            people_of[item].add(user)
    broken = Counter()
    for user, items in lists.items():
        broken["must_not"] += sum(item in world.must_not for item in items)
        broken["needs"] += sum(not world.needs.get(item, set()) <= set(known[user]) for item in items)
        broken["min_people"] += sum(len(people_of[item]) < guard.min_people for item in items)
        if guard.max_per_category:
            counts = Counter(category[item] for item in items)
            broken["max_per_category"] += sum(max(0, n - guard.max_per_category) for n in counts.values())
    return broken
