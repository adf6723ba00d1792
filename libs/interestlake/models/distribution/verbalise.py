"""A history in words: the items' titles and first words, oldest first, as word pieces."""

from collections.abc import Sequence

import numpy as np

from ...text.tuning.batches import Pieces

# titles of one text, texts of one person at most, word pieces of one item
TITLES, TEXTS, ITEM_PIECES = 12, 3, 10
TEXT_PIECES = TITLES * ITEM_PIECES + 2


def item_pieces(pieces: Pieces, said: Sequence[str] | np.ndarray) -> np.ndarray:
    """said (I,): title and text of each item -> (I, ITEM_PIECES) int32 ids of its first pieces, 0 after the last.

    [CLS] and [SEP] are left out; an item without a text has none.
    """
    rows = np.zeros((len(said), ITEM_PIECES), np.int32)
    for row, ids in enumerate(pieces.of_texts(said)):
        inner = ids[1:-1][:ITEM_PIECES]
        rows[row, : len(inner)] = inner
    return rows


def history_text(columns: Sequence[int] | np.ndarray, items: np.ndarray, first: int, last: int) -> list[int]:
    """Item columns, oldest first -> ids of one text: [CLS], each item's pieces, [SEP].

    items: (I, ITEM_PIECES); first, last: the ids of [CLS] and [SEP].
    """
    texts = items[np.asarray(columns, np.int64)].ravel()
    return [first, *texts[texts > 0].tolist(), last]


def parted(columns: Sequence[int] | np.ndarray) -> list[Sequence[int] | np.ndarray]:
    """A history, oldest first -> its newest TEXTS parts of TITLES items, newest part first, each oldest first."""
    ends = range(len(columns), 0, -TITLES)
    return [columns[max(0, end - TITLES) : end] for end in ends][:TEXTS]


def draw_view(columns: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two or more item columns, oldest first -> (columns of the text, the others, which it has to foretell).

    One to TITLES columns are drawn for the text, at least one is left; both keep their order.
    """
    count = int(generator.integers(1, min(TITLES, len(columns) - 1) + 1))
    shown = np.zeros(len(columns), bool)
    shown[generator.choice(len(columns), count, replace=False)] = True
    return columns[shown], columns[~shown]
