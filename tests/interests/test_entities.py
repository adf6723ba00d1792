"""Labels of the things that facts name."""

import pytest

from interestlake.interests.entities import entity_labels

FACTS = [
    ("i1", "film.film.genre", "2350"),
    ("i1", "film.film.directed_by", " 77 "),
    ("77", "http://www.w3.org/2000/01/rdf-schema#label", "Agnès Varda"),
    ("i2", "http://dbpedia.org/ontology/genre", "http://dbpedia.org/resource/Road_movie"),
    ("i2", "released_in_year", "1991"),
    ("i2", "film.film.country", "2350"),
]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("2350", "country 2350"),  # of its predicates the one that sorts first
        ("77", "Agnès Varda"),
        ("http://dbpedia.org/resource/Road_movie", "Road movie"),
        ("1991", "released in year 1991"),
    ],
)
def test_a_label_can_be_read(spark, name, label):
    facts = spark.createDataFrame(FACTS, "subject string, predicate string, object string")
    assert dict(entity_labels(facts).where(f"name = '{name}'").collect()) == {name: label}
