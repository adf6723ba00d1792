"""What is known beside the pairs -> unit vectors per item: texts by the encoder, facts by a truncated SVD."""

import os
from logging import Logger

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import TruncatedSVD

from ..models.item_side import unit_rows
from ..params import Embed
from ..text.encoder_files import cache_folder, export_onnx, find_encoder
from ..text.encoders import load_encoder
from .contestants import Side
from .feedback import Feedback
from .read import Inputs

FACT_RANK = 128
LIKENESS_RANK = 64


def build_side(inputs: Inputs, seed: int, log: Logger) -> Side:
    """Texts and facts of `inputs` as (I, d) unit vectors, zeros where an item has none."""
    written = (inputs.items["title"] + ". " + inputs.items["text"]).str.strip(". ").to_numpy(object)
    text = encode(written, log) if any(written) else None
    facts = fact_vectors(inputs.facts, seed) if inputs.facts is not None and inputs.facts.nnz else None
    return Side(text, facts, inputs.friends)


def encode(texts: np.ndarray, log: Logger) -> np.ndarray:
    """texts (I,) str -> (I, 384) float32 unit rows, zeros for an empty text; equal texts are encoded once."""
    settings = Embed()
    encoder = find_encoder(settings.model_path, settings.max_tokens)
    folder = export_onnx(encoder, cache_folder())
    distinct, place = np.unique(texts.astype(str), return_inverse=True)
    said = [row for row, text in enumerate(distinct) if text]
    log.info("  encoding %d texts with %s", len(said), encoder.model_id)
    loaded = load_encoder("onnx", encoder.path, folder, encoder.max_tokens, settings.batch_size, os.cpu_count(), None)
    found = loaded.encode([str(distinct[row]) for row in said])
    vectors = np.zeros((len(distinct), found.shape[1]), np.float32)
    vectors[said] = found
    return vectors[place]


def likeness_vectors(side: Side, known: Feedback, seed: int) -> np.ndarray:
    """(I, d) unit vectors that tell how alike two items of a list are: their texts', else of who chose them."""
    if side.text is not None:
        return side.text
    rank = min(LIKENESS_RANK, min(known.shape) - 1)
    return unit_rows(TruncatedSVD(rank, random_state=seed).fit_transform(known.matrix.T))


def fact_vectors(facts: sp.csr_matrix, seed: int) -> np.ndarray:
    """(I, F) 0/1 -> (I, <= FACT_RANK) float32 unit rows: idf-weighted facts on their leading singular vectors.

    A fact of one item alone says nothing about another and is left out.
    """
    shared = np.asarray(facts.sum(axis=0)).ravel()
    kept = facts[:, shared >= 2]
    if min(kept.shape) < 2 or not kept.nnz:
        return np.zeros((facts.shape[0], 1), np.float32)
    weighed = kept @ sp.diags(np.log(facts.shape[0] / shared[shared >= 2]))
    rank = min(FACT_RANK, min(weighed.shape) - 1)
    return unit_rows(TruncatedSVD(rank, random_state=seed).fit_transform(weighed))
