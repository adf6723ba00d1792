"""N-Triples lines (W3C RDF 1.1) -> judged facts."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .lines import PLACE
from .rules import judge

IRI = r"<([^<>\"{}|^`\\\s]+)>"
BLANK = r"_:[A-Za-z0-9][\w.-]*"
LITERAL = r"\"((?:[^\"\\]|\\.)*)\"(?:@[A-Za-z0-9-]+|\^\^<[^<>\s]+>)?"
TRIPLE = rf"^\s*(?:{IRI}|({BLANK}))\s+{IRI}\s+(?:{IRI}|({BLANK})|{LITERAL})\s*\.\s*(?:#.*)?$"


def judge_triples(base: str = "", item_prefix: str = "") -> Callable[[DataFrame], DataFrame]:
    """(path, block, position, text, fault) -> judged facts (subject, predicate, object, subject_item_id). Lazy.

    Addresses under `base` lose it. A subject that starts with `item_prefix` after that stands for the item named by
    the rest. Literals lose language and datatype. Comment and blank lines are skipped.
    """

    def part(number: int) -> Column:
        matched = F.regexp_extract("text", TRIPLE, number)
        return F.when(matched != "", matched)

    def short(number: int) -> Column:
        iri = part(number)
        return F.when(iri.startswith(base), F.substring(iri, len(base) + 1, 10_000)).otherwise(iri) if base else iri

    facts = {
        "subject": F.coalesce(short(1), part(2)),
        "predicate": short(3),
        "object": F.coalesce(short(4), part(5), _unescaped(part(6))),
    }
    field = {name: F.col(f"fields.{name}") for name in facts}
    is_item = field["subject"].startswith(item_prefix) if item_prefix else F.lit(False)
    item_id = F.when(is_item, F.substring(field["subject"], len(item_prefix) + 1, 10_000))
    rules = [
        (field["predicate"].isNull(), "broken triple: expected <subject> <predicate> <object> ."),
        (field["object"].isNull(), "empty object: expected an address or text"),
    ]

    def transform(lines: DataFrame) -> DataFrame:
        fielded = lines.select(
            *PLACE,
            F.trim("text").rlike("^(#.*)?$").alias("skip"),
            F.lit(False).alias("is_header"),
            "fault",
            F.struct(*(column.alias(name) for name, column in facts.items())).alias("fields"),
        )
        return fielded.transform(judge({**field, "subject_item_id": item_id}, rules))

    return transform


def _unescaped(text: Column) -> Column:
    # \t, \n, \" and \uXXXX are escaped as in JSON
    quoted = F.concat(F.lit('["'), F.regexp_replace(text, r"\\'", "'"), F.lit('"]'))
    return F.from_json(quoted, "array<string>")[0]
