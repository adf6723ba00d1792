"""Interestlake: what people do and write, as an interest graph, a profile per person and explained recommendations."""

import importlib
import os

__version__ = "0.1.0"

# MLflow reports its use to its makers unless told not to, and reads this when it is imported
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def __getattr__(name: str):
    # loaded when it is asked for: the command line starts without pandas
    if name == "Recommender":
        return importlib.import_module("interestlake.recommending.on_frames.recommender").Recommender
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Recommender", "__version__"]
