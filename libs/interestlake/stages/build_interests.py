"""Stage build_interests: categories, tags, keywords and topics -> interests of items and of people."""

from functools import reduce

from pyspark.sql import DataFrame

from ..core.stage import Stage, StageContext
from ..interests.candidates import category_candidates, keyword_candidates, tag_candidates, topic_candidates
from ..interests.hidden import without_hidden
from ..interests.interest_map import interest_map
from ..interests.item_interests import choose_interests, interest_vocabulary
from ..privacy.objections import heeded


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.interests
    documents, topics = context.read("silver.documents"), context.read("silver.topics")
    items = context.read("silver.items")
    features, mixtures = context.read("silver.text_features"), context.read("silver.document_topics")
    by_kind = {
        "category": category_candidates(items),
        "tag": tag_candidates(documents),
        "keyword": keyword_candidates(documents, features),
        "topic": topic_candidates(documents, mixtures),
    }
    candidates = reduce(DataFrame.unionByName, (by_kind[kind] for kind in params.kinds))
    candidates = candidates.transform(without_hidden(context.params.guard.hidden_words, items, topics))
    chosen = candidates.transform(choose_interests(params)).persist()
    vocabulary, written = context.write_all(
        {
            "silver.interests": chosen.transform(interest_vocabulary(topics)),
            "silver.item_interests": chosen.drop("kind", "name"),
        }
    )
    carried, names = (context.lake.read(name) for name in ("silver.item_interests", "silver.interests"))
    pairs = context.read("silver.interactions")
    profiles = pairs.transform(interest_map(carried, names, params.max_per_user))
    profiles = profiles.transform(heeded(context.lake, "interest_id"))
    people = context.write("gold.interest_map", profiles)
    chosen.unpersist()
    if vocabulary.rows == 0 and written.version <= 1:
        context.log.info("      no interest found: the source has no categories, tags or texts that repeat")
    return {"interests": vocabulary.rows, "item_interests": written.rows, "interest_map": people.rows}


BUILD_INTERESTS = Stage(
    name="build_interests",
    summary="interests of items and the interest map of every person",
    reads=(
        "silver.items",
        "silver.documents",
        "silver.text_features",
        "silver.document_topics",
        "silver.topics",
        "silver.interactions",
    ),
    writes=("silver.interests", "silver.item_interests", "gold.interest_map"),
    section="interests",
    run=_run,
    pure=True,
)
