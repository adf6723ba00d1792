"""Fit SAR of the `recommenders` library and list for everybody; runs in that library's own environment.

Usage: fit_recommenders.py TRAIN.csv OUT.csv sar TOP SEED NAME=VALUE...
"""

import sys

import pandas as pd
from recommenders.models.sar import SAR

SIMILARITIES = ("jaccard", "cosine", "lift", "inclusion index", "cooccurrence")

if __name__ == "__main__":
    train, out, top = sys.argv[1], sys.argv[2], int(sys.argv[4])
    given = dict(pair.split("=") for pair in sys.argv[6:])
    pairs = pd.read_csv(train, dtype={"user_id": str, "item_id": str})
    pairs["rating"] = 1.0
    timed = "timestamp" in pairs.columns and float(given["decay_days"]) > 0
    model = SAR(
        col_user="user_id",
        col_item="item_id",
        col_rating="rating",
        col_timestamp="timestamp",
        col_prediction="score",
        similarity_type=SIMILARITIES[int(float(given["similarity"]))],
        threshold=int(float(given["threshold"])),
        timedecay_formula=timed,
        time_decay_coefficient=int(float(given["decay_days"])) or 30,
    )
    model.fit(pairs)
    people = pairs[["user_id", "item_id"]].drop_duplicates("user_id")
    found = model.recommend_k_items(people, top_k=top, remove_seen=True)
    found = found[found["score"] > 0].sort_values(["user_id", "score"], ascending=[True, False], kind="stable")
    found["rank"] = found.groupby("user_id").cumcount() + 1
    found[["user_id", "item_id", "rank", "score"]].to_csv(out, index=False)
