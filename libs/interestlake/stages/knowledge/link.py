"""knowledge-link: which entity of the facts an item is."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.stage import Stage, StageContext
from ...knowledge.encoding import worker_encoder
from ...knowledge.link import entity_names, item_names, link
from ...knowledge.relations import read_relations
from ...knowledge.validity import holding
from .put import CHANGES, FACTS, put_facts

LINKS = "silver.item_links"


def _link(context: StageContext) -> dict[str, float]:
    params, run_id = context.params.knowledge, context.options.run_id
    relations = read_relations(params.relations)
    facts, items = context.read(FACTS), context.read("silver.items")
    entities = facts.transform(holding(params.as_of)).transform(entity_names(relations)).persist()
    if entities.isEmpty():
        naming = ", ".join(name for name, relation in relations.items() if relation.names)
        raise BadInput.of(
            "entities",
            found="no fact that names one",
            expected=f"facts of {naming}",
            where="knowledge-load, or `names: true` in conf/knowledge/relations.yml",
        )
    encode = None
    if params.texts_decide:
        encode, _ = worker_encoder(context.params.embed, context.tracker.uri, context.spark)
    linked = items.transform(item_names()).transform(
        link(entities, encode, params.max_block, params.link_candidates, params.min_score, params.mutual)
    )
    written = context.write(LINKS, linked)
    links = context.lake.read(LINKS)
    methods = {row["method"]: row["count"] for row in links.groupBy("method").count().collect()}
    figures: dict[str, float] = {
        "items": items.count(),
        "entities": entities.select("id").distinct().count(),
        "links": written.rows,
    }
    figures |= {f"links_{name}": methods.get(name, 0) for name in ("exact", "similar", "text")}
    entities.unpersist()
    if params.apply:
        figures["facts_of_items"] = _apply(context, facts, links, run_id)
    return figures


def _apply(context: StageContext, facts: DataFrame, links: DataFrame, run_id: str) -> int:
    """Give the linked entities' facts their item; facts that have one keep it. Returns the facts changed."""
    item = links.select(F.col("entity").alias("subject"), F.col("item_id").alias("linked"))
    open_facts = facts.where("subject_item_id IS NULL").join(item, "subject")
    rows = open_facts.withColumn("subject_item_id", F.col("linked")).select(*facts.columns)
    return put_facts(context, rows, run_id)


KNOWLEDGE_LINK = Stage(
    name="knowledge_link",
    summary="items -> entities by name, year and text",
    reads=("silver.items", FACTS),
    writes=(LINKS, FACTS, CHANGES),
    section="knowledge",
    run=_link,
)
