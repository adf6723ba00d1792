"""What a notebook needs beside the library, so that it runs in a Databricks workspace and as plain Python alike."""

import logging
import os
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from ..core.config import RunOptions, conf_folder, load_params, parse_override
from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.pipeline import run_stages, select
from ..core.session import build_session
from ..stages.order import STAGES

DEFAULTS = {
    "lake": "out/notebooks",
    "run_id": "notebook",
    "source": "sample",
    "input": "",
    "mapping": "",
    "seed": "42",
    "users": "300",
    "conf": "",
    "set": "",
    "tracking_uri": "",
}


def parameters(dbutils: Any = None) -> dict[str, str]:
    """Name -> value: of the widget where `dbutils` is there, else of INTERESTLAKE_<NAME>, else the default.

    Widgets are made with the default first, so a notebook opened by hand shows them filled in.
    """
    if dbutils is None:
        return {name: os.environ.get(f"INTERESTLAKE_{name.upper()}", default) for name, default in DEFAULTS.items()}
    for name, default in DEFAULTS.items():
        dbutils.widgets.text(name, default)
    return {name: dbutils.widgets.get(name) for name in DEFAULTS}


@dataclass
class Notebook:
    """One notebook's session, parameters and way of showing rows."""

    spark: SparkSession
    parameters: dict[str, str]
    display: Callable[[DataFrame], None] | None = None

    @classmethod
    def open(cls, namespace: Mapping[str, Any]) -> "Notebook":
        """From the notebook's `globals()`: takes `spark`, `dbutils` and `display` where the workspace put them."""
        logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
        logging.getLogger("interestlake").setLevel(logging.INFO)
        values = parameters(namespace.get("dbutils"))
        spark = namespace.get("spark") or build_session(conf_folder(values["conf"]))
        return cls(spark, values, namespace.get("display"))

    def run(self, first: str, last: str | None = None) -> dict[str, dict[str, float]]:
        """Run the stages `first`..`last` as `interestlake run` does; returns figures per stage.

        "input" and "set" may hold several entries, parted by blanks and quoted as in a shell; "users" counts for the
        source `sample` only. Raises BadInput and GateRefused as the command line would.
        """
        options, overrides = self._options()
        params = load_params(conf_folder(self.parameters["conf"]), overrides)
        return run_stages(self.spark, select(STAGES, first, last or first), params, options)

    def table(self, name: str) -> DataFrame:
        """The newest state of a table of the lake. Lazy."""
        return Lake(self.spark, self.parameters["lake"]).read(name)

    def show(self, rows: DataFrame, count: int = 8) -> None:
        """The first `count` rows: by the workspace's `display`, else as text. Runs one Spark job."""
        if self.display is None:
            rows.show(count, truncate=48)
        else:
            self.display(rows.limit(count))

    def _options(self) -> tuple[RunOptions, dict[str, object]]:
        values = self.parameters
        for name in ("seed", "users"):
            if not values[name].isdigit():
                raise BadInput.of(name, found=repr(values[name]), expected="a whole number", where=f"the widget {name}")
        overrides = dict(parse_override(assignment) for assignment in shlex.split(values["set"]))
        if values["source"] == "sample":
            overrides["ingest.sample_users"] = int(values["users"])
        options = RunOptions(
            lake=values["lake"],
            run_id=values["run_id"],
            seed=int(values["seed"]),
            source=values["source"],
            inputs=tuple(shlex.split(values["input"])),
            mapping=values["mapping"] or None,
            tracking_uri=values["tracking_uri"] or None,
        )
        return options, overrides
