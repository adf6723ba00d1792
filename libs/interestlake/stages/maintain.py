"""The command maintain: every table's files compacted, old ones deleted, its contract held on all of its rows."""

from ..core.counted import counted
from ..core.errors import GateRefused
from ..core.lake import Lake
from ..core.schemas.all import ALL
from ..core.stage import Stage, StageContext
from ..core.undo import expect_forgotten
from ..core.upkeep import MEGABYTE, Files, broken_rules, compact, delete_unused, files_of


def files_by_table(lake: Lake) -> dict[str, Files]:
    """Table -> its files, of those tables that the lake has."""
    return {name: files_of(lake, name) for name in ALL if lake.exists(name)}


def line(name: str, files: Files, file_megabytes: float) -> str:
    """A line of the report of files: how many, how many of them small, megabytes, the median's, and unused ones."""
    counts = len(files.sizes), len(files.small(file_megabytes * MEGABYTE))
    sizes = sum(files.sizes), files.median, sum(size for size, _ in files.unused.values())
    return f"{name:<32}" + "".join(f"{n:>7}" for n in counts) + "".join(f"{size / MEGABYTE:>12.3f}" for size in sizes)


HEAD = f"{'table':<32}{'files':>7}{'small':>7}{'MB':>12}{'median MB':>12}{'unused MB':>12}"


def _run(context: StageContext) -> dict[str, float]:
    params, lake, log = context.params.maintain, context.lake, context.log
    expect_forgotten(lake)
    figures = dict.fromkeys(("tables", "compacted", "files_before", "files_after", "megabytes_freed"), 0.0)
    findings = []
    log.info("      %s", HEAD)
    for name in (name for name in ALL if lake.exists(name)):
        before = files_of(lake, name)
        compacted = compact(lake, name, before, params.file_megabytes)
        between = files_of(lake, name) if compacted else before
        deleted = delete_unused(lake, name, between, params.keep_hours)
        after = files_of(lake, name) if deleted else between
        log.info("      %s", line(name, before, params.file_megabytes))
        if after != before:
            log.info("      %s", line("  afterwards", after, params.file_megabytes))
        broken = broken_rules(context.read(name), ALL[name])
        findings += [f"{name}: {rule}: {counted(rows, 'row')}" for rule, rows in broken.items()]
        freed = sum(size for size, _ in between.unused.values()) - sum(size for size, _ in after.unused.values())
        figures["tables"] += 1
        figures["compacted"] += compacted
        figures["files_before"] += len(before.sizes)
        figures["files_after"] += len(after.sizes)
        figures["megabytes_freed"] += freed / MEGABYTE
    if findings:
        found = "; ".join(findings)
        raise GateRefused(f"lake {lake.root}: found rows that break their contract: {found}; expected none; an earlier "
                          "version of the table has them right, or the stage that writes it, run with --fresh",
                          figures | {"broken_rules": float(len(findings))})  # fmt: skip
    return figures


MAINTAIN = Stage(
    name="maintain",
    summary="small files compacted, files of old versions deleted, contracts held on all rows",
    reads=(),
    writes=(),
    section="maintain",
    run=_run,
)
