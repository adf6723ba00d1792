"""Whether feedback and forget name somebody, and what the lake knows: its files are asked before Spark starts."""

import argparse

from ...core.config import RunOptions
from ...core.params.all import Params
from ...core.plain_lake import PlainLake
from ...privacy.meant import meant
from ...privacy.plain_person import PlainPeople
from ...serving.person_page.things import expect_known, held_by, named_by_feedback, named_by_forget


def feedback(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """False: what is said is written by Spark. Raises BadInput for nobody, nothing, or what the lake does not know,
    Unreadable where its files cannot be read from here."""
    lake, things = PlainLake(options.lake), named_by_feedback(arguments)
    meant(PlainPeople(lake), arguments.user, params.ingest.pseudonym_key_file)
    expect_known(things, held_by(lake), forgotten=False)
    return False


def forget(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """As `feedback`. A call that was killed while it forgot is finished by calling again: the thing may be gone."""
    lake = PlainLake(options.lake)
    meant(PlainPeople(lake), arguments.user, params.ingest.pseudonym_key_file, forgotten_too=True)
    expect_known(named_by_forget(arguments), held_by(lake), forgotten=True)
    return False
