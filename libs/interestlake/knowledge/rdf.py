"""RDF files -> facts; file and line of what is unusable. N-Triples by lines, Turtle and RDF/XML by whole files."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.storage import filesystem
from ..sources.files import InputFile, list_files
from ..sources.lines import read_lines
from ..sources.settle import settle
from .terms import SUFFIXES, parse

FIELDS = ("subject", "predicate", "object", "object_type")
WHOLE_BYTES = 1 << 30  # a Turtle or RDF/XML file is read whole by one task
COLUMNS = "subject string, predicate string, object string, object_type string"
LINES = f"path string, block bigint, position bigint, skip boolean, is_header boolean, reason string, {COLUMNS}"
FILES = f"path string, line bigint, reason string, {COLUMNS}"


@dataclass(frozen=True)
class Triples:
    """`records` (subject, predicate, object, object_type), equal ones still in; `quarantine` (file, line, reason).

    `held`: cached frames behind both, unpersisted by the caller when everything is written.
    """

    records: DataFrame
    quarantine: DataFrame
    record_count: int
    bad_count: int
    held: tuple[DataFrame, ...]


def read_triples(spark: SparkSession, inputs: tuple[str, ...], base: str, max_share: float) -> Triples:
    """The RDF files under `inputs` (.nt, .ttl, .turtle, .rdf, .xml, .owl, plain or .gz). Two or three Spark jobs.

    Raises BadInput for another kind of file, one past WHOLE_BYTES that cannot be split, RDF/XML that is not well
    formed, and a file of which more than `max_share` cannot be used.
    """
    files = list_files(spark, inputs)
    kinds = {file: SUFFIXES.get(PurePosixPath(file.name.removesuffix(".gz")).suffix.lower()) for file in files}
    if odd := [file.name for file, kind in kinds.items() if kind is None]:
        expected = f"files that end in {', '.join(SUFFIXES)}, plain or .gz"
        raise BadInput.of("input", found=", ".join(odd[:5]), expected=expected, where="--input")
    parts = []
    if lined := tuple(file for file, kind in kinds.items() if kind == "nt"):
        settled = settle(_by_lines(spark, lined, base), lined, max_share)
        records = settled.records.select(*FIELDS)
        parts.append(Triples(records, settled.quarantine, settled.record_count, settled.bad_count, (settled.held,)))
    if whole := {file: kind for file, kind in kinds.items() if kind and kind != "nt"}:
        parts.append(_by_files(spark, whole, base, max_share))
    first, *others = parts
    for other in others:
        first = Triples(
            first.records.unionByName(other.records),
            first.quarantine.unionByName(other.quarantine, allowMissingColumns=True),
            first.record_count + other.record_count,
            first.bad_count + other.bad_count,
            first.held + other.held,
        )
    return first


def _mark(path: str) -> str:
    """What keeps the blank nodes of files apart; begins with a letter, as RDF/XML wants it."""
    return "f" + hashlib.sha256(PurePosixPath(path).name.encode()).hexdigest()[:8]


def _by_lines(spark: SparkSession, files: tuple[InputFile, ...], base: str) -> DataFrame:
    def judged(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            for path, lines in frame.groupby("path", sort=False):
                yield judge_lines(lines, base, _mark(path))

    return read_lines(spark, files).mapInPandas(judged, LINES)


def judge_lines(lines: pd.DataFrame, base: str, mark: str) -> pd.DataFrame:
    """(path, block, position, text, fault) of one file -> the rows that `settle` reads; all lines in one parse."""
    texts = ["" if fault else text for text, fault in zip(lines["text"], lines["fault"], strict=True)]
    skip = [not text.strip() or text.lstrip().startswith("#") for text in texts]

    def blank(label: str) -> str:
        return f"_:{mark}-{label}"

    def parsed(some: list[str]) -> list:
        return list(parse("\n".join(some).encode(), "nt", base, blank))

    terms = parsed(texts)
    broken = {line - 1: reason for _, line, reason in terms if reason}
    good = [fields for fields, _, reason in terms if reason is None]
    rows: list = [None] * len(texts)
    asked = [row for row in range(len(texts)) if not skip[row] and row not in broken]
    if len(asked) == len(good) and not any(skip[row] for row in broken):
        for row, fields in zip(asked, good, strict=True):
            rows[row] = fields
    else:  # a line with two statements, or a fault that the parser gives no line of
        broken = {}
        for row in (row for row in range(len(texts)) if not skip[row]):
            one = parsed([texts[row]])
            if len(one) == 1 and one[0][2] is None:
                rows[row] = one[0][0]
            else:
                said = next((reason for _, _, reason in one if reason), "broken triple: expected one a line")
                broken[row] = said
    blanks = (None,) * len(FIELDS)
    return pd.DataFrame(
        {
            "path": lines["path"].to_numpy(),
            "block": lines["block"].to_numpy(),
            "position": lines["position"].to_numpy(),
            "skip": [s and not f for s, f in zip(skip, lines["fault"], strict=True)],
            "is_header": False,
            "reason": [fault or broken.get(row) for row, fault in enumerate(lines["fault"])],
            **dict(zip(FIELDS, zip(*(fields or blanks for fields in rows), strict=True), strict=True)),
        }
    )


def _place(path: str) -> tuple[str, str]:
    # of Spark's binary files, whose paths are not encoded
    return InputFile(path, "").place


def _by_files(spark: SparkSession, kinds: dict[InputFile, str], base: str, max_share: float) -> Triples:
    for file in kinds:
        fs, path = filesystem(spark, file.path)
        if (size := fs.getFileStatus(path).getLen()) > WHOLE_BYTES:
            expected = f"at most {WHOLE_BYTES:,}, or N-Triples, which is split"
            raise BadInput.of(f"file {file.name}", found=f"{size:,} bytes", expected=expected, where="--input")
    kind_of = {file.place: kind for file, kind in kinds.items()}
    name_of = {file.place: file.name for file in kinds}

    def parsed(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            for path, content in zip(frame["path"], frame["content"], strict=True):
                yield judge_document(path, bytes(content), kind_of[_place(path)], base)

    read = spark.read.format("binaryFile").load([file.address for file in kinds])
    judged = read.select("path", "content").mapInPandas(parsed, FILES).persist()
    counted = judged.groupBy("path").agg(
        F.count("reason").alias("bad"),
        F.count(F.lit(1)).alias("all"),
        F.min(F.struct(F.col("reason").isNull(), "line", "reason")).alias("first"),
    )
    counts = counted.collect()
    for row in counts:
        name, kind = name_of[_place(row["path"])], kind_of[_place(row["path"])]
        if row["bad"] and (kind == "rdfxml" or row["bad"] > max_share * row["all"]):
            found = f"{row['bad']} of {row['all']} statements unusable, line {row['first']['line']}: "
            expected = "well-formed RDF/XML" if kind == "rdfxml" else f"at most {max_share:.0%} bad statements"
            judged.unpersist()
            raise BadInput.of(
                f"file {name}",
                found=found + row["first"]["reason"],
                expected=expected,
                where="--input, or ingest.max_quarantine_share",
            )
    named = F.lit(None).cast("string")
    for row in counts:
        named = F.when(F.col("path") == row["path"], name_of[_place(row["path"])]).otherwise(named)
    bad = sum(row["bad"] for row in counts)
    quarantine = judged.where("reason IS NOT NULL").select(named.alias("file"), "line", "reason")
    records = judged.where("reason IS NULL").select(*FIELDS)
    return Triples(records, quarantine, sum(row["all"] for row in counts) - bad, bad, (judged,))


def judge_document(path: str, content: bytes, kind: str, base: str) -> pd.DataFrame:
    """A whole file -> rows of FILES; blank nodes are numbered in the order in which they come."""
    mark, numbers = _mark(path), {}

    def blank(label: str) -> str:
        return f"_:{mark}-{numbers.setdefault(label, len(numbers))}"

    try:
        text = gzip.decompress(content) if path.endswith(".gz") else content
    except (OSError, EOFError) as fault:
        cut = (path, 1, f"broken gzip file: {fault}", *(None,) * len(FIELDS))
        return pd.DataFrame([cut], columns=["path", "line", "reason", *FIELDS])
    rows = [
        (path, line, reason, *(fields or (None,) * len(FIELDS)))
        for fields, line, reason in parse(text, kind, base, blank)
    ]
    return pd.DataFrame(rows, columns=["path", "line", "reason", *FIELDS])
