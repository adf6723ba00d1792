"""What read-experiment and evaluate-logs print when their stages are done."""

from collections.abc import Mapping

from pyspark.sql import functions as F

from ..core.config import RunOptions
from ..core.errors import BadInput, GateRefused
from ..core.lake import Lake
from ..core.params.all import Params
from ..core.progress import PROGRESS
from ..evaluation.sample_ratio import THRESHOLD
from ..reporting.experiment_table import experiment_text
from ..reporting.policy_table import policy_text


def read_experiment(lake: Lake, options: RunOptions, params: Params, figures: Mapping[str, float]) -> None:
    """The split, then a table per metric. Raises GateRefused where the split does not hold."""
    rows, asked = _rows(lake, "gold.experiments", options), params.experiment
    PROGRESS.clear()
    print(experiment_text(rows, figures, asked.metrics, asked.level))
    if figures["ratio_p"] < THRESHOLD:
        raise GateRefused(
            "the arms do not have the shares of people that they were to have: no figure is to be believed"
        )


def logs_asked(options: RunOptions, params: Params) -> RunOptions:
    """Raises BadInput where neither files nor the lists of a run are named."""
    if not options.inputs and not params.policy.lists_of:
        raise BadInput.of("logs", found="neither files nor a run whose lists are valued", expected="files with "
                          "probabilities, or --lists-of RUN for the lists that this lake's service showed",
                          where="--input or --lists-of")  # fmt: skip
    return options


def evaluate_logs(lake: Lake, options: RunOptions, params: Params, figures: Mapping[str, float]) -> None:
    """How much the logs say, an estimate per line, and what follows."""
    rows = _rows(lake, "gold.policy_values", options)
    PROGRESS.clear()
    print(policy_text(rows, figures, params.policy.level))


def _rows(lake: Lake, name: str, options: RunOptions) -> list[dict]:
    return [row.asDict() for row in lake.read(name).where(F.col("run_id") == options.run_id).collect()]
