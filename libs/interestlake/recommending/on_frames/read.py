"""Frames -> what models are fitted on: as `csv_files` reads files, so that both ways give the same lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import psutil

from ...core.csv_table import CsvTable
from ...core.errors import BadInput
from ...core.room import expect_room, gigabytes
from ...interactions.csv_files import MAX_PAIRS, OPTIONAL_COLUMNS, each_once, feedback_of
from ...interactions.inputs import NOBODY, Inputs, inputs_of
from .ids import Ids, column_of, expect_columns, ids_of

SIDES = {
    "items": (("item_id", "title", "text"), ("item_id",)),
    "friends": (("user_id", "friend_id"), ("user_id", "friend_id")),
    "facts": (("subject", "predicate", "object"), ("subject",)),
}
# what is read of each frame; its first is what makes it one
COLUMNS = {name: ("user_id", "item_id", *OPTIONAL_COLUMNS) for name in ("pairs", "validation")}
COLUMNS |= {name: columns for name, (columns, _) in SIDES.items()}
PAIR, OF_PEOPLE = ("user_id", "item_id"), ("user_id", "friend_id")
IDS = {"pairs": PAIR, "validation": PAIR} | {name: ids for name, (_, ids) in SIDES.items()}
NEEDED = {**IDS, "facts": SIDES["facts"][0]}
CLUSTER = "interestlake run, which works on a cluster"


class FrameTable(CsvTable):
    """A frame as text, whose faults name the argument and the row."""

    def fault(self, found: object, expected: object) -> BadInput:
        return BadInput.of(f"frame {self.path}", found=str(found).replace(" in line ", " in row "), expected=expected,
                           where=self.option)  # fmt: skip

    def line(self, rows: Any) -> int:
        """The row's number, from 0."""
        return int(np.flatnonzero(np.asarray(rows))[0])


@dataclass(frozen=True)
class Read:
    """inputs: as files give them; users, items: the ids behind their places, without NOBODY."""

    inputs: Inputs
    users: Ids
    items: Ids


def is_spark(frame: Any) -> bool:
    """Whether it is a frame of Spark."""
    return hasattr(frame, "sparkSession") and hasattr(frame, "toPandas")


def here(
    frame: Any, what: str, most: float, columns: Sequence[str] = (), needed: Sequence[str] = ()
) -> pd.DataFrame | None:
    """A pandas frame as it is; of a Spark frame `columns`, or what there is without the first of them, collected.

    A Spark job counts rows and letters before. Raises BadInput for what is neither, lacks one of `needed`, has one of
    `columns` twice, is too long, or would take more than `most` gigabytes, or than this machine has free.
    """
    if frame is None:
        return None
    if not isinstance(frame, pd.DataFrame) and not is_spark(frame):
        raise BadInput.of(what, found=type(frame).__name__, expected="a pandas or a Spark frame", where=what)
    expect_columns(frame.columns, what, needed, columns)
    if isinstance(frame, pd.DataFrame):
        return frame
    from pyspark.sql import functions as F

    if columns and columns[0] in frame.columns:
        frame = frame.select(*(name for name in columns if name in frame.columns))
    texts = [name for name, kind in frame.dtypes if kind in ("string", "binary")]
    letters = sum((F.coalesce(F.length(name), F.lit(0)) for name in texts), F.lit(0))
    rows, letters = frame.agg(F.count("*"), F.sum(letters)).first()
    if rows > MAX_PAIRS:
        raise BadInput.of(what, found=f"{rows:,} rows", expected=f"at most {MAX_PAIRS:,}", where=CLUSTER)
    planned = gigabytes(rows, len(texts), len(frame.columns) - len(texts), letters or 0)
    where = f"Recommender(max_gigabytes=...), or {CLUSTER}"
    expect_room(f"{what} of {rows:,} rows", planned, min(most, free_gigabytes()), where)
    return frame.toPandas()


def free_gigabytes() -> float:
    """Memory of this machine that is free."""
    return psutil.virtual_memory().available / 2**30


