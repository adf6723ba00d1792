"""Facts planted in texts are found with their words; what only looks like one is not."""

import pytest

from interestlake.core.errors import BadInput
from interestlake.knowledge.mine import compiled, finds, mined
from interestlake.knowledge.relations import read_relations

PLANTED = [  # text, what it says
    ("A slow burn directed by Jane Campion, set in Otago.", {("director", "Jane Campion")}),
    ("Directed by Lee Chang-dong. It won prizes.", {("director", "Lee Chang-dong")}),
    ("A film by Agnès Varda about gleaning.", {("director", "Agnès Varda")}),
    ("This strap is made by Ernie Ball and it lasts.", {("made_by", "Ernie Ball")}),
    ("the cable, manufactured by Planet Waves, hums", {("made_by", "Planet Waves")}),
    ("The third book, part of the Earthsea series.", {("part_of", "Earthsea")}),
    ("Part of the Lord of the Rings trilogy, uncut", {("part_of", "Lord of the Rings")}),
    ("Single from the album Kind of Blue.", {("part_of", "Kind of Blue")}),
    ("It sounds like Nick Drake. The voice is lower.", {("similar_to", "Nick Drake")}),
    ("Fans of The Rolling Stones will love it", {("similar_to", "The Rolling Stones")}),
    ("Similar to the Fender Stratocaster but lighter", {("similar_to", "the Fender Stratocaster")}),
    (
        "for fans of Yanni, Tangerine Dream and Mike Oldfield",
        {("similar_to", name) for name in ("Yanni", "Tangerine Dream", "Mike Oldfield")},
    ),
    ("Produced by Jeff Barry and Ellie Greenwich. They", {("made_by", "Jeff Barry"), ("made_by", "Ellie Greenwich")}),
    ("It sounds like Florence and the Machine", {("similar_to", "Florence and the Machine")}),
    ("For fans of Ms. Baez's Diamonds & Rust", {("similar_to", "Ms. Baez's Diamonds & Rust")}),
    ("it is similar to Lennon's.", {("similar_to", "Lennon")}),
    ("reminiscent of The Clash.River City", {("similar_to", "The Clash")}),
    ("Made by Kyser and I like it", {("made_by", "Kyser")}),
    ("Reminiscent of early work, directed by nobody we know.", set()),
    ("It was made by hand in small batches", set()),
    ("It sounds like a broken radio", set()),
    ("Made by I don't know whom", set()),
    ("part of the fun is the series", set()),
    ("Bored by Directed verse; similar to It, but longer", set()),
]


@pytest.fixture(scope="module")
def relations():
    return read_relations("conf/knowledge/relations.yml")


def test_planted_facts_are_found_and_nothing_else(relations):
    patterns = compiled(relations)
    right = wrong = missed = 0
    for text, said in PLANTED:
        found = {(predicate, object) for predicate, object, _, words in finds(text, patterns)}
        right, wrong, missed = right + len(found & said), wrong + len(found - said), missed + len(said - found)
        assert all(words in text for *_, words in finds(text, patterns))
    assert (wrong, missed) == (0, 0) and right == 21


def test_texts_that_agree_add_up_and_spellings_meet(spark, relations):
    documents = [
        ("d1", "i1", "made by Ernie Ball", "train"),
        ("d2", "i1", "it is made by ERNIE Ball and produced by Ernie Ball", "train"),
        ("d3", "i1", "made by Ernie Ball", "test"),  # held out
        ("d4", "i2", "influenced by Nick Drake", "all"), ("d5", "i2", "a wrong note", "all"),
    ]  # fmt: skip
    rows = spark.createDataFrame(documents, "doc_id string, item_id string, text string, split string")
    found = {(r.item_id, r.predicate): r for r in rows.transform(mined(relations, None, 0.5)).collect()}
    assert set(found) == {("i1", "made_by"), ("i2", "similar_to")}
    ball = found["i1", "made_by"]
    assert (ball.object, ball.texts, ball.doc_id, ball.words) == ("Ernie Ball", 2, "d2", "made by ERNIE Ball")
    assert ball.confidence == pytest.approx(1 - 0.15 * 0.15) and found["i2", "similar_to"].confidence == 0.5
    doubted = rows.transform(mined(relations, lambda finds: ["Drake" not in object for object, _ in finds], 0.2))
    sure = {r.item_id: r.confidence for r in doubted.collect()}
    assert sure == {"i1": pytest.approx(1 - 0.15 * 0.15), "i2": 0.25}


@pytest.mark.parametrize(("text", "said"), [
    ("a: {sentence: by no one}", "expected text with {objects}"), ("a: {mined: {by: 0.5}}", "expected {object}"),
    ("a: {mined: {'by {object}': 2}}", "confidence in"), ("a: {sentance: x}", "expected some of"), ("- a", "lines"),
])  # fmt: skip
def test_a_faulty_file_of_relations_is_one_message(tmp_path, text, said):
    (tmp_path / "r.yml").write_text(text)
    with pytest.raises(BadInput) as fault:
        read_relations(str(tmp_path / "r.yml"))
    assert said in str(fault.value)
