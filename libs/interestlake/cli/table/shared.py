"""Options that several commands have."""

from ...core.session import PROFILES
from .command import Number, Option, as_names, as_seconds, as_seed

# as in sources/registry.py, which brings Spark
SOURCES = ("sample", "movielens", "amazon-reviews", "lastfm", "yelp", "mind", "hm", "criteo", "retailrocket", "steam",
           "goodbooks", "book-crossing", "table")  # fmt: skip
CONF = Option("--conf", "configuration folder (default: conf where it is there, else the package's)")
PROFILE = Option("--profile", "conf/spark/<profile>.properties", choices=PROFILES, default="local")
SET = Option("--set", "one parameter", metavar="SECTION.NAME=VALUE", repeat=True)
SEED = Option("--seed", "seed of every random step (default 42)", as_seed, 42)
LAKE = Option("--lake", "root folder or prefix of the Delta tables", required=True)
# of every command over a lake
ON_LAKE = (
    LAKE,
    Option("--run-id", "name of the run; the same id again changes nothing (default: the time)"),
    SEED,
    CONF,
    PROFILE,
    Option("--recipe", "settings of a domain: conf/recipes/<name>.yml", metavar="NAME|YAML"),
    SET,
    Option("--tracking-uri", "MLflow store (default: MLFLOW_TRACKING_URI, else sqlite in the lake)"),
    Option("--report-dir", "folder of the report (default: reports in the lake)"),
    Option("--wait", "seconds to wait for another run on the lake to end (default 0: say who runs)", as_seconds, 0.0,
           metavar="SECONDS"),
)  # fmt: skip


def source(required: bool) -> tuple[Option, ...]:
    """What a run reads."""
    return (
        Option("--source", f"one of {', '.join(SOURCES)}", required=required),
        Option("--input", "folders or files; may be repeated", metavar="PATH", repeat=True, file=True),
        Option("--mapping", "column mapping of --source table", metavar="YAML"),
        Option("--users", "people in the generated world of --source sample", int, sets="ingest.sample_users"),
        Option("--fresh", "run stages also where nothing that they rest on has changed since they last ran", bool),
    )


# how a run chooses its models
CHOOSING = (
    Option("--models", "only these models and popularity (recommend.models; default: all that the data allows)",
           as_names, metavar="A,B", sets="recommend.models"),
    Option("--minutes", "plan the search for M minutes; 0 = keep what was chosen before (tune.minutes)", float,
           metavar="M", sets="tune.minutes"),
    Option("--quick", "fixed parameters and no trained sequence and graph models: a first look", bool,
           sets="tune.quick"),
)  # fmt: skip
NAMED = "the source's user id (SOURCE:ID where two sources have it), or a pseudonym or 8 or more of its digits"
USER = Option("--user", NAMED, required=True)
LONGEST_LIST = 10_000
OUT = Option("--out", "folder of the results", metavar="DIR", required=True)
TOP = Option("--top", "length of the lists (default 10)", Number(1, LONGEST_LIST, whole=True), 10, metavar="K")
ENCODER = Option("--encoder", "another BERT folder than the shipped MiniLM", default="", metavar="PATH")
TRACKING_OR_NONE = Option("--tracking-uri", "MLflow store (default: MLFLOW_TRACKING_URI, else none is kept)")
PRECISION = Option(
    "--precision", "of training; auto (default) is bfloat16 where the machine computes in it", default="auto",
    choices=("auto", "float32", "bfloat16"),
)  # fmt: skip
PAIRS = "user_id,item_id[,weight][,timestamp]"
# train, test, validation: the files of whatever is judged on given pairs
SPLIT_FILES = (
    Option("--train", PAIRS, metavar="CSV", required=True, place=True),
    Option("--test", "the same columns; read for the scores alone", metavar="CSV", required=True, place=True),
    Option("--validation", "the same columns (default: cut from train)", metavar="CSV", place=True),
)
# flags that stand last on a command's help page, for they mean the same everywhere
SHARED = {option.flag for option in ON_LAKE} - {LAKE.flag} | {"--json"}
