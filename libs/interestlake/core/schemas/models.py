"""Models: what training reads (snapshots that Petastorm feeds) and what it leaves (factors, lists, weights)."""

from typing import Any

from .table import Table, col, optional

USER_INDEX = col("user_index", "int", "row of the person, see silver.users")
ITEM_INDEX = col("item_index", "int", "row of the item, see silver.items")


def _vectors(name: str, meaning: str, index: Any) -> Table:
    return Table(
        name,
        meaning,
        (index, col("vector", "array<float>", "coordinates; the dot product of user and item is the score")),
        key=(index.name,),
        mode="replace",
    )


TRAINING_EXAMPLES = Table(
    "models.training_examples",
    "train pairs, the snapshot that Petastorm streams each epoch",
    (USER_INDEX, ITEM_INDEX, col("weight", "float", "strength of the pair in [0,1]")),
    key=("user_index", "item_index"),
    mode="replace",
)

ITEM_FEATURES = Table(
    "models.item_features",
    "item side features, the snapshot that Petastorm reads once",
    (
        ITEM_INDEX,
        col("text_vector", "array<float>", "reduced mean of the item's text embeddings, zeros without text"),
        col("graph_vector", "array<float>", "low-rank coordinates, zeros for an item no train user has"),
    ),
    key=("item_index",),
    mode="replace",
)

USER_FEATURES = Table(
    "models.user_features",
    "user side features, the snapshot that Petastorm reads once",
    (
        USER_INDEX,
        col("text_vector", "array<float>", "weighted mean of the text vectors of the train items, zeros without"),
        col("graph_vector", "array<float>", "low-rank coordinates, zeros without train items"),
    ),
    key=("user_index",),
    mode="replace",
)

ALS_ITEM_FACTORS = _vectors("models.als_item_factors", "item factors of ALS", ITEM_INDEX)
ALS_USER_FACTORS = _vectors("models.als_user_factors", "user factors of ALS", USER_INDEX)
ALS_FIT = Table(
    "models.als_fit",
    "how the ALS factors were fitted, one row: a history is folded in with these numbers",
    (
        col("engine", "string", "spark or implicit"),
        col("reason", "string", "why this engine"),
        col("alpha", "double", "confidence gained per unit of weight"),
        col("regularization", "double", "L2 weight that the engine took"),
        col("scaled", "boolean", "whether the L2 weight is multiplied by the length of a history"),
    ),
    key=("engine",),
    mode="replace",
)
TWO_TOWER_ITEM_VECTORS = _vectors("models.two_tower_item_vectors", "item tower's output", ITEM_INDEX)
TWO_TOWER_USER_VECTORS = _vectors("models.two_tower_user_vectors", "user tower's output", USER_INDEX)

FUSION_WEIGHTS = Table(
    "models.fusion_weights",
    "share of each source in the fused score, fitted on validation",
    (
        col("segment", "string", "group of people by history length: 0-4, 5-19, 20-99, 100 and more"),
        col("source", "string", "model"),
        col("weight", "double", "share in [0,1]; the shares of a segment sum to 1"),
    ),
    key=("segment", "source"),
    mode="replace",
    checks=(("weight_0_1", "weight >= 0 AND weight <= 1"),),
)

CHOSEN = Table(
    "models.chosen",
    "every model that was tried: what validation chose for it, or why it takes no part",
    (
        col("run_id", "string", "run that chose"),
        col("model", "string", "name in the registry"),
        col("granularity", "string", "of interest, for which it speaks"),
        col("parameters", "string", "JSON object of the chosen parameters"),
        optional("validation", "double", "nDCG of its own lists on validation; null where it was not judged"),
        col("weight", "double", "share of the fused score, of everybody's weights; 0 where it takes no part"),
        col("fits", "int", "fits that the search took"),
        optional("left_out", "string", "why it takes no part; null where it does"),
    ),
    key=("model",),
    mode="replace",
)

FUSION = Table(
    "models.fusion",
    "how the models are fused, one row",
    (
        col("run_id", "string", "run that chose"),
        col("method", "string", "weights or ranker"),
        col("discount", "double", "what a doubling of an item's people takes from its score"),
        col("plain", "string", "JSON of recommending.fusion.Fusion.as_dict"),
    ),
    key=("run_id",),
    mode="replace",
)

RECOMMENDER = Table(
    "models.recommender",
    "the released models, fitted on every pair: a file under <lake>/models/recommender_files, one row",
    (
        col("run_id", "string", "run that fitted them"),
        col("file", "string", "name of the file"),
        col("sha256", "string", "of its bytes"),
        col("bytes", "bigint", "its size"),
        col("models", "array<string>", "fused models"),
        optional("previous", "string", "file of the release before, which is kept"),
        optional("left", "string", "name of the file beside it from which the next fit goes on; null where none can"),
        optional("settings", "string", "mark of seed and parameters that the fits rest on"),
        optional("begun", "string", "run that fitted every model anew; of a release that went on, the former one's"),
        optional("grown", "double", "pairs that came or went since, as a share of all"),
        optional("went_on", "string", "run from whose models this one went on; null where they were fitted anew"),
    ),
    key=("run_id",),
    mode="replace",
)

LISTS = Table(
    "models.lists",
    "each model's list per held-out user, what the evaluator reads",
    (
        col("split", "string", "validation or test: whose events the list is held against"),
        col("model", "string", "model, source or fused"),
        col("user_id", "string", "person"),
        col("rank", "int", "place from 1"),
        col("item_id", "string", "item"),
        col("score", "double", "the model's own score, comparable within one list only"),
    ),
    key=("split", "model", "user_id", "rank"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"),),
)

TABLES = (
    TRAINING_EXAMPLES,
    ITEM_FEATURES,
    USER_FEATURES,
    ALS_FIT,
    ALS_ITEM_FACTORS,
    ALS_USER_FACTORS,
    TWO_TOWER_ITEM_VECTORS,
    TWO_TOWER_USER_VECTORS,
    FUSION_WEIGHTS,
    CHOSEN,
    FUSION,
    RECOMMENDER,
    LISTS,
)
