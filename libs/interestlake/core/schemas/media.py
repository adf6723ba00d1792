"""Pictures and sounds of items: what is there, its vectors, and the model that joins them with text."""

from typing import Any

from .models import ITEM_INDEX, USER_INDEX
from .table import Table, col

MEDIA_HASH = col("media_hash", "string", "sha-256 of the file's content, 64 hex digits")

MEDIA = Table(
    "silver.media",
    "one picture or sound of an item",
    (
        col("item_id", "string", "item it belongs to"),
        MEDIA_HASH,
        col("kind", "string", "image or audio"),
        col("file", "string", "file that holds it, or that names its path"),
        col("line", "bigint", "line or row in that file, from 1"),
    ),
    key=("item_id", "media_hash"),
    mode="merge",
    checks=(("kind_known", "kind IN ('image','audio')"),),
)

MEDIA_EMBEDDINGS = Table(
    "silver.media_embeddings",
    "the vector of one distinct picture or sound under one model; equal files are embedded once",
    (
        MEDIA_HASH,
        col("model_id", "string", "name and content hash of the encoder"),
        col("kind", "string", "image or audio"),
        col("engine", "string", "classical or torch"),
        col("vector", "array<float>", "embedding; of unit length but for classical sounds"),
    ),
    key=("media_hash", "model_id"),
    mode="merge",
    checks=(("vector_not_empty", "size(vector) > 0"),),
)

MEDIA_FEATURES = Table(
    "models.media_features",
    "item vectors by modality, the snapshot that Petastorm reads once",
    (
        ITEM_INDEX,
        col("text_vector", "array<float>", "reduced vector of the item's own texts, unit length; zeros without"),
        col("image_vector", "array<float>", "reduced mean vector of its pictures, unit length; zeros without"),
        col("audio_vector", "array<float>", "reduced mean vector of its sounds, unit length; zeros without"),
        col("present", "array<float>", "1 or 0 per modality: text, image, audio"),
        col("held", "int", "1: no pair with the item was trained on"),
    ),
    key=("item_index",),
    mode="replace",
)

MEDIA_EXAMPLES = Table(
    "models.media_examples",
    "train pairs of items with content, the snapshot that Petastorm streams each epoch",
    (
        USER_INDEX,
        ITEM_INDEX,
        col("weight", "float", "strength of the pair in [0,1]"),
        col("used", "int", "1: trained on; 0: the person or the item is held out"),
    ),
    key=("user_index", "item_index"),
    mode="replace",
)


def _vectors(name: str, meaning: str, index: Any) -> Table:
    return Table(
        name,
        meaning,
        (index, col("vector", "array<float>", "unit length; the dot product of person and item is the score")),
        key=(index.name,),
        mode="replace",
    )


TABLES = (
    MEDIA,
    MEDIA_EMBEDDINGS,
    MEDIA_FEATURES,
    MEDIA_EXAMPLES,
    _vectors("models.media_item_vectors", "items by the gated fusion of their content", ITEM_INDEX),
    _vectors("models.media_user_vectors", "people by the gated fusion of their items' content", USER_INDEX),
)
