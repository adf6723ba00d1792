"""Fit one model of the `implicit` library and list for everybody; runs in that library's own environment.

Usage: fit_implicit.py TRAIN.csv OUT.csv MODEL TOP SEED NAME=VALUE...
"""

import sys

import numpy as np
import pandas as pd
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

MODELS = {
    "als": lambda seed, p: AlternatingLeastSquares(
        factors=int(p["factors"]), regularization=p["regularization"], alpha=p["alpha"], random_state=seed
    ),
    "bpr": lambda seed, p: BayesianPersonalizedRanking(
        factors=int(p["factors"]),
        regularization=p["regularization"],
        learning_rate=p["learning_rate"],
        iterations=int(p["iterations"]),
        random_state=seed,
    ),
    "cosine": lambda seed, p: CosineRecommender(K=int(p["neighbours"])),
    "tfidf": lambda seed, p: TFIDFRecommender(K=int(p["neighbours"])),
    "bm25": lambda seed, p: BM25Recommender(K=int(p["neighbours"]), B=p["b"]),
}

if __name__ == "__main__":
    train, out, model, top, seed = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
    given = {name: float(value) for name, value in (pair.split("=") for pair in sys.argv[6:])}
    pairs = pd.read_csv(train, dtype=str)
    users, items = (pd.Categorical(pairs[name]) for name in ("user_id", "item_id"))
    matrix = sp.csr_matrix((np.ones(len(pairs), np.float32), (users.codes, items.codes)))
    fitted = MODELS[model](seed, given)
    fitted.fit(matrix, show_progress=False)
    people = np.arange(matrix.shape[0])
    found, scores = fitted.recommend(people, matrix, N=top, filter_already_liked_items=True)
    rows = np.repeat(people, found.shape[1])
    ranks = np.tile(np.arange(found.shape[1]) + 1, len(found))
    lists = pd.DataFrame({"user_id": users.categories[rows], "rank": ranks})
    lists["column"], lists["score"] = found.ravel(), scores.ravel()
    lists = lists[(lists["column"] >= 0) & np.isfinite(lists["score"]) & (lists["score"] > np.finfo(np.float32).min)]
    lists["item_id"] = items.categories[lists["column"]]
    lists[["user_id", "item_id", "rank", "score"]].to_csv(out, index=False)
