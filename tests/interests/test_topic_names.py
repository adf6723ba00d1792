"""A topic of words that stand together gets them as its name; a topic of scattered words gets none."""

import numpy as np
import pytest

from interestlake.interests.topic_names import choose_name, intruder_precision, name_topics

SUBJECTS = {
    "space": "rocket planet orbit comet crater nebula".split(),
    "sea": "harbour anchor reef sailor tide lagoon".split(),
}


def test_the_words_that_go_together_best_make_the_name():
    npmi = {("a", "b"): 0.1, ("a", "c"): 0.9, ("a", "d"): 0.8, ("b", "c"): -1.0, ("b", "d"): -1.0, ("c", "d"): 0.7}
    assert choose_name(["b", "c", "a", "d"], npmi) == (("c", "a", "d"), pytest.approx(0.8))
    assert choose_name(["a", "b"], npmi) == ((), -1.0)


def test_an_intruder_is_the_word_unlike_the_others():
    vectors = {"x": np.array([1.0, 0.0]), "y": np.array([0.8, 0.6]), "z": np.array([0.96, 0.28]),
               "other": np.array([0.0, 1.0]), "alike": np.array([0.98, 0.199])}  # fmt: skip
    assert intruder_precision("xyz", ["other"], vectors) == 1.0
    assert intruder_precision("xyz", ["other", "alike"], vectors) == 0.5
    assert np.isnan(intruder_precision(["x", "unknown"], ["other"], vectors))
    assert np.isnan(intruder_precision("xyz", [], vectors))


@pytest.fixture(scope="module")
def lake_of_texts(spark):
    rng, texts, vectors = np.random.default_rng(3), [], []
    scattered = [words[n] for n in range(3) for words in SUBJECTS.values()]
    for n in range(80):
        subject = n % 2
        words = list(rng.choice(list(SUBJECTS.values())[subject], 4, replace=False))
        texts.append((f"h{n:02d}", [*map(str, words), "man"]))
        vectors.append((f"h{n:02d}", [float(v) for v in np.eye(3)[subject] + rng.normal(0, 0.05, 3)]))
    topics = [(n, "old", [("man", 0.2)] + [(word, 0.1) for word in words])
              for n, words in enumerate([*SUBJECTS.values(), scattered])]  # fmt: skip
    return (
        spark.createDataFrame(topics, "topic_id int, name string, terms array<struct<term:string,weight:double>>"),
        spark.createDataFrame(texts, "text_hash string, tokens array<string>"),
        spark.createDataFrame(vectors, "text_hash string, vector array<float>"),
    )


def test_good_topics_are_named_by_their_own_words_and_the_scattered_one_is_not(lake_of_texts):
    topics, texts, vectors = lake_of_texts
    names = name_topics(topics, texts, vectors)
    assert set(names) == {0, 1}
    for topic, words in enumerate(SUBJECTS.values()):
        assert set(names[topic].split(", ")) <= set(words)


def test_nothing_to_judge_by_names_nothing(lake_of_texts):
    topics, texts, vectors = lake_of_texts
    assert name_topics(topics, texts.limit(0), vectors.limit(0)) == {}
    assert name_topics(topics.limit(0), texts, vectors) == {}
