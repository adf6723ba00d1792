"""What the page says of the gate."""

from dataclasses import dataclass

from ..recommending.write_reason import listed
from .wording import percent


@dataclass(frozen=True)
class Rival:
    """A model that the fused list must beat; `gain` is relative, None where the rival's figure is 0."""

    label: str
    value: float
    gain: float | None
    beaten: bool


@dataclass(frozen=True)
class Beside:
    """The present champion: its run, whether the gate holds against it, and how the two compare in a sentence."""

    run: str
    holds: bool
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """The gate's question and its answer on the test split, all people; `beside` None where there is no champion."""

    passed: bool
    metric: str
    k: int
    fused: float
    min_gain: float
    rivals: tuple[Rival, ...]
    beside: Beside | None = None

    @property
    def sentence(self) -> str:
        """What the gate found, with the models by name."""
        on = f"on {self.metric}@{self.k}"
        lost = [rival.label for rival in self.rivals if not rival.beaten]
        if not lost:
            ahead = all(self.fused > rival.value for rival in self.rivals)
            verb = "beats" if ahead else "is as good as the gate asks against"
            return f"The fused list {verb} {listed([rival.label for rival in self.rivals])} {on}."
        asked = f" by the {percent(self.min_gain, 1)} asked for" if self.min_gain > 0 else ""
        return f"The fused list does not beat {listed(lost)} {on}{asked}."
