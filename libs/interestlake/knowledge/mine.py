"""Facts found in texts by patterns, each with what it is worth and the words that say it. The patterns are data."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .names import normalised
from .relations import Relation

Transform = Callable[[DataFrame], DataFrame]
FOUND = "item_id string, predicate string, object string, key string, worth double, doc_id string, words string"
# words of a name: capitalised, or small ones between two of them; initials and figures may follow
NAME_WORD = r"(?:[A-Z\u00c0-\u00de][\w'\u2019&.-]*|\d{1,4}\b)"
SMALL = r"(?:of|the|and|de|la|van|von|der|du|di|del|&)"
FIRST = r"(?:[Tt]he )?[A-Z\u00c0-\u00de][\w'\u2019&.-]*"
NAME = rf"({FIRST}(?:,? (?:{SMALL} ){{0,2}}{NAME_WORD}){{0,11}})"
# such a word in front is no name's first; a pronoun or a sentence's first word is none at all
NO_NAME = set(
    "i it he she they you we this that these those my his her their your our its in on at but if and or when "
    "while for with by from".split()
)
# a sentence's end, which an initial's or a title's point is not; a clause that goes on
BREAK = re.compile(r"(?<=[a-z\d)]{2})\.\s*(?=[A-Z]|$)|, (?=(?:The|A|An|He|She|It|They|I|But|And|In|On|This|That)\b)")
COMMA, AND = re.compile(r", (?:and |& )?"), re.compile(r" (?:and|&) ")
UNSEEN = 0.5  # of its worth is left of a find in which the tagger sees no entity
Pattern = tuple[str, float, re.Pattern]


def compiled(relations: Mapping[str, Relation]) -> list[Pattern]:
    """(predicate, worth, expression) of every pattern of the file; {object} is a name, other words in any case."""
    patterns = []
    for predicate, relation in relations.items():
        for pattern, worth in relation.mined:
            before, after = (part.strip() for part in pattern.split("{object}"))
            left = rf"(?i:\b{re.escape(before)}) " if before else ""
            right = rf"(?i:{'' if after.startswith(',') else ' '}{re.escape(after)}\b)" if after else ""
            patterns.append((predicate, worth, re.compile(f"{left}{NAME}{right}")))
    return patterns


def names_in(text: str) -> list[str]:
    """What a match holds -> its names, without a possessive's end; [] where nothing of a name is left.

    A list is parted at its commas and its "and"; without a comma "and" parts two names of two words or more, so that
    "Florence and the Machine" stays whole ("Alison Krauss and Union Station" does not: nothing in it tells).
    """
    whole = BREAK.split(text)[0]
    parts = COMMA.split(whole)
    if len(parts) > 1:
        parts = [name for part in parts for name in AND.split(part)]
    elif all(len(name.split()) > 1 for name in AND.split(whole)):
        parts = AND.split(whole)
    bare = [re.sub(r"(?:['\u2019]s|['\u2019])$", "", part.strip(" .,;:!?-")).strip() for part in parts]
    bare = [re.sub(r" (?:and|&) (?:I|it)$", "", name) for name in bare]
    return [name for name in bare if name and name.split()[0].lower() not in NO_NAME and _has_letters(name)]


def _has_letters(name: str) -> bool:
    return re.search(r"[A-Za-z\u00c0-\u024f]{2}", name) is not None


def finds(text: str, patterns: Sequence[Pattern]) -> list[tuple[str, str, float, str]]:
    """A text -> (predicate, object, worth, the words that say it), in the order of the patterns and the text."""
    facts = []
    for predicate, worth, expression in patterns:
        for match in expression.finditer(text):
            ends_with_name = match.end() == match.end(1)
            span = BREAK.split(match.group(1))[0] if ends_with_name else match.group(1)
            end = match.start(1) + len(span) if ends_with_name else match.end()
            words = text[match.start() : end].strip()
            facts += [(predicate, name, worth, words) for name in names_in(match.group(1))]
    return facts


def mined(
    relations: Mapping[str, Relation], see: Callable[[list[tuple[str, str]]], list[bool]] | None, min_confidence: float
) -> Transform:
    """silver.documents -> rows of silver.mined_facts of at least `min_confidence`. Lazy.

    Each text counts once for a fact, by its worthiest pattern; several texts that say it add up as independent ones:
    confidence = 1 - product of (1 - worth). Spellings that `names.normalised` makes equal are one object, written as
    most often. see: (object, words) -> whether a tagger sees an entity
    there; where it does not, the find is worth UNSEEN of it.
    """
    patterns = compiled(relations)

    def read(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            rows = [
                (item, *each, doc)
                for item, doc, text in zip(frame["item_id"], frame["doc_id"], frame["text"], strict=True)
                for each in finds(text, patterns)
            ]
            seen = see([(row[2], row[4]) for row in rows]) if see and rows else [True] * len(rows)
            yield pd.DataFrame(
                [
                    (item, predicate, object, normalised(object), worth * (1.0 if confirmed else UNSEEN), doc, words)
                    for (item, predicate, object, worth, words, doc), confirmed in zip(rows, seen, strict=True)
                ],
                columns=[part.split()[0] for part in FOUND.split(", ")],
            )

    def transform(documents: DataFrame) -> DataFrame:
        said = documents.where("split IN ('train', 'all')").select("item_id", "doc_id", "text")
        facts = said.mapInPandas(read, FOUND).where("key <> ''")
        fact = ["item_id", "predicate", "key"]
        place = Window.partitionBy(*fact, "doc_id").orderBy(F.desc("worth"), "words")
        once = facts.withColumn("place", F.row_number().over(place)).where("place = 1")
        once = once.withColumn("times", F.count(F.lit(1)).over(Window.partitionBy(*fact, "object")))
        strongest = F.max_by(F.struct("doc_id", "words"), F.struct("worth", "doc_id")).alias("said")
        rows = once.groupBy(*fact).agg(
            F.max_by("object", F.struct("times", "object")).alias("object"),
            (
                1
                - F.aggregate(F.sort_array(F.collect_list("worth")), F.lit(1.0), lambda left, worth: left * (1 - worth))
            ).alias("confidence"),
            F.count(F.lit(1)).alias("texts"),
            strongest,
        )
        confirmed = rows.where(F.col("confidence") >= min_confidence)
        return (
            confirmed.groupBy("item_id", "predicate", "object")
            .agg(F.max("confidence").alias("confidence"), F.sum("texts").alias("texts"), F.min("said").alias("said"))
            .select("item_id", "predicate", "object", "confidence", "texts", "said.doc_id", "said.words")
        )

    return transform


def tagger_sees(folder: str) -> Callable[[list[tuple[str, str]]], list[bool]]:
    """A model of `interestlake train-tagger` -> whether a word of the object has a tag other than O, in its words."""
    model: list = []

    def see(finds: list[tuple[str, str]]) -> list[bool]:
        if not model:
            from ..text.tuning.tagger import TaggerModel

            model.append(TaggerModel.load(folder))
        tagged = model[0].tagged([words.split() for _, words in finds])
        return [
            any(
                tag != "O" and word.strip(".,;") in object.split()
                for word, tag in zip(words.split(), tags, strict=True)
            )
            for (object, words), (tags, _) in zip(finds, tagged, strict=True)
        ]

    return see
