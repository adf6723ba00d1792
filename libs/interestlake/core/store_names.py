"""What the experiment and the registered models are called in a store: plainly, or as Databricks wants them."""

import os
import re

from .errors import BadInput

EXPERIMENT = "interestlake"
ON_DATABRICKS = "/Shared/interestlake"
EXPERIMENT_VARIABLE, REGISTRY_VARIABLE = "MLFLOW_EXPERIMENT_NAME", "INTERESTLAKE_REGISTRY"

ABOUT = {
    "interestlake.als": "Implicit-feedback ALS on every pair of the run: from user_index and item_index to a score.",
    "interestlake.two_tower": "Two towers, people and items, over behaviour, texts and low-rank vectors, in PyTorch.",
    "interestlake.ranker": "What consumers load: people's lists with titles and reasons, by source id or pseudonym; an "
    "answer for unknown users and for histories sent along. Fitted on every pair, judged on a fit without test pairs.",
    "interestlake.media": "Gated fusion of text, pictures and sounds of items.",
    "interestlake.distribution": "p(item given a history of item ids), calibrated.",
}  # fmt: skip


def on_databricks(uri: str) -> bool:
    """Whether a tracking or registry URI is a Databricks workspace's or Unity Catalog's."""
    return uri.split(":")[0] in ("databricks", "databricks-uc")


def experiment_name(tracking_uri: str) -> str:
    """MLFLOW_EXPERIMENT_NAME where set, else `interestlake`; a workspace's experiments have absolute paths.

    Raises BadInput for a relative name on Databricks.
    """
    given = os.environ.get(EXPERIMENT_VARIABLE)
    if not on_databricks(tracking_uri):
        return given or EXPERIMENT
    name = given or ON_DATABRICKS
    if not name.startswith("/"):
        raise BadInput.of(
            "MLflow experiment", found=name, expected="an absolute path, such as /Shared/interestlake, on Databricks",
            where=EXPERIMENT_VARIABLE,
        )  # fmt: skip
    return name


def registered_name(name: str, registry_uri: str) -> str:
    """`interestlake.ranker` as the registry knows it: on Databricks `catalog.schema.interestlake_ranker`.

    A name that has three parts already stays. Raises BadInput on Databricks where INTERESTLAKE_REGISTRY does not say
    `catalog.schema`.
    """
    if not on_databricks(registry_uri) or name.count(".") == 2:
        return name
    place = os.environ.get(REGISTRY_VARIABLE, "")
    if not re.fullmatch(r"[^./:\s]+\.[^./:\s]+", place):
        raise BadInput.of(
            f"registered model {name}", found=f"{REGISTRY_VARIABLE}={place}" if place else f"no {REGISTRY_VARIABLE}",
            expected="catalog.schema of Unity Catalog", where=f"{REGISTRY_VARIABLE} of driver and jobs",
        )  # fmt: skip
    return f"{place}.{name.replace('.', '_')}"
