"""Parameters of the commands over a finished lake."""

from dataclasses import dataclass, field

from .kinds import choice, flag, names, number, text, words


@dataclass(frozen=True)
class EmbedMedia:
    vision_path: str = text("", "transformers folder of the picture encoder; empty = classical features")
    audio_path: str = text("", "transformers folder of the sound encoder; empty = classical features")
    picture_size: int = number(64, "side in pixels that classical features scale a picture to", low=16, high=512)
    sample_rate: int = number(16_000, "samples a second that classical features hear", low=16_000, high=96_000)
    max_seconds: float = number(30.0, "seconds of a sound that are heard", low=0.1, high=3600)
    max_megabytes: float = number(64.0, "larger files go to quarantine", low=0.001, high=1000)
    batch_size: int = number(16, "pictures per forward pass, and rows with bytes per batch", low=1, high=4096)


@dataclass(frozen=True)
class TrainMedia:
    dimension: int = number(64, "coordinates of the fused vectors", low=4, high=1024)
    width: int = number(64, "coordinates kept of each modality's vectors", low=2, high=4096)
    epochs: int = number(20, "passes over the snapshot", low=1, high=1000)
    batch_size: int = number(512, "pairs per step", low=2)
    learning_rate: float = number(0.003, "Adam's step", low=1e-7, high=1)
    weight_decay: float = number(1e-5, "L2 on the weights", low=0)
    temperature: float = number(0.1, "softmax temperature", low=0.01, high=10)
    dropout: float = number(0.1, "share of a modality's coordinates dropped in training", low=0, high=0.9)
    modality_dropout: float = number(0.25, "chance that a modality is dropped in training", low=0, high=0.9)
    validate_steps: int = number(20, "steps between two looks at validation, after whole epochs only", low=1)
    patience_steps: int = number(150, "steps without better validation before it stops, two looks at least", low=1)
    warmup_steps: int = number(20, "steps over which Adam's step rises from 0", low=0)
    held_out_share: float = number(0.2, "share of people and of items kept out of training", low=0.01, high=0.5)
    max_gigabytes: float = number(4.0, "memory that single-machine training may plan for", low=0.01)


@dataclass(frozen=True)
class Support:
    neighbours: int = number(20, "past tickets that speak for a new one", low=1, high=1000)
    half_life_days: float = number(180.0, "a past ticket halves in this time; 0 = never", low=0)
    article_share: float = number(0.5, "share of its own text in an answer's score", low=0, high=1)
    top_k: int = number(3, "agents and answers of a ticket", low=1, high=100)
    min_confidence: float = number(0.3, "answers below this cosine are not shown", low=-1, high=1)
    max_open: int = number(0, "new tickets that an agent is first choice for; 0 = no limit", low=0)
    max_new: int = number(20_000, "new tickets of one call, which every task holds", low=1)


@dataclass(frozen=True)
class Trend:
    by: str = choice("topic", "what is followed", "topic", "category", "item")
    period_days: int = number(7, "days of one point", low=1, high=366)
    history: int = number(8, "points before that a point is held against", low=2, high=500)
    min_texts: int = number(5, "texts of a topic in a point, and in the history, that may raise an alarm", low=1)
    min_people: int = number(20, "people who write of it in a point and its history for an alarm", low=1)
    max_share: float = number(0.5, "of a point's texts of it that one person, or one day, may hold", low=0, high=1)
    threshold: float = number(4.0, "standard errors from the history that raise an alarm", low=1, high=50)


@dataclass(frozen=True)
class Refit:
    rate: float = number(1.0, "what a person of the feedback counts beside one the weights rest on", low=0, high=1000)
    least_people: int = number(50, "people that the present weights of a segment count for at least", low=1)


@dataclass(frozen=True)
class Maintain:
    keep_hours: int = number(168, "files of versions of the last hours stay; Delta allows no less than 168", low=168)
    file_megabytes: int = number(128, "size of a compacted file", low=1, high=1000)


