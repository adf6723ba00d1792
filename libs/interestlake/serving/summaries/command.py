"""What `interestlake summarise` reads and prints, one item or person at a time too; stages/summarise.py writes."""

import argparse
from collections.abc import Mapping
from logging import Logger
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ...core.config import RunOptions
from ...core.counted import counted
from ...core.errors import BadInput, GateRefused
from ...core.lake import Lake
from ...core.moved_store import default_tracking_uri
from ...core.params.all import Params
from ...core.spark_rows import SparkRows
from ...core.stage import StageContext
from ...interests.reading_key import is_told
from ...privacy.person import find_person
from ...reporting.person import collect_interests, collect_suggestions, collect_titles
from ...text.configured import configured_encoder, loading
from ...text.encoders import load_encoder
from ...text.task_encoder import loading_for_tasks
from .compose import Statement, compose
from .generator import Generate, make_generator
from .job import Plan, item_rows, texts_of
from .reading import Line, introduce, read_profile
from .safety import make_judge
from .support import rewritten

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEEDED = ("silver.items", "silver.documents")


def print_one(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """`summarise --item I` or `--user U`: print the texts of one; writes nothing."""
    context = StageContext(spark, Lake(spark, options.lake), None, params, options, log)
    if arguments.user is not None:
        return _person(context, arguments.user)
    generate = make_generator(arguments.generator, arguments.endpoint, arguments.model)
    _item(context, arguments.item, plan_of(context), generate)


def one_item_at_a_time(lake: Lake, options: RunOptions, arguments: argparse.Namespace, params: Params) -> RunOptions:
    """Raises BadInput for a generator over the whole lake, or one that is not there."""
    if make_generator(arguments.generator, arguments.endpoint, arguments.model):
        raise BadInput.of("generator", found="no item", expected="one item at a time", where="--item")
    return options


def summaries_table(figures: Mapping[str, float]) -> None:
    """Print the statements of each part; raises GateRefused where one does not stand where it says."""
    print(f"{'part':<14}{'statements':>11}{'true':>9}")
    for name, count in figures.items():
        if name.startswith("statements."):
            part = name.removeprefix("statements.")
            print(f"{part:<14}{count:>11,.0f}{figures[f'true.{part}']:>9,.0f}")
    if figures["false"]:
        found = counted(figures["false"], "statement does", "statements do")
        raise GateRefused(f"{found} not stand in the texts as said")


def plan_of(context: StageContext) -> Plan:
    """How texts are made, by the section summarise; raises BadInput for words or a classifier that are not there."""
    own, embed = context.params.summarise, context.params.embed
    blocked, classifier = own.blocked or None, own.classifier or None
    make_judge(blocked, classifier)  # faults come before anything slow
    options = context.options
    encoder = configured_encoder(embed, options.tracking_uri or default_tracking_uri(options.lake))
    loaded = loading_for_tasks(context.spark, loading(encoder, embed.batch_size, threads=1))
    return Plan(loaded, blocked, classifier, own.sentences)


def tables_of(context: StageContext) -> dict[str, DataFrame]:
    """NEEDED and, where they are there, the facts, each noted as read. Lazy."""
    names = (*NEEDED, "silver.facts")
    return {name: context.read(name) for name in names if context.lake.exists(name)}


def _item(context: StageContext, item_id: str, plan: Plan, generate: Generate | None) -> None:
    row = item_rows(tables_of(context)).where(F.col("item_id") == item_id).first()
    if row is None:
        raise BadInput.of(
            f"item {item_id!r}", found="none of that id", expected="an item_id of silver.items", where="--item"
        )
    encoder = load_encoder(*plan.encoder)
    judge = make_judge(plan.blocked, plan.classifier)
    statements = compose(texts_of(row), encoder.encode, judge, plan.sentences)
    for part in ("title", "description", "summary", "contrast"):
        for statement in (s for s in statements if s.part == part):
            _print(statement)
    if generate and statements:
        supported, rejected = rewritten(generate([s.text for s in statements]), statements, encoder.encode, judge)
        print(f"\nrewritten: {counted(len(supported), 'sentence')} kept, {len(rejected)} rejected")
        for statement in supported:
            _print(statement)
        for sentence in rejected:
            print(f"  no support: {sentence[:160]}")


def _print(statement: Statement) -> None:
    places = " ".join(f"{doc[:12]}[{a}:{b}]" for doc, a, b in statement.spans[:4])
    more = f" +{len(statement.spans) - 4}" if len(statement.spans) > 4 else ""
    print(
        f"{statement.part:<12}{statement.text}\n{'':<12}  {statement.source}, {statement.support} text"
        f"{'' if statement.support == 1 else 's'} {places}{more}".rstrip()
    )


def _person(context: StageContext, user: str) -> None:
    lake = context.lake
    person = find_person(lake, user, context.params.ingest.pseudonym_key_file)
    rows = SparkRows.of_lake(lake, context.read)
    if not lake.exists("gold.interest_map"):
        raise BadInput.of(
            f"lake {lake.root}",
            found="no gold.interest_map",
            where="--lake",
            expected="a lake that `interestlake run --until build_interests` has made",
        )
    interests = [row for row in collect_interests(rows, person.user_id) if is_told(row)]
    print("profile")
    _lines(read_profile(interests))
    if not lake.exists("gold.recommendations"):
        return
    offered = collect_suggestions(rows, person.user_id, context.params.recommend.top_k)
    item_ids = {row["item_id"] for row in offered} | {e for row in offered for e in row["evidence"]}
    titles = collect_titles(rows, item_ids)
    items = [{"item_id": row["item_id"], "title": titles[row["item_id"]][0], "categories": titles[row["item_id"]][1],
              "evidence": row["evidence"], "evidence_titles": [titles[e][0] for e in row["evidence"]]}
             for row in offered]  # fmt: skip
    print("list")
    _lines(introduce(items, [row["name"] for row in interests]))


def _lines(lines: list[Line]) -> None:
    for line in lines:
        shown = ", ".join(line.rests_on[:6]) + (f" +{len(line.rests_on) - 6}" if len(line.rests_on) > 6 else "")
        print(f"  {line.text}\n      {shown}".rstrip())
