"""Knowledge graphs as kg.txt (head, relation, tail) with item_index2entity_id.txt, both separated by tabs."""

from pyspark.sql import functions as F

from .contract import Request
from .files import InputFile, match
from .formats import separated
from .lines import read_lines
from .rules import filled, judge
from .settle import Settled, settle

TRIPLE, LINK = ("subject", "predicate", "object"), ("item_id", "entity")


def entity_facts(request: Request, files: tuple[InputFile, ...]) -> list[Settled]:
    """Facts of kg.txt, their subject linked to an item where the second file says so; empty without both files.

    Of several items linked to one entity the smallest id counts. Two Spark jobs.
    """
    triples, links = match(files, "kg.txt"), match(files, "item_index2entity_id.txt")
    if not triples:
        return []
    facts = _settled(request, triples, TRIPLE)
    if not links:
        nothing = F.lit(None).cast("string")
        return [facts.with_records(facts.records.withColumn("subject_item_id", nothing))]
    linked = _settled(request, links, LINK)
    item_of = linked.records.groupBy("entity").agg(F.min("item_id").alias("subject_item_id"))
    named = facts.records.join(item_of.withColumnRenamed("entity", "subject"), "subject", "left")
    return [facts.with_records(named.select("file", "line", *TRIPLE, "subject_item_id")), linked.with_records(None)]


def _settled(request: Request, files: tuple[InputFile, ...], names: tuple[str, ...]) -> Settled:
    columns = {name: filled(F.col("fields")[name]) for name in names}
    rules = [(column.isNull(), f"missing {name}: expected text") for name, column in columns.items()]
    lines = read_lines(request.spark, files).transform(separated("\t", *names))
    return settle(lines.transform(judge(columns, rules)), files, request.max_quarantine_share)
