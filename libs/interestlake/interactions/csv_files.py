"""The CSV files of a benchmark -> arrays; what cannot be used is named, what is odd is counted."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..core.csv_table import CsvTable, read_csv
from ..core.errors import BadInput
from .ids import ids_of
from .inputs import Inputs, inputs_of, place_of
from .pairs import pair_keys
from .times import times_of

LOG = logging.getLogger("interestlake")
FEEDBACK_COLUMNS = ("user_id", "item_id")
OPTIONAL_COLUMNS = ("weight", "timestamp")
MAX_PAIRS = 50_000_000  # the benchmark works in one machine's memory


def read_inputs(
    train: str,
    test: str | None,
    validation: str | None = None,
    items: str | None = None,
    social: str | None = None,
    facts: str | None = None,
) -> Inputs:
    """The files of one benchmark; test None: nothing is to be scored. Raises BadInput for a file that cannot be used.

    Nothing depends on the test file but what is counted. Of equal pairs the weights are added and the newest time
    stays. A pair of weight 0 is seen but not liked. A validation pair that train holds too, and a test pair that either
    holds, is left out and counted: no list can hold what its person has seen.
    """
    counts: dict[str, int] = {}
    train_rows, timed = _pairs(train, "--train", counts)
    test_rows = _pairs(test, "--test", counts)[0] if test else train_rows.head(0)
    extra, extra_timed = _pairs(validation, "--validation", counts) if validation else (None, timed)
    if extra is not None and timed != extra_timed:
        found = f"timestamps in {train if timed else validation} only"
        raise BadInput.of("validation", found=found, expected="them in both files or in none", where="--validation")
    learned = pd.concat([train_rows, extra]) if extra is not None else train_rows
    if learned["user_id"].nunique() < 2:
        raise BadInput.of(f"file {train}", found="one person", expected="two people or more", where="--train")
    catalogue = _side(items, "--items", ("item_id", "title", "text"), ("item_id",))
    known_facts = _side(facts, "--facts", ("subject", "predicate", "object"), ("subject",))
    friends = _side(social, "--social", ("user_id", "friend_id"), ("user_id", "friend_id"))
    if items and catalogue is not None:
        _check_meeting(catalogue["item_id"], learned["item_id"], items, "--items", "item")
    if facts and known_facts is not None:
        _check_meeting(known_facts["subject"], learned["item_id"], facts, "--facts", "item")
    if social and friends is not None:
        people = pd.concat([friends["user_id"], friends["friend_id"]])
        _check_meeting(people, learned["user_id"], social, "--social", "person")
    inputs = inputs_of(train_rows, extra, test_rows, timed, catalogue, friends, known_facts, counts)
    if test:
        _check_meeting(test_rows["item_id"], pd.Series(inputs.train.item_ids), test, "--test", "item")
    return _without_seen(inputs, validation, test)


def read_pairs(path: str, option: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows as they stand in the file, each pair once, and beside them (user_id, item_id[, timestamp in seconds]).

    Of equal pairs the newest row stays (without a timestamp the last), with the sum of their weights; the log counts.
    """
    table, pairs = _feedback(path, option)
    order = pairs["time"].to_numpy()
    newest = pairs.iloc[np.argsort(order, kind="stable")].duplicated(list(FEEDBACK_COLUMNS), keep="last")
    stays = ~newest.sort_index().to_numpy()
    frame = table.frame
    if not stays.all():
        LOG.info("  %s: %s repeated pairs are one each: weights added, the newest row stays", option,
                 f"{int((~stays).sum()):,}")  # fmt: skip
        if "weight" in frame.columns:
            groups = pairs.groupby(list(FEEDBACK_COLUMNS), sort=False)["weight"]
            several = groups.transform("size") > 1
            sums = groups.transform("sum").map(lambda total: str(total).removesuffix(".0"))
            # one weight alone stays as it is written
            frame = frame.assign(weight=frame["weight"].mask(several, sums))
    wanted = pairs.rename(columns={"time": "timestamp"}).drop(columns="weight")
    if "timestamp" not in frame.columns:
        wanted = wanted.drop(columns="timestamp")
    return frame[stays].reset_index(drop=True), wanted[stays].reset_index(drop=True)


def _side(path: str | None, option: str, columns: Sequence[str], ids: Sequence[str]) -> pd.DataFrame | None:
    """The columns of a file beside the pairs, `ids` of them as ids."""
    if not path:
        return None
    table = read_csv(path, columns, option)
    return table.frame[list(columns)].assign(**{name: ids_of(table, name) for name in ids})


