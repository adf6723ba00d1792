"""A training state, written atomically, so that a killed training goes on where it stopped."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from ..core.storage import fetch_file, file_there, local_path, put_whole, remove_file, remove_folder

FOLDER = "checkpoints"
_LAKES: list[tuple[Any, str, str]] = []  # session, root and run of `states_below`, the innermost last


class State(Protocol):
    """Where a training keeps its state between two looks.

    Rows of tables lie beside it in pieces, `<look>/<piece>`, which belong to the state that names their look.
    """

    def save(self, state: dict) -> None: ...
    def load(self, fingerprint: str) -> dict | None: ...
    def save_rows(self, name: str, rows: dict) -> None: ...
    def load_rows(self, name: str) -> dict: ...
    def drop_rows(self, look: str) -> None: ...
    def remove(self) -> None: ...


@dataclass(frozen=True)
class Checkpoint:
    """The state of one training in a file of this machine, and its copy at `address` where other machines go on.

    spark: the session whose file systems `address` is one of; None without an address.
    """

    path: Path
    address: str | None = None
    spark: Any = None

    @classmethod
    def of_lake(cls, spark: Any, root: str, run_id: str) -> "Checkpoint":
        """Of a run: in the lake's folder, or where the lake lies elsewhere in the machine's own with a copy there."""
        folder = local_path(spark, root)
        if folder is not None:
            return cls(folder / FOLDER / f"{run_id}.pt")
        here = Path(tempfile.gettempdir()) / "interestlake" / f"{run_id}.pt"
        return cls(here, f"{root}/{FOLDER}/{run_id}.pt", spark)

    @classmethod
    def of_fit(cls, name: str) -> "Checkpoint":
        """Of a model's fit: with the lake within `states_below`, else in this machine's temporary folder."""
        if _LAKES:
            spark, root, run_id = _LAKES[-1]
            return cls.of_lake(spark, root, f"{run_id}-{name}")
        return cls(Path(tempfile.gettempdir()) / "interestlake" / f"{name}.pt")

    def save(self, state: dict) -> None:
        """Write `state` beside the file, then rename: a reader sees the former or the new one, never a part."""
        _write(state, self.path)
        if self.address:
            put_whole(self.spark, self.path, self.address)

    def load(self, fingerprint: str) -> dict | None:
        """The saved state, or None where there is none or it belongs to another training (`fingerprint` differs).

        The copy is asked first: another machine may have gone on meanwhile. Only tensors and plain values are read,
        never code.
        """
        if self.address:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
            if file_there(self.spark, self.address):
                fetch_file(self.spark, self.address, self.path)
        if not self.path.is_file():
            return None
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        return state if state["fingerprint"] == fingerprint else None

    def save_rows(self, name: str, rows: dict) -> None:
        """Write a piece, `<look>/<piece>`, as `save` does; another machine's disk alone keeps it where that is."""
        path = self._rows(name)
        _write(rows, path)
        if self.address:
            put_whole(self.spark, path, self._address(name))
            path.unlink()

    def load_rows(self, name: str) -> dict:
        """A piece of the state that was loaded. Raises OSError or BadInput where it is gone."""
        path = self._rows(name)
        if self.address:
            path.parent.mkdir(parents=True, exist_ok=True)
            fetch_file(self.spark, self._address(name), path)
        rows = torch.load(path, map_location="cpu", weights_only=True)
        if self.address:
            path.unlink()
        return rows

    def drop_rows(self, look: str) -> None:
        """Remove the pieces of a look that no state names any more."""
        shutil.rmtree(self._folder / look, ignore_errors=True)
        if self.address:
            remove_folder(self.spark, f"{self._beside}/{look}")

    def remove(self) -> None:
        """Forget a finished training's state."""
        self.path.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        if self.address:
            remove_file(self.spark, self.address)
            remove_folder(self.spark, self._beside)

    @property
    def _folder(self) -> Path:
        return self.path.with_suffix(".rows")

    @property
    def _beside(self) -> str:
        return f"{str(self.address).removesuffix('.pt')}.rows"

    def _rows(self, name: str) -> Path:
        return self._folder / f"{name}.pt"

    def _address(self, name: str) -> str:
        return f"{self._beside}/{name}.pt"


def _write(state: dict, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


@contextmanager
def states_below(spark: Any, root: str, run_id: str) -> Iterator[None]:
    """Within, fits that know no lake keep their states with the lake at `root`, where another machine finds them."""
    _LAKES.append((spark, root, run_id))
    try:
        yield
    finally:
        _LAKES.pop()
