"""`interestlake profile` from the lake's files: the page, the same as text, and the page served."""

import argparse
import logging
import webbrowser
from collections.abc import Callable

from ...core.config import RunOptions
from ...core.params.all import Params
from ...core.places import writing
from ...core.plain_lake import PlainLake
from ...core.storage import write_whole
from ...privacy.meant import Person, meant
from ...privacy.plain_person import PlainPeople
from ...serving.person_page.page import page_of, place_of
from ...serving.person_page.text import profile_text

LOG = logging.getLogger("interestlake")


def at_once(arguments: argparse.Namespace, params: Params, options: RunOptions, start: Callable) -> bool:
    """Write, print or serve the page of --user. False for a run that is to be noted in the lake: one that was named.

    Served, the page needs Spark from the first click on, which writes. Raises Unreadable where the lake's files cannot
    be read from here.
    """
    if arguments.run_id or arguments.tracking_uri:
        return False
    lake = PlainLake(options.lake)
    person = meant(PlainPeople(lake), arguments.user, params.ingest.pseudonym_key_file)
    if arguments.text:
        print(profile_text(lake, person.user_id, params.recommend.top_k))
    elif arguments.serve:
        _serve(arguments, params, options, lake, person, start)
    else:
        path = place_of(lake.root, person.user_id, arguments.out)
        with writing(path.parent):
            write_whole(path, page_of(lake, person.user_id, params.recommend.top_k, options.lake, options.seed))
        print(path)
        if arguments.open:
            webbrowser.open(path.as_uri())
    return True


def _serve(
    arguments: argparse.Namespace, params: Params, options: RunOptions, lake: PlainLake, person: Person, start: Callable
) -> None:
    from ..serve import Clicks, serve

    def page(token: str) -> str:
        lake.moved()  # a click or a run may have written
        return page_of(lake, person.user_id, params.recommend.top_k, options.lake, options.seed, token)

    with Clicks(person, params, options, start) as clicks:
        serve(arguments.port, page, clicks.say, arguments.open)
