"""The CSV files of a benchmark -> arrays; what cannot be used is named, what is odd is counted."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..core.errors import BadInput
from .pairs import Pairs

FEEDBACK_COLUMNS = ("user_id", "item_id")
NOBODY = ""  # sorts before every person
MAX_PAIRS = 50_000_000  # the benchmark works in one machine's memory


@dataclass(frozen=True)
class Inputs:
    """Everything that models may learn from, and the test pairs apart from it.

    train, validation (None = to be cut from train): over the same people and items; items: (I,) rows of title and
    text, in the order of item_ids, empty strings where nothing is known; friends: (U, U) links, row follows column;
    facts: (I, F) 1 where an item carries a (predicate, object) pair; named: (I, F) 1 where the item is that object;
    test: user_id, item_id, weight as they stand in the file; counts: what was odd, by name.
    """

    train: Pairs
    validation: Pairs | None
    test: pd.DataFrame
    items: pd.DataFrame
    friends: sp.csr_matrix | None
    facts: sp.csr_matrix | None
    named: sp.csr_matrix | None
    counts: dict[str, int] = field(default_factory=dict)


def read_inputs(
    train: str,
    test: str,
    validation: str | None = None,
    items: str | None = None,
    social: str | None = None,
    facts: str | None = None,
) -> Inputs:
    """The files of one benchmark, gzipped or plain. Raises BadInput for a file that cannot be used.

    People are those of train, validation and social, after NOBODY, who stands for every person of test alone; items
    those of train, validation, items and the facts' subjects. Nothing depends on the test file but what is counted.
    Of equal pairs the weights are added and the newest time stays. A pair of weight 0 is seen but not liked.
    """
    counts: dict[str, int] = {}
    known, timed = _pairs(train, "--train", counts)
    held, _ = _pairs(test, "--test", counts)
    extra, extra_timed = _pairs(validation, "--validation", counts) if validation else (None, timed)
    if extra is not None and timed != extra_timed:
        found = f"timestamps in {train if timed else validation} only"
        raise BadInput.of("validation", found=found, expected="them in both files or in none", where="--validation")
    if extra is not None and not timed:
        extra = extra.assign(time=extra["time"] + len(known))  # what validates comes after what trains
    catalogue = _table(items, "--items", ("item_id", "title", "text")) if items else None
    learned = pd.concat([known, extra]) if extra is not None else known
    if learned["user_id"].nunique() < 2:
        raise BadInput.of(f"file {train}", found="one person", expected="two people or more", where="--train")
    known_facts = _table(facts, "--facts", ("subject", "predicate", "object")) if facts else None
    told = ((catalogue, "item_id"), (known_facts, "subject"))
    item_ids = _sorted(learned["item_id"], *(frame[name] for frame, name in told if frame is not None))
    friends = _table(social, "--social", ("user_id", "friend_id")) if social else None
    met = [friends["user_id"], friends["friend_id"]] if friends is not None else []
    user_ids = _sorted(pd.Series([NOBODY], dtype=object), learned["user_id"], *met)
    _check_overlap(held, item_ids, test)
    carried, named = _facts(known_facts, item_ids) if facts else (None, None)
    counts["people_unknown_in_train"] = int((~held["user_id"].drop_duplicates().isin(learned["user_id"])).sum())
    counts["items_unknown_in_train"] = int((~held["item_id"].drop_duplicates().isin(learned["item_id"])).sum())
    return Inputs(
        train=Pairs.of(known, user_ids, item_ids, timed),
        validation=None if extra is None else Pairs.of(extra, user_ids, item_ids, timed),
        test=held,
        items=_texts(catalogue, item_ids, counts),
        friends=_links(friends, user_ids, counts) if friends is not None else None,
        facts=carried,
        named=named,
        counts=counts,
    )


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


def _check_overlap(held: pd.DataFrame, item_ids: np.ndarray, path: str) -> None:
    if np.isin(held["item_id"].to_numpy(object), item_ids).any():
        return
    found = f"no item that train knows: {held['item_id'].iloc[0]!r} beside {item_ids[0]!r}"
    raise BadInput.of(f"file {path}", found=found, expected="item ids written as in train", where="--test")


def _sorted(*columns: pd.Series) -> np.ndarray:
    return np.unique(np.concatenate([column.to_numpy(object) for column in columns])).astype(object)


def _texts(catalogue: pd.DataFrame | None, item_ids: np.ndarray, counts: dict[str, int]) -> pd.DataFrame:
    blank = pd.DataFrame({"title": "", "text": ""}, index=item_ids)
    if catalogue is None:
        return blank
    known = catalogue.drop_duplicates("item_id").set_index("item_id")[["title", "text"]]
    counts["items_without_text"] = int(len(item_ids) - len(known))
    return known.reindex(item_ids).fillna("")


def place_of(ids: np.ndarray, column: pd.Series) -> np.ndarray:
    """Places in the ascending `ids`, -1 where a value is not among them."""
    found = np.minimum(np.searchsorted(ids, column), len(ids) - 1)
    return np.where(ids[found] == column.to_numpy(object), found, -1)


def _links(frame: pd.DataFrame, user_ids: np.ndarray, counts: dict[str, int]) -> sp.csr_matrix:
    user, friend = place_of(user_ids, frame["user_id"]), place_of(user_ids, frame["friend_id"])
    known = user != friend
    counts["links_to_oneself"] = int((~known).sum())
    links = sp.csr_matrix((np.ones(int(known.sum()), np.float32), (user[known], friend[known])), (len(user_ids),) * 2)
    links.data[:] = 1.0
    return links


def _facts(frame: pd.DataFrame, item_ids: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    item = place_of(item_ids, frame["subject"])
    names, fact = np.unique((frame["predicate"] + "\u001f" + frame["object"]).to_numpy(object), return_inverse=True)
    held = sp.csr_matrix((np.ones(len(item), np.float32), (item, fact)), (len(item_ids), len(names)))
    held.data[:] = 1.0
    object_of = place_of(item_ids, pd.Series(names, dtype=object).str.split("\u001f", n=1).str[1])
    met = np.flatnonzero(object_of >= 0)
    return held, sp.csr_matrix((np.ones(len(met), np.float32), (object_of[met], met)), held.shape)
