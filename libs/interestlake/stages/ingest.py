"""Stage ingest: a source's raw files -> bronze tables."""

from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..privacy.identity import TABLE as SOURCES
from ..privacy.identity import origin_row, place_origin
from ..privacy.names import Origin
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.objections import without_forgotten
from ..sources import load_source, origin_of
from ..sources.again import TABLE as FILES
from ..sources.again import Again, read_again
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
from ..sources.files import list_files
from ..sources.packed import packed_remarks
from ..sources.remarks import beside_the_catalogue, counted, left_out, lonely, swapped, times

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
    if options.inputs:  # before the load, which they make long
        for line in packed_remarks(list_files(context.spark, options.inputs)):
            context.log.info("      %s", line)
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
    again = read_again(context.lake, origin.source, options.inputs) if options.inputs else Again(origin.source, {})
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
    found = only_row(events.agg(*counted()))
    event_count, catalogue = found["events"], loaded.items.transform(prefixed(origin, "item_id"))
    told = [*again.remarks(), *left_out(loaded.quarantine, loaded.bad_count), *loaded.notes, *times(found)]
    beside = beside_the_catalogue(events, catalogue)
    told += [*lonely(found), *beside, *(swapped(loaded.events, loaded.items) if beside else ())]
    for line in told:
        context.log.info("      %s", line)
    bronze = {
        "bronze.events": events,
        "bronze.items": loaded.items.transform(bronze_items(origin)),
        "bronze.friends": friends,
        "bronze.facts": loaded.facts.transform(bronze_facts(origin, loaded.items)),
        "bronze.quarantine": loaded.quarantine.transform(bronze_quarantine(origin)),
    }
    truth = {name: rows.transform(truth_rows(origin, key)) for name, rows in loaded.truth.items()}
    files, new = {FILES: again.rows(context.lake, options.run_id)}, not (again.same or again.other)
    context.write_all(bronze | truth | (files if new else {}), again.in_place_of())
    if not new:  # a killed run goes on as it began, with the marks of before
        context.write_all(files)
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
    writes=(SOURCES, FILES, *BRONZE, *TRUTH),
    section="ingest",
    run=_run,
    pure=True,
    before=_origin,
)
