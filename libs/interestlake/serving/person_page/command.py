"""`interestlake profile`, `feedback` and `forget`: a lake and a person in; a page, or rows written and deleted."""

import argparse
import uuid
import webbrowser
from logging import Logger
from pathlib import Path

from ...core.config import RunOptions
from ...core.errors import BadInput
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.stage import StageContext
from ...core.storage import has_scheme, write_whole
from ...core.tracking import default_tracking_uri, one_run
from ...privacy.person import Person, find_person
from ...recommending.relist import Relister, can_relist
from .object import expect_known, forget, object_to, reports_of, withdraw
from .page import page_of
from .server import PageServer

RANKER = ("A registered ranker carries histories of the run that made it: `interestlake recommend` registers one "
          "without these rows; older versions are for MLflow to delete.")


def run(arguments: argparse.Namespace, spark, params: Params, options: RunOptions, log: Logger) -> None:
    """The command of `arguments` on a running Spark session."""
    lake = Lake(spark, options.lake)
    # a call that was killed while it forgot is finished by calling again
    forgetting = arguments.command == "forget"
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file, forgotten_too=forgetting)
    context = StageContext(spark, lake, None, params, options, log)
    command = {"profile": _profile, "feedback": _feedback, "forget": _forget}[arguments.command]
    uri = options.tracking_uri or default_tracking_uri(options.lake)
    # nothing that names the person: a tracking store outlives what is forgotten
    with one_run(uri, arguments.command, {"lake": options.lake}, {"seed": options.seed}) as tracker:
        with tracker.stage(arguments.command, {}):
            tracker.log_metrics(command(arguments, context, person))


def _profile(arguments: argparse.Namespace, context: StageContext, person: Person) -> dict[str, float]:
    lake, log = context.lake, context.log
    if arguments.serve:
        return serve(context, person, arguments.port, arguments.open)
    text = page_of(lake, person, context.params, arguments.lake, seed=context.options.seed)
    if not arguments.out and has_scheme(lake.root):
        raise BadInput.of("page", found=f"the lake {lake.root}", expected="a local file", where="--out")
    path = Path(arguments.out or Path(lake.root) / "reports" / f"profile-{person.user_id[:8]}.html").resolve()
    write_whole(path, text)
    log.info("page %s", path)
    print(path)
    if arguments.open:
        webbrowser.open(path.as_uri())
    return {"page_bytes": len(text.encode())}


def serve(
    context: StageContext, person: Person, port: int, show: bool, ready=lambda server: None
) -> dict[str, float]:
    """Serve the page until interrupted -> how many requests changed something; `ready` gets the listening server."""
    server = page_server(context, person, port)
    context.log.info("serving on this machine only; Ctrl-C ends it")
    print(server.address, flush=True)
    if show:
        webbrowser.open(server.address)
    ready(server)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        context.log.info("ended")
    finally:
        server.server_close()
    return {"changes": server.changes}


def page_server(context: StageContext, person: Person, port: int) -> PageServer:
    """The server of one person's page; the scorers are read once, before the first change of a list."""
    relister: list[Relister] = []

    def say(does: str, kind: str, thing: str) -> tuple[str, bool]:
        # each click is a request of its own, also where a server was started under the same run id before
        run_id = f"{context.options.run_id}-{uuid.uuid4().hex[:12]}"
        message, _ = change(context, person, does, kind, (thing,), run_id)
        server.changes += 1
        if kind == "everything":
            return message, False
        if can_relist(context.lake):
            if not relister:
                relister.append(Relister(context))
            relister[0].relist(person, run_id)
            message += " Your list is new."
        return message, True

    def page(token: str) -> str:
        return page_of(context.lake, person, context.params, context.options.lake, token, context.options.seed)

    server = PageServer(port, page, say)
    return server


def change(
    context: StageContext, person: Person, does: str, kind: str, things, run_id: str, keep_hours=0.0
) -> tuple[str, int]:
    """Write one request of a person -> a sentence that says what was done, and the rows written or deleted."""
    lake = context.lake
    if does == "forget":
        if kind != "everything":
            expect_known(lake, kind, things[0], f"--{kind}")
        gone = forget(lake, person, kind, things[0], run_id, keep_hours)
        for table, rows in gone.items():
            context.log.info("      %-32s %9d rows", table, rows)
        pages = reports_of(lake, person) if kind == "everything" else []
        for page in pages:
            page.unlink()
            context.log.info("      page %s deleted", page)
        rows = sum(gone.values())
        return f"Forgotten: {rows} rows of {len(gone)} tables, also in their history.", rows
    for thing in things:
        expect_known(lake, kind, thing, "--not-interested" + ("-in" if kind == "interest" else ""))
    if does == "withdraw":
        back = withdraw(lake, person, kind, things)
        return f"Taken back: {back}.", back
    new = object_to(lake, person, kind, things, run_id)
    return f"Noted: {new} new objection{'' if new == 1 else 's'}.", new


def _feedback(arguments: argparse.Namespace, context: StageContext, person: Person) -> dict[str, float]:
    asked = {"item": arguments.not_interested, "interest": arguments.not_interested_in}
    if not any(asked.values()):
        raise BadInput.of("feedback", found="nothing", expected="an item or an interest",
                          where="--not-interested or --not-interested-in")
    does = "withdraw" if arguments.withdraw else "not_interested"
    for kind, things in asked.items():
        for thing in things:
            expect_known(context.lake, kind, thing, "--not-interested" + ("-in" if kind == "interest" else ""))
    changed = 0
    for kind, things in asked.items():
        if things:
            said, rows = change(context, person, does, kind, things, context.options.run_id)
            changed += rows
            print(said)
    return {does: changed, **_relist(context, person)}


def _forget(arguments: argparse.Namespace, context: StageContext, person: Person) -> dict[str, float]:
    kind = "everything" if arguments.everything else "item" if arguments.item else "interest"
    thing = arguments.item or arguments.interest or ""
    said, rows = change(
        context, person, "forget", kind, (thing,), context.options.run_id, arguments.keep_history_hours
    )
    print(said)
    context.log.info(RANKER)
    return {"rows_deleted": rows, **(_relist(context, person) if kind != "everything" else {})}


def _relist(context: StageContext, person: Person) -> dict[str, float]:
    if person.user_index is None or not can_relist(context.lake):
        context.log.info("no list to renew: the stage recommend has not run on this lake")
        return {}
    count = Relister(context).relist(person, f"{context.options.run_id}/relist")
    print(f"The next list has {count} items.")
    return {"list_items": count}
