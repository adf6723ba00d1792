"""Tables of the knowledge commands: changes and faults of facts, links, sentences, mined facts, rankings."""

from .table import Table, col

KNOWLEDGE_RANKING = Table(
    "gold.knowledge_ranking",
    "items of one person by what their history tells about features: contributions to D_KL(P(U|O) || P(U))",
    (
        col("user_id", "string", "person"),
        col("item_id", "string", "item the person has not seen"),
        col("rank", "int", "place from 1"),
        col("score", "double", "nats, over the number of the item's features to the power length_power"),
        col(
            "reasons",
            "array<struct<predicate:string,object:string,contribution:double>>",
            "features that gave most, in nats, largest first",
        ),
        col("divergence", "double", "D_KL of the person's features from everyone's, nats"),
    ),
    key=("user_id", "item_id"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"), ("divergence_from_0", "divergence >= -1e-9")),
)

TABLES = (KNOWLEDGE_RANKING,)
