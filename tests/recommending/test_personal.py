"""Lists of one block of people by models whose scores are written down: shares, evidence, codes, what is named."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from interestlake.models.item_matrix import EdgeScorer
from interestlake.models.popularity import Popularity
from interestlake.models.social import SocialScorer
from interestlake.recommending.codes import codes_of
from interestlake.recommending.guard import Guard
from interestlake.recommending.named_facts import NamedFacts, told_facts
from interestlake.recommending.personal import COLUMNS, recommend_block
from interestlake.recommending.recommender import ItemInterests

from .given import small_recommender

COUNTS = np.array([5, 4, 3, 9, 2, 1], np.float32)
REASONS = {"popularity": "popular", "item_knn": "together", "ease": "together", "fact_knn": "facts", "text": "text",
           "social": "friends"}  # fmt: skip


def edges(**links) -> sp.csr_matrix:
    """i0_i4=3 -> 3 from column 0 to column 4 of six items."""
    matrix = sp.lil_matrix((6, 6), dtype=np.float32)
    for ends, value in links.items():
        start, end = (int(name[1:]) for name in ends.split("_"))
        matrix[start, end] = value
    return matrix.tocsr()


def recommender(weights: dict[str, float], links: dict[str, sp.csr_matrix], **more):
    """Popularity and a model per matrix."""
    scorers = [Popularity("popularity", COUNTS)]
    scorers += [SocialScorer(name) if name == "social" else EdgeScorer(name, own) for name, own in links.items()]
    return small_recommender(scorers, [weights[one.name] for one in scorers], REASONS, COUNTS, **more)


def person(items=(0, 1), **more) -> pd.DataFrame:
    row = {"user_id": "u", "user_index": 0, "items": list(items), "weights": [1.0] * len(items), "friend_items": None,
           "friend_weights": None, "interests": None, "shares": None, **more}  # fmt: skip
    return pd.DataFrame({name: [value] for name, value in row.items()}, dtype=object)


def first(block, made, item="i04"):
    """The row of one item."""
    lists = recommend_block(block, made, 6)
    assert list(lists.columns) == list(COLUMNS) and lists["rank"].tolist() == list(range(1, len(lists) + 1))
    return lists[lists["item_id"] == item].iloc[0]


def test_shares_evidence_and_words_of_one_item():
    """4 is linked from 0 strongly and from 1 weakly, by what people chose together."""
    made = recommender({"popularity": 0.2, "item_knn": 0.8}, {"item_knn": edges(i0_i4=3, i1_i4=1, i1_i5=1)})
    row = first(person(), made)
    assert [source["source"] for source in row["sources"]] == ["item_knn", "popularity"]
    assert sum(source["share"] for source in row["sources"]) == pytest.approx(1)
    assert (row["evidence"], row["named"], row["code"]) == (["i00", "i01"], ["i00"], "together")
    assert row["reason"] == "People who chose “Title 0” also chose this."
    plain = first(person(), made, "i03")  # nothing links to it
    assert (plain["evidence"], plain["named"], plain["code"]) == ([], [], "popular")
    assert plain["reason"] == "9 people chose it."


def test_a_sentence_about_people_rests_on_a_model_that_counted_people():
    """EASE says together, and counts nobody: alone it says less, beside item-kNN its items are not named."""
    matrix = {"ease": edges(i0_i4=3, i1_i4=2)}
    row = first(person(), recommender({"popularity": 0.1, "ease": 0.9}, matrix))
    assert row["reason"] == "This goes well with “Title 0”."
    both = matrix | {"item_knn": edges(i1_i4=1)}
    row = first(person(), recommender({"popularity": 0.1, "ease": 0.8, "item_knn": 0.1}, both))
    assert row["reason"] == "People who chose “Title 1” also chose this."
    assert row["named"] == ["i01"]
    assert row["evidence"] == ["i00", "i01"]  # which is of the score, whoever brought it


def told(*carriers: tuple[str, str, str]) -> NamedFacts:
    """(item_id, relation, value) -> the facts that sentences may name, of six items."""
    return NamedFacts.of(pd.DataFrame(carriers, columns=["item_id", "relation", "value"]),
                         np.array([f"i0{n}" for n in range(6)], object))  # fmt: skip


def test_facts_in_common_are_said_of_items_that_have_them():
    """0 and 1 speak for 4 by their facts' nearness; only 1 shares a fact with it, a maker, and a kind beside."""
    matrix = {"fact_knn": edges(i0_i4=3, i1_i4=1)}
    shared = [(item, "director", "Ann Bell") for item in ("i01", "i04")]
    kinds = [(item, "category", "Drama") for item in ("i01", "i04", "i05")]
    made = recommender({"popularity": 0.1, "fact_knn": 0.9}, matrix, named_facts=told(*shared, *kinds))
    row = first(person(), made)
    assert row["reason"] == "This is like “Title 1”: same director, Ann Bell."
    assert (row["code"], row["named"], row["fact"]) == ("facts", ["i01"], ["director", "Ann Bell"])
    of_a_kind = first(person(), replace(made, named_facts=told(*kinds)))
    assert of_a_kind["reason"] == "This is like “Title 1”: both Drama."
    for nothing in (None, told()):
        none = first(person(), replace(made, named_facts=nothing))
        assert none["code"] == "popular" and none["named"] == [] and none["fact"] == []


