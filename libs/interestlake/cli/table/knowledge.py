"""The knowledge commands. Most options set a parameter of the section `knowledge`."""

from collections.abc import Callable
from dataclasses import replace

from ...core.config import KNOWLEDGE
from .command import Command, OneStage, Option

GROUP = "knowledge"


def sets(flag: str, name: str, metavar: str | None, help: str, kind: Callable = str, required: bool = False) -> Option:
    """An option for the parameter knowledge.<name>."""
    return Option(flag, help, kind, metavar=metavar, required=required, sets=f"knowledge.{name}")


def command(action: str, help: str, example: str, *options: Option) -> Command:
    """`knowledge-<action>`, the stage of stages/knowledge/<action>.py."""
    stage = f"stages.knowledge.{action}:KNOWLEDGE_{action.upper()}"
    runs = OneStage(stage, "reporting.figures_table:figures_table", "interestlake run --until prepare")
    example = f"interestlake knowledge-{action} --lake out/lake{example}"
    return Command(f"knowledge-{action}", GROUP, help, example, runs, options, KNOWLEDGE)


def applied(help: str) -> Option:
    return sets("--apply", "apply", None, f"{help} (default: a table alone)", bool)


AS_OF = sets("--as-of", "as_of", "TIME", "facts that hold then (default: those without an end)")
TAGGER = sets("--tagger", "tagger", "DIR", "a model of train-tagger that has to see an entity there too")
COMMANDS = (
    command(
        "load", "RDF files (N-Triples, Turtle, RDF/XML) -> facts, as a delta", " --input facts.ttl",
        Option("--input", "files or folders; may be repeated", metavar="PATH", required=True, repeat=True, file=True),
        sets("--delta", "delta_kind", "KIND", "insert (default), delete or supersede"),
        sets("--source-name", "source_name", "NAME", "who says it (default rdf)"),
        sets("--confidence", "confidence", "X", "belief in the facts, 0 to 1 (default 1)", float),
        sets("--valid-from", "valid_from", "TIME", "ISO time from which they hold"),
        sets("--valid-to", "valid_to", "TIME", "ISO time until which they hold"),
        sets("--base", "base", "IRI", "addresses under it lose it (default urn:interestlake:)"),
        sets("--item-prefix", "item_prefix", "TEXT", "what a subject that is an item starts with (default item/)"),
    ),
    command(
        "link", "items linked to entities by name, year and text", " --apply",
        sets("--min-score", "min_score", "X", "score that a link needs, 0 to 1 (default 0.9)", float),
        applied("the entities' facts become facts of the items"),
    ),
    command(
        "mine", "facts found in texts by patterns", " --apply",
        sets("--min-confidence", "min_confidence", "X", "confidence that a fact needs (default 0.5)", float),
        replace(TAGGER, place=True),
        applied("the facts go into silver.facts with source mined"),
    ),
    command(
        "verbalise", "items' facts and people's histories as sentences, with their vectors", ' --query "quiet films"',
        sets("--query", "query", "TEXT", "also print the items nearest to a text"),
        sets("--top", "top_k", "N", "items printed for the query (default 10)", int),
    ),
    command(
        "rank", "rank items by what a history tells about their features (KL divergence)", " --top 20",
        sets("--top", "top_k", "N", "items of a person's ranking (default 10)", int),
        AS_OF,
    ),
    command(
        "export", "the facts that hold as one RDF file", " --output facts.nt",
        sets("--output", "output", "FILE", "the file", required=True),
        sets("--format", "format", "KIND", "nt (default), ttl or rdfxml"),
        sets("--base", "base", "IRI", "what names without a scheme get (default urn:interestlake:)"),
        AS_OF,
    ),
)  # fmt: skip
