"""A fitted recommender as files that hold values alone, see `models.stored`, and its ids as Parquet."""

from pathlib import Path

import numpy as np
import pandas as pd

from ...core.errors import BadInput
from ...core.places import expect_writable, writing
from ...core.sealed import SEAL, expect_sealed, seal, unseal
from ...core.storage import sha256_of
from ...interactions.pairs import Pairs
from ...models.fitted import Fitted
from ...models.stored import UNREADABLE, read_values, write_values
from ..fusion import Fusion
from ..recommender_file import RECOMMENDER_FILE
from .ids import Ids
from .state import State

FORMAT = 2
USERS, ITEMS = "users.parquet", "items.parquet"
KNOWN = ("users", "items", "weights", "times")


def save_state(state: State, settings: dict, folder: Path) -> Path:
    """Write the files into `folder`, the recommender last, so that half a folder is none -> the folder.

    Raises BadInput for a model that holds more than values, arrays and a network that says its shape.
    """
    expect_writable(str(folder), "save(folder)")
    values = {
        "format": FORMAT, "settings": settings, "fusion": state.fusion.as_dict(), "chosen": state.chosen,
        "timed": bool(state.known.timed), "known": {name: getattr(state.known, name) for name in KNOWN},
        "fitted": state.fitted, "friends": state.friends, "texts": state.texts,
    }  # fmt: skip
    with writing(folder, "save(folder)"):
        folder.mkdir(parents=True, exist_ok=True)
        unseal(folder)
        (folder / RECOMMENDER_FILE).unlink(missing_ok=True)
        _put_ids(state.users, folder / USERS)
        _put_ids(state.items, folder / ITEMS, title=state.titles.astype(str))
        try:
            write_values(folder / RECOMMENDER_FILE, {**values, "ids": _marks(folder)})
        except TypeError as fault:
            raise BadInput.of("models", found=str(fault), expected="models whose arrays can be kept without code",
                              where="Recommender(models=...) without it") from fault  # fmt: skip
        seal(folder, (RECOMMENDER_FILE,))
    return folder


def load_state(folder: Path) -> tuple[State, dict]:
    """-> (the state, the recommender's settings). Raises BadInput where there is none, or it is of another form, or
    not as it was written."""
    if (folder / RECOMMENDER_FILE).is_file() or (folder / SEAL).is_file():
        expect_sealed(folder, (RECOMMENDER_FILE,), f"folder {folder}", "load(folder)")
    try:
        values = read_values(folder / RECOMMENDER_FILE)
        if values["format"] != FORMAT:
            raise ValueError(f"format {values['format']}")
        users, items = (pd.read_parquet(folder / name) for name in (USERS, ITEMS))
        if values["ids"] != _marks(folder):
            raise ValueError(f"{USERS} or {ITEMS} of another save")
        if not all(isinstance(one, Fitted) for one in values["fitted"].values()):
            raise ValueError("fitted models of another kind")
        known = Pairs(np.array(["", *users["key"]], object), items["key"].to_numpy(object),
                      timed=values["timed"], **{name: values["known"][name] for name in KNOWN})  # fmt: skip
        state = State(Ids(known.user_ids[1:], users["id"]), Ids(known.item_ids, items["id"]), known,
                      Fusion.of_dict(values["fusion"]), values["fitted"], items["title"].to_numpy(object),
                      values["friends"], values["texts"], values["chosen"])  # fmt: skip
    except UNREADABLE as fault:
        raise BadInput.of(f"folder {folder}", found=f"{type(fault).__name__}: {fault}",
                          expected="what Recommender.save wrote with this version", where="load(folder)") from fault  # fmt: skip # noqa: E501
    return state, values["settings"]


def _marks(folder: Path) -> list[str]:
    """SHA-256 of both files of ids, by which arrays and ids are known to be of one save."""
    return [sha256_of(folder / name) for name in (USERS, ITEMS)]


def _put_ids(ids: Ids, path: Path, **more) -> None:
    try:
        pd.DataFrame({"key": ids.keys.astype(str), "id": ids.values.infer_objects(), **more}).to_parquet(path)
    except (ValueError, TypeError) as fault:  # pyarrow's own faults are of these
        kind = type(ids.values.iloc[0]).__name__
        raise BadInput.of("ids", found=f"ids of type {kind}", expected="texts, numbers or dates, which a file keeps",
                          where="save(folder)") from fault  # fmt: skip
