"""Writes the run's page: metrics with the baselines, interest graph, one person, fusion, timings and lineage."""

import tempfile
from dataclasses import replace
from pathlib import Path

from ..core.params.all import Params
from ..core.stage import Stage, StageContext
from ..core.storage import local_path, put_whole, write_whole
from ..privacy.person import find_person
from ..reporting.closing import report_address
from ..reporting.content import Missing
from ..reporting.gather import READS, OptionalTables, gather
from ..reporting.page import render


def _run(context: StageContext) -> dict[str, float]:
    # the order imports every stage, this one too
    from .order import STAGES

    address = report_address(context.options)
    # what runs after the page cannot stand on it, also when the page is made again
    before = STAGES[: [stage.name for stage in STAGES].index("report")]
    page = gather(OptionalTables(context.lake.exists, context.read), _shown(context), context.options, before)
    text = render(page)
    with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
        local = local_path(context.spark, address)
        path = local or Path(folder) / f"{context.options.run_id}.html"
        write_whole(path, text)
        if local is None:
            put_whole(context.spark, path, address)
        context.tracker.log_artifact(str(path))
        context.tracker.log_artifact(str(path), whole=True)
    context.log.info("      report %s", address.removeprefix("file://"))
    gaps = [part for part in (page.verdict, page.scores, page.graph, page.person, page.blends, page.steps)]
    return {"report_bytes": len(text.encode()), "report_gaps": sum(isinstance(part, Missing) for part in gaps)}


def _shown(context: StageContext) -> Params:
    """The parameters with report.person as a user_id. Raises BadInput as `find_person` does."""
    wanted, params = context.params.report.person, context.params
    if not wanted or not context.lake.exists("silver.users"):
        return params
    person = find_person(context.lake, wanted, params.ingest.pseudonym_key_file, "report.person")
    return replace(params, report=replace(params.report, person=person.user_id))


REPORT = Stage(
    name="report",
    summary="one page about the run: figures, graph, a person, lineage",
    reads=READS,
    writes=(),
    section="report",
    run=_run,
)
