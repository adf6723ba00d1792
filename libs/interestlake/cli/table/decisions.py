"""Commands that decide: between the arms of an experiment, and about a policy by logs of another."""

from ...core.config import EXPERIMENT, LOGS
from .command import Command, Number, OneStage, Option, as_count, as_names
from .shared import LONGEST_LIST

GROUP = "models"
ROWS = (
    Option("--input", "CSV, JSON lines or Parquet, files or folders; may be repeated", metavar="PATH", required=True,
           repeat=True, file=True),
)  # fmt: skip
MAPPING = (
    Option("--mapping", "YAML, one section `rows`: the files' format and the column of each field (default: by ending "
           "and name)", metavar="YAML"),
)  # fmt: skip
LEVEL = Number(0.5, 0.9999)
READ_EXPERIMENT = (
    *ROWS, *MAPPING,
    Option("--metrics", "columns whose sum per person is compared", as_names, metavar="A,B", required=True,
           sets="experiment.metrics"),
    Option("--before", "columns of the time before that adjust a metric (CUPED)", as_names, metavar="METRIC=COLUMN,...",
           sets="experiment.before"),
    Option("--control", "arm that the others are held against (default control)", metavar="ARM",
           sets="experiment.control"),
    Option("--shares", "share of the people that each arm was to have (default: equal shares)", as_names,
           metavar="ARM=SHARE,...", sets="experiment.shares"),
    Option("--lower", "metrics of which less is better", as_names, metavar="A,B", sets="experiment.lower"),
    Option("--window-days", "days from a person's first row that count, once they are over (default 0: all rows)",
           Number(0, 3660, whole=True), metavar="N", sets="experiment.window_days"),
    Option("--planned-people", "people at whom the always-valid interval is narrowest, said before the experiment "
           "(default 10000)", as_count, metavar="N", sets="experiment.planned_people"),
    Option("--level", "of every interval (default 0.95)", LEVEL, metavar="SHARE", sets="experiment.level"),
)  # fmt: skip
EVALUATE_LOGS = (
    Option("--input", "CSV, JSON lines or Parquet, files or folders; may be repeated (default: the lists that this "
           "lake's service showed, with --lists-of)", metavar="PATH", repeat=True, file=True),
    *MAPPING,
    Option("--lists-of", "run of this lake whose lists are the new policy (default: the column new_propensity)",
           metavar="RUN", sets="policy.lists_of"),
    Option("--top", "ranks of those lists that count as shown (default 10)", Number(1, LONGEST_LIST, whole=True),
           metavar="K", sets="policy.top"),
    Option("--within-days", "without --input: days from showing an item in which a choice of it counts (default 7)",
           Number(0.01, 3660), metavar="N", sets="policy.within_days"),
    Option("--clip", "cut weights to W (default: none is)", Number(), metavar="W", sets="policy.clip"),
    Option("--level", "of every interval (default 0.95)", LEVEL, metavar="SHARE", sets="policy.level"),
)  # fmt: skip
COMMANDS = (
    Command(
        "read-experiment", GROUP, "an A/B test beside its control, by intervals that may be looked at every day",
        "interestlake read-experiment --lake out/lake --input experiment.csv --metrics clicks,revenue",
        OneStage("stages.read_experiment:READ_EXPERIMENT", "cli.decisions:read_experiment", after=None),
        READ_EXPERIMENT, EXPERIMENT,
    ),
    Command(
        "evaluate-logs", GROUP, "the worth of a new policy by logs with propensities: IPS, SNIPS, doubly robust",
        "interestlake evaluate-logs --lake out/lake --input served.csv",
        OneStage("stages.evaluate_logs:EVALUATE_LOGS", "cli.decisions:evaluate_logs", after=None,
                 before="cli.decisions:logs_asked"), EVALUATE_LOGS, LOGS,
    ),
)  # fmt: skip
