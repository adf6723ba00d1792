"""The command line: `interestlake run`, one command per stage, and those beside it; jobs/*.py call the same `main`."""

import argparse
import glob
import importlib
import logging
import os
import sys
import time
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from ..core.config import RunOptions, cut, load_params, new_run_id, parse_override
from ..core.errors import BadInput, GateRefused, InterestlakeError
from ..core.session import GATEWAY, PROFILES, build_session
from ..core.storage import has_scheme
from ..serving.asking.arguments import COMMAND as ASK
from ..serving.asking.arguments import add_parser as add_ask_parser
from ..text.compressing.arguments import COMMAND as COMPRESS
from ..text.compressing.arguments import add_parser as add_compress_parser
from ..text.tuning.arguments import COMMANDS as TUNING
from ..text.tuning.arguments import add_parsers as add_tuning_parsers
from .benchmark.arguments import add_parsers
from .commands.groups import GROUP_OF, GROUPS
from .distribution.arguments import COMMAND as DISTRIBUTION
from .distribution.arguments import add_parser as add_distribution_parser

LOG = logging.getLogger("interestlake")
# loaded while the JVM starts and a pipeline claims its run, which load no module that interestlake.core.claim has not
SLOW_TO_LOAD = ("torch", "mlflow", "interestlake.core.pipeline", "interestlake.stages.order")
# commands on given files, without Spark -> the package whose command.py does them
ON_FILES = dict.fromkeys(("benchmark", "split"), "cli.benchmark") | dict.fromkeys(TUNING, "text.tuning")
ON_FILES |= {DISTRIBUTION: "cli.distribution", COMPRESS: "text.compressing"}
ASK_LOADS = ("interestlake.serving.asking.ask", "onnxruntime")
STAGE_NAMES = (
    "ingest",
    "prepare",
    "annotate",
    "embed",
    "build_interests",
    "build_graph",
    "train_als",
    "train_two_tower",
    "recommend",
    "evaluate",
    "report",
    "promote",
)


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command. argparse itself ends with 2 on arguments it does not know."""
    parser = argparse.ArgumentParser(
        prog="interestlake", description="Interest graphs, profiles and explained recommendations on Spark."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="the whole pipeline, or a cut of it")
    _common(run)
    _source(run, required=True)
    run.add_argument("--from", dest="first", metavar="STAGE", help="first stage to run")
    run.add_argument("--until", dest="last", metavar="STAGE", help="last stage to run")
    for name in STAGE_NAMES:
        stage = commands.add_parser(name.replace("_", "-"), aliases=[name] if "_" in name else [], help=f"only {name}")
        _common(stage)
        _source(stage, required=name == "ingest")
    for group in GROUPS:
        group.add_parsers(commands, _common)
    add_ask_parser(commands)
    add_parsers(commands)
    add_tuning_parsers(commands)
    add_distribution_parser(commands)
    add_compress_parser(commands)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lake", required=True, help="root folder or prefix of the Delta tables")
    parser.add_argument("--run-id", help="name of the run; the same id again changes nothing (default: the time)")
    parser.add_argument("--seed", type=int, default=42, help="seed of every random step (default 42)")
    parser.add_argument("--conf", default=None, help="configuration folder (default: conf where it is there)")
    parser.add_argument("--profile", choices=PROFILES, default="local", help="conf/spark/<profile>.properties")
    parser.add_argument("--recipe", metavar="NAME|YAML", help="settings of a domain: conf/recipes/<name>.yml")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.NAME=VALUE", help="one parameter")
    parser.add_argument("--tracking-uri", help="MLflow store (default: MLFLOW_TRACKING_URI, else sqlite in the lake)")
    parser.add_argument("--report-dir", help="folder of the report (default: reports in the lake)")


def _source(parser: argparse.ArgumentParser, required: bool) -> None:
    parser.add_argument("--source", required=required, help="sample, movielens, amazon-reviews, lastfm or table")
    parser.add_argument("--input", action="append", default=[], metavar="PATH", help="folder or file; may be repeated")
    parser.add_argument("--mapping", metavar="YAML", help="column mapping of --source table")
    parser.add_argument("--users", type=int, help="people in the generated world of --source sample")


def _options(arguments: argparse.Namespace) -> tuple[RunOptions, dict[str, object], list[tuple[str, str]]]:
    """What to run on, parameters that the command line sets, and (option, path) of every input."""
    overrides = dict(parse_override(assignment) for assignment in arguments.set)
    group = GROUP_OF.get(arguments.command)
    if group:
        overrides |= group.overrides_of(arguments)
        source, inputs = group.inputs_of(arguments)
    else:
        if arguments.users is not None:
            overrides["ingest.sample_users"] = arguments.users
        # schedulers cannot leave an option out
        source, inputs = arguments.source, [("--input", path) for path in arguments.input if path]
    run_id = arguments.run_id or new_run_id()
    if not run_id.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise BadInput.of("run id", found=repr(run_id), expected="letters, digits, '.', '_' and '-'", where="--run-id")
    options = RunOptions(
        lake=arguments.lake,
        run_id=run_id,
        seed=arguments.seed,
        source=source,
        inputs=tuple(path for _, path in inputs),
        mapping=None if group else arguments.mapping,
        tracking_uri=arguments.tracking_uri,
        report_dir=arguments.report_dir,
    )
    return options, overrides, inputs


def _look_for_inputs(inputs: list[tuple[str, str]]) -> None:
    """BadInput for a path that is not there, where a path without a scheme is sure to mean this machine's disk."""
    if GATEWAY in os.environ:  # under spark-submit the cluster's default file system decides
        return
    for option, path in inputs:
        if not has_scheme(path) and not glob.glob(path):
            raise BadInput.of(f"input {path}", found="nothing there", expected="a file or folder", where=option)


