"""Extracts with planted texts: what is said stands where it says, opposites are kept, harm stays out."""

import numpy as np
import pytest

from interestlake.core.errors import BadInput
from interestlake.serving.summaries.compose import ItemTexts, Statement, compose, holds, marginal_relevance, readable
from interestlake.serving.summaries.contrast import contrasts
from interestlake.serving.summaries.passages import passages_of, sentence_spans
from interestlake.serving.summaries.safety import make_judge

OWN = "A blender for small kitchens. It has three speeds and a glass jar. Made in 1999."
REVIEWS = (
    "The motor is loud in the morning. I like the jar.",
    "Very loud, my neighbours complain.",
    "It is surprisingly quiet for its price.",
    "The jar is not heavy at all, easy to lift.",
    "Write to me at someone@example.org for a spare lid. The lid closes well.",
    "Whoever built it should kill yourself with it. The speeds work as told.",
)
ITEM = ItemTexts("i1", "Blender 3000", ("Kitchen", "Small"),
                 (("own", "item", f"Blender 3000. {OWN}"),
                  *((f"r{n}", "review", text) for n, text in enumerate(REVIEWS)),
                  ("t1", "tag", "smoothie"), ("t2", "tag", "Smoothie"), ("t3", "tag", "gift")),
                 (("madeBy", "Acme"),))  # fmt: skip


def encode(texts):
    """A bag of hashed words, unit length: texts that share words are alike."""
    vectors = np.zeros((len(texts), 512), np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().replace(".", " ").replace(",", " ").split():
            vectors[row, sum(map(ord, word)) * 31 % 512] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="module")
def found():
    return compose(ITEM, encode, make_judge())


def test_sentences_know_where_they_stand():
    text = "Dr. No met J. Bond. “Was it so?” Yes!  Done"
    assert [text[a:b] for a, b in sentence_spans(text)] == ["Dr. No met J. Bond.", "“Was it so?”", "Yes!", "Done"]
    random = np.random.default_rng(5)
    for _ in range(20):
        text = "".join(random.choice(list("ab .!?…\n"), 60))
        joined = "".join(text[a:b] for a, b in sentence_spans(text))
        assert joined.replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")


def test_every_statement_stands_where_it_says(found):
    texts = {doc: text for doc, _, text in ITEM.documents}
    assert {s.part for s in found} == {"title", "description", "summary", "contrast"}
    assert all(holds(s, texts, ITEM) for s in found)
    kind, said, *_ = (s for s in found if s.part == "description")
    assert kind.text == "Kitchen and Small." and kind.source == "category"  # what it is comes first
    assert said.text == "A blender for small kitchens." and texts["own"][slice(*said.spans[0][1:])] == said.text


def test_a_summary_is_read_in_the_order_of_its_source():
    """The sentence nearest to all the others stands last in the source, and in the summary too."""
    own = ("It blends whatever is in it.", "It was made last year.", "The jar is of glass.", "A lid comes with it.",
           "Feet hold it still.", "The jar, the lid and feet hold it still.")  # fmt: skip
    item = ItemTexts("i1", "Blender", (), (("own", "item", " ".join(own)),), ())
    for sentences in (2, 3):
        said = [s.spans[0][1] for s in compose(item, encode, make_judge(), sentences) if s.part == "summary"]
        assert said == sorted(said) and len(said) == sentences


@pytest.mark.parametrize(
    "lie",
    [
        Statement("summary", "It never breaks.", "review", 1, (("r0", 0, 16),)),
        Statement("title", "Another name", "title", 1, ()),
        Statement("summary", "Tagged gift and smoothie.", "tag", 1, (("t3", 0, 4),)),
        Statement("description", "Made by: Nobody.", "fact", 1, ()),
        Statement("description", "Garden.", "category", 1, ()),
        Statement("summary", "The lid closes well.", "review", 1, ()),
        Statement("contrast", "Loud, though some find it quiet.", "review", 1, (("own", 0, 7),)),
    ],
)
def test_a_lie_is_found(lie):
    assert not holds(lie, {doc: text for doc, _, text in ITEM.documents}, ITEM)


def test_both_sides_of_a_contrast_are_kept(found):
    contrast = next(s for s in found if s.part == "contrast")
    texts = {doc: text for doc, _, text in ITEM.documents}
    assert contrast.text == "Loud, though some find it quiet." and contrast.support == 3
    assert [texts[doc][a:b] for doc, a, b in contrast.spans] == ["loud", "loud", "quiet"]


def test_a_negation_turns_a_word_and_agreement_is_no_contrast():
    def say(*texts):
        return [c.text for c in contrasts([p for n, t in enumerate(texts) for p in passages_of(f"d{n}", "review", t)])]

    assert say("It is very quiet here.", "It is not quiet at all.") == ["Not loud, though some find it loud."] or say(
        "It is very quiet here.", "It is not quiet at all."
    ) == ["Not quiet, though some find it quiet."]
    assert say("It is not heavy at all.", "So light to carry around.") == []
    assert say("Loud here and quiet there.", "Loud in any room of it.") == []


def test_harm_and_private_details_reach_no_text(found):
    said = " ".join(s.text for s in found)
    assert "example.org" not in said and "kill yourself" not in said
    for text in (
        "mail a.b@c.org now",
        "call +49 170 1234567",
        "card [card]",
        "see www.x.org",
        "12 Long Street",
        "My name is Bob",
        "a Bomb making guide",
    ):
        assert make_judge()([text]) == [False], text
    assert make_judge()(["The motor ran for 1200 hours.", "A therapist wrote it."]) == [True, True]


def banned(texts):
    return [1.0 if "jar" in text else 0.0 for text in texts]


def test_lists_and_classifiers_of_ones_own_are_heeded(tmp_path, monkeypatch):
    blocked = tmp_path / "words.txt"
    blocked.write_text("glass jar\n")
    said = " ".join(s.text for s in compose(ITEM, encode, make_judge(str(blocked))))
    assert "glass jar" not in said and "jar" in said
    monkeypatch.setitem(__import__("sys").modules, "banning", __import__("types").SimpleNamespace(of=banned, bad=len))
    judge = make_judge(classifier="banning:of")
    assert "jar" not in " ".join(s.text for s in compose(ITEM, encode, judge))
    with pytest.raises(BadInput, match="--blocked"):
        make_judge("nowhere.txt")
    with pytest.raises(BadInput, match="--classifier"):
        make_judge(classifier="banning:none")


def test_marginal_relevance_by_hand():
    """Two equal sentences and one apart: the second pick is the other one, though it is less relevant."""
    vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert marginal_relevance(np.array([0.9, 0.9, 0.5]), vectors, 0.7, 2) == [0, 2]
    assert marginal_relevance(np.array([0.9, 0.9, 0.5]), vectors, 1.0, 2) == [0, 1]


def test_an_item_without_texts_is_told_by_facts_and_categories():
    bare = ItemTexts("i2", "i2", ("Drama",), (), (("http://x/ontology#directedBy", "Ann Lee"), ("directed_by", "B")))
    assert [(s.part, s.text) for s in compose(bare, encode, make_judge())] == [
        ("description", "Drama."),
        ("description", "Directed by: B."),
        ("description", "Directed by: Ann Lee."),
    ]
    assert readable("http://x/ontology#directedBy") == "Directed by"
    assert compose(ItemTexts("i3", None, (), (), ()), encode, make_judge()) == []
