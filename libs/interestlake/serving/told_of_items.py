"""What a reader can be told of items: facts by name, and interests that have one."""

from collections.abc import Collection

import pandas as pd

from ..core.rows import Rows
from ..recommending.named_facts import COLUMNS, READABLE_KINDS, told_facts


def facts_of(rows: Rows, item_ids: Collection[str]) -> dict[str, set[tuple[str, str]]]:
    """item_id -> {(relation, value)} of `told_facts`: the source's attributes and facts that hold, no categories."""
    asked = {"item_id": item_ids}
    attributes = [
        (one["item_id"], relation, value)
        for one in (rows.of("bronze.items", ["item_id", "attributes"], asked) if rows.there("bronze.items") else ())
        for relation, value in (one["attributes"] or {}).items()
    ]
    there = rows.there("silver.facts")
    columns = ["subject_item_id", "predicate", "object", "valid_to"]
    said = rows.of("silver.facts", columns, {"subject_item_id": item_ids}) if there else ()
    facts = [tuple(one[name] for name in columns[:3]) for one in said if one["valid_to"] is None]
    told = told_facts(
        pd.DataFrame(attributes, columns=COLUMNS),
        pd.DataFrame(facts, columns=["item_id", "predicate", "object"]),
        pd.DataFrame([], columns=["item_id", "value"], dtype=str),
    )
    facts_by_item: dict[str, set[tuple[str, str]]] = {}
    for item_id, relation, value in told.itertuples(index=False):
        facts_by_item.setdefault(item_id, set()).add((relation, value))
    return facts_by_item


def readable(rows: Rows, interest_ids: Collection[str]) -> dict[str, str]:
    """interest_id -> name of those of READABLE_KINDS."""
    if not interest_ids or not rows.there("silver.interests"):
        return {}
    named = rows.of("silver.interests", ["interest_id", "kind", "name"], {"interest_id": interest_ids})
    return {one["interest_id"]: one["name"] for one in named if one["kind"] in READABLE_KINDS}
