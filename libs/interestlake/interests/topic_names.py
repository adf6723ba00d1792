"""Names of topics that let a reader guess what is in them, or none: NPMI and an intruder test by vectors."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.vectors import unit_rows
from ..text.coherence import coherences
from ..text.topics import TERMS_IN_NAME
from .generic import is_generic

STRONGEST = 10  # terms that a name is chosen among
JUDGED = 6  # terms that must hold together, the name's or not
LEAST_NPMI = 0.1
LEAST_NAME_PRECISION = 0.75  # chance would find one intruder in four
LEAST_PRECISION = 0.5  # and here one in seven


def choose_name(terms: Sequence[str], npmi: Mapping[tuple[str, str], float]) -> tuple[tuple[str, ...], float]:
    """Terms, strongest first -> the TERMS_IN_NAME that go together best, in that order, and their mean NPMI.

    npmi: of pairs in alphabetic order. Fewer terms than that: (), -1. Ties go to the stronger terms.
    """
    best, value = (), -1.0
    for words in combinations(terms, TERMS_IN_NAME):
        mean = sum(npmi[min(a, b), max(a, b)] for a, b in combinations(words, 2)) / (
            TERMS_IN_NAME * (TERMS_IN_NAME - 1) / 2
        )
        if not best or mean > value + 1e-9:
            best, value = words, mean
    return best, value


def intruder_precision(words: Sequence[str], intruders: Sequence[str], vectors: Mapping[str, np.ndarray]) -> float:
    """Share of `intruders` that stand out among `words`: least sum of cosines to the others. nan without an intruder.

    Word intrusion (Chang et al., 2009) with vectors in the place of readers (Lau, Newman and Baldwin, 2014). vectors:
    unit length. Words without a vector fail.
    """
    asked = [word for word in intruders if word not in words and word in vectors]
    if not asked or any(word not in vectors for word in words):
        return float("nan")
    own = np.stack([vectors[word] for word in words])
    inner = (own @ own.T).sum(axis=1) - 1
    found = [own @ vectors[word] for word in asked]
    return float(np.mean([cosines.sum() < (inner + cosines).min() - 1e-9 for cosines in found]))


def term_vectors(texts: DataFrame, terms: Sequence[str]) -> dict[str, np.ndarray]:
    """texts(tokens, vector) -> unit vectors of `terms`: mean of the texts that hold one, less the mean of all texts.

    One Spark job; what is collected has a row a term. Empty without texts.
    """
    asked = F.array(*(F.lit(term) for term in sorted(terms)))
    held = F.concat(F.array(F.lit("")), F.array_intersect("tokens", asked))  # the empty word stands in every text
    rows = texts.select(F.explode(held).alias("term"), array_to_vector("vector").alias("vector"))
    means = rows.groupBy("term").agg(vector_to_array(Summarizer.mean(F.col("vector"))).alias("mean")).collect()
    found = {row["term"]: np.asarray(row["mean"]) for row in means}
    middle = found.pop("", None)
    return {term: unit_rows((mean - middle)[None])[0] for term, mean in found.items()}


def name_topics(topics: DataFrame, texts: DataFrame, vectors: DataFrame | None) -> dict[int, str]:
    """silver.topics, texts(text_hash, tokens), vectors(text_hash, vector) or None -> {topic_id: name} of the good ones.

    A name is made of terms that are not `is_generic`. A topic is good where the name's mean NPMI is at least LEAST_NPMI
    and strong terms of other topics stand out among the name's words and among its JUDGED strongest. Without vectors
    NPMI judges alone. Two Spark jobs; a row per pair of terms and per term is collected.
    """
    rows = topics.select("topic_id", F.col("terms.term").alias("terms")).orderBy("topic_id").collect()
    terms = {row["topic_id"]: [t for t in row["terms"] if not is_generic(t)][:STRONGEST] for row in rows}
    pairs = {(min(a, b), max(a, b)) for words in terms.values() for a, b in combinations(words, 2)}
    if not pairs:
        return {}
    npmi, _ = coherences({" ".join(pair): pair for pair in pairs})(texts)
    names = {t: choose_name(words, {pair: npmi[" ".join(pair)] for pair in pairs}) for t, words in terms.items()}
    named = {t: words for t, (words, value) in names.items() if words and value >= LEAST_NPMI}
    if vectors is not None and named:
        placed = term_vectors(
            texts.join(vectors, "text_hash"), sorted({term for words in terms.values() for term in words})
        )
        named = {t: words for t, words in named.items() if _holds_together(t, words, terms, placed)}
    return {t: ", ".join(words) for t, words in named.items()}


def _holds_together(
    topic: int, name: Sequence[str], terms: Mapping[int, Sequence[str]], vectors: Mapping[str, np.ndarray]
) -> bool:
    others = sorted(
        {term for t, words in terms.items() if t != topic for term in words[:TERMS_IN_NAME]} - set(terms[topic])
    )
    return (
        intruder_precision(name, others, vectors) >= LEAST_NAME_PRECISION
        and intruder_precision(terms[topic][:JUDGED], others, vectors) >= LEAST_PRECISION
    )
