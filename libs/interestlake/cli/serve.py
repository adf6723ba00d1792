"""`interestlake profile --serve`: one person's page from this machine, each click a run of its own."""

import argparse
import logging
import uuid
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.config import RunOptions
from ..core.params.all import Params
from ..core.present import present
from ..privacy.meant import Person
from ..serving.person_page.server import PageServer

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOG = logging.getLogger("interestlake")


def serve_page(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: logging.Logger
) -> None:
    """Serve the page of --user by Spark until interrupted; see `profile_at_once`, which needs it for clicks alone."""
    from ..core.lake import Lake
    from ..core.spark_rows import SparkRows
    from ..privacy.person import find_person
    from ..serving.person_page.page import page_of

    lake = Lake(spark, options.lake)
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)

    def page(token: str) -> str:
        rows = SparkRows.of_lake(lake)
        return page_of(rows, person.user_id, params.recommend.top_k, options.lake, options.seed, token)

    with Clicks(person, params, options, running=spark) as clicks:
        serve(arguments.port, page, clicks.say, arguments.open)


def serve(
    port: int,
    page: Callable[[str], str],
    say: Callable[[str, str, str], tuple[str, bool]],
    show: bool,
    ready: Callable[[PageServer], None] = lambda _: None,
) -> None:
    """Print the address and answer until interrupted; `ready` gets the listening server."""
    server = PageServer(port, page, say)
    LOG.info("serving on this machine only; Ctrl-C ends it")
    print(server.address, flush=True)
    if show:
        webbrowser.open(server.address)
    ready(server)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        LOG.info("ended; changes written: %d", server.changes)
    finally:
        server.server_close()


class Clicks:
    """What the buttons of one person's page ask for, claimed and noted as commands are. A context: Spark, where this
    started it, ends with it.

    start() -> a context of (session, Future of modules), entered at the first click; running: a session that is there.
    The released models are read once, before the first change of a list.
    """

    def __init__(
        self,
        person: Person,
        params: Params,
        options: RunOptions,
        start: Callable | None = None,
        running: "SparkSession | None" = None,
    ):
        self._person, self._params, self._options, self._start, self._spark = person, params, options, start, running
        self._stack, self._stages = ExitStack(), {}

    def __enter__(self) -> "Clicks":
        return self

    def __exit__(self, *fault) -> None:
        self._stack.close()

    def _session(self):
        if self._spark is None:
            LOG.info("starting Spark for the first click ...")
            self._spark, loading = self._stack.enter_context(present(self._start)())
            loading.result()
        if not self._stages:
            from ..recommending.relist import released_once
            from ..stages.person import feedback_stage, forget_stage

            released = released_once()
            self._stages = {"not_interested": feedback_stage(released), "withdraw": feedback_stage(released),
                            "forget": forget_stage(released)}  # fmt: skip
        return self._spark

    def say(self, does: str, kind: str, thing: str, person: Person | None = None) -> tuple[str, bool]:
        """-> what was done, and whether the person still has a page; person: somebody else than the page's."""
        spark = self._session()
        from ..core.lake import Lake
        from ..core.pipeline import run_stages
        from ..serving.person_page.request import Request, asked, said

        # each click is a run of its own, also where a server was started under the same run id before
        run_id = f"{self._options.run_id}-{uuid.uuid4().hex[:12]}"
        options = replace(self._options, run_id=run_id)
        options = asked(
            Lake(spark, self._options.lake), options, Request(person or self._person, does, ((kind, thing),))
        )
        stage = self._stages[does]
        figures = run_stages(spark, (stage,), self._params, options)[stage.name]
        new = " Your list is new." if "list_items" in figures else ""
        return said(figures) + new, kind != "everything"
