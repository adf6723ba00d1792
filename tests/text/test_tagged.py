"""Spans become entities on items, with edges to the interests beside them."""

import pytest

from interestlake.text.tagged import find_spans, item_entities, node_edges, spans_in

PEOPLE = {"ann", "bo"}


def tag(sentences):
    """A tagger that knows people by their name, and what follows as part of it where it is Vale."""
    found = []
    for words in sentences:
        tags = ["B-person" if word.lower() in PEOPLE else "O" for word in words]
        tags = ["I-person" if word == "Vale" and place and tags[place - 1] != "O" else mark
                for place, (word, mark) in enumerate(zip(words, tags, strict=True))]  # fmt: skip
        found.append((tags, [0.9 if mark != "O" else 1.0 for mark in tags]))
    return found


@pytest.fixture(scope="module")
def spans(spark):
    texts = [("h1", "Ann Vale met Bo."), ("h2", "here is ann vale, alone"), ("h3", "ANN again"), ("h4", "nobody")]
    texts += [("h5", "Ann Vale and Ann Vale")]
    frame = spark.createDataFrame(texts, "text_hash string, text string")
    return frame.transform(find_spans(lambda: tag)).cache()


def test_spans_are_whole_and_long_texts_are_cut():
    assert spans_in(["Ann Vale met Bo.", ""], tag) == [[("person", "Ann Vale", 0.9), ("person", "Bo", 0.9)], []]
    assert len(spans_in(["Bo " * 200], tag)[0]) == 200


def test_spans_of_texts(spans):
    assert {(row["text_hash"], row["name"]) for row in spans.collect()} == {
        ("h1", "Ann Vale"),
        ("h1", "Bo"),
        ("h2", "ann"),
        ("h3", "ANN"),
        ("h5", "Ann Vale"),
    }


def test_entities_carried_by_items(spark, spans):
    pairs = [("i1", "h1"), ("i1", "h5"), ("i2", "h5"), ("i2", "h2"), ("i3", "h3"), ("i3", "h4")]
    documents = spark.createDataFrame(pairs, "item_id string, text_hash string")
    found = spans.transform(item_entities(documents, 0.5, 2)).collect()
    rows = {(row["item_id"], row["entity_id"]): row for row in found}
    assert set(rows) == {("i1", "entity:person:ann vale"), ("i2", "entity:person:ann vale"),
                         ("i2", "entity:person:ann"), ("i3", "entity:person:ann")}  # fmt: skip
    first = rows["i1", "entity:person:ann vale"]
    assert (first["name"], first["texts"], first["weight"]) == ("Ann Vale", 2, 1.0)
    assert spans.transform(item_entities(documents, 0.95, 1)).count() == 0


def test_edges_are_cosines_with_an_entity_at_one_end(spark):
    rows = [("i1", "e:a", 1.0, True), ("i2", "e:a", 1.0, True), ("i1", "t:x", 1.0, False), ("i2", "t:x", 0.5, False),
            ("i3", "t:x", 1.0, False), ("i1", "t:y", 1.0, False), ("i3", "t:y", 1.0, False)]  # fmt: skip
    carried = spark.createDataFrame(rows, "item_id string, node string, weight double, is_entity boolean")
    edges = {(row["src"], row["dst"]): row for row in carried.transform(node_edges(1, 10, 10)).collect()}
    assert set(edges) == {("e:a", "t:x"), ("e:a", "t:y")}
    assert edges["e:a", "t:x"]["weight"] == pytest.approx(1.5 / (2**0.5 * 2.25**0.5), abs=1e-8)
    assert edges["e:a", "t:x"]["pair_count"] == 2
    assert {tuple(row)[:2] for row in carried.transform(node_edges(2, 10, 10)).collect()} == {("e:a", "t:x")}
    assert {tuple(row)[:2] for row in carried.transform(node_edges(1, 1, 10)).collect()} == set()
