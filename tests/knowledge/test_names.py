"""Names made comparable, and items linked to the entities they are."""

import hashlib

import numpy as np
import pytest

from interestlake.knowledge.link import entity_names, link
from interestlake.knowledge.names import likeness, normalised, variants, year_of
from interestlake.knowledge.relations import Relation

NAMED = "id string, name string, year int, text string"


@pytest.mark.parametrize(("name", "expected"), [
    ("Exorcist, The (1973)", "exorcist"), ("The Exorcist", "exorcist"), ("AMÉLIE", "amelie"),
    ("Rock & Roll", "rock and roll"),
    ("Schindler's List", "schindlers list"), ("A", "a"), ("Crème  brûlée!", "creme brulee"), ("!!!", "!!!"),
])  # fmt: skip
def test_a_name_is_made_comparable(name, expected):
    assert variants(name)[0] == expected


def test_other_names_in_brackets_and_years():
    assert variants("Shower (Xizao) (1999)") == ["shower", "shower xizao", "xizao"]
    assert variants("Besieged (a.k.a. L' Assedio) (1998)")[-1] == "assedio"
    years = {"Shower (Xizao) (1999)": 1999, "1984": None, "2001: A Space Odyssey (1968)": 1968}
    assert {name: year_of(name) for name in years} == years
    assert normalised("Herr der Ringe, Der") == "herr der ringe"


def test_likeness_is_for_spelling_and_never_across_numbers():
    assert likeness(["frank herbert"], ["frank herbert"]) == 1.0
    assert likeness(["herbert frank"], ["frank herbert"]) == 0.99
    assert likeness(["ursula k le guin"], ["ursula le guin"]) > 0.9
    assert likeness(["rocky 2"], ["rocky 3"]) == 0.0
    assert likeness(["dune"], ["emma"]) == 0.0


def letters(texts):
    """A stand-in for the encoder: unit vectors of hashed words."""
    vectors = np.zeros((len(texts), 64), np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            vectors[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def test_items_find_their_entities(spark):
    items = [
        ("1", "Exorcist, The (1973)", None, None), ("2", "Emma (1996)", None, "a comedy of matchmaking"),
        ("3", "Rocky II (1979)", None, None), ("4", "Le Fabuleux Destin d'Amelie (2001)", None, None),
        ("5", "Emma (1932)", None, "a drama"), ("6", "Nothing like it", None, None),
        ("7", "Twin (2000)", None, "ships and the sea"), ("8", "Exorcist", None, None),
    ]  # fmt: skip
    facts = [
        ("e1", "name", "The Exorcist"), ("e1", "year", "1973-12-26"), ("e2", "name", "Emma"), ("e2", "year", "1996"),
        ("e3", "name", "Rocky III"), ("e3", "year", "1982"), ("e4", "name", "Amelie"), ("e4", "year", "2001"),
        ("e4", "name", "Le fabuleux destin d'Amélie"),
        ("e71", "name", "Twin"), ("e71", "year", "2000"), ("e71", "about", "cooking and kitchens"),
        ("e72", "name", "Twin"), ("e72", "year", "2000"), ("e72", "about", "ships and storms at sea"),
    ]  # fmt: skip
    relations = {"name": Relation(names=True), "year": Relation(years=True), "about": Relation(texts=True)}
    told = spark.createDataFrame(facts, "subject string, predicate string, object string")
    entities = told.transform(entity_names(relations))
    rows = spark.createDataFrame(items, NAMED).transform(link(entities, letters, 50, 10, 0.9, True)).collect()
    found = {row.item_id: (row.entity, row.method) for row in rows}
    # of both exorcists the one of the entity's year; the Emma of 1932 is another film; Rocky II is not III
    assert found == {"1": ("e1", "exact"), "2": ("e2", "exact"), "4": ("e4", "exact"), "7": ("e72", "text")}
    assert all(0.9 <= row.score <= 1 and row.runner_up <= row.score for row in rows)
