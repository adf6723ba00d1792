"""What a person says something of: items and interests, named by options and known by the lake."""

import argparse
from collections.abc import Callable, Sequence

from ...core.errors import BadInput
from ...core.plain_lake import PlainLake

Things = Sequence[tuple[str, str]]  # (kind, id): kind item, interest, or everything, whose id says nothing
KINDS = {"item": (("silver.items", "bronze.items"), "item_id"), "interest": (("silver.interests",), "interest_id")}
OPTIONS = {"item": "--not-interested", "interest": "--not-interested-in"}


def named_by_feedback(arguments: argparse.Namespace) -> Things:
    """Raises BadInput where nothing is named."""
    things = [("item", item) for item in arguments.not_interested]
    things += [("interest", interest) for interest in arguments.not_interested_in]
    if not things:
        raise BadInput.of("feedback", found="nothing", expected="an item or an interest",
                          where=" or ".join(OPTIONS.values()))  # fmt: skip
    return things


def named_by_forget(arguments: argparse.Namespace) -> Things:
    kind = "everything" if arguments.everything else "item" if arguments.item else "interest"
    return [(kind, arguments.item or arguments.interest or "")]


def expect_known(things: Things, is_held: Callable[[str, str, str], bool], forgotten: bool) -> None:
    """Raises BadInput for an item that the catalogue lacks, or an interest that the vocabulary lacks.

    is_held(table, column, id): whether the lake has such a row; forgotten: what `forget` names, not `feedback`.
    """
    for kind, target in things:
        if kind == "everything":
            continue
        tables, column = KINDS[kind]
        if any(is_held(name, column, target) for name in tables):
            continue
        expected = f"an {column} of {tables[0]}" + ("" if kind == "item" else ", such as tag:funny")
        where = f"--{kind}" if forgotten else OPTIONS[kind]
        raise BadInput.of(f"{kind} {target!r}", found="none of that id", expected=expected, where=where)


def held_by(lake: PlainLake) -> Callable[[str, str, str], bool]:
    """`expect_known`'s of a lake's files. Raises Unreadable where they cannot be read from here."""

    def is_held(name: str, column: str, target: str) -> bool:
        return lake.there(name) and bool(lake.of(name, [column], {column: [target]}))

    return is_held
