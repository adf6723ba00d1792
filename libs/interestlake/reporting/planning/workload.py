"""How large a run is, and what each stage does of it: the counts that its seconds and its memory grow with."""

from collections.abc import Mapping
from dataclasses import dataclass

MILLION = 1e6
CAPPED = 300  # items of a person that make pairs, graph.max_history


@dataclass(frozen=True)
class Workload:
    """people, items, events, and distinct reviews of a run."""

    people: int
    items: int
    events: int
    reviews: int

    @property
    def texts(self) -> int:
        """Distinct texts that are encoded: a review, or what an item says of itself."""
        return self.reviews + self.items

    @property
    def together(self) -> float:
        """Pairs of items of one history, about: what co-occurrence counts."""
        return self.events * min(self.events / max(self.people, 1), CAPPED) / 2

    @property
    def counts(self) -> Mapping[str, float]:
        """name -> count in millions, of the names of GROWS_WITH."""
        scored = self.people * self.items / 1000
        counts = {"people": self.people, "items": self.items, "events": self.events, "texts": self.texts,
                  "together": self.together, "scored": scored}  # fmt: skip
        return {name: count / MILLION for name, count in counts.items()}


GROWS_WITH: Mapping[str, tuple[str, ...]] = {
    "start-up": (),
    "ingest": ("events",),
    "prepare": ("events",),
    "annotate": ("texts",),
    "embed": ("texts",),
    "build_interests": ("events", "texts"),
    "build_graph": ("together", "items"),
    "train_als": ("events",),
    "train_two_tower": ("events",),
    "recommend": ("events", "scored"),
    "evaluate": ("people",),
    "report": (),
    "promote": (),
}
