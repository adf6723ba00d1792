"""The options of the knowledge commands. Each sets a parameter of the section `knowledge`; nothing slow is imported."""

import argparse
from collections.abc import Callable

LOAD, EXPORT, RANK = "knowledge-load", "knowledge-export", "knowledge-rank"
LINK, VERBALISE, MINE = "knowledge-link", "knowledge-verbalise", "knowledge-mine"
COMMANDS = (LOAD, EXPORT, LINK, MINE, VERBALISE, RANK)
PREFIX = "knowledge."


def add_parsers(commands: argparse._SubParsersAction, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """The commands over an existing lake; `common` adds the options that every command on Spark has."""

    def command(name: str, meaning: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=meaning)
        common(parser)
        return parser

    load = command(LOAD, "RDF files (N-Triples, Turtle, RDF/XML) -> facts, as a delta")
    load.add_argument("--input", action="append", required=True, metavar="PATH", help="file or folder; may be repeated")
    _set(load, "--delta", "delta_kind", "KIND", "insert (default), delete or supersede")
    _set(load, "--source-name", "source_name", "NAME", "who says it (default rdf)")
    _set(load, "--confidence", "confidence", "X", "belief in the facts, 0 to 1 (default 1)", float)
    _set(load, "--valid-from", "valid_from", "TIME", "ISO time from which they hold")
    _set(load, "--valid-to", "valid_to", "TIME", "ISO time until which they hold")
    _set(load, "--base", "base", "IRI", "addresses under it lose it (default urn:interestlake:)")
    _set(load, "--item-prefix", "item_prefix", "TEXT", "what a subject that is an item starts with (default item/)")
    export = command(EXPORT, "the facts that hold as one RDF file")
    _set(export, "--output", "output", "FILE", "the file", required=True)
    _set(export, "--format", "format", "KIND", "nt (default), ttl or rdfxml")
    _set(export, "--base", "base", "IRI", "what names without a scheme get (default urn:interestlake:)")
    _set(export, "--as-of", "as_of", "TIME", "facts that hold then (default: those without an end)")
    link = command(LINK, "items linked to entities by name, year and text")
    _set(link, "--min-score", "min_score", "X", "score that a link needs, 0 to 1 (default 0.9)", float)
    _applied(link, "the entities' facts become facts of the items")
    mine = command(MINE, "facts found in texts by patterns")
    _set(mine, "--min-confidence", "min_confidence", "X", "confidence that a fact needs (default 0.5)", float)
    _set(mine, "--tagger", "tagger", "DIR", "a model of train-tagger that has to see an entity there too")
    _applied(mine, "the facts go into silver.facts with source mined")
    verbalise = command(VERBALISE, "items' facts and people's histories as sentences, with their vectors")
    _set(verbalise, "--query", "query", "TEXT", "also print the items nearest to a text")
    _set(verbalise, "--top", "top_k", "N", "items printed for the query (default 10)", int)
    rank = command(RANK, "rank items by what a history tells about their features (KL divergence)")
    _set(rank, "--top", "top_k", "N", "items of a person's ranking (default 10)", int)
    _set(rank, "--as-of", "as_of", "TIME", "facts that hold then (default: those without an end)")


def _set(
    parser: argparse.ArgumentParser, option: str, name: str, metavar: str, meaning: str, kind: type = str,
    required: bool = False,
) -> None:
    dest = f"{PREFIX}{name}"
    parser.add_argument(option, dest=dest, type=kind, metavar=metavar, help=meaning, required=required)


def _applied(parser: argparse.ArgumentParser, meaning: str) -> None:
    told = f"{meaning} (default: a table alone)"
    parser.add_argument("--apply", dest=f"{PREFIX}apply", action="store_const", const=True, help=told)


def overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """{"knowledge.top_k": 10, ...} of the options that were given."""
    given = {name: value for name, value in vars(arguments).items() if name.startswith(PREFIX)}
    return {name: value for name, value in given.items() if value is not None}
