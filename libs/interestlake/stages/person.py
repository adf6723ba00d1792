"""The commands profile, feedback and forget: one person's page, and what they ask for written and deleted."""

from collections.abc import Callable
from pathlib import Path

from ..core.errors import BadInput
from ..core.hold import holder_of
from ..core.journal import FOLDER, open_files
from ..core.spark_rows import SparkRows
from ..core.stage import Stage, StageContext
from ..core.storage import local_path, remove_file, write_whole
from ..privacy.erasure import erase_everything, erase_interest, erase_item, text_tables
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.person import Person
from ..recommending.chosen_tables import FUSION
from ..recommending.relist import OF_A_LIST, Relister, can_relist
from ..recommending.saved import TABLE as RECOMMENDER
from ..recommending.saved import open_recommender, remove_left
from ..recommending.scoring import PEOPLE_TABLES
from ..reporting.own_page import READS as ON_A_PAGE
from ..serving.person_page.object import forget, object_to, reports_of, withdraw
from ..serving.person_page.page import page_of
from ..serving.person_page.request import Request
from ..serving.service.mirror import follow_in
from .load_journal import load_journal

RANKER = (
    "A registered ranker no longer uses these rows from the next seconds on, where it reads this lake; its files hold "
    "them: `interestlake recommend` registers one without; older versions are for MLflow to delete."
)
OF_PEOPLE = tuple(sorted({
    *(one.table for one in (*erase_everything("", 0), *erase_item("", 0, "", 0), *erase_interest("", 0, ""))),
    *text_tables(), OBJECTIONS,
}))  # fmt: skip


def _request(context: StageContext) -> Request:
    if context.options.request is None:
        raise BadInput.of("request", found="none", expected="what a person asks for", where="RunOptions.request")
    return context.options.request


def _profile(context: StageContext) -> dict[str, float]:
    request = _request(context)
    rows, options = SparkRows.of_lake(context.lake, context.read), context.options
    text = page_of(rows, request.person.user_id, context.params.recommend.top_k, options.lake, options.seed)
    write_whole(Path(request.page), text)
    context.log.info("page %s", request.page)
    return {"page_bytes": float(len(text.encode()))}


def feedback_stage(released: Callable = open_recommender) -> Stage:
    """FEEDBACK with a way of its own to open the released models, as `relist.released_once`."""

    def run(context: StageContext) -> dict[str, float]:
        request = _request(context)
        write = withdraw if request.does == "withdraw" else object_to
        changed = write(context, request.person, request.things)
        return {request.does: float(changed), **_relist(context, request.person, released)}

    return Stage(
        name="feedback",
        summary="what a person does not want to see, and their next list",
        reads=(*PEOPLE_TABLES, RECOMMENDER, FUSION, OBJECTIONS),
        writes=(OBJECTIONS, "gold.recommendations", *OF_A_LIST),
        section="recommend",
        run=run,
        beside=True,
    )


def forget_stage(released: Callable = open_recommender) -> Stage:
    """FORGET with a way of its own to open the released models, as `relist.released_once`."""

    def run(context: StageContext) -> dict[str, float]:
        request = _request(context)
        [(kind, thing)] = request.things
        _take_journal(context)
        gone = forget(context, request.person, kind, thing, request.keep_hours)
        remove_left(context.lake)
        for table, rows in gone.items():
            context.log.info("      %-32s %9d rows", table, rows)
        for page in reports_of(context.lake, request.person) if kind == "everything" else ():
            remove_file(context.spark, page)
            context.log.info("      page %s deleted", page)
        context.log.info(RANKER)
        if running := holder_of(context.lake):
            context.log.warning("warning: %s: what it read before it may write again: forget once more then", running)
        listed = {} if kind == "everything" else _relist(context, request.person, released)
        follow_in(context.lake.root)
        return {"rows_deleted": float(sum(gone.values())), "tables": float(len(gone)), **listed}

    return Stage(
        name="forget",
        summary="what the lake holds of a person deleted, also from history",
        reads=(*PEOPLE_TABLES, RECOMMENDER, FUSION, OBJECTIONS, "silver.documents"),
        writes=OF_PEOPLE,
        section="recommend",
        run=run,
        beside=True,
    )


def _take_journal(context: StageContext) -> None:
    """What services noted goes into the tables, and from there; what cannot be taken now is left out when it is."""
    folder = local_path(context.spark, f"{context.lake.root}/{FOLDER}")
    if folder is None or not folder.is_dir():
        return
    try:
        load_journal(context)
        if opened := open_files(folder):
            context.log.warning("warning: a service has %d files of its journal open, which may name the person until "
                                "it ends them, within a minute, and `interestlake load-journal` takes them; it leaves "
                                "out what is forgotten now", len(opened))  # fmt: skip
    except (BadInput, PermissionError) as fault:
        context.log.warning("warning: the journal stays (%s); load-journal leaves out what is forgotten now", fault)


def _relist(context: StageContext, person: Person, released: Callable) -> dict[str, float]:
    if person.user_index is None or not can_relist(context.lake):
        context.log.info("no list to renew: the stage recommend has not run on this lake")
        return {}
    return {"list_items": float(Relister(context, released).relist(person))}


PROFILE = Stage(
    name="profile",
    summary="one person's page: interests, trends, lists with reasons, controls",
    reads=("silver.users", *ON_A_PAGE),
    writes=(),
    section="recommend",
    run=_profile,
    beside=True,
)
FEEDBACK = feedback_stage()
FORGET = forget_stage()
