"""Tokens, keywords and sentiment of known sentences."""

import pytest

from interestlake.text.annotate import annotate, distinct_texts, fit_annotator
from interestlake.text.sentiment import built_in_sentences, label_by_rating

from .documents import SCHEMA, document

TEXTS = {
    "tokens": "I don’t like these guitars. It's John's amp,the Fender guitar/amp played (1995) well.Fine.",
    "keyword": "The telescope shows Saturn. A telescope needs a dark sky. My telescope is small. Buy a telescope!",
    "good": "The recipe was truly wonderful. I enjoyed every minute. The sound is excellent.",
    "bad": "The recipe was truly terrible. I regret every minute. The sound is awful.",
    "mixed": "The recipe was truly wonderful. The sound is awful.",
    "marks": "!!!",
    "number": "1984",
}


@pytest.fixture(scope="module")
def rows(spark):
    annotator = fit_annotator(spark, built_in_sentences(spark), "by-hand", max_keywords=3)
    assert annotator.sentiment_accuracy > 0.8
    texts = spark.createDataFrame(list(TEXTS.items()), "text_hash string, text string")
    return {row["text_hash"]: row for row in texts.transform(annotate(annotator, 3, partitions=2)).collect()}


def test_tokens_are_lemmas_without_stop_words_marks_and_numbers(rows):
    row = rows["tokens"]
    assert row["tokens"] == ["like", "guitar", "john", "amp", "fender", "guitar", "amp", "play", "well", "fine"]
    assert row["ngrams"][:2] == ["like guitar", "john amp"] and row["sentence_count"] == 3
    assert rows["marks"]["tokens"] == [] and rows["number"]["tokens"] == []


def test_the_word_a_text_is_about_is_its_best_keyword(rows):
    keywords = rows["keyword"]["keywords"]
    assert keywords[0]["keyword"] == "telescope"
    scores = [keyword["score"] for keyword in keywords]
    assert scores == sorted(scores) and len({keyword["keyword"] for keyword in keywords}) == len(keywords) <= 3


def test_keywords_are_lemmas(rows):
    assert not any("guitars" in keyword["keyword"] for keyword in rows["tokens"]["keywords"])


def test_planted_sentiment_is_found(rows):
    assert (rows["good"]["polarity"], rows["good"]["polarity_label"]) == (1.0, "positive")
    assert (rows["bad"]["polarity"], rows["bad"]["polarity_label"]) == (-1.0, "negative")
    assert abs(rows["mixed"]["polarity"]) <= 0.5
    assert (rows["marks"]["polarity"], rows["marks"]["polarity_label"]) == (0.0, "neutral")


def test_each_text_once_and_whether_it_may_shape_anything(spark):
    rows = [
        document("same", item="a"),
        document("same", item="b", split="test"),
        document("hidden", split="validation"),
        document("title", kind="item", split="all"),
        document("tag", kind="tag"),
    ]
    texts = spark.createDataFrame(rows, SCHEMA).transform(distinct_texts).collect()
    assert {(row["text"], row["is_fit"]) for row in texts} == {("same", True), ("hidden", False), ("title", True)}


def test_labels_are_the_ends_of_the_scale_balanced_and_from_train_only(spark):
    rows = [document(f"high{n}", rating=5.0) for n in range(5)] + [document("low", rating=1.0)]
    rows += [document("fair", rating=2.0), document("middling", rating=3.0)]
    rows += [document("unseen", rating=1.0, split="test")]
    rows += [document("torn", user="u", rating=1.0), document("torn", user="v", rating=5.0)]
    labelled = spark.createDataFrame(rows, SCHEMA)
    texts = labelled.select("text_hash", "text").distinct()
    labels = labelled.transform(label_by_rating(100)).join(texts, "text_hash")
    found = [(row["text"], row["label"]) for row in labels.collect()]
    assert {text for text, label in found if label == "negative"} == {"low", "fair"}
    positive = [text for text, label in found if label == "positive"]
    assert len(positive) == 2 and all(text.startswith("high") for text in positive)
    assert {row["label"] for row in labelled.transform(label_by_rating(2)).collect()} == {"positive", "negative"}
    assert labelled.transform(label_by_rating(2)).count() == 2
    assert labelled.where("rating = 5").transform(label_by_rating(100)).count() == 0
