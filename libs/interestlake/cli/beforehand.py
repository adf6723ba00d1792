"""What is looked at before a command starts: paths, inputs, sources, places and lakes, on this machine's disk alone."""

import argparse
import os
from collections.abc import Sequence

from ..core.config import RunOptions
from ..core.errors import BadInput
from ..core.moved_store import SQLITE, expect_store
from ..core.places import expect_lake_place, expect_lake_there, expect_writable
from ..core.session import GATEWAY
from ..core.storage import has_scheme
from ..privacy.keys import expect_key
from .table import Command
from .table.command import Cut, OneStage
from .table.operations import STAGE_NAMES


def expect_inputs(inputs: Sequence[tuple[str, str]]) -> None:
    """BadInput for a path that is not there, or a folder without a file, where a path without a scheme is sure to mean
    this machine's disk."""
    if GATEWAY in os.environ:  # under spark-submit the cluster's default file system decides
        return
    for option, path in inputs:
        if not has_scheme(path) and not os.path.exists(path):
            raise BadInput.of(f"input {path}", found="nothing there", expected="a file or folder", where=option)
        if not has_scheme(path) and os.path.isdir(path) and not any(names for _, _, names in os.walk(path)):
            raise BadInput.of(f"input {path}", found="a folder without a file", expected="files", where=option)


def expect_source(source: str | None, mapping: str | None, key_file: str) -> None:
    """BadInput for a source that is none, a key that is too short for its people, and a mapping at fault."""
    if source not in (None, "sample"):
        expect_key(key_file)
    if source is None or (mapping and (has_scheme(mapping) or GATEWAY in os.environ)):
        return
    from ..sources import origin_of

    origin_of(source, mapping)


def expect_files_of(source: str | None, inputs: Sequence[str], mapping: str | None) -> None:
    """BadInput where inputs of this machine's disk lack a file that the source reads, or there are none."""
    if GATEWAY in os.environ or any(map(has_scheme, [*inputs, mapping or ""])):
        return
    from ..sources import expect_files

    expect_files(source, tuple(inputs), mapping)


def expect_places(options: RunOptions) -> None:
    """BadInput where the lake, the report's folder or a sqlite store cannot be written on this machine's disk, or a
    lake elsewhere has no store."""
    expect_lake_place(options.lake, options.inputs)
    if options.report_dir:
        expect_writable(options.report_dir, "--report-dir")
    expect_store(options.tracking_uri, options.lake)
    if options.tracking_uri and options.tracking_uri.startswith(SQLITE):
        expect_writable(os.path.dirname(options.tracking_uri.removeprefix(SQLITE)) or ".", "--tracking-uri")


def expect_paths(command: Command, arguments: argparse.Namespace) -> None:
    """BadInput for a place named by an option that is not there, where it is sure to mean this machine's disk."""
    if GATEWAY in os.environ:
        return
    for option in (one for one in command.options if one.place):
        path = getattr(arguments, option.name)
        if not path or has_scheme(str(path)) or os.path.exists(str(path)):
            continue
        what = {"DIR": "folder", "MODEL": "folder", "X": "folder", "LAKE": "lake"}.get(option.metavar or "", "file")
        raise BadInput.of(f"{what} {path}", found="nothing there", expected=f"a {what}", where=option.flag)


def begins_with_ingest(command: Command, stages: slice) -> bool:
    """Whether it is a run, or a part of one, that reads a source."""
    first = STAGE_NAMES[stages.start or 0] if command.name == "run" else command.name.replace("-", "_")
    return isinstance(command.runs, Cut) and first == STAGE_NAMES[0]


def expect_lake_of(command: Command, options: RunOptions, stages: slice) -> None:
    """BadInput where a command reads a lake of this machine's disk and there is none, or not the table it needs."""
    runs, needs, after = command.runs, (), "interestlake run"
    if isinstance(runs, Cut):
        if begins_with_ingest(command, stages):
            return
    if isinstance(runs, OneStage):
        if runs.after is None:
            return
        after, needs = runs.after, runs.needs if isinstance(runs.needs, tuple) else ()
    expect_lake_there(options.lake, needs, after)


def expect_models_of(names: Sequence[str]) -> None:
    """BadInput for a name that the registry lacks, before Spark starts; what the data lacks is seen by the stage."""
    if names:
        from ..models.registry import expect_models

        expect_models(names, "--models or recommend.models")