def _execute(arguments: argparse.Namespace) -> None:
    # faults of the command line and of conf come before the seconds that Spark needs to start
    options, overrides, inputs = _options(arguments)
    conf_dir = _conf_dir(arguments)
    params = load_params(conf_dir, overrides, arguments.recipe)
    group = GROUP_OF.get(arguments.command)
    wanted = None if group else _cut(arguments)
    _look_for_inputs(inputs)
    LOG.info("run %s  seed %d  lake %s", options.run_id, options.seed, options.lake)
    LOG.info("starting Spark (%s) ...", arguments.profile)
    began = time.perf_counter()
    with _started(conf_dir, arguments.profile) as (spark, loading):
        if group:
            loading.result()
            group.run(arguments, spark, params, options, LOG)
        else:
            _run_cut(arguments, spark, params, options, wanted, began, loading)


def _cut(arguments: argparse.Namespace) -> slice:
    """The stages asked for: of `run` from the first to the last named, else the command's own."""
    if arguments.command == "run":
        return cut(STAGE_NAMES, arguments.first, arguments.last)
    name = arguments.command.replace("-", "_")
    return cut(STAGE_NAMES, name, name)


def _run_cut(arguments, spark, params, options: RunOptions, wanted: slice, began: float, loading: Future) -> None:
    from ..core.claim import claim_run
    from ..core.lake import Lake

    # the first write of a JVM takes as long as the modules
    claimed = claim_run(Lake(spark, options.lake), options, params)
    loading.result()

    from ..core.pipeline import run_stages
    from ..stages.order import STAGES

    whole = arguments.command == "run"
    try:
        run_stages(spark, STAGES[wanted], params, options, claimed)
    except GateRefused:
        _close(spark, whole, options, began)
        raise
    _close(spark, whole, options, began)


def _conf_dir(arguments: argparse.Namespace) -> str | None:
    return arguments.conf or ("conf" if os.path.isdir("conf/params") else None)


@contextmanager
def _started(conf_dir: str | None, profile: str, modules: tuple[str, ...] = SLOW_TO_LOAD):
    """Spark, stopped at the end, and the Future of `modules`, which load meanwhile."""
    importlib.import_module("interestlake.core.claim")
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(lambda: [importlib.import_module(module) for module in modules])
        spark = build_session(conf_dir or "conf", profile)
        try:
            yield spark, loading
        finally:
            spark.stop()


def _close(spark, whole: bool, options: RunOptions, began: float) -> None:
    if whole:
        from ..reporting.closing import closing_lines

        for line in closing_lines(spark, options):
            print(line)
        print(f"total {time.perf_counter() - began:.0f} s")


def _quiet_libraries() -> None:
    # Petastorm speaks pyarrow's older dialect on every read, and MLflow draws a bar per downloaded file
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"petastorm\.")
    # the keys of our examples are whole numbers that are never missing
    warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 2 bad input or configuration, 3 the gate said no."""
    _quiet_libraries()
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    LOG.setLevel(logging.INFO)
    arguments = build_parser().parse_args(argv)
    try:
        if arguments.command in ON_FILES:
            command = importlib.import_module(f"interestlake.{ON_FILES[arguments.command]}.command")
            getattr(command, arguments.command.replace("-", "_"))(arguments, LOG)
        elif arguments.command == ASK:
            arguments.conf_dir = _conf_dir(arguments)
            command = importlib.import_module("interestlake.serving.asking.command")
            command.ask(arguments, LOG, lambda: _started(arguments.conf_dir, arguments.profile, ASK_LOADS))
        else:
            _execute(arguments)
    except GateRefused as refusal:
        LOG.error("gate: %s", refusal)
        return refusal.exit_code
    except InterestlakeError as fault:
        LOG.error("error: %s", fault)
        return fault.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
