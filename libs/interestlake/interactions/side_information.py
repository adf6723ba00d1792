"""What is known beside the pairs -> unit vectors per item: texts by the encoder, facts by a truncated SVD."""

import os
from dataclasses import dataclass, replace
from functools import cached_property
from logging import Logger

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..core.params.all import Embed
from ..core.present import present
from ..core.truncated_svd import truncated_svd
from ..core.vectors import nearest_rows, unit_rows
from ..text.configured import configured_encoder, loaded_encoder
from ..text.kept_vectors import kept_vectors
from .inputs import Inputs
from .pairs import Pairs

FACT_RANK = 128
WORD_RANK = 256
MAX_TERMS = 100_000
LIKENESS_RANK = 64
ALIKE = 30  # nearest items that are kept of each


@dataclass(frozen=True)
class SideInformation:
    """What is known beside the pairs: (I, d) unit text and fact vectors, zeros where nothing; (U, U) friend links;
    words: (I, V) TF-IDF; content: (I, d) features of all of these, side by side; carried: (I, F) 1 where an item
    carries a (predicate, object) pair; named: (I, F) 1 where it is that object; said: (I,) title and text."""

    text: np.ndarray | None = None
    facts: np.ndarray | None = None
    friends: sp.csr_matrix | None = None
    words: sp.csr_matrix | None = None
    content: np.ndarray | None = None
    carried: sp.csr_matrix | None = None
    named: sp.csr_matrix | None = None
    said: np.ndarray | None = None

    @cached_property
    def alike(self) -> sp.csr_matrix:
        """(I, I) CSR: each item's ALIKE nearest by the cosine of their content, which there has to be; made once."""
        return nearest_rows(unit_rows(present(self.content)[:, :-1]), ALIKE)  # the last feature is a constant

    def alike_among(self, items: np.ndarray) -> sp.csr_matrix:
        """items (m,) ascending columns -> (I, m) CSR: each item's ALIKE nearest of these, as `alike`; the last asked
        for are kept, as the fits of a search ask for the same."""
        mark = items.tobytes()
        if mark not in self._among:
            self._among.clear()
            self._among[mark] = nearest_rows(unit_rows(present(self.content)[:, :-1]), ALIKE, items)
        return self._among[mark]

    def befriended(self, friends: sp.csr_matrix | None) -> "SideInformation":
        """The same with other links; what was made of the items is shared, for links do not touch it."""
        other = replace(self, friends=friends)
        vars(other).update({name: made for name, made in vars(self).items() if name in ("alike", "_among")})
        return other

    @cached_property
    def _among(self) -> dict[bytes, sp.csr_matrix]:
        return {}


def build_side(inputs: Inputs, seed: int, log: Logger, vectors: np.ndarray | None = None) -> SideInformation:
    """Texts and facts of `inputs` as (I, d) unit vectors, zeros where an item has none.

    vectors: (I, d) of the items' texts where somebody has encoded them already, all zeros where nobody could; None =
    they are encoded here.
    """
    written = whole_texts(inputs.items)
    text = None
    if any(written):
        text = encode(written, log) if vectors is None else vectors if vectors.any() else None
    words = term_weights(written) if any(written) else None
    facts = fact_vectors(inputs.facts, seed) if inputs.facts is not None and inputs.facts.nnz else None
    content = content_features(text, words, facts, seed)
    carried, said = None if facts is None else inputs.facts, None if text is None else written
    return SideInformation(text, facts, inputs.friends, words, content, carried, inputs.named, said)


def whole_texts(items: pd.DataFrame) -> np.ndarray:
    """items(title, text) -> (I,) str: the title as a sentence, then the text, as `item_documents` writes it."""
    title, text = items["title"].astype(str).str.strip(), items["text"].astype(str).str.strip()
    sentence = np.where(title.str.contains(r"[.!?…]$", regex=True) | (title == ""), title, title + ".")
    return (pd.Series(sentence, items.index) + " " + text).str.strip().to_numpy(object)


def encode(texts: np.ndarray, log: Logger) -> np.ndarray:
    """texts (I,) str -> (I, 384) float32 unit rows, zeros for an empty text; equal texts are encoded once."""
    settings = Embed()
    encoder = configured_encoder(settings)
    distinct, place = np.unique(texts.astype(str), return_inverse=True)
    said = [row for row, text in enumerate(distinct) if text]

    def load_and_encode(written: list[str]) -> np.ndarray:
        log.info("  encoding %d texts with %s", len(written), encoder.model_id)
        return loaded_encoder(encoder, settings.batch_size, os.cpu_count() or 1).encode(written)

    encoded = kept_vectors(load_and_encode, encoder.model_id)([str(distinct[row]) for row in said])
    vectors = np.zeros((len(distinct), encoded.shape[1]), np.float32)
    vectors[said] = encoded
    return vectors[place]


def term_weights(texts: np.ndarray) -> sp.csr_matrix | None:
    """texts (I,) -> (I, V) TF-IDF of words and pairs of words in two texts or more; None where there are none."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        sublinear_tf=True, min_df=2, max_df=0.5, ngram_range=(1, 2), stop_words="english", max_features=MAX_TERMS
    )
    try:
        return sp.csr_matrix(vectorizer.fit_transform(texts.astype(str)), dtype=np.float32)
    except ValueError:  # no term is left
        return None


def content_features(
    text: np.ndarray | None, words: sp.csr_matrix | None, facts: np.ndarray | None, seed: int
) -> np.ndarray | None:
    """(I, d) float32: encoder vectors, TF-IDF on its leading singular vectors and facts, each block of unit length."""
    blocks = [block for block in (text, facts) if block is not None]
    if words is not None and min(words.shape) > 1:  # a single term has no leading direction
        rank = min(WORD_RANK, min(words.shape) - 1)
        blocks.append(unit_rows(truncated_svd(words, rank, seed).rows))
    return np.hstack([*blocks, np.ones((len(blocks[0]), 1), np.float32)]) if blocks else None


def likeness_vectors(side: SideInformation, histories: Pairs, seed: int) -> np.ndarray:
    """(I, d) unit vectors that tell how alike two items of a list are: their texts', else of who chose them."""
    if side.text is not None:
        return side.text
    rank = min(LIKENESS_RANK, min(histories.shape) - 1)
    return unit_rows(truncated_svd(histories.matrix.T, rank, seed).rows)


def fact_vectors(facts: sp.csr_matrix, seed: int) -> np.ndarray:
    """(I, F) 0/1 -> (I, <= FACT_RANK) float32 unit rows: idf-weighted facts on their leading singular vectors.

    A fact of one item alone says nothing about another and is left out.
    """
    shared = np.asarray(facts.sum(axis=0)).ravel()
    shared_facts = facts[:, shared >= 2]
    if min(shared_facts.shape) < 2 or not shared_facts.nnz:
        return np.zeros((facts.shape[0], 1), np.float32)
    weighed = shared_facts @ sp.diags(np.log(facts.shape[0] / shared[shared >= 2]))
    rank = min(FACT_RANK, min(weighed.shape) - 1)
    return unit_rows(truncated_svd(weighed, rank, seed).rows)
