"""knowledge-mine: facts found in texts by the patterns of the relations' file."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.stage import Stage, StageContext
from ...knowledge.mine import mined, tagger_sees
from ...knowledge.relations import read_relations
from .put import CHANGES, FACTS, KEY, put_facts

MINED = "silver.mined_facts"
SHOWN = 8  # finds printed


def _mine(context: StageContext) -> dict[str, float]:
    params, run_id = context.params.knowledge, context.options.run_id
    relations = read_relations(params.relations)
    if not any(relation.mined for relation in relations.values()):
        raise BadInput.of(
            f"file {params.relations}",
            found="no pattern",
            expected="`mined:` under a relation",
            where="conf/params/knowledge.yml (relations)",
        )
    see = None
    if params.tagger:
        from ...text.tuning.tagger import TaggerModel

        TaggerModel.load(params.tagger)  # a fault is told here, not by a worker
        see = tagger_sees(params.tagger)
    documents = context.read("silver.documents")
    written = context.write(MINED, documents.transform(mined(relations, see, params.min_confidence)))
    facts = context.lake.read(MINED)
    counts = {row["predicate"]: row["count"] for row in facts.groupBy("predicate").count().collect()}
    for row in facts.orderBy(F.desc("confidence"), "item_id", "predicate", "object").limit(SHOWN).collect():
        context.log.info(
            "      %.2f  %s %s %r: %s", row["confidence"], row["item_id"], row["predicate"], row["object"], row["words"]
        )
    figures = {"facts": written.rows, **{f"facts_{name}": count for name, count in sorted(counts.items())}}
    if params.apply:
        figures["facts_changed"] = _apply(context, facts, run_id)
    return figures


def _apply(context: StageContext, facts: DataFrame, run_id: str) -> int:
    """Put the mined facts that no other source says into silver.facts. Returns the facts put."""
    prefix = F.lit(context.params.knowledge.item_prefix)
    nothing = F.lit(None)
    rows = facts.select(
        F.concat(prefix, "item_id").alias("subject"),
        "predicate",
        "object",
        F.col("item_id").alias("subject_item_id"),
        F.lit("text").alias("object_type"),
        F.lit("mined").alias("source"),
        "confidence",
        *(nothing.cast("timestamp").alias(name) for name in ("valid_from", "valid_to")),
    )
    said = context.read(FACTS).where("source IS NULL OR source <> 'mined'").select(*KEY)
    return put_facts(context, rows.join(said, list(KEY), "left_anti"), run_id)


KNOWLEDGE_MINE = Stage(
    name="knowledge_mine",
    summary="facts found in texts by patterns",
    reads=("silver.documents", FACTS),
    writes=(MINED, FACTS, CHANGES),
    section="knowledge",
    run=_mine,
)