@dataclass(frozen=True)
class Knowledge:
    top_k: int = number(10, "items of a person's ranking", low=1, high=1000)
    smoothing: float = number(100.0, "features that the prior P(U) counts for in P(U | O)", low=0)
    length_power: float = number(0.5, "an item's sum is over its number of features to this power", low=0, high=1)
    min_feature_items: int = number(2, "items that must carry a feature", low=1)
    max_features: int = number(200, "strongest features of a person that propose items", low=1)
    as_of: str = text("", "facts that hold at this ISO time; empty = those without an end")
    relations: str = text("conf/knowledge/relations.yml", "file that says what each relation is")
    base: str = text("urn:interestlake:", "addresses under it lose it on loading and get it on export")
    item_prefix: str = text("item/", "a subject that starts so, after the base, stands for the item named by the rest")
    delta_kind: str = choice("insert", "what loaded facts do to those there", "insert", "delete", "supersede")
    source_name: str = text("rdf", "who says the loaded facts")
    confidence: float = number(1.0, "belief in the loaded facts", low=0, high=1)
    valid_from: str = text("", "ISO time from which the loaded facts hold; empty = without a beginning")
    valid_to: str = text("", "ISO time until which the loaded facts hold; empty = without an end")
    min_score: float = number(0.9, "score that an item and an entity need to be linked", low=0, high=1)
    max_block: int = number(200, "entities that may share a word for it to bring item and entity together", low=1)
    link_candidates: int = number(10, "entities that are compared with an item", low=1, high=1000)
    mutual: bool = flag(True, "an entity is linked with its best item alone")
    texts_decide: bool = flag(True, "entities of like score are told apart by the vectors of texts")
    apply: bool = flag(False, "links and mined facts go into silver.facts")
    query: str = text("", "text whose nearest items are printed")
    tagger: str = text("", "folder of a train-tagger model that has to see an entity in a mined object")
    min_confidence: float = number(0.5, "confidence that a mined fact needs", low=0, high=1)
    max_gigabytes: float = number(2.0, "memory for the vectors of all items on one executor", low=0.01)
    output: str = text("", "file of an export")
    format: str = choice("nt", "of an export", "nt", "ttl", "rdfxml")


@dataclass(frozen=True)
class Profiles:
    max_per_user: int = number(60, "interests kept per person", low=1, high=1000)
    prior_items: float = number(10.0, "items that the population's rate counts for in a person's confidence", low=0.1)
    significance: float = number(0.05, "level below which a trend, season or order counts as found", low=1e-6, high=0.5)
    min_items: int = number(5, "items with a time that a trend needs", low=4)
    min_carriers: int = number(3, "of them, items that carry the interest", low=1)
    min_days: int = number(3, "days that these fall on: what was chosen in one sitting is no trend", low=1)
    trend_days: float = number(30.0, "days between first and last choice that a trend needs", low=0)
    trend_people: int = number(20, "people behind a trend over all people", low=1)
    seasons: tuple[float, ...] = field(
        default=(7.0, 30.4375, 91.3125, 182.625, 365.25), metadata={"meaning": "periods tried, in days", "low": 1.0}
    )
    cluster_distance: float = number(2.5, "Ward distance at which a person's clusters stop merging", low=0)
    influence_nodes: int = number(30, "strongest interests of a person that make ordered pairs", low=2, high=200)
    influence_gap_days: float = number(
        7.0, "days by which an interest must begin, and end, before another to precede it", low=1
    )
    influence_people: int = number(20, "people with a clear order that a pair needs to be tested", low=4)
    bridge_pivots: int = number(256, "nodes that betweenness is sampled from", low=1)
    bridge_max_nodes: int = number(20_000, "nodes that betweenness may hold on one machine", low=10)


@dataclass(frozen=True)
class Expand:
    top_k: int = number(20, "new interests kept per person", low=1, high=1000)
    seeds: int = number(30, "strongest interests of a person that an expansion starts from", low=1, high=1000)
    damping: float = number(0.3, "chance that the walk goes on at each step", low=0.01, high=0.99)
    steps: int = number(5, "steps of the walk", low=1, high=50)
    neighbours: int = number(50, "similar people asked", low=1, high=10_000)
    references: int = number(5000, "people that similar ones are sought among, sampled by a hash", low=2)
    context: float = number(0.8, "weight of the walk over the interest graph", low=0, high=1)
    people: float = number(0.8, "weight of similar people", low=0, high=1)
    knowledge: float = number(0.8, "weight of facts and hierarchy", low=0, high=1)
    scale: float = number(1.0, "of confidence, so that it is the share that turns out true", low=0.01, high=1)
    surprise: float = number(0.0, "0: the surest first; 1: the most surprising first", low=0, high=1)
    entity_discount: float = number(
        0.3,
        "edges of entities are divided by popularity to this power, as graph.popularity_discount has it",
        low=0,
        high=1,
    )
    mediators: int = number(50, "strongest edges, and strongest entities between, kept per node", low=1, high=10_000)
    hierarchy: float = number(1.0, "weight of a fact that names two nodes; 1 = all that the node's items say", low=0)
    max_nodes: int = number(20_000, "interests whose matrices one executor holds", low=10)
    max_people: int = number(200_000, "people whose interests and friends one executor holds", low=2)
    max_facts: int = number(1_000_000, "facts about no item that the driver reads; more are left out", low=1)
    max_gigabytes: float = number(4.0, "memory for what people, cross-domain and evaluate-expansion gather", low=0.01)


