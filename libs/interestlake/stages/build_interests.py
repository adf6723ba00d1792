"""Interests of items from categories, tags, keywords and topics; and each person's map of them."""

from functools import reduce

from ..errors import BadInput
from ..interests.candidates import from_categories, from_keywords, from_tags, from_topics, training_documents
from ..interests.interest_map import build_interest_map
from ..interests.item_interests import build_item_interests, list_interests
from .stage import Stage, StageContext

CARRIED, MAP = "silver.item_interests", "gold.interest_map"


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.interests
    items = context.read("silver.items")
    documents = context.read("silver.documents").transform(training_documents)
    texts = documents.where("kind <> 'tag'")
    candidates = {
        "category": lambda: from_categories(items),
        "tag": lambda: from_tags(documents),
        "keyword": lambda: texts.transform(from_keywords(context.read("silver.text_features"))),
        "topic": lambda: texts.transform(
            from_topics(context.read("silver.document_topics"), context.read("silver.topics"))
        ),
    }
    found = reduce(lambda left, right: left.unionByName(right), (candidates[kind]() for kind in params.kinds))
    known = found.join(items.select("item_id"), "item_id", "left_semi").cache()
    build = build_item_interests(
        items.count(), params.max_interests, params.max_per_item, params.min_items, params.max_item_share
    )
    carried = known.transform(build).cache()
    interests = context.write("silver.interests", carried.transform(list_interests))
    if carried.isEmpty():
        raise BadInput.of(
            "interests",
            found=f"none on {params.min_items} items or more, out of the kinds {', '.join(params.kinds)}",
            expected="categories, tags or texts that items share",
            where="interests.min_items (conf/params/interests.yml), or the source's items and texts",
        )
    pairs = context.write(CARRIED, carried.select("item_id", "interest_id", "weight"))
    carried.unpersist()
    known.unpersist()
    weighed = build_interest_map(context.read(CARRIED), params.max_per_user)
    held = context.write(MAP, context.read("silver.interactions").transform(weighed))
    return {"interests": interests.rows, "item_interests": pairs.rows, "interest_map_rows": held.rows}


BUILD_INTERESTS = Stage(
    name="build_interests",
    summary="interests of items from categories, tags, keywords and topics; each person's map of them",
    reads=(
        "silver.items",
        "silver.documents",
        "silver.text_features",
        "silver.document_topics",
        "silver.topics",
        "silver.interactions",
    ),
    writes=("silver.interests", CARRIED, MAP),
    section="interests",
    run=_run,
)
