"""One stage of a run at a time, as a scheduler calls them; a run taken back; a lake kept up."""

from .command import Command, Cut, Number, OneStage, OnFiles, Option, OverLake, OwnStart, as_count
from .shared import CHOOSING, CONF, LAKE, PROFILE, SET, source

# the stages in the order in which data flows through them, as in stages/order.py
STAGES = {
    "ingest": "a source's files to bronze: parsed, judged, ids made pseudonyms, texts masked",
    "prepare": "bronze to silver: cleaned, split, weighed, indexed",
    "annotate": "sentences, lemmas, keywords, sentiment and topics of every text",
    "embed": "the vector of every text",
    "build_interests": "interests of items, and the interest map of every person",
    "build_graph": "graphs of items and interests, their communities, hubs and low-rank vectors",
    "train_als": "user and item factors of what was chosen",
    "train_two_tower": "a network for people and one for items, trained on what was chosen",
    "recommend": "everybody's list with reasons, and the ranker for the registry",
    "evaluate": "accuracy and variety of every model's lists on what was held out",
    "report": "one page about the run",
    "promote": "the gate: whether the new ranker becomes the champion",
}
STAGE_NAMES = tuple(STAGES)


def _only(stage: str) -> Command:
    name = stage.replace("_", "-")
    first = stage == STAGE_NAMES[0]
    example = f"interestlake {name} --lake out/lake --run-id r1{' --source sample' if first else ''}"
    runs = Cut(f"stages.{stage}:{stage.upper()}")
    options = (*source(required=first), *(CHOOSING if stage == "recommend" else ()))
    return Command(name, "operations", STAGES[stage], example, runs, options)


PLAN = (
    Option("--people", "how many", as_count, required=True, metavar="N"),
    Option("--items", "how many", as_count, required=True, metavar="M"),
    Option("--events", "how many", as_count, required=True, metavar="E"),
    Option(
        "--texts",
        "distinct reviews (default: a hundredth of the events)",
        Number(0, whole=True),
        metavar="T",
    ),
    Option("--nodes", "machines of executors (default 1: all on one)", as_count, 1, metavar="K"),
    Option("--cores", "of each node (default: this machine's)", as_count, metavar="C"),
    Option("--memory", "GB of each node (default 24)", Number(above=True), 24.0, metavar="GB"),
    Option("--lake", "a lake whose own runs say how fast its machine is"),
    Option("--json", "print JSON", bool),
    CONF,
)
UNDO_OF = Command(
    "undo", "operations", "tables and registry as they were before the ingest or run of --run-id",
    "interestlake undo --lake out/lake --run-id r1",
    OneStage("stages.undo:UNDO", "cli.undo:closing", needs=(), before="cli.undo:asked",
             instead={"dry_run": "cli.undo:show"}, at_once="cli.undo_at_once:at_once"),
    (Option("--dry-run", "print which tables would change, and write nothing", bool),), any_of=("run_id",),
)  # fmt: skip
KEEP_UP = Command(
    "maintain", "operations", "small files compacted, old ones deleted, every table's contract held on all its rows",
    "interestlake maintain --lake out/lake",
    OneStage("stages.maintain:MAINTAIN", "cli.maintain:closing", needs=(), instead={"dry_run": "cli.maintain:show"}),
    (Option("--dry-run", "print the files of every table, and write nothing", bool),),
)  # fmt: skip
LOAD_JOURNAL = Command(
    "load-journal", "operations", "lists and events that `interestlake serve` noted, into the lake's tables",
    "interestlake load-journal --lake out/lake",
    OneStage("stages.load_journal:LOAD_JOURNAL", "cli.maintain:taken", needs=(),
             before="cli.maintain:of_journal"), (),
)  # fmt: skip
MONITOR = Command(
    "monitor", "operations", "a day of data, lists and models held against the days before it; exit code 3 on an alarm",
    "interestlake monitor --lake out/lake",
    OneStage("stages.monitor:MONITOR", "cli.monitor:closing", "interestlake ingest", before="cli.monitor:asked"),
    (
        Option("--day", "day that is judged, as 2026-11-29, UTC (default: the newest that is over)", metavar="DAY",
               sets="monitor.day"),
        Option("--days", "days that are judged, of which it is the last (default 1)", as_count, metavar="N",
               sets="monitor.days"),
    ),
)  # fmt: skip
ROLL_BACK = Command(
    "rollback", "operations", "lists, profiles and champion served again as an earlier run released them",
    "interestlake rollback --lake out/lake --to r1",
    OneStage("stages.rollback:ROLLBACK", "cli.maintain:rolled_back", needs=("gold.recommendations",),
             before="cli.maintain:back_to"),
    (Option("--to", "run whose release is put back", required=True, metavar="RUN"),),
)  # fmt: skip
COMPARE = Command(
    "compare", "operations", "two runs beside each other: accuracy with intervals, lists, weights",
    "interestlake compare r1 r2 --lake out/lake", OverLake("cli.compare:compare"),
    (Option("first", "the earlier run"), Option("second", "the later run")),
)  # fmt: skip
PLAN_A_RUN = Command(
    "plan", "operations", "what a run of this size will take per stage, and which bound it meets",
    "interestlake plan --people 100000 --items 20000 --events 2000000 --nodes 4 --cores 16",
    OnFiles("cli.plan:plan"), PLAN,
)  # fmt: skip
SERVE = (
    LAKE,
    Option("--model", "the ranker (default: the champion, where one is released; none: lists as they stand in the "
           "lake)", metavar="MODEL"),
    Option("--host", "address to listen at (default 127.0.0.1)", default="127.0.0.1"),
    Option("--port", "port to listen at (default 8080; 0: any)", Number(0, 65535, whole=True), 8080),
    Option("--store", "file of the online store (default: online.sqlite in the lake)", metavar="FILE"),
    Option("--keys", "YAML file of callers: NAME: {sha256, scopes, per_second}", metavar="FILE"),
    Option("--new-key", "make a key, add its hash to --keys, print it and end", metavar="NAME"),
    Option("--certificate", "PEM file of a certificate: answer by https", metavar="FILE", place=True),
    Option("--private-key", "PEM file of its key", metavar="FILE", place=True),
    Option("--behind-proxy", "a proxy in front has the certificate", bool),
    Option("--refresh", "seconds between looks at the lake and the registry (default 5)", Number(0.1, 86400), 5.0,
           metavar="SECONDS"),
    Option("--read-only", "take no feedback and no events, and note no lists", bool),
    Option("--no-ask", "take no requests in words, whose items need memory", bool),
    Option("--tracking-uri", "MLflow store (default: MLFLOW_TRACKING_URI, else sqlite in the lake)"),
    CONF, PROFILE, SET,
)  # fmt: skip
SERVE_A_LAKE = Command(
    "serve", "operations", "lists, reasons, profiles and requests over HTTP, from an online store",
    "interestlake serve --lake out/lake --port 8080",
    OwnStart("cli.serve_lake:serve_lake", ("interestlake.core.pipeline",)), SERVE,
)  # fmt: skip
COMMANDS = (
    *(_only(stage) for stage in STAGE_NAMES),
    UNDO_OF,
    KEEP_UP,
    LOAD_JOURNAL,
    MONITOR,
    ROLL_BACK,
    COMPARE,
    PLAN_A_RUN,
    SERVE_A_LAKE,
)
