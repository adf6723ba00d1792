"""Texts -> word pieces: windows of at most `max_tokens`, of which a long text has several."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# a text is read to at most so many characters per token asked for, whatever it holds: the bound of work per text
CHARACTERS_PER_TOKEN = 50
# English has five characters a word piece; where these do not fill the windows, the whole text is read after all
LIKELY_CHARACTERS_PER_TOKEN = 8


@dataclass(frozen=True)
class Windows:
    """Word pieces of some texts: `ids[w]` of window w, which text it belongs to, and how much it weighs there."""

    ids: list[list[int]]
    text: np.ndarray  # (windows,) int64, ascending
    weight: np.ndarray  # (windows,) float32, word pieces without the marks around them
    texts: int

    @property
    def lengths(self) -> np.ndarray:
        """(windows,) int64: word pieces, marks included."""
        return np.fromiter(map(len, self.ids), np.int64, len(self.ids))


class Tokens:
    """The tokenizer of an encoder's folder, cut to `max_tokens` per window and `max_windows` windows per text."""

    def __init__(self, path: str, max_tokens: int, max_windows: int = 1):
        from tokenizers import Tokenizer, models

        self.tokenizer = Tokenizer.from_file(str(Path(path) / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens)
        self.marks = self.tokenizer.num_special_tokens_to_add(False)
        self.max_tokens, self.max_windows = max_tokens, max_windows
        # WordPiece cuts at white space first, so the pieces of a beginning do not depend on what follows it
        self.local = isinstance(self.tokenizer.model, (models.WordPiece, models.WordLevel))

    def windows(self, texts: list[str]) -> Windows:
        """texts (n) -> their windows, in the order of `texts`; each text has at least one, an empty one only marks."""
        encoded = self._encoded([readable(text)[: self._reach(CHARACTERS_PER_TOKEN)] for text in texts])
        ids, owner = [], []
        for row, one in enumerate(encoded):
            parts = [one, *one.overflowing[: self.max_windows - 1]] if self.max_windows > 1 else [one]
            ids.extend(part.ids for part in parts)
            owner.extend([row] * len(parts))
        weight = np.fromiter((max(len(window) - self.marks, 1) for window in ids), np.float32, len(ids))
        return Windows(ids, np.array(owner, np.int64), weight, len(texts))

    def _reach(self, characters_per_token: int) -> int:
        return characters_per_token * self.max_tokens * self.max_windows

    def _encoded(self, texts: list[str]) -> list:
        if not self.local:
            return self.tokenizer.encode_batch_fast(texts)
        beginnings = [beginning(text, self._reach(LIKELY_CHARACTERS_PER_TOKEN)) for text in texts]
        encoded = self.tokenizer.encode_batch_fast(beginnings)
        cut = [row for row, text in enumerate(texts) if len(beginnings[row]) < len(text)]
        short = [row for row in cut if not self._full(encoded[row])]
        if short:
            whole = self.tokenizer.encode_batch_fast([texts[row] for row in short])
            for row, one in zip(short, whole, strict=True):
                encoded[row] = one
        return encoded

    def _full(self, one: Any) -> bool:
        """Whether every window that is read is filled, so that more text would change nothing."""
        if self.max_windows == 1:
            return len(one.ids) == self.max_tokens
        more = one.overflowing
        return len(more) >= self.max_windows - 1 and len(more[self.max_windows - 2].ids) == self.max_tokens


def beginning(text: str, characters: int) -> str:
    """`text` cut before the last blank among its first `characters`; all of it where it is shorter or has none."""
    if len(text) <= characters:
        return text
    cut = text.rfind(" ", 0, characters)
    return text[:cut] if cut > 0 else text


def readable(text: str) -> str:
    """`text` with U+FFFD for half surrogate pairs, which no tokenizer takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
