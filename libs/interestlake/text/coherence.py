"""How well the words of a topic go together in texts that it was not made from: NPMI."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def npmi(together: int, first: int, second: int, texts: int) -> float:
    """Normalised pointwise mutual information of two words in [-1,1] from counts of texts (Bouma, 2009).

    ln(p_ij / (p_i p_j)) / -ln p_ij: 1 where one never stands without the other, 0 where chance explains them, -1 where
    they never meet, also when one of them stands nowhere; two words that stand in every text give 0.
    """
    if together == 0:
        return -1.0
    if together == texts:
        return 0.0
    return math.log(together * texts / (first * second)) / -math.log(together / texts)


def coherences(topics: Mapping[str, Sequence[str]]) -> Callable[[DataFrame], tuple[dict[str, float], int]]:
    """topic -> its words; texts(tokens) -> ({topic: mean NPMI over its pairs of words}, number of texts).

    The mean over pairs of the strongest words against texts that the topics have not seen is the coherence that goes
    with people's judgement (Lau, Newman and Baldwin, 2014); a pair meets where one text holds both. A topic of fewer
    than two words, and any topic where there is no text, has NaN. Runs 1 Spark job; what is collected grows with the
    pairs of words and not with the texts.
    """
    pairs = sorted({pair for words in topics.values() for pair in combinations(sorted(set(words)), 2)})
    words_asked = sorted({word for pair in pairs for word in pair})

    def measure(texts: DataFrame) -> tuple[dict[str, float], int]:
        if not words_asked:
            return dict.fromkeys(topics, math.nan), texts.count()
        asked_words = F.array(*(F.lit(word) for word in words_asked))
        texts_held = texts.select(F.sort_array(F.array_intersect("tokens", asked_words)).alias("held")).cache()
        alone = texts_held.select(F.explode("held").alias("a"), F.lit("").alias("b"))
        both = texts_held.select(F.explode(F.expr(
            "flatten(transform(held, (x, i) -> transform(slice(held, i + 2, size(held)), y -> struct(x AS a, y AS b))))"
        )).alias("pair")).select("pair.a", "pair.b")  # fmt: skip
        listed = texts.sparkSession.createDataFrame(pairs, "a string, b string")
        both = both.join(F.broadcast(listed), ["a", "b"], "left_semi")
        total = texts_held.select(F.lit("").alias("a"), F.lit("").alias("b"))
        counted = alone.unionByName(both).unionByName(total).groupBy("a", "b").count().collect()
        texts_held.unpersist()
        counts = {(row["a"], row["b"]): row["count"] for row in counted}
        texts_seen = counts.get(("", ""), 0)
        return {topic: _mean(sorted(set(words)), counts, texts_seen) for topic, words in topics.items()}, texts_seen

    return measure


def _mean(words: Sequence[str], counts: Mapping[tuple[str, str], int], texts: int) -> float:
    if len(words) < 2 or texts == 0:
        return math.nan
    values = [npmi(counts.get((a, b), 0), counts.get((a, ""), 0), counts.get((b, ""), 0), texts)
              for a, b in combinations(words, 2)]  # fmt: skip
    return sum(values) / len(values)
