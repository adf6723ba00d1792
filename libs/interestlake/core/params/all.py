"""Every parameter of every stage: type, default, allowed range, meaning. conf/params/<section>.yml overrides them."""

from dataclasses import Field, dataclass, field, fields

from .beside import (
    EmbedMedia,
    Entities,
    Expand,
    Experiment,
    Explain,
    Knowledge,
    Maintain,
    Monitor,
    Policy,
    Profiles,
    Refit,
    Sentiment,
    Serve,
    Summarise,
    Support,
    Topics,
    TrainMedia,
    Trend,
    Upcoming,
)
from .pipeline import (
    EVENT_TYPES,
    GRANULARITIES,
    Als,
    Annotate,
    Embed,
    Evaluate,
    Graph,
    Guard,
    Ingest,
    Interests,
    Prepare,
    Promote,
    Recommend,
    Report,
    Tune,
    TwoTower,
)

SECTIONS = {
    "ingest": Ingest,
    "prepare": Prepare,
    "annotate": Annotate,
    "embed": Embed,
    "interests": Interests,
    "graph": Graph,
    "als": Als,
    "two_tower": TwoTower,
    "tune": Tune,
    "recommend": Recommend,
    "embed_media": EmbedMedia,
    "train_media": TrainMedia,
    "guard": Guard,
    "support": Support,
    "trend": Trend,
    "refit": Refit,
    "maintain": Maintain,
    "monitor": Monitor,
    "knowledge": Knowledge,
    "evaluate": Evaluate,
    "report": Report,
    "promote": Promote,
    "profiles": Profiles,
    "expand": Expand,
    "upcoming": Upcoming,
    "topics": Topics,
    "sentiment": Sentiment,
    "entities": Entities,
    "explain": Explain,
    "summarise": Summarise,
    "experiment": Experiment,
    "policy": Policy,
    "serve": Serve,
}


@dataclass(frozen=True)
class Params:
    """All sections, each at its defaults unless configuration says otherwise."""

    ingest: Ingest = field(default_factory=Ingest)
    prepare: Prepare = field(default_factory=Prepare)
    annotate: Annotate = field(default_factory=Annotate)
    embed: Embed = field(default_factory=Embed)
    interests: Interests = field(default_factory=Interests)
    graph: Graph = field(default_factory=Graph)
    als: Als = field(default_factory=Als)
    two_tower: TwoTower = field(default_factory=TwoTower)
    tune: Tune = field(default_factory=Tune)
    recommend: Recommend = field(default_factory=Recommend)
    embed_media: EmbedMedia = field(default_factory=EmbedMedia)
    train_media: TrainMedia = field(default_factory=TrainMedia)
    guard: Guard = field(default_factory=Guard)
    support: Support = field(default_factory=Support)
    trend: Trend = field(default_factory=Trend)
    refit: Refit = field(default_factory=Refit)
    maintain: Maintain = field(default_factory=Maintain)
    monitor: Monitor = field(default_factory=Monitor)
    knowledge: Knowledge = field(default_factory=Knowledge)
    evaluate: Evaluate = field(default_factory=Evaluate)
    report: Report = field(default_factory=Report)
    promote: Promote = field(default_factory=Promote)
    profiles: Profiles = field(default_factory=Profiles)
    expand: Expand = field(default_factory=Expand)
    upcoming: Upcoming = field(default_factory=Upcoming)
    topics: Topics = field(default_factory=Topics)
    sentiment: Sentiment = field(default_factory=Sentiment)
    entities: Entities = field(default_factory=Entities)
    explain: Explain = field(default_factory=Explain)
    summarise: Summarise = field(default_factory=Summarise)
    experiment: Experiment = field(default_factory=Experiment)
    policy: Policy = field(default_factory=Policy)
    serve: Serve = field(default_factory=Serve)


def section_fields(section: str) -> tuple[Field, ...]:
    """The dataclass fields of one section, in order."""
    return fields(SECTIONS[section])


__all__ = [
    "EVENT_TYPES",
    "GRANULARITIES",
    "SECTIONS",
    "Als",
    "Annotate",
    "Embed",
    "EmbedMedia",
    "Entities",
    "Evaluate",
    "Expand",
    "Experiment",
    "Explain",
    "Graph",
    "Guard",
    "Ingest",
    "Interests",
    "Knowledge",
    "Maintain",
    "Monitor",
    "Params",
    "Policy",
    "Prepare",
    "Profiles",
    "Promote",
    "Recommend",
    "Refit",
    "Report",
    "Sentiment",
    "Summarise",
    "Support",
    "Topics",
    "TrainMedia",
    "Trend",
    "TwoTower",
    "Upcoming",
    "section_fields",
]
