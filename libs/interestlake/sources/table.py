"""Source "table": any CSV, JSON lines or Parquet files, described by a YAML mapping."""

from dataclasses import replace

from pyspark.sql import Column
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.present import present
from .contract import Loaded, Request, collect_groups
from .files import InputFile, list_files, require
from .lines import read_lines
from .mapping import Group, Mapping, read_mapping
from .ntriples import judge_triples
from .read_fields import read_fields
from .remarks import swapped_names
from .rules import EventFields, filled, judge, judge_events, judge_items, listed
from .settle import Settled, settle


def load(request: Request) -> Loaded:
    """The groups of the mapping at `request.mapping`, found under `request.inputs`."""
    return load_mapped(request, list_files(request.spark, request.inputs), read_mapping(request.mapping))


def load_mapped(request: Request, files: tuple[InputFile, ...], mapping: Mapping) -> Loaded:
    """The mapping's groups out of `files`. Runs one Spark job per group, two for CSV."""
    found = expect_files(files, mapping)
    groups = {name: [_settled(request, name, getattr(mapping, name), found[name])] for name in found}
    if groups["events"][0].record_count == 0:
        raise BadInput.of("events", found="no usable record", expected="at least one", where="--input and --mapping")
    notes = tuple(swapped_names(mapping.events.columns))
    return replace(collect_groups(request.spark, **groups), notes=notes)


def expect_files(files: tuple[InputFile, ...], mapping: Mapping) -> dict[str, tuple[InputFile, ...]]:
    """Section of the mapping -> its files. Raises BadInput where one has none."""
    groups = {name: getattr(mapping, name) for name in ("events", "items", "friends", "facts")}
    return {name: require(files, f"{name} of the mapping", *group.files)
            for name, group in groups.items() if group is not None}  # fmt: skip


def _settled(request: Request, name: str, group: Group, files: tuple[InputFile, ...]) -> Settled:
    if group.format == "ntriples":
        judged = read_lines(request.spark, files).transform(judge_triples(group.base, group.item_prefix))
        return settle(judged, files, request.max_quarantine_share)
    wanted = tuple(dict.fromkeys((*group.columns.values(), *group.attributes)))
    dialect, where = group.dialect, "--mapping"
    fielded, columns, header = read_fields(request.spark, files, group.format, wanted, dialect, where=where)
    return settle(fielded.transform(JUDGES[name](group, columns)), files, request.max_quarantine_share, header)


def _events(group: Group, columns: dict[str, Column]):
    field = _fields(group, columns)
    event_type = F.lit(group.event_type) if group.event_type else field("event_type")
    for theirs, ours in group.event_type_names.items():
        event_type = F.when(F.trim(present(field("event_type"))) == theirs, F.lit(ours)).otherwise(event_type)
    return judge_events(
        EventFields(
            present(field("user_id")),
            present(field("item_id")),
            present(event_type),
            with_point(field("value"), group.decimal),
            field("text"),
            field("timestamp"),
            group.time_unit,
        )
    )


def with_point(text: Column | None, decimal: str) -> Column | None:
    """A number as written with that sign -> with a point; one with a point where the sign is a comma is none."""
    if text is None or decimal == ".":
        return text
    return F.when(text.contains("."), F.lit("ambiguous")).otherwise(F.replace(text, F.lit(decimal), F.lit(".")))


def _items(group: Group, columns: dict[str, Column]):
    field = _fields(group, columns)
    categories = field("categories")
    if categories is not None:
        categories = listed(categories, group.categories_separator)
    attributes = {name: columns[name] for name in group.attributes}
    item_id = present(field("item_id"))
    return judge_items(item_id, field("title"), field("description"), categories, attributes, field("image_url"))


def _friends(group: Group, columns: dict[str, Column]):
    field = _fields(group, columns)
    user_id, friend_id = (filled(present(field(name))) for name in ("user_id", "friend_id"))
    rules = [
        (user_id.isNull(), "missing user id: expected text"),
        (friend_id.isNull(), "missing friend id: expected text"),
    ]
    return judge({"user_id": user_id, "friend_id": friend_id}, rules)


def _facts(group: Group, columns: dict[str, Column]):
    field = _fields(group, columns)
    facts = {name: filled(present(field(name))) for name in ("subject", "predicate", "object")}
    rules = [(column.isNull(), f"missing {name}: expected text") for name, column in facts.items()]
    item = field("subject_item_id")
    facts["subject_item_id"] = filled(item) if item is not None else F.lit(None).cast("string")
    return judge(facts, rules)


def _fields(group: Group, columns: dict[str, Column]):
    def field(name: str) -> Column | None:
        return columns[group.columns[name]] if name in group.columns else None

    return field


JUDGES = {"events": _events, "items": _items, "friends": _friends, "facts": _facts}
