"""Word pieces, and batches of rows of like length."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...core.present import present

# batches whose rows are sorted together: enough for little padding, few enough to keep batches mixed
WINDOW = 40


class Pieces:
    """The tokenizer of an encoder's folder; texts -> word-piece ids with [CLS] and [SEP], cut at `max_tokens`."""

    def __init__(self, folder: str, max_tokens: int):
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)

    @property
    def unknown(self) -> int:
        """The id of [UNK]."""
        return present(self.tokenizer.token_to_id("[UNK]"))

    def of_texts(self, texts: Sequence[str] | np.ndarray) -> list[list[int]]:
        """texts (n) -> n lists of ids."""
        return [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]

    def of_words(self, sentences: Sequence[Sequence[str]]) -> tuple[list[list[int]], list[list[int]]]:
        """sentences of words -> (ids, for each word the place of its first piece; -1 for a word without one).

        A word has no piece where it holds nothing the tokenizer keeps or lies past `max_tokens`.
        """
        ids, firsts = [], []
        for words, encoding in zip(
            sentences, self.tokenizer.encode_batch([list(s) for s in sentences], is_pretokenized=True), strict=True
        ):
            first = [-1] * len(words)
            for place, word in enumerate(encoding.word_ids):
                if word is not None and first[word] < 0:
                    first[word] = place
            ids.append(encoding.ids)
            firsts.append(first)
        return ids, firsts


def cut(order: Sequence[int], lengths: Sequence[int], size: int, tokens: int) -> Iterator[list[int]]:
    """`order` of rows -> batches of at most `size` rows and `tokens` padded tokens, one row at least."""
    batch: list[int] = []
    longest = 0
    for row in order:
        longest = max(longest, lengths[row])
        if batch and (len(batch) == size or (len(batch) + 1) * longest > tokens):
            yield batch
            batch, longest = [], lengths[row]
        batch.append(row)
    if batch:
        yield batch


def by_length(lengths: Sequence[int], size: int, tokens: int) -> list[list[int]]:
    """Batches of all rows, shortest first; ties by row."""
    return list(cut(sorted(range(len(lengths)), key=lengths.__getitem__), lengths, size, tokens))


def shuffled(
    rows: Sequence[int], lengths: Sequence[int], size: int, tokens: int, generator: np.random.Generator
) -> list[list[int]]:
    """Batches of `rows` in random order, of like length within each."""
    order = [rows[place] for place in generator.permutation(len(rows))]
    batches = []
    for start in range(0, len(order), size * WINDOW):
        window = sorted(order[start : start + size * WINDOW], key=lengths.__getitem__)
        batches += cut(window, lengths, size, tokens)
    return [batches[place] for place in generator.permutation(len(batches))]


def padded(pieces: Sequence[Sequence[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Lists of ids -> ids and mask, both (rows, longest) int64; padding has id 0 and mask 0."""
    ids = np.zeros((len(pieces), max(map(len, pieces))), np.int64)
    mask = np.zeros_like(ids)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = piece
        mask[row, : len(piece)] = 1
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)


def thinned(piece: Sequence[int], share: float, generator: np.random.Generator) -> list[int]:
    """Word dropout (Iyyer et al., 2015): each piece but [CLS] and [SEP] is left out with probability `share`."""
    left = generator.random(len(piece)) >= share
    left[[0, -1]] = True
    return [token for token, keep in zip(piece, left, strict=True) if keep]


def swapped(piece: Sequence[int], share: float, generator: np.random.Generator) -> list[int]:
    """Random swap (Wei and Zou, 2019): about `share` of the pieces between [CLS] and [SEP] change places in pairs."""
    words = list(piece)
    for _ in range(generator.binomial(max(0, len(words) - 2), share / 2)):
        one, other = generator.integers(1, len(words) - 1, 2)
        words[one], words[other] = words[other], words[one]
    return words


def blurred(piece: Sequence[int], share: float, unknown: int, generator: np.random.Generator) -> list[int]:
    """Word dropout that keeps places: each piece but [CLS] and [SEP] becomes `unknown` with probability `share`."""
    lost = generator.random(len(piece)) < share
    lost[[0, -1]] = False
    return [unknown if gone else token for token, gone in zip(piece, lost, strict=True)]
