"""Facts as sentences, and what lies near them."""

import numpy as np
import pytest

from interestlake.knowledge import match
from interestlake.knowledge.divergence import contributions, feature_shares, item_features
from interestlake.knowledge.relations import Relation, read_relations
from interestlake.knowledge.verbalise import item_sentences, listed, person_sentences, readable, relation_name

from .test_names import letters


def test_an_item_is_said_by_its_relations_in_their_order():
    relations = read_relations("conf/knowledge/relations.yml")
    facts = {
        "music.artist.origin": ["place/New_York"],
        "director": ["Jane Campion"],
        "genre": ["Drama", "Comedy"],
        "year": ["1993"],
        "film.film.star": ["1234"],
        "also_bought": ["x"],
    }
    assert item_sentences("The Piano", facts, relations, "A mute pianist.") == (
        "The Piano. It is Comedy and Drama. It is from 1993. It was directed by Jane Campion. Origin: New York. "
        "A mute pianist."
    )


def test_names_are_readable():
    assert readable("maker/Mira_Fairley") == "Mira Fairley" and readable("AC/DC live") == "AC/DC live"
    assert relation_name("film.film.production_company") == "production company"
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"


def test_a_person_is_said_by_titles_and_tastes():
    relations = {"genre": Relation("It is {objects}.")}
    tastes = [("genre", "jazz"), ("made_by", "maker/X"), ("genre", "blues")]
    text = person_sentences(["Dune", "Emma"], tastes, relations)
    assert text == (
        "This person chose Dune and Emma. Typical of what they choose: it is jazz and blues. "
        "Typical of what they choose: made by: X."
    )


@pytest.fixture(scope="module")
def world(spark):
    listed = [
        ("i1", "One", None, ["jazz"]),
        ("i2", "Two", None, ["jazz"]),
        ("i3", "Three", None, ["metal"]),
        ("i4", "Four", "very loud", ["metal"]),
    ]
    items = spark.createDataFrame(listed, "item_id string, title string, description string, categories array<string>")
    facts = spark.createDataFrame(
        [("item/i1", "made_by", "m9", "i1"), ("item/i2", "made_by", "m9", "i2")],
        "subject string, predicate string, object string, subject_item_id string",
    )
    history = spark.createDataFrame(
        [("ann", "i1", 1.0, 1), ("bob", "i3", 1.0, 1)], "user_id string, item_id string, weight double, position int"
    )
    return items, facts, history


def test_people_meet_the_items_that_their_sentences_are_near(spark, world):
    items, facts, history = world
    relations = {"category": Relation("It is {objects}."), "made_by": Relation("Made by {objects}.")}
    names = spark.createDataFrame([("m9", "Mira")], "id string, name string")
    features = items.transform(item_features(facts, 1))
    told = history.transform(contributions(features, features.transform(feature_shares()), 1.0))
    texts = items.transform(match.item_texts(features, names, relations)).unionByName(
        history.transform(match.person_texts(items, told, names, relations))
    )
    rows = texts.transform(match.encoded(letters, "letters", 2)).persist()
    said = {row.id: row.text for row in rows.collect()}
    assert said["i2"] == "Two. It is jazz. Made by Mira." and said["i4"] == "Four. It is metal. very loud"
    assert said["ann"].startswith("This person chose One. Typical of what they choose: ") and "Mira" in said["ann"]
    frame = rows.where("kind = 'item'").orderBy("id").toPandas()
    shared = spark.sparkContext.broadcast((frame["id"].to_numpy(object), np.stack(frame["vector"].to_list())))
    seen = history.select("user_id", "item_id")
    nearest = rows.transform(match.nearest_items(shared, seen, 3)).collect()
    best = {row.user_id: row.item_id for row in nearest if row["rank"] == 1}
    assert best == {"ann": "i2", "bob": "i4"}
    listed = {(row.user_id, row.item_id) for row in nearest}
    assert len(nearest) == 6 and not listed & {("ann", "i1"), ("bob", "i3")}
