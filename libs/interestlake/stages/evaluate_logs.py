"""The command evaluate-logs: what a new policy would be worth, by rows of what another one served."""

from dataclasses import asdict

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.contract import rows_of
from ..core.errors import BadInput
from ..core.present import present
from ..core.stage import Stage, StageContext, expect_lake
from ..evaluation.logged_rows import Logged, count_logged, rewarded, shown_by, weighed
from ..evaluation.policy_values import policy_values, weighing
from ..privacy.identity import keyed_origins
from ..privacy.pseudonyms import pseudonymise
from ..sources.bronze import prefixed
from ..sources.quarantined import quarantined
from ..sources.rows_of_file import Wanted, read_rows
from ..sources.rules import Rule

TABLE, LISTS = "gold.policy_values", "gold.recommendations"
SERVED, EVENTS = "bronze.served", "bronze.events"
PREDICTIONS = ("predicted", "new_predicted")
FIGURES = ("value", "low", "high", "difference", "difference_low", "difference_high")


def _run(context: StageContext) -> dict[str, float]:
    params, share = context.params.policy, context.params.ingest.max_quarantine_share
    lists = _lists(context) if params.lists_of else None
    if not context.options.inputs:
        return _value(context, _own_rows(context).transform(shown_by(present(lists), params.top, by_place=True)))
    fields = _fields(params.lists_of != "")
    settled, there = read_rows(context.spark, context.options.inputs, context.options.mapping, fields, share)
    rows = settled.records
    if lists is not None:
        rows = _in_lake(context, rows).transform(shown_by(lists, params.top, "place" in there))
    figures = _value(context, rows, settled.record_count)
    if settled.bad_count:
        context.write("bronze.quarantine", settled.quarantine.transform(quarantined(context.options.source)))
    settled.held.unpersist()
    return figures | {"rows_set_aside": settled.bad_count}


def _value(context: StageContext, rows: DataFrame, record_count: int | None = None) -> dict[str, float]:
    """Write what `rows` say of the new policy; figures of it. record_count: with the rows that have no list."""
    params = context.params.policy
    logged = count_logged(rows.transform(weighed(params.clip)))
    _expect_usable(logged, params.lists_of)
    modelled = logged.modelled > 0
    values = policy_values(logged.people, params.level, modelled)
    worth = weighing(logged.people, logged.squares, logged.largest, logged.unmatched, logged.cut, params.level)
    shared = {"run_id": context.options.run_id, "lists_of": params.lists_of or None, "rows": worth.rows,
              "people": worth.people, "effective": worth.effective, "largest_share": worth.largest,
              "mean_weight": worth.mean, "unmatched": worth.unmatched, "cut": worth.cut}  # fmt: skip
    context.write(TABLE, rows_of(context.spark, TABLE, [{**shared, **asdict(value)} for value in values]))
    left_out = 0 if record_count is None else record_count - worth.rows
    figures = {f"{one.estimator}.{name}": float(getattr(one, name)) for one in values for name in FIGURES}
    weights = {"weight_mean": worth.mean, "weight_low": worth.low, "weight_high": worth.high}
    return {"rows": worth.rows, "people": worth.people, "rows_set_aside": 0.0, "without_list": left_out,
            "effective": worth.effective, "largest_share": worth.largest, "unmatched": worth.unmatched,
            "cut": worth.cut, **weights, **figures}  # fmt: skip


def _fields(by_lists: bool) -> Wanted:
    def rules(columns: dict[str, Column]) -> list[Rule]:
        one = columns["propensity"]
        made = [((one <= 0) | (one > 1), "propensity not usable: expected a number above 0, at most 1")]
        if by_lists:
            place = columns["place"]
            made.append(
                ((place < 1) | (place != F.floor(place)), "position not usable: expected a whole number from 1")
            )
        else:
            made.append((~columns["new_propensity"].between(0, 1), "new_propensity not usable: expected 0 to 1"))
        return made

    own = ("place",) if by_lists else ("new_propensity",)
    return Wanted(texts=("user_id", "item_id") if by_lists else ("user_id",), rules=rules,
                  numbers=("propensity", "reward", *own, *PREDICTIONS),
                  optional=("place", *PREDICTIONS), named={"place": "position"})  # fmt: skip


def _lists(context: StageContext) -> DataFrame:
    """The lists of the run that is asked for, from the version that it wrote. Lazy."""
    expect_lake(context.lake, (LISTS,), "interestlake run")
    run = context.params.policy.lists_of
    version = context.lake.written_by(LISTS, run)
    if version is None:
        raise BadInput.of(f"lake {context.lake.root}", found=f"no lists of run {run}", expected="a run id that made "
                          "some", where="--lists-of")  # fmt: skip
    context.read_versions[LISTS] = version
    return context.lake.read(LISTS, version)


def _own_rows(context: StageContext) -> DataFrame:
    """What the lake's service showed, and whether it was chosen. Lazy."""
    expect_lake(context.lake, (SERVED, EVENTS), "interestlake load-journal")
    params = context.params.policy
    served = context.read(SERVED).where(F.col("position") <= params.top)
    return served.transform(rewarded(context.read(EVENTS), params.within_days))


def _in_lake(context: StageContext, rows: DataFrame) -> DataFrame:
    """Rows with the source's ids -> with the lake's. Lazy."""
    sources = keyed_origins(context.lake, context.params.ingest.pseudonym_key_file)
    if len({(origin.people, origin.item_prefix, key) for origin, key in sources}) != 1:
        names = ", ".join(origin.source for origin, _ in sources) or "no source"
        raise BadInput.of(f"lake {context.lake.root}", found=f"people or items of {names}", expected="those of one "
                          "source, or a column new_propensity", where="--lists-of")  # fmt: skip
    origin, key = sources[0]
    return rows.transform(pseudonymise("user_id", people=origin.people, key=key)).transform(prefixed(origin, "item_id"))


def _expect_usable(logged: Logged, lists_of: str) -> None:
    where = "--input, or --mapping that names the columns"
    if logged.people.count < 2:
        found = f"{logged.people.count} people" + (f" who have a list of run {lists_of}" if lists_of else "")
        raise BadInput.of("rows", found=found, expected="at least two: errors are counted by people", where=where)
    rows = round(logged.people.count * logged.people.mean[0])
    if logged.unmatched == rows:
        raise BadInput.of("rows", found="no row that the new policy would show", expected="some: logs say "
                          "nothing of what was never shown", where="--input, --lists-of or --top")  # fmt: skip
    if logged.some and logged.modelled < rows:
        found = f"predicted and new_predicted in {logged.modelled:,} of {rows:,} rows, one of them in {logged.some:,}"
        raise BadInput.of("rows", found=found, expected="both in every row, or neither", where=where)


EVALUATE_LOGS = Stage(
    name="evaluate_logs",
    summary="the worth of a policy by logs of another",
    reads=(LISTS, SERVED, EVENTS),
    writes=(TABLE, "bronze.quarantine"),
    section="policy",
    run=_run,
)
