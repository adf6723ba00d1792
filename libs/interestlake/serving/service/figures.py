"""What the service counts of itself, in the text format of Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Figures:
    """Of one service, in a registry of its own. No id of a person is in any of them."""

    def __init__(self):
        self.registry = CollectorRegistry()
        self.requests = Counter("interestlake_requests", "Answers by route and status.", ("route", "status"),
                                registry=self.registry)  # fmt: skip
        self.seconds = Histogram("interestlake_request_seconds", "Seconds of an answer.", ("route",), buckets=SECONDS,
                                 registry=self.registry)  # fmt: skip
        self.lists = Counter("interestlake_lists", "Lists by who is asked for and where they came from.",
                             ("person", "source"), registry=self.registry)  # fmt: skip
        self.followed = Gauge("interestlake_store_followed_timestamp_seconds", "When the store was last seen to be the "
                              "lake's newest state.", registry=self.registry)  # fmt: skip
        self.model = Gauge("interestlake_model", "1 for the ranker that answers.", ("version",), registry=self.registry)
        self.written = Counter("interestlake_feedback", "What people said, by how it ended.", ("ended",),
                               registry=self.registry)  # fmt: skip

    def serve(self, version: str | None) -> None:
        """The ranker's version from now on."""
        self.model.clear()
        self.model.labels(version or "none").set(1)

    def text(self) -> bytes:
        return generate_latest(self.registry)