def _pairs(path: str, option: str, counts: dict[str, int]) -> tuple[pd.DataFrame, bool]:
    """(user_id, item_id, weight, time), each pair once, in the order of the file; whether it has timestamps."""
    table, pairs = _feedback(path, option)
    once = each_once(pairs)
    if len(once) < len(pairs):
        counts[f"{option.removeprefix('--')}_duplicate_pairs"] = len(pairs) - len(once)
    return once, "timestamp" in table.frame.columns


def each_once(pairs: pd.DataFrame) -> pd.DataFrame:
    """Of equal pairs one, with the sum of their weights and the newest time."""
    return pairs.groupby(list(FEEDBACK_COLUMNS), sort=False, as_index=False).agg({"weight": "sum", "time": "max"})


def _feedback(path: str, option: str) -> tuple[CsvTable, pd.DataFrame]:
    """The file, and beside its rows (user_id, item_id, weight, time): 1 and the place where a column is not there."""
    table = read_csv(path, FEEDBACK_COLUMNS, option, OPTIONAL_COLUMNS)
    return table, feedback_of(table)


def feedback_of(table: CsvTable) -> pd.DataFrame:
    """(user_id, item_id, weight, time) of every row, 1 and the place where a column is not there."""
    frame, path, option = table.frame, table.path, table.option
    if len(frame) > MAX_PAIRS:
        where = "interestlake run, which works on a cluster"
        raise BadInput.of(f"file {path}", found=f"{len(frame):,} pairs", expected=f"at most {MAX_PAIRS:,}", where=where)
    unread = [name for name in frame.columns if name and name not in (*FEEDBACK_COLUMNS, *OPTIONAL_COLUMNS)]
    absent = [name for name in OPTIONAL_COLUMNS if name not in frame.columns]
    if unread and absent:
        LOG.warning("  %s: no column %s; not read: %s", option, " and no ".join(absent), ", ".join(unread))
    pairs = pd.DataFrame({name: ids_of(table, name) for name in FEEDBACK_COLUMNS})
    pairs["weight"] = _weights(table) if "weight" in frame.columns else 1.0
    pairs["time"] = times_of(table) if "timestamp" in frame.columns else np.arange(len(frame), dtype=np.float64)
    return pairs


def _weights(table: CsvTable) -> np.ndarray:
    """Of every row, finite also as 32-bit floats, at least one above 0."""
    values = pd.to_numeric(table.frame["weight"], errors="coerce").to_numpy(np.float64)
    single, size = np.finfo(np.float32), np.abs(values)
    wrong = ~((size < single.max / MAX_PAIRS) & ((size >= single.tiny) | (size == 0)))
    if wrong.any():
        found = f"{table.frame['weight'][wrong].iloc[0]!r} as weight in line {table.line(wrong)}"
        raise table.fault(found, "a finite number, with a point where it has decimals")
    negative = values < 0
    if negative.any():
        found = f"{int(negative.sum())} negative weights, the first in line {table.line(negative)}"
        raise table.fault(found, "weights >= 0 (0 = seen, not liked)")
    if not values.any():
        raise table.fault("the weight 0 in every row: seen, not liked", "a weight above 0, or no column weight")
    return values


def _without_seen(inputs: Inputs, validation: str | None, test: str | None) -> Inputs:
    """The inputs without validation and test pairs that their people have seen by then."""
    train, held, rows, counts = inputs.train, inputs.validation, inputs.test, inputs.counts
    seen = train.keys
    if held is not None:
        again = np.isin(held.keys, seen)
        if again.any():
            counts["validation_pairs_left_out_since_train_has_them"] = int(again.sum())
            held = held.rows(~again)
            _check_left(held.weights, int(again.sum()), validation or "", "--validation", "train")
        seen = np.concatenate([seen, held.keys])
    if test:
        users, items = place_of(train.user_ids, rows["user_id"]), place_of(train.item_ids, rows["item_id"])
        again = (users >= 0) & (items >= 0) & np.isin(pair_keys(users, items, train.shape[1]), seen)
        if again.any():
            counts["test_pairs_left_out_since_train_has_them"] = int(again.sum())
            rows = rows[~again].reset_index(drop=True)
            _check_left(rows["weight"].to_numpy(), int(again.sum()), test, "--test", "train or validation")
    return replace(inputs, validation=held, test=rows)


def _check_left(weights: np.ndarray, gone: int, path: str, option: str, holder: str) -> None:
    if not (weights > 0).any():
        found = f"no liked pair beside the {gone:,} that {holder} has too"
        raise BadInput.of(f"file {path}", found=found, expected="pairs that nothing has learned from", where=option)


def _check_meeting(ids: pd.Series, learned: pd.Series, path: str, option: str, noun: str) -> None:
    if ids.isin(learned).any():
        return
    found = f"no {noun} that train knows: {ids.iloc[0]!r} beside {learned.iloc[0]!r}"
    raise BadInput.of(f"file {path}", found=found, expected=f"{noun} ids written as in train", where=option)
