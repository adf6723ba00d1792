"""Rows of silver.documents, built by hand."""

import hashlib

SCHEMA = (
    "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, "
    "rating double, event_ts timestamp, split string"
)


def text_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()


def document(text, kind="review", item="i", user="u", rating=None, split="train"):
    doc_id = hashlib.sha256(f"{kind}/{item}/{user}/{text}".encode()).hexdigest()
    return (doc_id, text_hash(text), kind, item, user, text, rating, None, split)
