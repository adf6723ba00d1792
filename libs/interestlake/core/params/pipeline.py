"""Parameters of the stages that `interestlake run` runs."""

from dataclasses import dataclass, field

from .kinds import choice, flag, names, number, table, text, words

EVENT_TYPES = ("rating", "review", "play", "view", "purchase", "like", "tag")


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
    half_lives: dict = table("days by event type, where they differ from half_life_days", *EVENT_TYPES, low=0)
    event_weights: dict = table("what an event of a type counts; 0 = nothing", *EVENT_TYPES, low=0, high=1)
    min_rating: float = number(0.0, "ratings below do not count as interest; 0 = all count", low=0)
    min_user_events: int = number(1, "people with fewer pairs are left out", low=1)
    min_item_events: int = number(1, "items with fewer pairs are left out", low=1)
    max_user_items: int = number(20_000, "items of a person that count; of more a sample does", low=2)
    max_user_events: int = number(200_000, "events of a person that count; of more a sample does", low=2)


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
    engine: str = choice("auto", "who computes the vectors", "auto", "spark_nlp", "onnx", "openvino", "torch")
    precision: str = choice(
        "exact", "exact: float32; near_exact: bf16 or f16 where faster; fast: int8", "exact", "near_exact", "fast"
    )
    model_path: str = text(
        "", "folder of the encoder (Hugging Face or ONNX) or MLflow URI; empty = the pinned MiniLM package"
    )
    max_tokens: int = number(128, "tokens of a text that are read at once", low=8, high=8192)
    max_windows: int = number(1, "windows of max_tokens that are read of a long text and pooled", low=1, high=64)
    batch_size: int = number(64, "texts per forward pass at most; a budget of tokens holds as well", low=1, high=4096)
    texts_per_commit: int = number(100_000, "texts embedded between two commits; a killed run repeats these", low=100)


@dataclass(frozen=True)
class Interests:
    kinds: tuple[str, ...] = names(
        ("category", "tag", "keyword", "topic"), "kinds of interest nodes", "category", "tag", "keyword", "topic"
    )
    max_interests: int = number(2000, "nodes kept per kind by item count", low=10)
    max_per_item: int = number(15, "interests kept per item and kind", low=1)
    min_items: int = number(2, "items that must carry an interest", low=1)
    max_item_share: float = number(0.5, "interests on more items than this share say nothing", low=0.01, high=1)
    max_word_share: float = number(
        0.02, "a keyword of one word on more of the items with keywords says nothing", low=0.0001, high=1
    )
    max_per_user: int = number(60, "interests kept per person", low=1)
    ignore: tuple[str, ...] = words("names of any kind that are no interest", "IMAX", "(no genres listed)", "unknown")


@dataclass(frozen=True)
class Graph:
    measure: str = choice("cosine", "edge weight", "cosine", "jaccard", "lift", "pmi", "llr")
    min_pair_count: int = number(2, "users who must share a pair", low=1)
    max_history: int = number(300, "items of a user that make pairs; longer histories are sampled", low=2)
    max_neighbours: int = number(100, "edges kept per node, strongest first", low=1)
    popularity_discount: float = number(0.3, "edge weight is divided by popularity to this power", low=0, high=1)
    transition_window: int = number(3, "steps ahead that count as a transition", low=1, high=50)
    community_method: str = choice("auto", "auto adds pic where unclear", "auto", "label_propagation", "pic")
    max_communities: int = number(12, "clusters asked of power iteration clustering", low=2, high=1000)
    pagerank_iterations: int = number(10, "Pregel rounds", low=1, high=200)
    hub_interests: int = number(12, "interests that personalised PageRank starts from", low=1, high=500)
    svd_rank: int = number(32, "coordinates of the low-rank vectors", low=2, high=512)
    text_share: float = number(0.3, "share of text beside behaviour in the factorised matrix", low=0, high=1)
    svd_max_gigabytes: float = number(2.0, "item-sized blocks of the low-rank vectors on the driver", low=0)


