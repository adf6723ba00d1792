"""The CSV files of a benchmark -> arrays; what cannot be used is named, what is odd is counted."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..core.errors import BadInput
from .inputs import Inputs, inputs_of

FEEDBACK_COLUMNS = ("user_id", "item_id")
MAX_PAIRS = 50_000_000  # the benchmark works in one machine's memory


def read_inputs(
    train: str,
    test: str,
    validation: str | None = None,
    items: str | None = None,
    social: str | None = None,
    facts: str | None = None,
) -> Inputs:
    """The files of one benchmark, gzipped or plain. Raises BadInput for a file that cannot be used.

    Nothing depends on the test file but what is counted. Of equal pairs the weights are added and the newest time
    stays. A pair of weight 0 is seen but not liked.
    """
    counts: dict[str, int] = {}
    train_rows, timed = _pairs(train, "--train", counts)
    test_rows, _ = _pairs(test, "--test", counts)
    extra, extra_timed = _pairs(validation, "--validation", counts) if validation else (None, timed)
    if extra is not None and timed != extra_timed:
        found = f"timestamps in {train if timed else validation} only"
        raise BadInput.of("validation", found=found, expected="them in both files or in none", where="--validation")
    learned = pd.concat([train_rows, extra]) if extra is not None else train_rows
    if learned["user_id"].nunique() < 2:
        raise BadInput.of(f"file {train}", found="one person", expected="two people or more", where="--train")
    catalogue = _table(items, "--items", ("item_id", "title", "text")) if items else None
    known_facts = _table(facts, "--facts", ("subject", "predicate", "object")) if facts else None
    friends = _table(social, "--social", ("user_id", "friend_id")) if social else None
    inputs = inputs_of(train_rows, extra, test_rows, timed, catalogue, friends, known_facts, counts)
    _check_overlap(test_rows, inputs.train.item_ids, test)
    return inputs


def read_pairs(path: str, option: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows as they stand in the file, and beside them (user_id, item_id[, timestamp in seconds])."""
    frame = _checked(path, option)
    pairs = frame[list(FEEDBACK_COLUMNS)]
    if "timestamp" in frame.columns:
        pairs = pairs.assign(timestamp=_times(frame, path, option))
    return frame, pairs


def _table(path: str, option: str, columns: tuple[str, ...]) -> pd.DataFrame:
    if not Path(path).is_file():
        raise BadInput.of(f"file {path}", found="nothing there", expected="a CSV file", where=option)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, EOFError, OSError) as fault:
        raise BadInput.of(f"file {path}", found=str(fault).strip(), expected="a CSV file", where=option) from fault
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        found = f"the columns {', '.join(frame.columns[:8])}"
        raise BadInput.of(f"file {path}", found=found, expected=f"{', '.join(columns)} among them", where=option)
    if frame.empty:
        raise BadInput.of(f"file {path}", found="a header and no row", expected="at least one row", where=option)
    return frame


def _pairs(path: str, option: str, counts: dict[str, int]) -> tuple[pd.DataFrame, bool]:
    """(user_id, item_id, weight, time), each pair once, in the order of the file; whether it has timestamps."""
    frame = _checked(path, option)
    timed = "timestamp" in frame.columns
    pairs = pd.DataFrame(
        {
            "user_id": frame["user_id"],
            "item_id": frame["item_id"],
            "weight": _numbers(frame, "weight", path, option) if "weight" in frame.columns else 1.0,
            "time": _times(frame, path, option) if timed else np.arange(len(frame), dtype=np.float64),
        }
    )
    negative = pairs["weight"] < 0
    if negative.any():
        found = f"{int(negative.sum())} negative weights, the first in line {_line(negative)}"
        raise BadInput.of(f"file {path}", found=found, expected="weights >= 0 (0 = seen, not liked)", where=option)
    once = pairs.groupby(["user_id", "item_id"], sort=False, as_index=False).agg({"weight": "sum", "time": "max"})
    if len(once) < len(pairs):
        counts[f"{option.removeprefix('--')}_duplicate_pairs"] = len(pairs) - len(once)
    return once, timed


def _checked(path: str, option: str) -> pd.DataFrame:
    frame = _table(path, option, FEEDBACK_COLUMNS)
    if len(frame) > MAX_PAIRS:
        where = "interestlake run, which works on a cluster"
        raise BadInput.of(f"file {path}", found=f"{len(frame):,} pairs", expected=f"at most {MAX_PAIRS:,}", where=where)
    blank = (frame["user_id"] == "") | (frame["item_id"] == "")
    if blank.any():
        found = f"{int(blank.sum())} rows without user_id or item_id, the first in line {_line(blank)}"
        raise BadInput.of(f"file {path}", found=found, expected="both in every row", where=option)
    return frame


def _numbers(frame: pd.DataFrame, column: str, path: str, option: str) -> np.ndarray:
    values = pd.to_numeric(frame[column], errors="coerce")
    wrong = ~np.isfinite(values)
    if wrong.any():
        found = f"{frame[column][wrong].iloc[0]!r} as {column} in line {_line(wrong)}"
        raise BadInput.of(f"file {path}", found=found, expected="a finite number", where=option)
    return values.to_numpy(np.float64)


def _times(frame: pd.DataFrame, path: str, option: str) -> np.ndarray:
    """Seconds since 1970: numbers as they are (milliseconds where they are too large), dates parsed."""
    numeric = pd.to_numeric(frame["timestamp"], errors="coerce")
    if numeric.notna().all():
        return (numeric / 1000 if numeric.abs().median() > 1e11 else numeric).to_numpy(np.float64)
    dates = pd.to_datetime(frame["timestamp"], errors="coerce", utc=True, format="ISO8601")
    if dates.isna().any():
        return _numbers(frame, "timestamp", path, option)
    return dates.astype("int64").to_numpy(np.float64) / 1e9


def _line(wrong: pd.Series) -> int:
    return int(np.flatnonzero(wrong.to_numpy())[0]) + 2  # line 1 is the header


def _check_overlap(rows: pd.DataFrame, item_ids: np.ndarray, path: str) -> None:
    if np.isin(rows["item_id"].to_numpy(object), item_ids).any():
        return
    found = f"no item that train knows: {rows['item_id'].iloc[0]!r} beside {item_ids[0]!r}"
    raise BadInput.of(f"file {path}", found=found, expected="item ids written as in train", where="--test")
