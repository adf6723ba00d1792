"""Sentences about items: descriptions, and reviews whose words fit their rating. Pure: the generator is an argument."""

import numpy as np

from .catalogue import SampleCatalogue, maker_of, title_of
from .interests import INTERESTS

POSITIVE_OPENERS = (
    "I love this {form}.",
    "What a wonderful {form}.",
    "This {form} made me happy.",
    "A delightful {form} from start to end.",
    "Easily the best {form} I have had this year.",
    "I keep coming back to this {form}.",
    "Brilliant work by {maker}.",
    "Such a generous, beautiful {form}.",
    "Five minutes in, I was smiling.",
    "A gem for anyone who likes {subject}.",
)
POSITIVE_BODIES = (
    "The {facet} are excellent and the {other} are even better.",
    "The {facet} are clear, warm and inspiring.",
    "I tried the {facet} {setting} and they worked perfectly.",
    "{maker} explains the {facet} with great care.",
    "The {facet} taught me more than ten years of guessing.",
    "Both the {facet} and the {other} are superb.",
    "Thanks to the {facet}, {activity} feels easy and joyful.",
    "I was impressed by the {facet} and the lovely {other}.",
)
POSITIVE_CLOSERS = (
    "Highly recommended.",
    "Worth every penny.",
    "I will happily give it to friends.",
    "I cannot wait for more.",
    "A real pleasure.",
    "Perfect {setting}.",
    "It made {activity} fun again.",
    "Simply great.",
)
NEUTRAL_OPENERS = (
    "This {form} is fine.",
    "An average {form}, no more and no less.",
    "A mixed {form}.",
    "It does what it says.",
    "Not bad, not special.",
    "A plain {form} about {subject}.",
    "I expected a little more, but it is acceptable.",
)
NEUTRAL_BODIES = (
    "The {facet} are decent, the {other} less so.",
    "Some of the {facet} were new to me, most were not.",
    "I used the {facet} {setting} and skipped the {other}.",
    "The {facet} are standard, the {other} a bit short.",
    "There are {facet} and {other}, as one would expect.",
    "{maker} keeps the {facet} simple and the {other} brief.",
)
NEUTRAL_CLOSERS = (
    "It is okay for a start.",
    "I may look at it again.",
    "Fair for the price.",
    "Others may get more out of it.",
    "It is all right {setting}.",
    "Enough for now.",
)
NEGATIVE_OPENERS = (
    "I regret buying this {form}.",
    "What a disappointing {form}.",
    "A dull, careless {form}.",
    "This {form} wasted my time.",
    "Sadly, this is a poor {form}.",
    "I wanted to like it, but it is bad.",
    "Frustrating from the first minute on.",
    "A weak effort by {maker}.",
    "Terrible value for anyone who likes {subject}.",
)
NEGATIVE_BODIES = (
    "The {facet} are confusing and the {other} are plain wrong.",
    "The {facet} are sloppy and boring.",
    "I tried the {facet} {setting} and they failed completely.",
    "{maker} rushes the {facet} and forgets the {other}.",
    "Half of the {facet} are missing, and the {other} are useless.",
    "The {facet} are annoying, outdated and hard to follow.",
    "Because of the awful {facet}, {activity} felt like a chore.",
    "Neither the {facet} nor the {other} are any good.",
)
NEGATIVE_CLOSERS = (
    "Avoid it.",
    "I want my money back.",
    "Not recommended.",
    "A waste of money.",
    "I gave up {setting}.",
    "Never again.",
    "It spoiled {activity} for me.",
    "Simply terrible.",
)
PHRASES = {
    1: (POSITIVE_OPENERS, POSITIVE_BODIES, POSITIVE_CLOSERS),
    0: (NEUTRAL_OPENERS, NEUTRAL_BODIES, NEUTRAL_CLOSERS),
    -1: (NEGATIVE_OPENERS, NEGATIVE_BODIES, NEGATIVE_CLOSERS),
}
DESCRIPTIONS = (
    "A {form} on {subject} for people who enjoy {activity}. It brings together {a}, {b} and {c}, made by {maker}.",
    "{maker} takes {subject} step by step, with {a} and {b}. Best enjoyed {setting}, with {c} within reach.",
    "From first attempts to confident {subject}: {a}, {b} and plenty of {c}. "
    "A {form} by {maker} for everyone who loves {activity}.",
    "Everything {maker} knows about {subject}, with {a}, {b} and {c}. A {form} to open {setting}.",
)
SUMMARIES = {
    1: ("Loved it", "Wonderful", "A joy", "Excellent", "Great find", "Beautiful work"),
    0: ("It is fine", "Mixed feelings", "Average", "Decent enough", "So-so"),
    -1: ("Disappointing", "Not for me", "Poor", "Avoid", "A letdown", "Terrible"),
}
KEPT_CAPITALS = (
    "AeroPress", "Chemex", "Coast", "Dobsonian", "Go", "Harlem", "Hex", "Jupiter's", "Mars", "Milky", "Moka",
    "Saturn's", "Way", "West",
)  # fmt: skip


def polarity_of(rating: int) -> int:
    """4 and 5 stars are positive (1), 3 neutral (0), 1 and 2 negative (-1)."""
    return 1 if rating >= 4 else -1 if rating <= 2 else 0


def write_review(catalogue: SampleCatalogue, number: int, rating: int, rng: np.random.Generator) -> str:
    """Two to four sentences about the item, in the interest's words, with the rating's sentiment."""
    polarity = polarity_of(rating)
    openers, bodies, closers = PHRASES[polarity]
    words = _words(catalogue, number, rng)
    chosen = [_pick(openers, rng), _pick(bodies, rng)]
    if rng.random() < 0.4:
        chosen.append(_pick(bodies, rng))
    if rng.random() < 0.6:
        chosen.append(_pick(closers, rng))
    sentences = []
    for template in dict.fromkeys(chosen):
        facet, other = _two(INTERESTS[int(catalogue.interest[number])].facets, rng)
        sentences.append(_capital(template.format(facet=facet, other=other, **words)))
    return f"{_pick(SUMMARIES[polarity], rng)}. {' '.join(sentences)}"


def write_description(catalogue: SampleCatalogue, number: int, rng: np.random.Generator) -> str:
    """Two sentences about what the item holds."""
    words = _words(catalogue, number, rng)
    facets = rng.permutation(INTERESTS[int(catalogue.interest[number])].facets)[:3]
    return _capital(_pick(DESCRIPTIONS, rng).format(a=facets[0], b=facets[1], c=facets[2], **words))


def _words(catalogue: SampleCatalogue, number: int, rng: np.random.Generator) -> dict[str, str]:
    interest = INTERESTS[int(catalogue.interest[number])]
    _, form, subject = title_of(catalogue, number)
    return {
        "form": form,
        "subject": " ".join(word if word in KEPT_CAPITALS else word.lower() for word in subject.split()),
        "maker": maker_of(number),
        "activity": interest.activity,
        "setting": _pick(interest.setting, rng),
    }


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _two(options: tuple[str, ...], rng: np.random.Generator) -> tuple[str, str]:
    first = int(rng.integers(len(options)))
    second = (first + 1 + int(rng.integers(len(options) - 1))) % len(options)
    return options[first], options[second]


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
