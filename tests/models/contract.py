"""What every scorer has to hold, whoever fitted it. test_contract.py finds the scorers; docs/add-a-model.md uses it."""

import pickle
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interestlake.interactions.batch import UserBatch
from interestlake.interactions.pairs import Pairs
from interestlake.models.fitted import Fitted, top_lists
from interestlake.models.stored import read_values, write_values
from interestlake.models.top import top_columns

from .one_row import top_unseen
from .planted import STRANGER, World


@dataclass(frozen=True)
class Case:
    """A fitted model over a planted world.

    of_strangers: it has an opinion for somebody of whom nothing is known; adds_up: its scores are sums over single
    history items, and `contributions` says which.
    """

    fitted: Fitted
    world: World
    of_strangers: bool = False
    adds_up: bool = False

    @property
    def pairs(self) -> Pairs:
        return self.world.pairs

    def batch(self, people) -> UserBatch:
        return self.pairs.batch(np.asarray(people, np.int64), self.world.side.friends, self.fitted.vectors)

    def everybody(self) -> UserBatch:
        return self.batch(np.arange(self.pairs.shape[0]))


def scores_are_finite_float32_of_people_by_items(case: Case) -> None:
    scores = case.fitted.scorer.score(case.everybody())
    assert scores.shape == case.pairs.shape and scores.dtype == np.float32 and np.isfinite(scores).all()


def opinions_are_the_scores_and_their_lists_the_lists(case: Case) -> None:
    """Whatever form a scorer has its scores in: best unseen items, and the score of any item, as from the array."""
    scorer, batch = case.fitted.scorer, case.everybody()
    scores, opinions = scorer.score(batch), scorer.opinions(batch)
    person, column = (place.ravel() for place in np.indices(scores.shape))
    np.testing.assert_allclose(opinions.at(person, column), scores.ravel(), rtol=1e-6, atol=0)
    for closed in (batch.history, batch.history * 0, type(batch.history)(batch.history.shape, dtype=np.float32)):
        for limit in (1, 7, scores.shape[1]):
            columns, values = opinions.top(closed, limit)
            expected, expected_values = top_columns(scores, closed, limit)
            np.testing.assert_array_equal(columns, expected)
            np.testing.assert_allclose(values, expected_values, rtol=1e-6)
    assert 1 <= scorer.cells(scores.shape[1])


def the_same_batch_scores_the_same(case: Case) -> None:
    scorer = case.fitted.scorer
    np.testing.assert_array_equal(scorer.score(case.everybody()), scorer.score(case.everybody()))


def a_batch_equals_its_people_one_by_one(case: Case) -> None:
    scorer, batch = case.fitted.scorer, case.everybody()
    single = np.vstack([scorer.score(batch.row(person)) for person in range(batch.size)])
    np.testing.assert_allclose(scorer.score(batch), single, rtol=1e-4, atol=1e-5)


def pickled_and_reloaded_it_scores_the_same(case: Case) -> None:
    scorer, batch = case.fitted.scorer, case.everybody()
    reloaded = pickle.loads(pickle.dumps(scorer))
    np.testing.assert_array_equal(scorer.score(batch), reloaded.score(batch))
    assert reloaded.nbytes == scorer.nbytes >= 0 and reloaded.name == scorer.name


def kept_as_values_it_scores_the_same(case: Case) -> None:
    batch = case.everybody()
    with tempfile.TemporaryDirectory() as folder:
        write_values(file := Path(folder) / "fitted", case.fitted)
        reloaded = read_values(file)
    np.testing.assert_array_equal(case.fitted.scorer.score(batch), reloaded.scorer.score(batch))
    for name, vectors in case.fitted.vectors.items():
        np.testing.assert_array_equal(vectors, reloaded.vectors[name])


def a_stranger_gets_no_opinion_unless_that_is_declared(case: Case) -> None:
    scores = case.fitted.scorer.score(case.batch([STRANGER]))[0]
    assert scores.any() == case.of_strangers
    assert bool(len(top_unseen(scores, np.empty(0, int), 5)[0])) == case.of_strangers


def an_empty_batch_is_fine(case: Case) -> None:
    assert case.fitted.scorer.score(case.batch([])).shape == (0, case.pairs.shape[1])


def contributions_add_up_to_the_score_or_are_none(case: Case) -> None:
    scorer, batch, columns = case.fitted.scorer, case.everybody(), np.array([0, 3, 8])
    scores = scorer.score(batch)
    for person in range(1, 9):
        parts = scorer.contributions(batch, person, columns)
        if not case.adds_up:
            assert parts is None
            continue
        assert parts.shape == (batch.history[person].nnz, len(columns))
        np.testing.assert_allclose(parts.sum(axis=0), scores[person, columns], rtol=1e-4, atol=1e-5)


def a_list_holds_unseen_items_once_each_best_first(case: Case) -> None:
    people = np.arange(case.pairs.shape[0])
    columns, values = top_lists(case.fitted, case.pairs, people, 5, case.world.side.friends)
    seen = case.pairs.matrix.toarray() > 0
    for person, (listed, scored) in enumerate(zip(columns, values, strict=True)):
        given = listed[listed >= 0]
        assert len(set(given.tolist())) == len(given) and (np.diff(scored[listed >= 0]) <= 0).all()
        assert not seen[person, given].any() and (listed[len(given) :] == -1).all()
    assert (columns[1:] >= 0).any()


CHECKS = (
    scores_are_finite_float32_of_people_by_items,
    opinions_are_the_scores_and_their_lists_the_lists,
    the_same_batch_scores_the_same,
    a_batch_equals_its_people_one_by_one,
    pickled_and_reloaded_it_scores_the_same,
    kept_as_values_it_scores_the_same,
    a_stranger_gets_no_opinion_unless_that_is_declared,
    an_empty_batch_is_fine,
    contributions_add_up_to_the_score_or_are_none,
    a_list_holds_unseen_items_once_each_best_first,
)
