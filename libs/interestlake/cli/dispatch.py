"""Runs one command of the table: faults of the command line first, then Spark, then the stages or the function."""

import argparse
import importlib
import inspect
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..core.config import RunOptions, conf_file, conf_folder, cut, load_params, new_run_id, parse_override
from ..core.errors import BadInput, GateRefused, Unreadable
from ..core.java import expect_java
from ..core.moved_store import default_tracking_uri, settle_store
from ..core.params.all import Params
from ..core.places import expect_lake_there, expect_writable
from ..core.progress import PROGRESS, spark_tasks
from ..core.session import GATEWAY, build_session, jvm_log
from ..core.storage import as_on_disk
from .beforehand import (
    begins_with_ingest,
    expect_files_of,
    expect_inputs,
    expect_lake_of,
    expect_models_of,
    expect_paths,
    expect_places,
    expect_source,
)  # fmt: skip
from .said import said_again
from .table import BY_NAME, Command
from .table.command import Cut, OneStage, OnFiles, OverLake, OwnStart
from .table.operations import STAGE_NAMES
from .table.shared import OUT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOG = logging.getLogger("interestlake")
LONGEST_RUN_ID = 128  # it names files, with an ending behind it
# loaded while the JVM starts and a pipeline claims its run, which load no module that interestlake.core.claim has not
SLOW_TO_LOAD = ("torch", "mlflow", "interestlake.core.pipeline")


def named(address: str) -> Any:
    """What stands at "package.module:name" below `interestlake`."""
    module, name = address.split(":")
    return getattr(importlib.import_module(f"interestlake.{module}"), name)


def execute(arguments: argparse.Namespace, load: Callable | None = None) -> None:
    """The command of these arguments. load() -> what it runs, in place of the table's address, as a job hands it.

    Raises what main turns into exit codes.
    """
    command = BY_NAME[arguments.command]
    if OUT in command.options:
        expect_writable(arguments.out)
    expect_paths(command, arguments)
    load = load or (lambda: named(command.runs.address))
    if isinstance(command.runs, OnFiles):
        with PROGRESS.doing("loading libraries"):
            function = load()
        function(arguments, LOG)
    elif isinstance(command.runs, OwnStart):
        arguments.conf_dir = conf_folder(arguments.conf)
        loads = command.runs.loads
        load()(arguments, LOG, lambda: _started(arguments.conf_dir, arguments.profile, loads))
    else:
        _on_lake(command, arguments, load)


def _on_lake(command: Command, arguments: argparse.Namespace, load: Callable) -> None:
    # faults of the command line and of conf come before the seconds that Spark needs to start
    options, overrides, inputs = options_of(command, arguments)
    conf_dir, runs = conf_folder(arguments.conf), command.runs
    flags = {option.sets: option.flag for option in command.options if option.sets in overrides}
    params = load_params(conf_dir, overrides, arguments.recipe, flags)
    stages = cut(STAGE_NAMES, getattr(arguments, "from"), arguments.until) if command.name == "run" else slice(None)
    expect_inputs(inputs)
    expect_models_of(params.recommend.models)
    expect_source(getattr(arguments, "source", None), options.mapping, params.ingest.pseudonym_key_file)
    if begins_with_ingest(command, stages):
        expect_files_of(options.source, options.inputs, options.mapping)
    arguments.noted = options.run_id  # what an interrupt tells how to go on
    here, writes = GATEWAY not in os.environ, isinstance(runs, Cut | OneStage)
    at_once = here and isinstance(runs, OneStage | OverLake) and runs.at_once
    if here:
        expect_lake_of(command, options, stages)
        if writes and not at_once:
            expect_places(options)
        if not at_once:
            expect_java(os.environ)
            if isinstance(runs, OneStage) and runs.after:
                expect_lake_there(options.lake, _needs_of(runs, load()), runs.after)
    modules = (*SLOW_TO_LOAD, f"interestlake.{runs.address.split(':')[0]}")

    def start():
        return _started(conf_dir, arguments.profile, modules)

    if at_once:
        given = {"arguments": arguments, "params": params, "options": options, "start": start}
        settle_store(options.tracking_uri or default_tracking_uri(options.lake))  # of a lake that was moved, too
        try:
            if _by_name(named(at_once), given):
                return
        except Unreadable as why:
            LOG.info("not answered from the lake's files: %s", why)
        if writes:  # only now: who reads alone may read a lake that nobody can write into
            expect_places(options)
        expect_java(os.environ)
    LOG.info("run %s  seed %d  lake %s", options.run_id, options.seed, options.lake)
    LOG.info("starting Spark (%s) ...", arguments.profile)
    began = time.perf_counter()
    with start() as (spark, loading):
        if isinstance(runs, Cut):
            _run_cut(spark, params, options, stages, began, loading, load)
        else:
            with PROGRESS.doing("loading libraries"):
                loading.result()
            run_over_lake(command, arguments, spark, params, options, load)


