"""Objections written and taken back, and what was forgotten deleted from every table that holds it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.lake import Lake
from ...core.only_row import only_row
from ...core.stage import StageContext
from ...core.storage import files_in, read_text
from ...privacy.erasure import Erasure, erase_everything, erase_interest, erase_item, literal, text_tables
from ...privacy.objections import TABLE as OBJECTIONS
from ...privacy.objections import mark
from ...privacy.person import Person
from .things import Things

COLUMNS = "user_id string, kind string, action string, target string, run_id string"
WRITERS = 4
MOST_TEXTS = 20_000


def held_by_tables(lake: Lake) -> Callable[[str, str, str], bool]:
    """`things.expect_known`'s of a lake's tables; a small Spark job each."""

    def is_held(name: str, column: str, target: str) -> bool:
        return lake.exists(name) and bool(lake.read(name).where(F.col(column) == target).head(1))

    return is_held


def object_to(context: StageContext, person: Person, things: Things) -> int:
    """Note that the person does not want to see these (kind, id); returns new objections (0: all were there)."""
    return _note(context, person, [(kind, "not_interested", target) for kind, target in things])


def withdraw(context: StageContext, person: Person, things: Things) -> int:
    """Take objections to these (kind, id) back; returns how many there were."""
    if not context.lake.exists(OBJECTIONS):
        return 0
    same = " OR ".join(f"(kind = {literal(kind)} AND target = {literal(target)})" for kind, target in things)
    mine = f"user_id = {literal(person.user_id)} AND action = 'not_interested'"
    return context.delete(OBJECTIONS, f"{mine} AND ({same})")


def _note(context: StageContext, person: Person, said: list[tuple[str, str, str]]) -> int:
    """Write (kind, action, target) that are not there yet, so that saying a thing twice leaves the first row."""
    rows = [(person.user_id, *one, context.options.run_id) for one in said]
    frame = context.spark.createDataFrame(rows, COLUMNS).coalesce(1)
    if context.lake.exists(OBJECTIONS):
        there = context.read(OBJECTIONS)
        frame = frame.join(there, ["user_id", "kind", "action", "target"], "left_anti").select(frame.columns)
    return context.note(context.lake.write(OBJECTIONS, frame, context.options.run_id)).rows


def forget(context: StageContext, person: Person, kind: str, target: str, keep_hours: float = 0.0) -> dict[str, int]:
    """Delete an item, an interest or everything ("everything", "") of a person -> rows deleted or rewritten per table.

    A mark is written first, so that a killed call is finished by calling again and the same files bring nothing back.
    Then every table that `erasure` names is cleared and vacuumed, so that no older version holds the rows.
    """
    lake = context.lake
    sealed = mark(F.lit(person.user_id), kind, F.lit(target))
    row = only_row(context.spark.range(1).select(sealed.alias("mark")))["mark"]
    _note(context, person, [(kind, "forget", row)])
    item_index = None
    if kind == "item":
        item = context.read("silver.items").where(F.col("item_id") == target).select("item_index").first()
        item_index = item["item_index"] if item else None
    plan = {
        "everything": lambda: erase_everything(person.user_id, person.user_index),
        "item": lambda: erase_item(person.user_id, person.user_index, target, item_index),
        "interest": lambda: erase_interest(person.user_id, person.user_index, target),
    }[kind]()
    by_table: dict[str, list[Erasure]] = {}
    for erasure in plan:
        if lake.exists(erasure.table):
            by_table.setdefault(erasure.table, []).append(erasure)
    hashes = _texts(context, by_table.get("silver.documents", []))

    def clear(table: str) -> tuple[str, int]:
        return table, sum(
            context.update(table, e.condition, e.values) if e.values else context.delete(table, e.condition)
            for e in by_table[table]
        )

    with ThreadPoolExecutor(WRITERS) as pool:
        gone = dict(pool.map(clear, sorted(by_table)))
        texts = text_tables() if hashes else []
        gone |= dict(zip(texts, pool.map(lambda table: _clear_texts(context, table, hashes), texts), strict=True))
    # an objection that names what is forgotten would keep its name
    said = "" if kind == "everything" else f" AND kind = '{kind}' AND target = {literal(target)}"
    context.delete(OBJECTIONS, f"user_id = '{person.user_id}' AND action = 'not_interested'{said}")
    # a table whose newest commit took rows away also stands for a call that was killed before this step;
    # one after the other: a vacuum's settings are the session's
    for table in (*gone, OBJECTIONS):
        if lake.exists(table) and (gone.get(table) or lake.operation(table) in ("DELETE", "UPDATE")):
            lake.vacuum(table, keep_hours)
    return {table: rows for table, rows in sorted(gone.items()) if rows}


def _texts(context: StageContext, erasures: list[Erasure]) -> list[str]:
    """Hashes of texts that only the documents to be deleted hold."""
    if not erasures:
        return []
    condition = " OR ".join(f"({e.condition})" for e in erasures)
    documents = context.read("silver.documents")
    mine = documents.where(condition).select("text_hash").distinct()
    others = documents.where(f"NOT coalesce({condition}, false)").select("text_hash")
    rows = mine.join(others, "text_hash", "left_anti").limit(MOST_TEXTS + 1).collect()
    if len(rows) > MOST_TEXTS:
        raise BadInput.of("texts of one person", found=f"more than {MOST_TEXTS}", expected="fewer", where="the lake")
    return [row["text_hash"] for row in rows]


def _clear_texts(context: StageContext, table: str, hashes: list[str]) -> int:
    if not context.lake.exists(table):
        return 0
    listed = ", ".join(f"'{value}'" for value in hashes)
    return context.delete(table, f"text_hash IN ({listed})")


def reports_of(lake: Lake, person: Person) -> list[str]:
    """Addresses of the pages in the lake's reports folder that show this person."""
    pages = files_in(lake.spark, f"{lake.root}/reports", ".html")
    return [page for page in pages if person.user_id[:8] in (read_text(lake.spark, page) or "")]