def test_what_a_sentence_names_is_among_the_evidence():
    """Of four items only the weakest has something in common with the listed one: it is named, and looked up."""
    matrix = {"item_knn": edges(i0_i4=4, i1_i4=3, i2_i4=2, i3_i4=1)}
    shared = [(item, "director", "Ann Bell") for item in ("i03", "i04")]
    made = recommender({"popularity": 0.1, "item_knn": 0.9}, matrix, named_facts=told(*shared))
    row = first(person(items=(0, 1, 2, 3)), made)
    assert row["reason"] == "People who chose “Title 3” also chose this; same director, Ann Bell."
    assert (row["named"], row["evidence"]) == (["i03"], ["i00", "i01", "i02", "i03"])
    assert first(person(items=(0, 1, 3)), made)["evidence"] == ["i00", "i01", "i03"]


def test_steps_of_histories_that_are_no_sequence_are_said_as_choices_of_the_same_people():
    """Transitions alone speak: with times apart they say when, told at one sitting they say that people chose both."""
    made = recommender({"popularity": 0.1, "transitions": 0.9}, {"transitions": edges(i0_i4=3)})
    said = {}
    for in_sequence in (True, False):
        codes = {**REASONS, **codes_of(["transitions"], in_sequence)}
        said[in_sequence] = first(person(), replace(made, reasons=codes))
    assert said[True]["reason"] == "People chose this soon before or after “Title 0”."
    assert said[False]["reason"] == "People who chose “Title 0” also chose this."
    assert [said[one]["code"] for one in (True, False)] == ["next", "together"]


def test_facts_are_told_by_name_and_never_by_number():
    attributes = [("a", "director", "Ann Bell"), ("b", "Director", "Cy Dee, Ann Bell"), ("a", "year", "1995"),
                  ("b", "year", "1995"), ("a", "code", "x9/7"), ("b", "code", "x9/7")]  # fmt: skip
    said = (("film.film.director", "6285"), ("http://x.org/madeBy", "Warner"), ("label", "Best"))
    facts = [(item, *fact) for item in ("a", "b") for fact in said]
    attributes += [(item, "brand", "Acme, Inc") for item in ("a", "b")]
    attributes += [(item, "actors", f"{item} Person, Jr.") for item in ("a", "b")]
    kinds = pd.DataFrame([("a", "Drama"), ("b", "Drama")], columns=["item_id", "value"])
    rows = told_facts(pd.DataFrame(attributes, columns=["item_id", "relation", "value"]),
                      pd.DataFrame(facts, columns=["item_id", "predicate", "object"]), kinds)  # fmt: skip
    made = NamedFacts.of(rows, np.array(["a", "b"], object))
    assert list(zip(made.relations, made.values, strict=True)) == [
        ("brand", "Acme, Inc"), ("director", "Ann Bell"), ("made by", "Warner"), ("category", "Drama")]  # fmt: skip
    assert made.shared([0], 1) == {0: ("brand", "Acme, Inc")} and made.alike([0, 1], 1) == {0: 1.0, 1: 1.0}


