"""Stage ingest: a source's raw files -> bronze tables."""

from pyspark.sql import functions as F

from ..core.stage import Stage, StageContext
from ..privacy.identity import TABLE as SOURCES
from ..privacy.identity import origin_row, place_origin
from ..privacy.names import Origin
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.objections import without_forgotten
from ..sources import load_source, origin_of
from ..sources.bronze import (
    bronze_events,
    bronze_facts,
    bronze_friends,
    bronze_items,
    bronze_quarantine,
    prefixed,
    truth_rows,
)
from ..sources.contract import Request
from ..sources.remarks import beside_the_catalogue, left_out, time_figures, times

BRONZE = ("bronze.events", "bronze.items", "bronze.friends", "bronze.facts", "bronze.quarantine")
TRUTH = ("truth.user_interests", "truth.items", "truth.trends", "truth.sentiment", "truth.dirt")


def _origin(context: StageContext) -> tuple[Origin, bytes]:
    """The run's source as it stands in this lake, and its key. Raises BadInput as `place_origin` does."""
    options = context.options
    named, generated = origin_of(options.source, options.mapping), options.source == "sample"
    return place_origin(context.lake, named, generated, context.params.ingest.pseudonym_key_file)


def _run(context: StageContext) -> dict[str, float]:
    options, params = context.options, context.params.ingest
    origin, key = _origin(context)
    loaded = load_source(
        options.source,
        Request(
            context.spark,
            options.inputs,
            options.mapping,
            params.max_quarantine_share,
            context.lake.root,
            options.seed,
            params.sample_users,
        ),
    )
    context.write(SOURCES, origin_row(context.lake, origin))  # first: whatever follows is made by this key
    events = loaded.events.transform(bronze_events(origin, key))
    friends = loaded.friends.transform(bronze_friends(origin, key))
    if context.lake.exists(OBJECTIONS):  # what was forgotten does not come back with the same files
        objections = context.read(OBJECTIONS)
        events = events.transform(without_forgotten(objections, "item", "item_id"))
        gone = objections.where("kind = 'everything'").select("user_id").distinct()
        friends = friends.join(gone, "user_id", "left_anti")
        friends = friends.join(gone.toDF("friend_id"), "friend_id", "left_anti")
        friends = friends.select("user_id", "friend_id", "source")
    events = events.persist()
    found = events.agg(F.count(F.lit(1)).alias("events"), *time_figures()).first()
    event_count, catalogue = found["events"], loaded.items.transform(prefixed(origin, "item_id"))
    told = [*left_out(loaded.quarantine, loaded.bad_count), *loaded.notes, *times(**found.asDict())]
    for line in (*told, *beside_the_catalogue(events, catalogue)):
        context.log.info("      %s", line)
    bronze = {
        "bronze.events": events,
        "bronze.items": loaded.items.transform(bronze_items(origin)),
        "bronze.friends": friends,
        "bronze.facts": loaded.facts.transform(bronze_facts(origin, loaded.items)),
        "bronze.quarantine": loaded.quarantine.transform(bronze_quarantine(origin)),
    }
    context.write_all(bronze | {name: rows.transform(truth_rows(origin, key)) for name, rows in loaded.truth.items()})
    for frame in (events, *loaded.held):
        frame.unpersist()
    return {
        "events": event_count,
        "duplicates_dropped": loaded.event_count - event_count,
        "quarantined": loaded.bad_count,
    }


INGEST = Stage(
    name="ingest",
    summary="raw files -> bronze: parse, judge, pseudonymise, mask",
    reads=(),
    writes=(SOURCES, *BRONZE, *TRUTH),
    section="ingest",
    run=_run,
    pure=True,
    before=_origin,
)
