"""Lists for requests over films whose answers are known."""

import numpy as np
import pytest

from interestlake.core.errors import BadInput
from interestlake.serving.asking.answer import Weights, answer
from interestlake.serving.asking.ask import MAX_CHARACTERS, Asking
from interestlake.serving.asking.gather import Asker
from interestlake.serving.asking.lexical import fit_bm25
from interestlake.serving.asking.parse import parse

from .world import encode, index

NOBODY = Asker(known=False)
FAN = Asker(True, np.array([0, 1]), np.ones(2, np.float32), {"category:Comedy": 1.0})


@pytest.fixture(scope="module")
def built():
    return index()


@pytest.fixture(scope="module")
def listed(built):
    def run(request, person=NOBODY, top=7, weights=None, include_seen=False):
        found = answer(built, parse(request, built.vocabulary, built.bm25), encode, person, top, weights, include_seen)
        return [str(built.catalogue.item_ids[hit.column]) for hit in found.hits], found

    return run


@pytest.fixture(scope="module")
def asking(built):
    return Asking(built, encode, {"fan": FAN, "new": Asker(known=True)}.get)


def test_bm25_against_its_formula():
    documents = [[("red fox", 1.0)], [("red red hen", 1.0)], [("blue", 2.0)]]
    idf = {term: np.log1p((3 - n + 0.5) / (n + 0.5)) for term, n in (("red", 2), ("fox", 1))}
    lengths, mean = np.array([2, 3, 2]), 7 / 3

    def weight(tf, item):
        return tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * lengths[item] / mean))

    expected = [idf["red"] * weight(1, 0) + idf["fox"] * weight(1, 0), idf["red"] * weight(2, 1), 0]
    assert np.allclose(fit_bm25(documents).score(["red", "fox", "unknown"]), expected, rtol=1e-6)


def test_words_and_meaning_each_find_what_the_other_cannot(listed):
    words, meaning = Weights(0, 1, 0, 0, 0, 0, 0), Weights(1, 0, 0, 0, 0, 0, 0)
    assert listed("baker", weights=words)[0] == ["d"]
    assert listed("rocket", weights=meaning)[0][:2] == ["a", "b"] and listed("rocket", weights=words)[0] == []
    assert set(listed("rocket baker")[0][:3]) == {"a", "b", "d"}


def test_reciprocal_rank_fusion_score(listed):
    found = listed("a quiet journey", weights=Weights(1, 1, 0, 0, 0, 0, 0))[1].hits[0]
    assert found.score == pytest.approx(2 / 11) and found.parts == {"dense": 0.5, "lexical": 0.5}
    assert set(found.words) == {"quiet", "journey"} and found.similarity == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("request_", "ids"),
    [
        ("comedy not horror", {"a", "b"}),
        ("comedy older than 1999", {"a"}),
        ("comedy under 10 dollars", {"a"}),
        ("horror without vampires", {"d"}),
        ("drama with Dee Lark", {"e"}),
        ("horror or crime by Bo Quill", {"c", "d"}),
        ("cheap comedy", {"a"}),
        ("comedy except Ann Vale", {"d"}),
    ],
)
def test_constraints_hold_for_every_row(listed, request_, ids):
    assert set(listed(request_)[0]) == ids


def test_what_cannot_be_held_together_is_dropped_and_said(listed):
    ids, found = listed("crime comedy")
    assert found.dropped == ["Crime"] and set(ids) == {"a", "b", "d"}  # without it three are left, without Comedy one


def test_exclusions_are_never_dropped(listed):
    assert listed("horror not horror")[0] == []


def test_examples_are_followed_and_not_listed(listed):
    ids, found = listed("like Star Tale")
    assert ids[0] == "b" and "a" not in ids and {"seeds", "alike"} <= set(found.hits[0].parts)


def test_a_profile_orders_what_was_asked_for_and_adds_nothing(listed):
    plain, person = listed("horror")[0], listed("horror", FAN)[0]
    assert plain == ["c", "d"] and person == ["d", "c"]
    reason = listed("horror", FAN)[1].hits[0]
    assert reason.interests == ["Comedy"] and {"als", "interests"} <= set(reason.parts)


def test_seen_items_are_left_out_unless_asked_for(listed):
    assert set(listed("comedy", FAN)[0]) == {"d"}
    assert set(listed("comedy", FAN, include_seen=True)[0]) == {"a", "b", "d"}


def test_what_the_person_asked_not_to_see_is_not_listed_and_what_is_like_it_counts_less(listed):
    from dataclasses import replace

    barred = replace(FAN, barred=np.array([3]))
    assert listed("comedy", barred)[0] == [] and "d" not in listed("comedy", barred, include_seen=True)[0]
    likes, dislikes = (
        listed("horror", replace(FAN, shares={}, disliked=no))[1].hits for no in ((), ("category:Comedy",))
    )
    scores, lowered = ({hit.column: hit.score for hit in hits} for hits in (likes, dislikes))
    assert lowered[3] == pytest.approx(0.1 * scores[3]) and lowered[2] == scores[2]
    assert all(sum(hit.parts.values()) == pytest.approx(1) for hit in dislikes)


def test_only_a_negation_lists_by_profile_or_popularity(listed):
    ids, found = listed("not horror")
    assert ids == ["a", "f", "b", "e", "g"] and "popularity" in found.notes[0]
    assert listed("not horror", FAN)[0][0] in ("g", "e", "f")


def test_a_lake_without_the_field_says_so(built, listed):
    from dataclasses import replace

    bare = replace(built, prices=np.full(7, np.nan))
    found = answer(bare, parse("comedy under 10 dollars", bare.vocabulary, bare.bm25), encode, NOBODY, 7)
    assert len(found.hits) == 3 and "no item of this lake has a price" in found.notes[0]


def test_who_asks_is_said(asking):
    assert "without a profile" in asking.ask("comedy", None)[0].notes[-1]
    assert not any("profile" in note for note in asking.ask("comedy", "fan")[0].notes)
    assert "chosen nothing yet" in asking.ask("comedy", "new")[0].notes[-1]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ("", "no text"),
        (" \t\n", "no text"),
        ("x" * (MAX_CHARACTERS + 1), "2,001 characters"),
        ("the of and", "no word that says what is wanted"),
        ("\u200b\u0000", "no text"),
    ],
)
def test_requests_that_say_nothing(asking, request_, message):
    with pytest.raises(BadInput, match=message):
        asking.ask(request_)


def test_the_same_request_gives_the_same_list(listed):
    assert listed("funny horror", FAN)[1].hits == listed("funny horror", FAN)[1].hits
