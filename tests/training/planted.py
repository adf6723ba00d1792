"""A two-group world in the tables that training reads: even people like even items, and their texts say so."""

import numpy as np

from interestlake.core.params.all import Embed
from interestlake.text.encoder_files import find_encoder

USERS, ITEMS = 24, 24
# people and items of the last rows take no part in training
COLD_USER, COLD_ITEM = USERS, ITEMS
WIDTH = 6
ENCODER = find_encoder("", Embed().max_tokens).model_id


def pairs() -> list[tuple[int, int, str]]:
    """(user_index, item_index, split): per person 7 train, 2 validation and 1 test item of the own group."""
    generator = np.random.default_rng(0)
    rows = []
    for user in range(USERS):
        liked = generator.permutation(np.arange(user % 2, ITEMS, 2))[:10].tolist()
        splits = ["train"] * 7 + ["validation"] * 2 + ["test"]
        rows += [(user, item, split) for item, split in zip(liked, splits, strict=True)]
    return rows


def embedding(item: int, seed: int) -> list[float]:
    """A unit vector near its group's axis."""
    vector = np.random.default_rng(1000 * seed + item).normal(size=WIDTH) * 0.2
    vector[item % 2] += 1.0
    return (vector / np.linalg.norm(vector)).tolist()


def write_tables(spark, lake) -> None:
    """The tables that train_als and train_two_tower read. Held-out reviews have vectors of NaN: a leak would show."""
    found = pairs()
    rows = [(f"u{u:03}", f"i{i:03}", u, i, 1.0, 1, n + 1, None, None, s) for n, (u, i, s) in enumerate(found)]
    lake.write(
        "silver.interactions",
        spark.createDataFrame(
            rows,
            "user_id string, item_id string, user_index int, item_index int, weight double, event_count int, "
            "position int, first_ts timestamp, last_ts timestamp, split string",
        ),
        "planted",
    )
    users = [(f"u{u:03}", u, 7 if u < USERS else 0, None, None) for u in range(USERS + 1)]
    schema = "user_id string, user_index int, item_count int, first_ts timestamp, last_ts timestamp"
    lake.write("silver.users", spark.createDataFrame(users, schema), "planted")
    items = [(f"i{i:03}", i, f"item {i}", None, [], 1) for i in range(ITEMS + 1)]
    schema = (
        "item_id string, item_index int, title string, description string, categories array<string>, user_count int"
    )
    lake.write("silver.items", spark.createDataFrame(items, schema), "planted")
    texts = [(f"d{i}", f"h{i}", "item", f"i{i:03}", None, "text", None, None, "all") for i in range(ITEMS)]
    texts += [
        (f"r{u}-{i}", f"held{u}-{i}", "review", f"i{i:03}", f"u{u:03}", "text", None, None, split)
        for u, i, split in found
        if split != "train"
    ]
    schema = (
        "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, rating double, "
        "event_ts timestamp, split string"
    )
    lake.write("silver.documents", spark.createDataFrame(texts, schema), "planted")
    vectors = [(f"h{i}", ENCODER, "planted", embedding(i, 1)) for i in range(ITEMS)]
    vectors += [(row[1], ENCODER, "planted", [float("nan")] * WIDTH) for row in texts if row[2] == "review"]
    vectors += [(f"h{i}", "another encoder", "planted", [9.0, 9.0]) for i in range(ITEMS)]
    schema = "text_hash string, model_id string, engine string, vector array<float>"
    lake.write("silver.embeddings", spark.createDataFrame(vectors, schema), "planted")
    for side, count in (("item", ITEMS), ("user", USERS)):
        vectors = [(f"{side[0]}{n:03}", [float(n % 2 == 0), float(n % 2)]) for n in range(count)]
        typed = spark.createDataFrame(vectors, f"{side}_id string, vector array<float>")
        lake.write(f"graph.{side}_vectors", typed, "planted")
