"""Interestlake: what people do and write, as an interest graph, a profile per person and explained recommendations."""

import os

__version__ = "0.1.0"

# MLflow reports its use to its makers unless told not to, and reads this when it is imported
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
