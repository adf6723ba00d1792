"""What one person asks for, out of the options of `interestlake profile`, `feedback` and `forget`, and what is said."""

import argparse
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.config import REQUEST, RunOptions
from ...core.counted import counted
from ...core.lake import Lake
from ...core.params.all import Params
from ...privacy.person import Person, find_person
from .object import held_by_tables
from .page import place_of
from .things import Things, expect_known, named_by_feedback, named_by_forget


@dataclass(frozen=True)
class Request:
    """does: not_interested, withdraw, forget or page; things: (kind, id), kind item, interest or everything; page: the
    file of a page."""

    person: Person
    does: str
    things: Things = ()
    keep_hours: float = 0.0
    page: str = ""

    def __str__(self) -> str:
        """The same for the same request: a person whose forgetting was killed has lost their number by the next try."""
        return repr((self.person.user_id, self.does, self.things, self.keep_hours, self.page))


def asked(lake: Lake, options: RunOptions, request: Request) -> RunOptions:
    """The options of a run that does what is asked. Raises BadInput for a thing that the lake does not know."""
    expect_known(request.things, held_by_tables(lake), request.does == "forget")
    return replace(options, source=REQUEST, request=request)


def feedback(lake: Lake, params: Params, options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """The things said no to, or taken back. Raises BadInput for nobody, nothing, or what the lake does not know."""
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    things = named_by_feedback(arguments)
    does = "withdraw" if arguments.withdraw else "not_interested"
    return asked(lake, options, Request(person, does, tuple(things)))


def forget(lake: Lake, params: Params, options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """The thing to be forgotten. Raises BadInput for nobody, or what the lake does not know."""
    # a call that was killed while it forgot is finished by calling again
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file, forgotten_too=True)
    things = tuple(named_by_forget(arguments))
    return asked(lake, options, Request(person, "forget", things, arguments.keep_history_hours))


def page(lake: Lake, params: Params, options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """Whose page, and its file. Raises BadInput for nobody, and for a lake that has no place for a file."""
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    path = place_of(lake.root, person.user_id, arguments.out)
    return asked(lake, options, Request(person, "page", page=str(path)))


def said(figures: Mapping[str, float]) -> str:
    """The figures of feedback or forget -> a sentence that says what was done."""
    if "rows_deleted" in figures:
        rows, tables = figures["rows_deleted"], figures["tables"]
        return f"Forgotten: {counted(rows, 'row')} of {counted(tables, 'table')}, also in their history."
    if "withdraw" in figures:
        return f"Taken back: {figures['withdraw']:.0f}."
    new = figures["not_interested"]
    return f"Noted: {counted(new, 'new objection')}."


def closing(figures: Mapping[str, float]) -> str:
    """What was done, and how long the next list is where there is one."""
    listed = figures.get("list_items")
    return said(figures) if listed is None else f"{said(figures)}\nThe next list has {counted(listed, 'item')}."


def page_closing(options: RunOptions, arguments: argparse.Namespace) -> str:
    """The page's file; shown in the browser where asked for."""
    path = options.request.page
    if arguments.open:
        webbrowser.open(Path(path).as_uri())
    return path
