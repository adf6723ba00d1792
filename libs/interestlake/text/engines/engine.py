"""The contract of all engines: texts in, unit vectors out, by length-sorted batches under a budget of tokens."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .ahead import ahead
from .tokens import Tokens, Windows

# texts tokenised at once: enough to sort by length, few enough to hold
CHUNK_TEXTS = 4096


@dataclass
class Counts:
    """What an engine has done since it was made; padded: places of its batches, of which `tokens` were filled."""

    rows: int = 0
    tokens: int = 0
    padded: int = 0

    @property
    def waste(self) -> float:
        """The share of places that held padding, in [0,1]."""
        return 1 - self.tokens / self.padded if self.padded else 0.0


class Engine(ABC):
    """Texts of like length go through `forward` together, at most `batch_tokens` places with their padding.

    A text's vector does not depend on its batch beyond 1e-6 in float32. A text longer than one window has the mean of
    its windows' vectors, weighted by their word pieces, scaled to unit length.
    """

    def __init__(self, tokens: Tokens, batch_size: int, batch_tokens: int, pad_id: int = 0):
        self.tokens, self.batch_size, self.batch_tokens, self.pad_id = tokens, batch_size, batch_tokens, pad_id
        self.counts = Counts()

    @abstractmethod
    def forward(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """(batch, tokens) int64 twice -> (batch, dimension) float32 of unit length."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """texts (n) -> vectors (n, dimension) float32 of unit length, in the order of `texts`; (0, 0) for none."""
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        chunks = ([texts[row] for row in order[at : at + CHUNK_TEXTS]] for at in range(0, len(order), CHUNK_TEXTS))
        encoded = list(self.stream(chunks))
        if not encoded:
            return np.zeros((0, 0), np.float32)
        vectors = np.empty((len(texts), encoded[0].shape[1]), np.float32)
        vectors[order] = np.concatenate(encoded)
        return vectors

    def stream(self, chunks: Iterable[list[str]]) -> Iterator[np.ndarray]:
        """Per chunk of texts its vectors, in order; the next chunks are tokenised while the model works."""
        for windows in ahead(self.tokens.windows(chunk) for chunk in chunks):
            yield self._pooled(windows, self._windows(windows))

    def _windows(self, windows: Windows) -> np.ndarray:
        """(windows, dimension) float32, in the order of the windows."""
        lengths, vectors = windows.lengths, None
        for rows in self.batches(lengths):
            ids = np.full((len(rows), int(lengths[rows].max())), self.pad_id, np.int64)  # (batch, tokens)
            mask = (np.arange(ids.shape[1]) < lengths[rows, None]).astype(np.int64)
            ids[mask.astype(bool)] = np.concatenate([windows.ids[row] for row in rows])
            encoded = self.forward(ids, mask)
            if vectors is None:
                vectors = np.empty((len(lengths), encoded.shape[1]), np.float32)
            vectors[rows] = encoded
            self._count(int(mask.sum()), ids.size)
        self.counts.rows += windows.texts
        return vectors if vectors is not None else np.zeros((0, 0), np.float32)

    def batches(self, lengths: np.ndarray) -> Iterator[np.ndarray]:
        """lengths (n) -> row numbers of one batch after another, each row once, shorter ones first."""
        order = np.argsort(lengths, kind="stable")
        start = 0
        for end, row in enumerate(order):
            full = (end + 1 - start) * lengths[row] > self.batch_tokens or end - start == self.batch_size
            if full and end > start:
                yield order[start:end]
                start = end
        if start < len(order):
            yield order[start:]

    def _count(self, tokens: int, padded: int) -> None:
        self.counts.tokens += tokens
        self.counts.padded += padded

    @staticmethod
    def _pooled(windows: Windows, vectors: np.ndarray) -> np.ndarray:
        """(windows, dimension) -> (texts, dimension): the weighted mean of each text's windows, of unit length."""
        if len(windows.ids) == windows.texts:
            return vectors
        first = np.searchsorted(windows.text, np.arange(windows.texts))
        sums = np.add.reduceat(vectors * windows.weight[:, None], first, axis=0)
        several = np.bincount(windows.text, minlength=windows.texts) > 1
        means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return np.where(several[:, None], means, vectors[first]).astype(np.float32)
