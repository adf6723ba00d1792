"""Entities in tag sequences: BIO spans, their F1 per type, and the best valid sequence under given scores."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

Span = tuple[str, int, int]
NEVER = -1e9


def spans_of(tags: Sequence[str]) -> set[Span]:
    """Tags -> {(type, first word, word after the last)}; an I- that continues nothing opens an entity (conlleval)."""
    spans: set[Span] = set()
    kind, start = None, 0
    for place, tag in enumerate([*tags, "O"]):
        mark, _, of = tag.partition("-")
        if kind is not None and (mark != "I" or of != kind):
            spans.add((kind, start, place))
            kind = None
        if mark != "O" and kind is None:
            kind, start = of, place
    return spans


def entity_scores(true: Sequence[Sequence[str]], answered: Sequence[Sequence[str]]) -> dict[str, dict[str, float]]:
    """Tags of sentences twice -> per type and `all`: precision, recall, f1, support (entities in `true`).

    An entity counts where type and both ends are right (CoNLL-2003, Tjong Kim Sang and De Meulder); `all` is the micro
    average. A ratio over nothing is 0.
    """
    true_count, given, right = Counter(), Counter(), Counter()
    for one, other in zip(true, answered, strict=True):
        wanted_here, given_here = spans_of(one), spans_of(other)
        for counter, spans in ((true_count, wanted_here), (given, given_here), (right, wanted_here & given_here)):
            for kind, _, _ in spans:
                counter[kind] += 1
                counter["all"] += 1
    scores = {}
    for kind in ["all", *sorted((true_count | given).keys() - {"all"})]:
        precision = right[kind] / given[kind] if given[kind] else 0.0
        recall = right[kind] / true_count[kind] if true_count[kind] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if right[kind] else 0.0
        scores[kind] = {"precision": precision, "recall": recall, "f1": f1, "support": true_count[kind]}
    return scores


def allowed_moves(tags: Sequence[str]) -> np.ndarray:
    """(tags + 1, tags) float64: 0 where the column may follow the row, NEVER else; the last row is the start."""
    moves = np.zeros((len(tags) + 1, len(tags)))
    for column, tag in enumerate(tags):
        if tag.startswith("I-"):
            before = {f"B-{tag[2:]}", tag}
            moves[:, column] = [0.0 if name in before else NEVER for name in [*tags, ""]]
    return moves


def decode(scores: np.ndarray, moves: np.ndarray) -> list[int]:
    """scores (words, tags), log probabilities -> the valid sequence of the highest sum (Viterbi, 1967)."""
    total, back = moves[-1] + scores[0], []
    for row in scores[1:]:
        step = total[:, None] + moves[:-1]  # (before, after)
        back.append(step.argmax(axis=0))
        total = step.max(axis=0) + row
    path = [int(total.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]
