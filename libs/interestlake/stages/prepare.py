"""Stage prepare: bronze -> silver: clean, weigh, split, index."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..interactions.catalogue import indexed_pairs, item_rows, known_items, user_rows
from ..interactions.documents import event_documents, item_documents, item_texts
from ..interactions.index import keep_index
from ..interactions.social import distinct_facts, mutual_friends, with_changed
from ..interactions.split import split_ends, split_pairs
from ..interactions.uneven import crowd_remarks, crowded_people, dislike_remarks, rating_remarks, text_remarks, thinned
from ..interactions.weigh import chosen_pairs, drop_rare, weigh_pairs

NUMBERS = "silver.user_numbers"


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.prepare
    events = context.read("bronze.events")
    # tags come beside choices: their times alone put no choice before another
    timed = events.where("event_ts IS NOT NULL AND event_type <> 'tag'").limit(1).count() > 0
    method = params.split if timed else "hash"
    if method != params.split:
        context.log.info("      the source keeps no time of choices: split 'hash' instead of '%s'", params.split)
    counting = _thinned(context, events)
    chosen = counting.transform(chosen_pairs(params.event_weights))
    placed = chosen.transform(split_pairs(method, params.validation_share, params.test_share, context.options.seed))
    placed = placed.persist()  # the split comes first: weights, decay and rarity read its train part alone
    pairs = (
        placed.transform(weigh_pairs(params.half_life_days, params.min_rating, params.event_weights, params.half_lives))
        .transform(drop_rare(params.min_user_events, params.min_item_events))
        .persist()
    )
    counts = {row["split"]: row["count"] for row in pairs.groupBy("split").count().collect()}
    if not counts.get("train"):
        raise BadInput.of(
            "interactions",
            found=f"{sum(counts.values())} pairs, none to train on",
            expected="pairs left after min_rating, min_user_events and min_item_events",
            where="conf/params/prepare.yml or --input",
        )
    items = context.read("bronze.items").transform(item_texts()).persist()
    numbers = _kept(context, NUMBERS if context.lake.exists(NUMBERS) else "silver.users")
    user_index = keep_index(pairs.select("user_id").distinct(), numbers, "user_id", "user_index")
    item_index = keep_index(known_items(items, events), _kept(context, "silver.items"), "item_id", "item_index")
    users = pairs.transform(user_rows(user_index)).persist()
    spoken = counting.transform(event_documents(placed, placed.transform(split_ends(method))))
    documents = items.transform(item_documents()).unionByName(spoken).persist()
    texts = only_row(documents.agg(F.count(F.lit(1)), F.count_if("cut")))
    _tell(context, text_remarks(documents))
    context.write_all(
        {
            "silver.users": users,
            NUMBERS: user_index,
            "silver.items": pairs.transform(item_rows(items, item_index)),
            "silver.interactions": pairs.transform(indexed_pairs(user_index, item_index)),
            "silver.documents": documents.drop("cut"),
            "silver.friends": context.read("bronze.friends").transform(mutual_friends(users)),
            "silver.facts": _facts(context),
        }
    )
    for frame in (placed, pairs, items, users, documents):
        frame.unpersist()
    named = {f"pairs_{split}": counts.get(split, 0) for split in ("train", "validation", "test")}
    return {"pairs": sum(counts.values()), **named, "documents": texts[0], "texts_cut": texts[1]}


def _thinned(context: StageContext, events: DataFrame) -> DataFrame:
    """bronze.events without what is above the caps of a person; what is uneven in them is told."""
    params, seed = context.params.prepare, context.options.seed
    caps = params.max_user_items, params.max_user_events
    crowded = crowded_people(*caps, seed)(events)
    counting = events.transform(thinned(crowded, seed))
    disliked = [] if params.min_rating else dislike_remarks(events)
    _tell(context, [*crowd_remarks(crowded, counting, *caps), *rating_remarks(events), *disliked])
    return counting


def _tell(context: StageContext, lines: list[str]) -> None:
    for line in lines:
        context.log.info("      %s", line)


def _facts(context: StageContext) -> DataFrame:
    facts, changes = context.read("bronze.facts").transform(distinct_facts()), _kept(context, "silver.fact_changes")
    there = _kept(context, "silver.facts")
    return facts if changes is None or there is None else facts.transform(with_changed(changes, there))


def _kept(context: StageContext, name: str) -> DataFrame | None:
    return context.read(name) if context.lake.exists(name) else None


PREPARE = Stage(
    name="prepare",
    summary="bronze -> silver: clean, weigh, split, index",
    reads=("bronze.events", "bronze.items", "bronze.friends", "bronze.facts"),
    writes=(
        "silver.users",
        NUMBERS,
        "silver.items",
        "silver.interactions",
        "silver.documents",
        "silver.friends",
        "silver.facts",
    ),
    section="prepare",
    run=_run,
    pure=True,
)