def run_over_lake(
    command: Command, arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions,
    load: Callable,
) -> None:  # fmt: skip
    """The command's stage, or its function, on a running session, and what it prints; load() -> stage or function."""
    if not isinstance(command.runs, OneStage):
        from ..core.tracking import use_store

        use_store(options.tracking_uri or default_tracking_uri(options.lake))  # of a lake that was moved, too
        return load()(arguments, spark, params, options, LOG)

    from ..core.lake import Lake
    from ..core.pipeline import run_stages
    from ..core.stage import expect_lake

    runs, lake = command.runs, Lake(spark, options.lake)
    stage = load()
    if runs.after:  # before a run is noted where no lake is
        expect_lake(lake, _needs_of(runs, stage), runs.after)
    # an empty text is given, too: who answers refuses it
    asked = (option for option in runs.instead if getattr(arguments, option) not in (None, False))
    answered = runs.instead.get(next(asked, ""))
    if answered:
        return named(answered)(arguments, spark, params, options, LOG)
    given = {"lake": lake, "stage": stage, "params": params, "options": options, "arguments": arguments}
    if runs.before:
        options = given["options"] = _by_name(named(runs.before), given)
    further = [named(address) for switch, address in runs.also.items() if getattr(arguments, switch)]
    figures = run_stages(spark, (stage, *further), params, options)[stage.name]
    text = _by_name(named(runs.closing), {**given, "figures": figures})
    if text is not None:
        PROGRESS.clear()
        print(text)


def _needs_of(runs: OneStage, stage: Any) -> tuple[str, ...]:
    """The tables without which the stage does not start."""
    if runs.needs is None:
        return tuple(stage.reads)
    return tuple(named(runs.needs)) if isinstance(runs.needs, str) else runs.needs


def _by_name(function: Callable, given: Mapping[str, object]):
    """The function called with those of `given` that it has parameters for."""
    return function(**{name: given[name] for name in inspect.signature(function).parameters if name in given})


def options_of(
    command: Command, arguments: argparse.Namespace
) -> tuple[RunOptions, dict[str, object], list[tuple[str, str]]]:
    """What to run on, parameters that the command line sets, and (option, path) of every input."""
    overrides = dict(parse_override(assignment) for assignment in arguments.set)
    given = {option: getattr(arguments, option.name) for option in command.options}
    overrides |= {option.sets: value for option, value in given.items() if option.sets and value is not None}
    paths = {option: value if option.repeat else [value] for option, value in given.items() if option.file}
    # schedulers cannot leave an option out: they give an empty one
    inputs = [(option.flag, as_on_disk(path)) for option, all_of in paths.items() for path in all_of
              if path or option.required]  # fmt: skip
    run_id = arguments.run_id or new_run_id()
    if not run_id.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise BadInput.of("run id", found=repr(run_id), expected="letters, digits, '.', '_' and '-'", where="--run-id")
    if len(run_id) > LONGEST_RUN_ID:
        raise BadInput.of("run id", found=f"{len(run_id)} characters", expected=f"at most {LONGEST_RUN_ID}",
                          where="--run-id")  # fmt: skip
    mapping = getattr(arguments, "mapping", None)
    options = RunOptions(
        lake=arguments.lake,
        run_id=run_id,
        seed=arguments.seed,
        source=command.source or getattr(arguments, "source", None),
        inputs=tuple(path for _, path in inputs),
        mapping=conf_file(mapping) if mapping else None,
        tracking_uri=arguments.tracking_uri,
        report_dir=arguments.report_dir,
        fresh=bool(getattr(arguments, "fresh", False)),
        wait_s=arguments.wait,
        command=said_again(command.name, getattr(arguments, "words", [command.name]), run_id),
    )
    return options, overrides, inputs


def _run_cut(
    spark: "SparkSession", params: Params, options: RunOptions, stages: slice, began: float, loading: Future,
    load: Callable,
) -> None:  # fmt: skip
    from ..core.claim import claim_run
    from ..core.hold import holding
    from ..core.lake import Lake

    lake = Lake(spark, options.lake)
    with holding(lake, options) as hold:
        # the first write of a JVM takes as long as the modules
        with PROGRESS.doing("noting the run, loading libraries"):
            claim = claim_run(lake, options, params, hold)
            loading.result()

        from ..core.pipeline import run_stages

        loaded = load()
        if not isinstance(loaded, tuple):
            run_stages(spark, (loaded,), params, options, claim)
            return
        try:
            run_stages(spark, loaded[stages], params, options, claim)
        except GateRefused:
            _close(spark, options, began)
            raise
        _close(spark, options, began)


def _close(spark: "SparkSession", options: RunOptions, began: float) -> None:
    from ..reporting.closing import closing_lines

    lines = closing_lines(spark, options)
    PROGRESS.clear()
    for line in lines:
        print(line)
    print(f"total {time.perf_counter() - began:.0f} s")


@contextmanager
def _started(conf_dir: str, profile: str, modules: Sequence[str]):
    """Spark, stopped at the end, and the Future of `modules`, which load meanwhile."""
    if GATEWAY not in os.environ:
        expect_java(os.environ)
    with PROGRESS.doing("loading libraries"):
        importlib.import_module("interestlake.core.claim")
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(lambda: [importlib.import_module(module) for module in modules])
        with PROGRESS.doing("starting Spark"):
            spark = build_session(conf_dir, profile)
        LOG.debug("what Spark's JVM prints is in %s", jvm_log())
        PROGRESS.tasks = spark_tasks(spark)
        try:
            yield spark, loading
        finally:
            PROGRESS.tasks = lambda: None
            spark.stop()
