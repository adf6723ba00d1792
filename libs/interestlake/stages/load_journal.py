"""The command load-journal: what services noted beside the lake, taken into its tables."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from pyspark.sql import DataFrame

from ..core.errors import BadInput
from ..core.journal import EVENTS, FOLDER, SERVED, taking, whole_files
from ..core.stage import Stage, StageContext
from ..core.storage import local_path
from ..privacy.objections import TABLE as OBJECTIONS
from ..privacy.objections import without_forgotten
from ..sources.journal import event_rows, read_lines, served_rows

Transform = Callable[[DataFrame], DataFrame]
TABLES: Mapping[str, tuple[str, Transform]] = {
    SERVED: ("bronze.served", served_rows),
    EVENTS: ("bronze.events", event_rows),
}


def load_journal(context: StageContext) -> dict[str, float]:
    """Take every file that nobody writes any more, then delete it: a killed call takes what it took again, and changes
    nothing by it. Raises BadInput for a lake that is not on this machine's disk."""
    folder = local_path(context.spark, f"{context.lake.root}/{FOLDER}")
    if folder is None:
        raise BadInput.of(f"lake {context.lake.root}", found="a lake on another file system", expected="one on this "
                          "machine's disk, beside which a service keeps its journal", where="--lake")  # fmt: skip
    figures = {}
    try:
        with taking(folder):
            for kind, (table, made) in TABLES.items():
                files = whole_files(folder, kind)
                figures[kind] = float(len(files))
                figures[f"{kind}_rows"] = figures[f"{kind}_cut"] = 0.0
                if files:
                    figures[f"{kind}_rows"], figures[f"{kind}_cut"] = _take(context, kind, table, made, files)
                for file in files:
                    file.unlink()
    except PermissionError as fault:
        raise BadInput.of(f"journal {folder}", found="files of another user, which cannot be read", expected="the user "
                          "whose service wrote them", where="the account that runs this") from fault  # fmt: skip
    if not any(figures[kind] for kind in TABLES):
        context.log.info("      nothing to take: %s has no finished file", folder)
    return figures


def _take(context: StageContext, kind: str, table: str, made: Transform, files: list[Path]) -> tuple[float, float]:
    whole, cut = read_lines(context.spark, kind, [f"file://{file}" for file in files])
    rows = whole.transform(made).transform(_allowed(context))
    # other files under the same run id are another write
    taken = hashlib.sha256("\n".join(file.name for file in files).encode()).hexdigest()[:16]
    written = context.note(context.lake.write(table, rows, f"{context.options.run_id}/{taken}"))
    context.tell(written)
    lost = cut.count()
    if lost:
        context.log.warning("warning: %d lines that their writer could not end are left out", lost)
    return float(written.rows), float(lost)


def _allowed(context: StageContext) -> Transform:
    """Without what people had forgotten since it was noted."""

    def transform(rows: DataFrame) -> DataFrame:
        if not context.lake.exists(OBJECTIONS):
            return rows
        return rows.transform(without_forgotten(context.read(OBJECTIONS), "item", "item_id"))

    return transform


LOAD_JOURNAL = Stage(
    name="load_journal",
    summary="lists and events that services noted, into bronze",
    reads=(OBJECTIONS,),
    writes=tuple(table for table, _ in TABLES.values()),
    section="serve",
    run=load_journal,
)
