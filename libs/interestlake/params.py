"""Every parameter of every stage: type, default, allowed range, meaning. conf/params/<section>.yml overrides them."""

from dataclasses import dataclass, field, fields


def number(default, meaning: str, *, low=None, high=None):
    """A number in [low, high]."""
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high})


def choice(default: str, meaning: str, *options: str):
    """One of `options`."""
    return field(default=default, metadata={"meaning": meaning, "options": options})


def text(default: str, meaning: str):
    """Free text."""
    return field(default=default, metadata={"meaning": meaning})


def flag(default: bool, meaning: str):
    """true or false."""
    return field(default=default, metadata={"meaning": meaning})


def names(default: tuple[str, ...], meaning: str, *options: str):
    """A list of names, each one of `options` where given."""
    return field(default=default, metadata={"meaning": meaning, "options": options})


@dataclass(frozen=True)
class Ingest:
    pseudonym_key_file: str = text("~/.config/interestlake/pseudonym.key", "key file, made on first use")
    max_quarantine_share: float = number(0.5, "share of bad records of one file that stops the job", low=0, high=1)
    sample_users: int = number(300, "people in the generated world", low=20, high=100_000_000)


@dataclass(frozen=True)
class Prepare:
    split: str = choice("user_time", "how held-out events are chosen", "user_time", "global_time", "hash")
    validation_share: float = number(0.1, "share of events held out for fitting weights", low=0, high=0.4)
    test_share: float = number(0.2, "share of events held out for the evaluator", low=0, high=0.4)
    half_life_days: float = number(0.0, "an event halves in this time; 0 = never", low=0)
    min_rating: float = number(0.0, "ratings below do not count as interest; 0 = all count", low=0)
    min_user_events: int = number(1, "people with fewer pairs are left out", low=1)
    min_item_events: int = number(1, "items with fewer pairs are left out", low=1)


@dataclass(frozen=True)
class Annotate:
    max_keywords: int = number(5, "YAKE keywords per text", low=1, high=50)
    lda_topics: int = number(12, "topics", low=2, high=500)
    lda_iterations: int = number(15, "LDA passes", low=1, high=500)
    vocabulary_size: int = number(5000, "terms kept by document frequency", low=50)
    min_document_count: int = number(3, "texts a term must stand in", low=1)
    terms_per_text: int = number(20, "strongest tf-idf terms kept per text", low=1)
    min_labelled_texts: int = number(200, "rated texts needed to train sentiment on the source's own", low=10)
    max_labelled_texts: int = number(5000, "rated texts sampled for sentiment training", low=10)


@dataclass(frozen=True)
class Embed:
    engine: str = choice("auto", "who computes the vectors", "auto", "spark_nlp", "onnx", "torch")
    model_path: str = text("", "Hugging Face folder of the encoder; empty = the pinned MiniLM package")
    max_tokens: int = number(128, "tokens of a text that are read", low=8, high=512)
    batch_size: int = number(32, "texts per forward pass", low=1, high=4096)


@dataclass(frozen=True)
class Interests:
    kinds: tuple[str, ...] = names(
        ("category", "tag", "keyword", "topic"), "kinds of interest nodes", "category", "tag", "keyword", "topic"
    )
    max_interests: int = number(2000, "nodes kept per kind by item count", low=10)
    max_per_item: int = number(15, "interests kept per item and kind", low=1)
    min_items: int = number(2, "items that must carry an interest", low=1)
    max_item_share: float = number(0.5, "interests on more items than this share say nothing", low=0.01, high=1)
    max_per_user: int = number(60, "interests kept per person", low=1)


@dataclass(frozen=True)
class Graph:
    measure: str = choice("cosine", "edge weight", "cosine", "jaccard", "lift", "pmi", "llr")
    min_pair_count: int = number(2, "users who must share a pair", low=1)
    max_history: int = number(300, "items of a user that make pairs; longer histories are sampled", low=2)
    max_neighbours: int = number(100, "edges kept per node, strongest first", low=1)
    popularity_discount: float = number(0.3, "edge weight is divided by popularity to this power", low=0, high=1)
    transition_window: int = number(3, "steps ahead that count as a transition", low=1, high=50)
    community_method: str = choice("auto", "auto adds pic where unclear", "auto", "label_propagation", "pic")
    max_communities: int = number(12, "clusters tried by power iteration clustering", low=2, high=1000)
    pagerank_iterations: int = number(10, "Pregel rounds", low=1, high=200)
    hub_interests: int = number(12, "interests that personalised PageRank starts from", low=1, high=500)
    svd_rank: int = number(32, "coordinates of the low-rank vectors", low=2, high=512)
    text_share: float = number(0.3, "share of text beside behaviour in the factorised matrix", low=0, high=1)
    svd_max_items: int = number(20_000, "items that fit the single-machine Gram step of the SVD", low=10)


