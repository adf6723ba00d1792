"""What a refit reports: figures by name, for MLflow, ops.stages and the printed table alike."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from .feedback import FeedbackCounts
from .granularity import alpha_of, lambda_of
from .people_behind import RESTS_ON
from .refit import Moved


def refit_figures(
    moved: Mapping[str, Moved], sources: Sequence[str], rate: float, worth: FeedbackCounts
) -> dict[str, float]:
    """Moved per segment -> {name.segment[.source or granularity]: value}, and FeedbackCounts by its field names.

    weight, alpha and lambda, each _before and _after (what the lake holds afterwards); ndcg_10_before, ndcg_10_after
    (the moved weights, kept or not) and ndcg_10_error on `held` people; people of the feedback who took part; rested_on
    and rests_on, the people that the weights count for before and afterwards; moved: 1 where they did. Segment "all"
    has the mean nDCG over the people who judged. `people_behind` reads rests_on back from ops.stages.
    """
    figures = {f"feedback_{name}": float(value) for name, value in asdict(worth).items()}
    held_out = sum(segment.held for segment in moved.values())
    for name, segment in moved.items():
        chosen = segment.after if segment.better else segment.before
        for when, weights in (("before", segment.before), ("after", chosen)):
            named = dict(zip(sources, map(float, weights), strict=True))
            alpha = alpha_of(named)
            for what, values in (("weight", named), ("alpha", alpha), ("lambda", lambda_of(alpha))):
                figures |= {f"{what}_{when}.{name}.{part}": value for part, value in values.items()}
            figures[f"ndcg_10_{when}.{name}"] = getattr(segment, f"ndcg_{when}")
        figures[f"ndcg_10_error.{name}"] = segment.error
        figures |= {f"people.{name}": float(segment.people), f"held.{name}": float(segment.held)}
        figures[f"rested_on.{name}"] = segment.rested
        figures[f"{RESTS_ON}.{name}"] = segment.rested + (rate * segment.people if segment.better else 0.0)
        figures[f"moved.{name}"] = float(segment.better)
    for when in ("before", "after"):
        total = sum(segment.held * getattr(segment, f"ndcg_{when}") for segment in moved.values())
        figures[f"ndcg_10_{when}.all"] = total / held_out if held_out else 0.0
    return figures