def test_friends_and_interests_are_said_where_they_are():
    interests = ItemInterests(sp.csr_matrix(np.eye(6, 2, dtype=np.float32)[[0, 0, 0, 0, 1, 1]]),
                              np.array(["tag:a", "tag:b"], object), np.array(["ants", "bees"], object))  # fmt: skip
    made = recommender({"popularity": 0.1, "social": 0.9}, {"social": None}, interests=interests)
    block = person(friend_items=[4], friend_weights=[2.0], interests=["tag:b"], shares=[1.0])
    row = first(block, made)
    assert row["reason"] == "It is among your friends' choices, and it fits your interest in bees."
    assert (row["code"], row["named"], row["evidence"]) == ("friends", [], [])


def test_what_the_rails_hide_is_never_evidence_nor_named():
    hidden = np.array([1, 0, 0, 0, 0, 0], bool)
    rails = Guard(np.zeros(6, bool), hidden, np.full(6, -1, np.int32), 0, sp.csr_matrix((6, 6), dtype=np.float32))
    matrix = {"item_knn": edges(i0_i4=3, i1_i4=1)}
    row = first(person(), recommender({"popularity": 0.2, "item_knn": 0.8}, matrix, guard=rails))
    assert (row["evidence"], row["named"]) == (["i01"], ["i01"])


def test_barred_items_are_left_out_and_what_is_like_a_refused_one_sinks():
    """Item 4 is barred; 5 carries the interest of the refused 4 fully, which takes a quarter of its score."""
    interests = ItemInterests(sp.csr_matrix(np.eye(6, 1, -4, np.float32) + np.eye(6, 1, -5, np.float32)),
                              np.array(["tag:b"], object), np.array(["bees"], object))  # fmt: skip
    made = recommender({"popularity": 0.2, "item_knn": 0.8}, {"item_knn": edges(i0_i4=3, i0_i5=2, i0_i2=1)},
                       interests=interests)  # fmt: skip
    before = recommend_block(person(), made, 6).set_index("item_id")["score"]
    asked = person(barred=[4], refused=[4], disliked=None)
    after = recommend_block(asked, made, 6).set_index("item_id")["score"]
    assert "i04" in before.index and "i04" not in after.index
    # 4 proposed no more, the standard scores are anew; what is said of 5 without the refusal is the measure
    barred = recommend_block(person(barred=[4], refused=None, disliked=None), made, 6).set_index("item_id")["score"]
    assert after["i05"] == pytest.approx(0.75 * barred["i05"], abs=1e-6) and after["i02"] == barred["i02"]
    disliked = person(barred=None, refused=None, disliked=["tag:b"])
    sunk = recommend_block(disliked, made, 6).set_index("item_id")["score"]
    assert sunk["i05"] == pytest.approx(0.1 * before["i05"], abs=1e-6)


def test_a_list_avoids_what_is_like_the_items_above_it():
    """4 and 5 are alike; with diversity the second place goes to another."""
    alike = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 0]], np.float32)
    matrix = {"item_knn": edges(i0_i4=3, i0_i5=2.9, i0_i2=1)}
    made = recommender({"popularity": 0.05, "item_knn": 0.95}, matrix, alike=alike)
    assert recommend_block(person(), made, 2)["item_id"].tolist() == ["i04", "i05"]
    varied = recommend_block(person(), replace(made, diversity=0.9), 2)["item_id"].tolist()
    assert varied[0] == "i04" and varied[1] in ("i02", "i03")


def test_a_person_the_fit_did_not_know_has_no_vectors():
    from interestlake.models.fitted import Fitted

    made = recommender({"popularity": 0.2, "item_knn": 0.8}, {"item_knn": edges(i0_i4=1)})
    vectors = np.array([[0.0, 0.0], [1.0, 2.0]])
    made = replace(made, fitted=made.fitted | {"item_knn": Fitted(made.fitted["item_knn"].scorer, vectors)},
                   place_of_user=np.array([1, -1]))  # fmt: skip
    block = pd.concat([person(user_index=index) for index in (0, 1, 7, None)], ignore_index=True)
    assert made.batch(block).vectors["item_knn"].tolist() == [[1, 2], [0, 0], [0, 0], [0, 0]]