def read_frames(
    pairs: Any,
    validation: Any = None,
    items: Any = None,
    friends: Any = None,
    facts: Any = None,
    most: float = float("inf"),
) -> Read:
    """pairs, validation(user_id, item_id[, weight >= 0][, timestamp]), items(item_id, title, text), friends(user_id,
    friend_id), facts(subject, predicate, object); pandas or Spark frames.

    Of equal pairs the weights are added and the newest time stays; a weight of 0 is seen and not liked; timestamps are
    dates, or numbers as `times.times_of` reads them. most: gigabytes that a Spark frame may take here. Raises BadInput
    for what cannot be used.
    """
    frames = {"pairs": pairs, "validation": validation, "items": items, "friends": friends, "facts": facts}
    if pairs is None:
        raise BadInput.of("pairs", found="None", expected="a pandas or a Spark frame", where="pairs")
    frames = {name: here(frame, name, most, COLUMNS[name], NEEDED[name]) for name, frame in frames.items()}
    train, timed = _pairs(frames["pairs"], "pairs")
    extra, extra_timed = (None, timed) if validation is None else _pairs(frames["validation"], "validation")
    if extra is not None and timed != extra_timed:
        raise BadInput.of("validation", found=f"timestamps in {'pairs' if timed else 'validation'} only",
                          expected="them in both or in none", where="validation")  # fmt: skip
    if train["user_id"].nunique() < 2:
        raise BadInput.of("pairs", found="one person", expected="two people or more", where="pairs")
    sides = {name: _side(frames[name], name) for name in SIDES}
    inputs = inputs_of(train, extra, train.head(0), timed, sides["items"], sides["friends"], sides["facts"], {})
    of_users, of_items = [], []
    for name, frame in frames.items():
        for column in IDS[name] if frame is not None else ():
            (of_users if column in OF_PEOPLE else of_items).append(ids_of(frame, column, name))
    user_keys = inputs.train.user_ids[1:]
    return Read(inputs, Ids.of(user_keys, *of_users), Ids.of(inputs.train.item_ids, *of_items))


def _pairs(frame: pd.DataFrame, what: str) -> tuple[pd.DataFrame, bool]:
    """(user_id, item_id, weight, time) of text ids, each pair once; whether there are times."""
    if not len(frame):
        raise BadInput.of(what, found="no row", expected="at least one", where=what)
    ids = {name: ids_of(frame, name, what).map(str) for name in ("user_id", "item_id")}
    if (ids["user_id"] == NOBODY).any():
        raise BadInput.of(what, found="an empty user_id", expected="one in every row", where=what)
    there = [name for name in OPTIONAL_COLUMNS if name in frame.columns]
    text = pd.DataFrame({**ids, **{name: _as_text(column_of(frame, name, what)) for name in there}}).reset_index(
        drop=True
    )
    # ids stand as they are: cutting blanks is for files
    read = feedback_of(FrameTable(text.assign(user_id="u", item_id="i"), what, what))
    read["user_id"], read["item_id"] = text["user_id"], text["item_id"]
    return each_once(read), "timestamp" in there


def _as_text(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        utc = column.dt.tz_convert("UTC") if column.dt.tz is not None else column
        return utc.dt.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
    if pd.api.types.is_bool_dtype(column):
        column = column.astype(int)
    return column.map(repr if pd.api.types.is_float_dtype(column) else str)


def _side(frame: pd.DataFrame | None, what: str) -> pd.DataFrame | None:
    if frame is None:
        return None
    columns, ids = SIDES[what]
    texts = {name: "" for name in columns if what == "items" and name not in frame.columns and name != "item_id"}
    whole = frame.assign(**texts)
    read = {name: ids_of(whole, name, what).map(str) if name in ids
            else column_of(whole, name, what).map(str) if what != "items"
            else whole[name].fillna("").map(str) for name in columns}  # fmt: skip
    return pd.DataFrame(read).reset_index(drop=True)
