"""Words that mean a name of the lake by vectors: which, how near, and what that does to the list."""

import numpy as np
import pytest
from bench.ask_withheld import concepts_of, half_of, withheld_queries

from interestlake.serving.asking.answer import Weights, answer
from interestlake.serving.asking.ask import Asking
from interestlake.serving.asking.concepts import (
    Nearness,
    Parts,
    asked_words,
    build_concepts,
    carriers_of,
    meaning_scores,
    meanings,
)
from interestlake.serving.asking.gather import Asker
from interestlake.serving.asking.parse import parse
from interestlake.text.kept_vectors import kept_vectors

from .world import IDS, encode, index

# axes: laughing, machines, fear
SAYS = {"comedy": (1, 0, 0), "funny": (1, 0, 0), "droll": (0.9, 0.1, 0), "androids": (0, 1, 0),
        "robots": (0.1, 0.95, 0), "horror": (0, 0, 1), "vampires": (0, 0.2, 1)}  # fmt: skip
NOBODY = Asker(known=False)


def vectors(texts: list[str]) -> np.ndarray:
    rows = np.array(
        [np.sum([(*SAYS.get(word, (0, 0, 0)), 0, 0) for word in text.split()], axis=0) for text in texts], float
    )
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="module")
def concepts():
    """Four items: 0 and 1 are comedies, 1 and 2 have androids, 3 is horror; a name that nothing carries is none."""
    carriers = {("category", "Comedy"): (0, 1), ("category", "Horror"): (3,), ("tag", "androids"): (1, 2),
                ("tag", "nobody"): ()}  # fmt: skip
    return build_concepts(carriers, vectors, 4)


def test_words_mean_the_names_that_are_near_enough(concepts):
    assert concepts.names.tolist() == ["Comedy", "Horror", "androids"]
    words = ["droll", "robots", "train"]
    found = meanings(concepts, words, vectors(words), Nearness(0.45, 0.6))
    assert [(one.word, concepts.names[one.concept]) for one in found] == [("droll", "Comedy"), ("robots", "androids")]
    assert found[0].cosine == pytest.approx(0.9 / np.hypot(0.9, 0.1), abs=1e-5)
    assert meanings(concepts, words, vectors(words), Nearness(1.0, 1.0)) == []


def test_what_holds_both_words_comes_first(concepts):
    words = ["funny", "robots"]
    meant = meanings(concepts, words, vectors(words), Nearness())
    nothing = np.zeros(4)
    bare = Parts(carried=1, text=0, people=0, close=0, popular=0)
    scores = meaning_scores(concepts, meant, np.zeros((4, 2)), None, nothing, nothing, bare)
    near = next(one.cosine for one in meant if one.word == "robots")
    np.testing.assert_allclose(scores, [1, 1 + near, near, 0], atol=1e-6)
    # beside the carriers, what is like them: item 3 has the text of the androids' items
    texts = np.array([[1.0, 0], [0, 1], [0, 1], [0, 1]])
    liked = meaning_scores(concepts, meant, texts, None, nothing, nothing, Parts(0, 1, 0, 0, 0))
    np.testing.assert_allclose(liked, [0, 1, 1, 1], atol=1e-6)
    popular = meaning_scores(concepts, meant, texts, None, nothing, np.array([0, 0, 0, 9]), Parts(0, 0, 0, 0, 1))
    np.testing.assert_allclose(popular, [0, 0, 0, 1])


@pytest.mark.parametrize(
    ("text", "words"),
    [("a funny film about robots", ["funny robots", "funny", "robots"]), ("robots", ["robots"]), ("the of", [])],
)
def test_content_words_are_looked_up_and_short_requests_whole(text, words):
    assert asked_words(text) == words


def test_a_request_finds_what_no_text_says():
    """No text says droll; it means Comedy, and the reason tells so. What is forbidden is not looked up."""
    built = index()
    names = build_concepts(carriers_of(built.vocabulary), vectors, len(IDS))

    def embed(text):
        return vectors([text])[0] if text in ("droll", "funny") else encode(text)

    def ask(request, concepts=names):
        parsed, weights = parse(request, built.vocabulary, built.bm25), Weights(dense=0, parts=Parts(1, 0, 0, 0, 0))
        return answer(built, parsed, embed, NOBODY, 7, weights, concepts=concepts)

    assert ask("droll", None).hits == []
    found = ask("droll")
    assert {IDS[hit.column] for hit in found.hits[:3]} == {"a", "b", "d"}
    assert found.hits[0].means == ["droll: Comedy"] and "meaning" in found.hits[0].parts
    assert all(hit.means == [] for hit in ask("drama not droll").hits)


def test_withheld_tags_are_unknown_to_the_half_they_are_judged_on():
    built = index()
    asking = Asking(built, encode, {}.get)
    halves = np.array([half_of(item) for item in IDS])
    import pandas as pd

    tags = pd.DataFrame({"text": ["space"] * 4, "column": [0, 1, 2, 3]})
    made = concepts_of(asking, tags, halves, vectors)
    for half in (0, 1):
        row = [at for at, name in enumerate(made[half].names) if name == "space"]
        known = set(made[half].carried[row[0]].indices.tolist()) if row else set()
        assert known == {column for column in range(4) if halves[column] != half}
    for query in withheld_queries(tags, {"Comedy": (0, 1, 3)}, halves)["tags"]:
        assert query.relevant | query.others == {0, 1, 2, 3} and not query.relevant & query.others
        assert {halves[column] for column in query.relevant} == {query.half}


def test_vectors_of_names_are_kept_by_what_they_say(tmp_path, monkeypatch):
    monkeypatch.setattr("interestlake.text.kept_vectors.cache_folder", lambda: str(tmp_path))
    asked = []
    once = kept_vectors(lambda texts: asked.append(texts) or vectors(texts), "m")
    first, again = once(["funny"]), once(["funny"])
    assert np.array_equal(first, again) and asked == [["funny"]]
    kept_vectors(lambda texts: asked.append(texts) or vectors(texts), "other")(["funny"])
    assert len(asked) == 2