@dataclass(frozen=True)
class Als:
    engine: str = choice("auto", "auto: implicit within max_gigabytes, else spark", "auto", "spark", "implicit")
    rank: int = number(32, "factors", low=1, high=512)
    iterations: int = number(10, "sweeps", low=1, high=100)
    regularization: float = number(0.05, "L2 weight", low=0)
    alpha: float = number(10.0, "confidence gained per unit of weight", low=0)
    blocks: int = number(0, "user and item blocks of Spark's; 0 = by the pairs, the same on any cluster", low=0)
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
    validate_steps: int = number(20, "steps between two looks at validation, after whole epochs only", low=1)
    patience_steps: int = number(100, "steps without better validation before it stops, two looks at least", low=1)
    warmup_steps: int = number(20, "steps over which Adam's step rises from 0", low=0)
    max_gigabytes: float = number(4.0, "memory that training may plan for on one machine", low=0.01)
    processes: int = number(
        1, "processes that share training and embeddings; 1 = the driver itself", low=1, high=1024, rows=False
    )


GRANULARITIES = ("behaviour", "text", "social", "knowledge", "sequence")  # the first is the one that lambda is told by


@dataclass(frozen=True)
class Tune:
    minutes: float = number(6.0, "minutes that the search is planned to take; 0 = keep what was chosen", low=0)
    quick: bool = flag(False, "fixed parameters, and no trained sequence and graph models: a first look")
    budget: int = number(0, "most fits per model; 0 = by model", low=0)
    variety: float = number(0.01, "share of validation nDCG that may be given for less popular items", low=0, high=1)
    processes: int = number(
        1, "processes that share a training of sasrec, lightgcn or two_tower", low=1, high=1024, rows=False
    )


@dataclass(frozen=True)
class Recommend:
    top_k: int = number(10, "items of a list", low=1, high=1000)
    models: tuple[str, ...] = words("models that take part, popularity always does; none named = all")
    granularities: tuple[str, ...] = names(GRANULARITIES, "models of others take no part", *GRANULARITIES)
    diversity: float = number(0.0, "how much a list avoids items like those above them", low=0, high=1)
    cold_history: int = number(3, "people with fewer items form the cold segment", low=1)
    max_test_people: int = number(50_000, "people with test pairs that are judged; of more a seeded sample is", low=100)
    grown: float = number(0.05, "share of pairs that came or went, up to which a kept choice's models go on", low=0)
    same_lists: float = number(0.9, "of a sample's list entries that have to stay for the others' to", low=0, high=1)
    max_pairs: int = number(5_000_000, "pairs that one machine fits on; above, the models that Spark fits", low=1)
    max_fit_gigabytes: float = number(6.0, "memory of one fit; a model that would hold more is left out", low=0.01)
    max_item_gigabytes: float = number(4.0, "memory for the fitted models, and for each item-side table", low=0.01)
    ranker_people: int = number(50_000, "people whose histories the registered ranker carries", low=0)
    max_history: int = number(2000, "newest items of a person that Spark's item_knn and EASE count", low=2)
    ease_max_items: int = number(12_000, "items that Spark's EASE may invert; above, each has its nearest", low=10)
    ease_neighbours: int = number(200, "nearest items of each, above ease_max_items", low=1, high=1000)
    ease_l2: float = number(100.0, "diagonal regularisation of Spark's EASE", low=1e-6)
    knn_neighbours: int = number(100, "neighbours per item of Spark's item_knn", low=1)


@dataclass(frozen=True)
class Guard:
    hidden_words: tuple[str, ...] = words("no interest or item with such a word is inferred or listed; end* = stem")
    blocked_attributes: tuple[str, ...] = words("items with such an attribute, as name=value, are not listed")
    max_age_days: float = number(0.0, "items first met longer ago are not listed; 0 = no limit", low=0)
    min_people: int = number(0, "items of fewer people are not listed", low=0)
    max_per_category: int = number(0, "items of one first category in a list; 0 = no limit", low=0)
    prerequisite: str = text("", "relation of facts: an item is listed once all that it relates to is in the history")


@dataclass(frozen=True)
class Evaluate:
    ks: tuple[int, ...] = field(default=(5, 10, 20), metadata={"meaning": "list lengths", "low": 1})


@dataclass(frozen=True)
class Report:
    person: str = text("", "who is shown, as --user names people; empty = a person with a typical history")
    max_nodes: int = number(120, "interest nodes drawn", low=10, high=2000)


@dataclass(frozen=True)
class Promote:
    metric: str = text("ndcg", "metric the gate reads")
    k: int = number(10, "list length the gate reads", low=1)
    better_than: tuple[str, ...] = names(("popularity", "item_knn", "als"), "models the fused list must beat")
    min_gain: float = number(0.0, "relative gain asked of the fused list", low=-1, high=10)
    champion: str = choice(
        "not_worse", "what the lists must be beside the present champion's", "not_worse", "better", "ignore"
    )