@dataclass(frozen=True)
class Upcoming:
    kind: str = choice(
        "category", "kind of interest that steps are told in", "category", "tag", "keyword", "topic", "entity"
    )
    max_steps: int = number(20_000_000, "timed pairs that one machine holds", low=10)
    least_choices: int = number(30, "choices that an interest needs for a forecast", low=1)
    least_people: int = number(20, "people who made them", low=1)


@dataclass(frozen=True)
class Topics:
    k: int = number(0, "topics of each method; 0 = as many as silver.topics", low=0, high=500)
    words: int = number(10, "strongest words that name and judge a topic", low=2, high=15)
    iterations: int = number(20, "passes of k-means", low=1, high=500)


@dataclass(frozen=True)
class Sentiment:
    model: str = text("", "folder of a train-sentiment model; empty = the Spark NLP tier")
    kinds: tuple[str, ...] = names(
        ("category", "tag", "keyword"), "interests whose mentions are judged", "category", "tag", "keyword"
    )
    min_texts: int = number(5, "texts that a trend, or a window, needs", low=3)
    min_people: int = number(20, "people who wrote them, below which a trend is unknown", low=1)
    window_days: float = number(30.0, "length of a window that may raise an alarm", low=0.01)
    min_past: int = number(10, "older texts that a window is held against", low=1)
    false_discovery_rate: float = number(0.05, "expected share of false ones among the alarms", low=1e-9, high=0.5)


@dataclass(frozen=True)
class Entities:
    model: str = text("", "folder of a train-tagger model")
    min_confidence: float = number(0.5, "least probability of a span's words", low=0, high=1)
    min_items: int = number(2, "items that must carry an entity, or a pair of nodes", low=1)
    max_per_item: int = number(30, "nodes of an item that make pairs", low=2, high=1000)
    max_neighbours: int = number(50, "edges kept per node, strongest first", low=1)


@dataclass(frozen=True)
class Explain:
    people: int = number(100, "people whose lists are scored again without their reasons; 0 = nobody's", low=0)


@dataclass(frozen=True)
class Summarise:
    sentences: int = number(4, "sentences of a summary", low=1, high=100)
    blocked: str = text("", "file of further words that reach no text, one a line")
    classifier: str = text("", "MODULE:FUNCTION, texts -> probabilities of being harmful")


@dataclass(frozen=True)
class Experiment:
    metrics: tuple[str, ...] = words("columns whose sum per person is compared")
    before: tuple[str, ...] = words("metric=column of the same person before the experiment, which adjusts it (CUPED)")
    lower: tuple[str, ...] = words("metrics of which less is better")
    control: str = text("control", "arm that the others are held against")
    shares: tuple[str, ...] = words("arm=share of the people that it was to have; empty = equal shares")
    window_days: int = number(0, "days from a person's first row that count; 0 = all rows", low=0, high=3660)
    planned_people: int = number(10_000, "people at whom the always-valid interval is narrowest", low=10)
    level: float = number(0.95, "of every interval", low=0.5, high=0.9999)


@dataclass(frozen=True)
class Policy:
    lists_of: str = text("", "run whose lists are the new policy; empty = the rows say its probabilities")
    top: int = number(10, "ranks of those lists that count as shown", low=1, high=10_000)
    clip: float = number(0.0, "weights above are cut to it; 0 = none is", low=0, high=1e9)
    within_days: float = number(7.0, "days from showing an item in which a choice of it counts", low=0.01, high=3660)
    level: float = number(0.95, "of every interval", low=0.5, high=0.9999)


@dataclass(frozen=True)
class Serve:
    explore: float = number(0.0, "share of served lists with one item drawn from below them", low=0, high=0.2)


@dataclass(frozen=True)
class Monitor:
    day: str = text("", "day that is judged, as 2026-11-29, UTC; empty = the newest that is over")
    days: int = number(1, "days that are judged, of which it is the last", low=1, high=366)
    reference_days: int = number(28, "days before a day that it is held against", low=7, high=366)
    least_days: int = number(14, "of them, below which nothing is said", low=3, high=366)
    least_events: int = number(20, "events of a day, below which nothing is said", low=1)
    threshold: float = number(6.0, "standard errors beyond which a figure is out of line", low=1, high=50)
    least_change: float = number(0.5, "change of a day's events below which there is no alarm", low=0, high=100)
    least_share: float = number(0.03, "change of a share below which there is no alarm", low=0, high=1)
    drift: float = number(0.2, "population stability index below which there is no alarm", low=0, high=10)
    vectors: float = number(0.05, "squared shift of the texts' vectors, in variances, without alarm", low=0, high=100)
    bins: int = number(300, "most frequent words and categories that are told apart", low=10, high=10_000)
    max_model_days: float = number(14.0, "age of a release in days, above which it is stale", low=0, high=3660)
    max_lists_change: float = number(0.3, "relative loss of coverage, or gain of popularity", low=0, high=10)
