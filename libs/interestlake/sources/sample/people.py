"""Generated people: taste, friends, what they choose over time, and what they say about it. numpy only."""

from dataclasses import dataclass

import numpy as np

from .catalogue import SampleCatalogue, item_id, title_of
from .grammar import write_review
from .interests import COMMUNITY_NAMES, INTERESTS

COMMUNITIES = len(COMMUNITY_NAMES)
PERIOD_START, PERIOD_DAYS = 1_672_531_200, 546  # 2023-01-01 UTC, 18 months
STREAM_USER, STREAM_COMMUNITY, STREAM_COLD = 2, 3, 4
HOME_SHARE, SIDE_SHARE = 0.88, 0.06
COLD_ONE_IN = 25
PLAYED_FORMS = ("course", "podcast")
DAY, HOUR = 86_400, 3_600
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class SamplePerson:
    """`shares`: planted share of each interest over the whole period, sums to 1. `styles`: two liked per interest."""

    number: int
    community: int
    shares: np.ndarray
    styles: np.ndarray
    cold: bool
    rng: np.random.Generator


def user_id(number: int) -> str:
    return f"u{number:07d}"


def community_of(seed: int, number: int) -> int:
    """Community of any person, without generating the person."""
    return _mix(seed, STREAM_COMMUNITY, number) % COMMUNITIES


def make_person(seed: int, number: int) -> SamplePerson:
    """The person `number` of the world `seed`; its generator continues with friends, then events."""
    rng = np.random.default_rng([seed, STREAM_USER, number])
    community = community_of(seed, number)
    home = [kind for kind, interest in enumerate(INTERESTS) if interest.community == community]
    away = [kind for kind in range(len(INTERESTS)) if kind not in home]
    shares = np.full(len(INTERESTS), (1 - HOME_SHARE - SIDE_SHARE) / len(away))
    split = np.clip(rng.beta(2.0, 2.0), 0.15, 0.85)
    shares[home] = HOME_SHARE * np.array([split, 1 - split])
    shares[away[int(rng.integers(len(away)))]] += SIDE_SHARE
    styles = np.stack([rng.permutation(4)[:2] for _ in INTERESTS])
    cold = _mix(seed, STREAM_COLD, number) % COLD_ONE_IN == 0
    return SamplePerson(number, community, shares, styles, cold, rng)


def choose_friends(seed: int, users: int, person: SamplePerson) -> list[int]:
    """Two or more people, five out of six of the own community, mostly near in number so that circles close."""
    friends: list[int] = []
    wanted = 2 + int(person.rng.poisson(2.0))
    for _ in range(wanted * 12):
        if len(friends) == wanted:
            break
        reach = max(20, min(users, 120))
        other = (person.number + int(person.rng.integers(-reach, reach + 1))) % users
        same = community_of(seed, other) == person.community
        if other != person.number and other not in friends and (same or person.rng.random() < 0.05):
            friends.append(other)
    return friends


def live(person: SamplePerson, catalogue: SampleCatalogue) -> tuple[list[dict], list[tuple[int, int]]]:
    """(events in order of time as JSON-ready dicts, [(item number, rating) of each review])."""
    rng = person.rng
    wanted = int(rng.integers(1, 3)) if person.cold else int(rng.integers(15, 26))
    joined = rng.uniform(0.0, 0.35)
    moments = np.sort(rng.uniform(joined, 0.97, wanted))
    seen = np.zeros(catalogue.size, dtype=bool)
    events: list[dict] = []
    reviews: list[tuple[int, int]] = []
    last = -1
    for moment in moments:
        number = _next_item(person, catalogue, seen, last, moment)
        if number < 0:
            continue
        seen[number], last = True, number
        made, rating = _events_of(person, catalogue, number, PERIOD_START + int(moment * PERIOD_DAYS * DAY))
        events += made
        if rating is not None:
            reviews.append((number, rating))
    events.sort(key=lambda event: (event["timestamp"], event["item_id"], event["event_type"]))
    return events, reviews


def shares_at(shares: np.ndarray, moment: float) -> np.ndarray:
    """Shares of the interests at `moment` in [0,1] of the period: share * (1 + slope * (moment - 1/2)), scaled to 1."""
    slopes = np.array([interest.slope for interest in INTERESTS])
    now = shares * (1 + slopes * (moment - 0.5))
    return now / now.sum()


def _next_item(person: SamplePerson, catalogue: SampleCatalogue, seen: np.ndarray, last: int, moment: float) -> int:
    rng = person.rng
    if last >= 0 and catalogue.next_part[last] >= 0 and not seen[catalogue.next_part[last]] and rng.random() < 0.65:
        return int(catalogue.next_part[last])
    kind = int(rng.choice(len(INTERESTS), p=shares_at(person.shares, moment)))
    members = catalogue.of_interest(kind)
    liked = np.isin(catalogue.style[members], person.styles[kind])
    weights = catalogue.popularity[members] * np.where(liked, 5.0, 1.0) * np.exp(0.25 * catalogue.quality[members])
    weights[seen[members]] = 0.0
    total = weights.sum()
    return int(members[rng.choice(len(members), p=weights / total)]) if total > 0 else -1


def _events_of(person: SamplePerson, catalogue: SampleCatalogue, number: int, at: int) -> tuple[list[dict], int | None]:
    rng, kind = person.rng, int(catalogue.interest[number])
    at_home = INTERESTS[kind].community == person.community
    liked = catalogue.style[number] in person.styles[kind]
    pleasure = 3.5 + 0.8 * catalogue.quality[number] + (0.5 if liked else -0.5) + (0.0 if at_home else -0.4)
    rating = int(np.clip(round(pleasure + 0.9 * rng.standard_normal()), 1, 5))
    _, form, _ = title_of(catalogue, number)
    base = {"user_id": user_id(person.number), "item_id": item_id(number)}
    events, review = [], None

    def add(event_type: str, delay: float, **more) -> None:
        events.append({**base, "event_type": event_type, **more, "timestamp": at + int(delay)})

    if rng.random() < 0.35:
        add("view", 0)
    if rng.random() < 0.55:
        if form in PLAYED_FORMS:
            add("play", 0.5 * HOUR, value=1 + int(rng.poisson(1.0 + rating)))
        else:
            add("purchase", 0.5 * HOUR)
    if rating >= 4 and rng.random() < 0.3:
        add("like", 2 * HOUR)
    said = rng.random()
    if said < 0.33:
        review = rating
        text = write_review(catalogue, number, rating, rng)
        add("review", rng.uniform(1, 9) * DAY, value=rating, text=text)
    elif said < 0.58:
        add("rating", rng.uniform(0.2, 5) * DAY, value=rating)
    if rng.random() < 0.12:
        tags = INTERESTS[kind].styles[int(catalogue.style[number])].tags
        add("tag", 3 * HOUR, text=tags[int(rng.integers(len(tags)))])
    if not events or all(event["event_type"] == "tag" for event in events):
        add("view", 0)
    return events, review


def _mix(*parts: int) -> int:
    """splitmix64 (Steele, Lea and Flood, 2014) over the parts: one cheap 64-bit hash."""
    state = 0
    for part in parts:
        state = (state + part + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state
