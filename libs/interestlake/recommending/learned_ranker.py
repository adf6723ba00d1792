"""A learned ranker over what the models say of each candidate: gradient-boosted trees (LambdaMART)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from .pool import CANDIDATES, EVERY, Pool, is_relevant

ROUNDS = 400
PATIENCE = 40
FOLDS = 4
NEAR = 30  # candidates that no model has among so many of its best are most of all, rarely right, and train no ranker
SETTINGS = {
    "objective": "lambdarank",
    "metric": "ndcg",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "lambdarank_truncation_level": 40,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def features(pool: Pool, rows: np.ndarray | slice = EVERY) -> np.ndarray:
    """(C, 2 S + K) float32 of all candidates, or of those of `rows`: values, 1 / place per model, context."""
    places = pool.places[rows]
    near = np.where(places > CANDIDATES, 0.0, 1.0 / places).astype(np.float32)
    return np.hstack([pool.values[rows], near, pool.context[rows]])


def train_ranker(
    given: np.ndarray,
    label: np.ndarray,
    groups: np.ndarray,
    k: int,
    seed: int,
    rounds: int,
    watch: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> Any:
    """LambdaMART (Burges 2010) on (C, F) features; groups: rows per person. `watch`: the same of other people, whose
    nDCG@k stops the training early. -> the booster."""
    import lightgbm  # compiled code: loaded where a ranker is trained

    settings = {**SETTINGS, "seed": seed, "eval_at": [k]}
    data = lightgbm.Dataset(given, label, group=groups, params={"verbosity": -1})
    if watch is None:
        return lightgbm.train(settings, data, rounds)
    other = lightgbm.Dataset(watch[0], watch[1], group=watch[2], reference=data)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return lightgbm.train(settings, data, rounds, valid_sets=[other], callbacks=[stop])


def cross_fitted(
    pool: Pool, relevant: Sequence[np.ndarray], fold_of: np.ndarray, k: int, seed: int
) -> tuple[np.ndarray, str] | None:
    """Scores of every candidate by a ranker that did not see its fold, and the text of a ranker of all people.

    fold_of: (P,) fold of each person; each one's stopping rule watches people of the next fold,
    not its own. Candidates within NEAR train and stop it, all are scored. -> (scores (C,), LightGBM's text, which
    `booster_of` reads), or None: with fewer than three folds, or one without such a candidate, nothing is learned from.
    """
    given, label, owner = features(pool), is_relevant(pool, relevant).astype(np.int8), pool.owner
    near = pool.places.min(axis=1) <= NEAR

    def examples(people: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = people[owner] & near
        sizes = np.bincount(owner[rows], minlength=len(people))
        return given[rows], label[rows], sizes[sizes > 0]

    folds = int(fold_of.max()) + 1
    if folds < 3 or not np.bincount(fold_of[owner[near]], minlength=folds).all():
        return None
    scores, rounds = np.zeros(len(owner)), []
    for fold in range(folds):
        watched = fold_of == (fold + 1) % folds
        learning = ~watched & (fold_of != fold)
        booster = train_ranker(*examples(learning), k, seed, ROUNDS, examples(watched))
        mine = (fold_of == fold)[owner]
        scores[mine] = booster.predict(given[mine])
        rounds.append(booster.best_iteration or ROUNDS)
    everybody = examples(np.ones(len(pool.people), bool))
    whole = train_ranker(*everybody, k, seed, max(10, round(float(np.mean(rounds)) * 1.2)))
    return scores, whole.model_to_string()


@lru_cache(maxsize=4)
def booster_of(text: str) -> Any:
    """LightGBM's text -> the booster; a process reads one text once."""
    import lightgbm

    return lightgbm.Booster(model_str=text)


def pushes(text: str, given: np.ndarray, models: int) -> np.ndarray:
    """(n, F) features of `features` -> (n, S) what each model's value and place add to the ranker's score, by SHAP."""
    values = np.asarray(booster_of(text).predict(given, pred_contrib=True))
    return values[:, :models] + values[:, models : 2 * models]