@dataclass(frozen=True)
class Als:
    engine: str = choice("auto", "auto: implicit within max_gigabytes, else spark", "auto", "spark", "implicit")
    rank: int = number(32, "factors", low=1, high=512)
    iterations: int = number(10, "sweeps", low=1, high=100)
    regularization: float = number(0.05, "L2 weight", low=0)
    alpha: float = number(10.0, "confidence gained per unit of weight", low=0)
    blocks: int = number(4, "user and item blocks; fixed so that rows do not depend on the cluster", low=1)
    max_gigabytes: float = number(1.0, "memory that implicit may plan for on one executor", low=0)


@dataclass(frozen=True)
class TwoTower:
    dimension: int = number(64, "coordinates of a tower's output", low=4, high=1024)
    epochs: int = number(8, "passes over the snapshot", low=1, high=1000)
    batch_size: int = number(1024, "pairs per step", low=2)
    learning_rate: float = number(0.003, "Adam's step", low=1e-7, high=1)
    weight_decay: float = number(1e-5, "L2 on the weights", low=0)
    temperature: float = number(0.1, "softmax temperature", low=0.01, high=10)
    dropout: float = number(0.1, "share of features dropped in training", low=0, high=0.9)
    text_dimension: int = number(64, "coordinates kept of the text vectors", low=2, high=4096)
    patience: int = number(2, "epochs without better validation before training stops", low=1)
    max_gigabytes: float = number(4.0, "memory that single-machine training may plan for", low=0.01)


SOURCES = ("popularity", "graph", "transitions", "item_knn", "ease", "als", "two_tower", "text", "social")


@dataclass(frozen=True)
class Recommend:
    top_k: int = number(10, "items of a list", low=1, high=1000)
    candidates: int = number(200, "items each source proposes per person", low=10)
    sources: tuple[str, ...] = names(SOURCES, "sources that are fused", *SOURCES)
    ease_l2: float = number(100.0, "EASE's diagonal regularisation", low=1e-6)
    ease_max_items: int = number(12_000, "items that EASE's dense inverse may hold", low=10)
    knn_neighbours: int = number(100, "neighbours per item of item-kNN", low=1)
    weight_draws: int = number(256, "weight vectors tried on validation", low=8, high=100_000)
    cold_history: int = number(3, "people with fewer items form the cold segment", low=1)
    max_history: int = number(2000, "newest items of a person that enter item_knn and EASE", low=2)
    ranker_people: int = number(50_000, "people whose histories the registered ranker carries", low=0)
    max_item_gigabytes: float = number(2.0, "memory for item-side scorers on one executor", low=0.01)


@dataclass(frozen=True)
class Refit:
    rate: float = number(1.0, "what a person of the feedback counts beside one the weights rest on", low=0, high=1000)
    least_people: int = number(50, "people that the present weights of a segment count for at least", low=1)


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
class Evaluate:
    ks: tuple[int, ...] = field(default=(5, 10, 20), metadata={"meaning": "list lengths", "low": 1})


@dataclass(frozen=True)
class Report:
    person: str = text("", "user_id shown, or its beginning; empty = a person with a typical history")
    max_nodes: int = number(120, "interest nodes drawn", low=10, high=2000)


@dataclass(frozen=True)
class Promote:
    metric: str = text("ndcg", "metric the gate reads")
    k: int = number(10, "list length the gate reads", low=1)
    better_than: tuple[str, ...] = names(
        ("popularity", "item_knn", "als"), "models the fused list must beat", *SOURCES
    )
    min_gain: float = number(0.0, "relative gain asked of the fused list", low=-1, high=10)


SECTIONS = {
    "ingest": Ingest,
    "prepare": Prepare,
    "annotate": Annotate,
    "embed": Embed,
    "interests": Interests,
    "graph": Graph,
    "als": Als,
    "two_tower": TwoTower,
    "recommend": Recommend,
    "refit": Refit,
    "knowledge": Knowledge,
    "evaluate": Evaluate,
    "report": Report,
    "promote": Promote,
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
    recommend: Recommend = field(default_factory=Recommend)
    refit: Refit = field(default_factory=Refit)
    knowledge: Knowledge = field(default_factory=Knowledge)
    evaluate: Evaluate = field(default_factory=Evaluate)
    report: Report = field(default_factory=Report)
    promote: Promote = field(default_factory=Promote)


def section_fields(section: str):
    """The dataclass fields of one section, in order."""
    return fields(SECTIONS[section])
