"""`interestlake profile --serve`: one person's page from this machine, each click a run of its own."""

import argparse
import uuid
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from logging import Logger

from ..core.config import RunOptions
from ..core.lake import Lake
from ..core.params.all import Params
from ..core.pipeline import run_stages
from ..core.stage import StageContext
from ..privacy.person import Person, find_person
from ..recommending.relist import released_once
from ..serving.person_page.page import page_of
from ..serving.person_page.request import Request, asked, said
from ..serving.person_page.server import PageServer
from ..stages.person import feedback_stage, forget_stage


def serve_page(arguments: argparse.Namespace, spark, params: Params, options: RunOptions, log: Logger) -> None:
    """Serve the page of --user until interrupted; what its buttons ask for is claimed and noted as commands are."""
    context = StageContext(spark, Lake(spark, options.lake), None, params, options, log)
    person = find_person(context.lake, arguments.user, params.ingest.pseudonym_key_file)
    serve(context, person, arguments.port, arguments.open)


def serve(
    context: StageContext, person: Person, port: int, show: bool, ready: Callable[[PageServer], None] = lambda _: None
) -> None:
    """Print the address and answer until interrupted; `ready` gets the listening server."""
    server = page_server(context, person, port)
    context.log.info("serving on this machine only; Ctrl-C ends it")
    print(server.address, flush=True)
    if show:
        webbrowser.open(server.address)
    ready(server)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        context.log.info("ended; changes written: %d", server.changes)
    finally:
        server.server_close()


def page_server(context: StageContext, person: Person, port: int) -> PageServer:
    """The server of one person's page; the released models are read once, before the first change of a list."""
    released = released_once()
    stages = {"not_interested": feedback_stage(released), "withdraw": feedback_stage(released),
              "forget": forget_stage(released)}  # fmt: skip

    def say(does: str, kind: str, thing: str) -> tuple[str, bool]:
        # each click is a run of its own, also where a server was started under the same run id before
        run_id = f"{context.options.run_id}-{uuid.uuid4().hex[:12]}"
        options = asked(context.lake, replace(context.options, run_id=run_id), Request(person, does, ((kind, thing),)))
        figures = run_stages(context.spark, (stages[does],), context.params, options)[stages[does].name]
        server.changes += 1
        new = " Your list is new." if "list_items" in figures else ""
        return said(figures) + new, kind != "everything"

    server = PageServer(port, lambda token: page_of(context, person, token), say)
    return server
