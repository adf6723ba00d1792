"""Writes the run's page: metrics with the baselines, interest graph, one person, fusion, timings and lineage."""

from dataclasses import replace

from ..core.errors import BadInput
from ..core.params.all import Params
from ..core.stage import Stage, StageContext
from ..core.storage import write_whole
from ..privacy.person import find_person
from ..reporting.closing import report_path
from ..reporting.content import Missing
from ..reporting.gather import READS, OptionalTables, gather
from ..reporting.page import render


def _run(context: StageContext) -> dict[str, float]:
    # the order imports every stage, this one too
    from .order import STAGES

    path = report_path(context.options)
    if "://" in str(context.options.report_dir or context.options.lake.removeprefix("file://")):
        raise BadInput.of("report folder", found=str(path.parent), expected="a local folder", where="--report-dir")
    # what runs after the page cannot stand on it, also when the page is made again
    before = STAGES[: [stage.name for stage in STAGES].index("report")]
    page = gather(OptionalTables(context.lake.exists, context.read), _shown(context), context.options, before)
    text = render(page)
    write_whole(path, text)
    context.tracker.log_artifact(str(path))
    context.tracker.log_artifact(str(path), whole=True)
    context.log.info("      report %s", path)
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
