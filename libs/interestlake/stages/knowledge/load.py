"""knowledge-load: RDF files -> silver.facts by a delta; what is wrong with the facts afterwards."""

from pyspark.sql import functions as F

from ...core.lake import empty
from ...core.stage import Stage, StageContext
from ...knowledge.check import issues
from ...knowledge.deltas import KEY, changes_of, facts_of
from ...knowledge.rdf import read_triples
from ...knowledge.relations import read_relations
from ...knowledge.validity import moment
from ...sources.quarantined import quarantined

FACTS = "silver.facts"


def _load(context: StageContext) -> dict[str, float]:
    params, run_id = context.params.knowledge, context.options.run_id
    relations = read_relations(params.relations)
    times = [
        moment(value, option)
        for value, option in ((params.valid_from, "--valid-from"), (params.valid_to, "--valid-to"))
    ]
    max_share = context.params.ingest.max_quarantine_share
    triples = read_triples(context.spark, context.options.inputs, params.base, max_share)
    there = context.read(FACTS) if context.lake.exists(FACTS) else empty(context.spark, FACTS)
    rows = triples.records.transform(facts_of(there, params.item_prefix, params.source_name, params.confidence, *times))
    changes = rows.transform(changes_of(there, params.delta_kind)).persist()
    counts = {row["change"]: row["count"] for row in changes.groupBy("change").count().collect()}
    if triples.bad_count:
        context.log.info("      %d statements in quarantine: see bronze.quarantine", triples.bad_count)
        context.write("bronze.quarantine", triples.quarantine.transform(quarantined(params.source_name)))
    context.write("silver.fact_changes", changes.select(F.lit(run_id).alias("run_id"), *KEY, "change"))
    written = context.note(context.lake.change(FACTS, changes.drop("change"), run_id))
    functional = [name for name, relation in relations.items() if relation.functional]
    named_by = [name for name, relation in relations.items() if relation.names or relation.years]
    faults = context.read(FACTS).transform(issues(context.read("silver.items"), functional, named_by)).persist()
    kinds = {row["kind"]: row["count"] for row in faults.groupBy("kind").count().collect()}
    context.write("silver.fact_issues", faults)
    for frame in (*triples.held, changes, faults):
        frame.unpersist()
    return {
        "statements": triples.record_count,
        "quarantined": triples.bad_count,
        **{f"facts_{name}": counts.get(name, 0) for name in ("put", "close", "delete")},
        "rows_changed": written.rows,
        "conflicts": kinds.get("conflict", 0),
        "dangling_entities": kinds.get("dangling_entity", 0),
        "unknown_items": kinds.get("unknown_item", 0),
    }


KNOWLEDGE_LOAD = Stage(
    name="knowledge_load",
    summary="RDF files -> facts: insert, delete or supersede; conflicts and dangling entities",
    reads=("silver.items",),
    writes=(FACTS, "silver.fact_changes", "silver.fact_issues", "bronze.quarantine"),
    section="knowledge",
    run=_load,
)
