"""What the tests of published layouts compare, and how their files are written."""

import json

EVENT = ("user_id", "item_id", "event_type", "value", "text", "event_ts")
ITEM = ("item_id", "title", "description", "categories", "attributes", "image_url")
FACT = ("subject", "predicate", "object", "subject_item_id")
BAD = ("file", "line", "reason")


def lines(*rows):
    return "".join("\t".join(row) + "\n" for row in rows)


def objects(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)
