"""Clauses, and what they say of entities."""

import pytest

from interestlake.text.mentions import clauses_of, find_mentions, mentions_of

NAMES = {("motor",): "k:motor", ("seat",): "k:seat", ("seat", "cover"): "k:seat cover"}


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Loud but comfortable.", ["Loud", "comfortable"]),
        ("The motor is loud, but the seat is fine.", ["The motor is loud", "the seat is fine"]),
        ("The motor is loud, the seat is fine.", ["The motor is loud", "the seat is fine"]),
        ("A warm, dry and light coat.", ["A warm, dry and light coat"]),
        ("Good motor; bad seat. Odd!", ["Good motor", "bad seat", "Odd"]),
        ("I like it although it squeaks", ["I like it", "it squeaks"]),
        ("A well-made thing - never again", ["A well-made thing", "never again"]),
        ("", []),
        ("...", []),
    ],
)
def test_clauses(text, clauses):
    assert [clause for _, clause in clauses_of(text)] == clauses


def test_a_clause_says_where_it_starts():
    text = "The motor is loud, but the seat is fine."
    assert all(text[place:].lstrip().startswith(clause) for place, clause in clauses_of(text))


def test_the_longest_name_counts_once_a_clause():
    found = mentions_of("The seat covers and seat cover are torn, but the seats hold.", NAMES)
    assert [(entity, clause) for entity, _, clause in found] == [
        ("k:seat cover", "The seat covers and seat cover are torn"),
        ("k:seat", "the seats hold"),
    ]


def test_each_entity_gets_its_own_clause(spark):
    texts = spark.createDataFrame(
        [("h", "The motor is loud but the seat is comfortable."), ("i", "Nothing here.")],
        "text_hash string, text string",
    )
    entities = {"k:motor": "motor", "k:seat": "Seat", "z:seat": "seats"}
    rows = texts.transform(find_mentions(entities)).collect()
    assert {(row["text_hash"], row["entity_id"], row["clause"]) for row in rows} == {
        ("h", "k:motor", "The motor is loud"),
        ("h", "k:seat", "the seat is comfortable"),
    }
