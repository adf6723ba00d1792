"""The generated items: which interest, style and series each belongs to, how popular and how good it is. numpy only."""

from dataclasses import dataclass

import numpy as np

from .interests import INTERESTS, STYLES_PER_INTEREST, SUBJECTS_PER_STYLE

MIN_ITEMS, MAX_ITEMS, ITEMS_PER_USER = 80, 50_000, 0.8
MAKERS_PER_INTEREST = 6
STREAM_CATALOGUE = 1
# (title frame, format): every frame reads well with every subject
FRAMES = (
    ("{subject}: A Beginner's Guide", "book"),
    ("The Art of {subject}", "book"),
    ("{subject} Workshop", "course"),
    ("{subject} Starter Kit", "kit"),
    ("A Year of {subject}", "book"),
    ("The {subject} Podcast", "podcast"),
    ("Advanced {subject}", "course"),
    ("{subject} with {maker}", "course"),
    ("Everyday {subject}", "podcast"),
    ("The {subject} Notebook", "journal"),
)
FIRST_NAMES = (
    "Ada", "Bruno", "Celia", "Dario", "Edith", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Klara", "Luca", "Mira",
    "Nils", "Olive", "Pablo", "Rosa", "Soren", "Tessa", "Umar", "Vera", "Wim", "Yara", "Zeno",
)  # fmt: skip
LAST_NAMES = (
    "Whitlock", "Marsh", "Okafor", "Lindqvist", "Barros", "Tanaka", "Novak", "Ferrant", "Holm", "Iyer", "Castell",
    "Duarte", "Emond", "Fairley", "Grau", "Hartnell", "Ibsen", "Jarvi", "Kessler", "Lemaire", "Moreau", "Nakai",
    "Orsini", "Pell",
)  # fmt: skip


@dataclass(frozen=True)
class SampleCatalogue:
    """Arrays of length `size`, one entry per item number from 0.

    interest, style: int. popularity: float >= 0, chance to be chosen within the interest, 0 for an item that nobody
    has tried yet. quality: float, mean 0, spread 1. next_part, previous_part: item number in the series or -1.
    """

    size: int
    interest: np.ndarray
    style: np.ndarray
    popularity: np.ndarray
    quality: np.ndarray
    next_part: np.ndarray
    previous_part: np.ndarray

    def of_interest(self, interest: int) -> np.ndarray:
        """Item numbers of one interest, ascending."""
        return np.arange(interest, self.size, len(INTERESTS))


def item_count(users: int) -> int:
    """Items of a world of `users` people."""
    return int(min(MAX_ITEMS, max(MIN_ITEMS, round(users * ITEMS_PER_USER))))


def build_catalogue(seed: int, users: int) -> SampleCatalogue:
    """The items of the world (seed, users), the same in every process."""
    size, kinds = item_count(users), len(INTERESTS)
    rng = np.random.default_rng([seed, STREAM_CATALOGUE])
    number = np.arange(size)
    interest, within = number % kinds, number // kinds
    style, round_of_styles = within % STYLES_PER_INTEREST, within // STYLES_PER_INTEREST
    quality = rng.standard_normal(size)
    popularity = np.zeros(size)
    for kind in range(kinds):
        members = number[interest == kind]
        place = rng.permutation(len(members))
        popularity[members] = (place + 3.0) ** -0.7
        if len(members) >= 10:
            popularity[members[np.argmax(place)]] = 0.0
    # of six items of one style the first two are a series
    step = kinds * STYLES_PER_INTEREST
    next_part = np.where((round_of_styles % 6 == 0) & (number + step < size), number + step, -1)
    silent = popularity == 0
    next_part[(next_part >= 0) & (silent | silent[next_part])] = -1
    previous_part = np.full(size, -1)
    previous_part[next_part[next_part >= 0]] = number[next_part >= 0]
    popularity = np.where(previous_part >= 0, popularity * 0.2, popularity)
    return SampleCatalogue(size, interest, style, popularity, quality, next_part, previous_part)


def item_id(number: int) -> str:
    return f"i{number:05d}"


def maker_of(number: int) -> str:
    """One of the interest's makers."""
    interest, within = number % len(INTERESTS), number // len(INTERESTS)
    place = interest * MAKERS_PER_INTEREST + (within * 5 + within // 7) % MAKERS_PER_INTEREST
    return f"{FIRST_NAMES[place % len(FIRST_NAMES)]} {LAST_NAMES[(place * 7 + place // 24) % len(LAST_NAMES)]}"


def title_parts(number: int) -> tuple[str, str, str]:
    """(title, format, subject) of an item, without its place in a series; titles repeat only with a volume number."""
    interest = INTERESTS[number % len(INTERESTS)]
    within = number // len(INTERESTS)
    style = interest.styles[within % STYLES_PER_INTEREST]
    turn = within // STYLES_PER_INTEREST
    subject = style.subjects[turn % SUBJECTS_PER_STYLE]
    used = turn // SUBJECTS_PER_STYLE
    shift = 3 * (turn % SUBJECTS_PER_STYLE) + within % STYLES_PER_INTEREST + number % len(INTERESTS)
    frame, form = FRAMES[(used + shift) % len(FRAMES)]
    title = frame.format(subject=subject, maker=maker_of(number))
    volume = used // len(FRAMES)
    return (f"{title}, Volume {volume + 1}" if volume else title), form, subject


def title_of(catalogue: SampleCatalogue, number: int) -> tuple[str, str, str]:
    """(title, format, subject); the parts of a series carry the first part's title."""
    first = catalogue.previous_part[number]
    if first >= 0:
        title, form, subject = title_parts(int(first))
        return f"{title}, Part 2", form, subject
    title, form, subject = title_parts(number)
    return (f"{title}, Part 1" if catalogue.next_part[number] >= 0 else title), form, subject
