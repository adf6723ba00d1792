"""How a list's sentences read, and how far each differs from the others: words, pure, and over all lists."""

import re
from collections.abc import Callable, Iterator, Sequence

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

LIKE = 0.8  # share of the words of two sentences from which they say the same
METRICS = ("reason_words", "reason_longest", "reason_distinct", "reason_unlike")


def read_list(sentences: Sequence[str]) -> dict[str, float]:
    """One list's sentences -> METRICS; zeros for none.

    reason_words: mean number of words; reason_longest: most words; reason_distinct: share of the entries whose sentence
    no other entry has; reason_unlike: share whose words have a Jaccard index below LIKE with those of every other.
    """
    if not sentences:
        return dict.fromkeys(METRICS, 0.0)
    lengths = [len(sentence.split()) for sentence in sentences]
    words = [frozenset(re.findall(r"\w+", sentence.lower())) for sentence in sentences]
    alone = sum(sentences.count(one) == 1 for one in sentences)
    unlike = sum(
        all(len(mine & other) < LIKE * max(len(mine | other), 1) for at, other in enumerate(words) if at != place)
        for place, mine in enumerate(words)
    )
    count = len(sentences)
    return dict(zip(METRICS, (sum(lengths) / count, float(max(lengths)), alone / count, unlike / count), strict=True))


def reading_ease(sentence: str, syllables: Callable[[str], int]) -> float:
    """206.835 - 1.015 words - 84.6 syllables a word of one sentence (Flesch, 1948); 0 without a word.

    60 and more is plain English, 30 and less a paper for scholars. syllables: of a word; one at least is counted. Names
    and titles count as any word. Example: six words of one syllable each -> 206.835 - 6.09 - 84.6 = 116.145.
    """
    words = re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", sentence)
    if not words:
        return 0.0
    return 206.835 - 1.015 * len(words) - 84.6 * sum(max(syllables(word), 1) for word in words) / len(words)


def reasons_read(lists: DataFrame) -> DataFrame:
    """gold.recommendations -> rows of gold.metrics without run_id: split "release", model fused, k 0. Lazy.

    Means over people, but for reason_longest, which is the most of all; no row where there is no list.
    """

    def read(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            if len(frame):
                yield pd.DataFrame([read_list(list(reasons)) for reasons in frame["reasons"]], columns=METRICS)

    schema = ", ".join(f"{name} double" for name in METRICS)
    ordered = F.array_sort(F.collect_list(F.struct("rank", "reason"))).alias("listed")
    people = lists.groupBy("user_id").agg(ordered).select(F.col("listed.reason").alias("reasons"))
    people = people.mapInPandas(read, schema)
    figures = [F.max(name) if name == "reason_longest" else F.avg(name) for name in METRICS]
    means = people.agg(*(f.alias(n) for f, n in zip(figures, METRICS, strict=True)), F.count("*").alias("users"))
    pairs = F.array(*(F.struct(F.lit(name).alias("metric"), F.col(name).alias("value")) for name in METRICS))
    rows = means.where("users > 0").select("users", F.explode(pairs).alias("figure"))
    return rows.select(
        F.lit("release").alias("split"), F.lit("all").alias("segment"), F.lit("fused").alias("model"), "figure.metric",
        F.lit(0).alias("k"), "figure.value", "users",
    )  # fmt: skip
