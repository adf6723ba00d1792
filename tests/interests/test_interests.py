"""Interests by hand: weights, caps, no held-out text, and a person's map."""

import math

import pytest
from scipy import stats

from interestlake.core.params.all import Interests
from interestlake.interests.candidates import category_candidates, keyword_candidates, tag_candidates, topic_candidates
from interestlake.interests.interest_map import interest_map
from interestlake.interests.item_interests import choose_interests, interest_vocabulary

DOCUMENTS = "item_id string, user_id string, text_hash string, kind string, text string, split string"
CANDIDATES = "item_id string, kind string, name string, score double"


@pytest.fixture
def documents(spark):
    rows = [
        ("a", "u", "h1", "tag", " Funny ", "train"),
        ("a", "v", "h1", "tag", "funny", "train"),
        ("a", "w", "h2", "tag", "secret", "test"),
        ("a", None, "h3", "item", "text", "all"),
        ("b", "u", "h4", "review", "text", "validation"),
    ]
    return spark.createDataFrame(rows, DOCUMENTS)


def rows(frame):
    return {(r["item_id"], r["kind"], r["name"]): r["score"] for r in frame.collect()}


def test_tags_count_people_and_held_out_tags_are_not_seen(documents):
    assert rows(tag_candidates(documents)) == {("a", "tag", "funny"): 2.0}


def test_keywords_of_held_out_reviews_are_not_seen(spark, documents):
    data = [("h3", [("Guitar Amp", 0.25), ("case", 1.0)]), ("h4", [("secret word", 0.1)])]
    features = spark.createDataFrame(data, "text_hash string, keywords array<struct<keyword:string,score:double>>")
    found = rows(keyword_candidates(documents, features))
    assert found == {("a", "keyword", "guitar amp"): 0.8, ("a", "keyword", "case"): 0.5}


def test_topics_above_an_even_share(spark, documents):
    mixtures = spark.createDataFrame(
        [("h3", [0.7, 0.1, 0.2]), ("h4", [0.0, 0.0, 1.0])], "text_hash string, distribution array<double>"
    )
    assert rows(topic_candidates(documents, mixtures)) == {("a", "topic", "0"): 0.7}


def test_categories(spark):
    items = spark.createDataFrame([("a", ["Rock", "Pop"]), ("b", [])], "item_id string, categories array<string>")
    assert rows(category_candidates(items)) == {("a", "category", "Rock"): 1.0, ("a", "category", "Pop"): 1.0}


def test_rare_and_common_interests_are_dropped_and_weights_scaled(spark):
    data = [(i, "tag", "everywhere", 9.0) for i in "abcde"]
    data += [("a", "tag", "jazz", 4.0), ("b", "tag", "jazz", 2.0), ("a", "tag", "once", 8.0), ("b", "tag", "", 1.0)]
    data += [("a", "tag", "blues", 1.0), ("c", "tag", "blues", 3.0)]
    candidates = spark.createDataFrame(data, CANDIDATES)
    chosen = candidates.transform(choose_interests(Interests(max_item_share=0.5, min_items=2))).collect()
    found = {(r["item_id"], r["interest_id"]): r["weight"] for r in chosen}
    assert found == {("a", "tag:jazz"): 1.0, ("b", "tag:jazz"): 1.0, ("a", "tag:blues"): 0.25, ("c", "tag:blues"): 1.0}


def test_ties_go_to_the_smaller_name(spark):
    data = [(i, "tag", name, 1.0) for i in "ab" for name in ("z", "y", "x")]
    params = Interests(max_per_item=2, max_item_share=1.0)
    chosen = spark.createDataFrame(data, CANDIDATES).transform(choose_interests(params)).collect()
    assert {r["interest_id"] for r in chosen} == {"tag:x", "tag:y"}


def test_topics_read_as_their_terms(spark):
    chosen = spark.createDataFrame(
        [("a", "topic:3", "topic", "3", 1.0), ("b", "topic:3", "topic", "3", 1.0), ("a", "tag:3", "tag", "3", 1.0)],
        "item_id string, interest_id string, kind string, name string, weight double",
    )
    topics = spark.createDataFrame([(3, "amp, cable, tone")], "topic_id int, name string")
    found = {tuple(r) for r in chosen.transform(interest_vocabulary(topics)).collect()}
    assert found == {("topic:3", "topic", "amp, cable, tone", 2), ("tag:3", "tag", "3", 1)}


def lift_of_everybody(chosen: float, choices: float, prior: float = 0.25) -> float:
    """The lower lift of who is everybody: the 5 % quantile of the posterior over the rate, by scipy."""
    rate = chosen / choices
    return stats.beta.ppf(0.05, prior + chosen, prior * (1 - rate) / rate + choices - chosen) / rate


def test_a_persons_map_by_hand(spark):
    carried = [("a", "tag:jazz", 1.0), ("b", "tag:jazz", 0.5), ("b", "tag:blues", 1.0), ("c", "category:Pop", 1.0)]
    item_interests = spark.createDataFrame(carried, "item_id string, interest_id string, weight double")
    names = [("tag:jazz", "tag", "jazz", 2), ("tag:blues", "tag", "blues", 1), ("category:Pop", "category", "Pop", 1)]
    vocabulary = spark.createDataFrame(names, "interest_id string, kind string, name string, item_count int")
    pairs = spark.createDataFrame(
        [("u", "a", 1.0, "2020-01-02"), ("u", "b", 0.5, "2020-01-01"), ("u", "c", 1.0, "2020-01-03")],
        "user_id string, item_id string, weight double, day string",
    ).selectExpr("user_id", "item_id", "weight", "timestamp(day) first_ts", "timestamp(day) last_ts")
    found = {r["interest_id"]: r for r in pairs.transform(interest_map(item_interests, vocabulary, 60)).collect()}
    jazz, blues = 1.25 * math.log1p(3 / 2), 0.5 * math.log1p(3)
    # one person alone is everybody: what is chosen is what is expected, and nothing is surely beyond it
    lift = lift_of_everybody(1.25, 2.5)
    assert found["tag:jazz"]["strength"] == pytest.approx(lift / (1 + lift))
    assert found["tag:jazz"]["strength"] < 0.5
    assert found["category:Pop"]["share"] == pytest.approx(0.5)
    assert found["tag:jazz"]["share"] == pytest.approx(0.5 * jazz / (jazz + blues))
    assert found["tag:jazz"]["evidence"] == ["a", "b"]
    assert (found["tag:jazz"]["item_count"], found["tag:jazz"]["first_seen"].day) == (2, 1)
    capped = pairs.transform(interest_map(item_interests, vocabulary, 1)).collect()
    assert [(r["interest_id"], r["share"]) for r in capped] == [("category:Pop", 1.0)]
