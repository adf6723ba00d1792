"""Gold: what people and programs read."""

from .table import Table, col, optional

STRENGTH = col("strength", "double", "in (0,1): 0.5 as everybody, 0.75 three times as often; one scale for all kinds")
RUN_ID = col("run_id", "string", "run that made the row")

RECOMMENDATIONS = Table(
    "gold.recommendations",
    "the list of one person, with the reason for each row",
    (
        col("user_id", "string", "person"),
        col("rank", "int", "place from 1"),
        col("item_id", "string", "item the person has not seen"),
        col("score", "double", "fused score"),
        col("sources", "array<struct<source:string,share:double>>", "what each source adds, shares sum to 1"),
        col(
            "evidence",
            "array<string>",
            "items of the history that speak for it, strongest first, and what the sentence names",
        ),
        optional("code", "string", "what speaks loudest, a reason code of the models, or interest"),
        optional("named", "array<string>", "items of the history that the sentence names"),
        optional("fact", "array<string>", "relation and value of the named item's and this one's, where it is said"),
        optional("interests", "array<string>", "interests of the person's and the item's that the sentence names"),
        col("reason", "string", "one sentence made from sources and evidence"),
        RUN_ID,
    ),
    key=("user_id", "rank"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"), ("has_reason", "length(reason) > 0")),
)

INTEREST_MAP = Table(
    "gold.interest_map",
    "a person's interests with strength and evidence",
    (
        col("user_id", "string", "person"),
        col("interest_id", "string", "interest"),
        STRENGTH,
        col("share", "double", "share of the person's attention; sums to 1 per person"),
        col("item_count", "int", "items of the person that carry it"),
        col("evidence", "array<string>", "strongest items behind it"),
        optional("first_seen", "timestamp", "UTC; null where the source keeps no time"),
        optional("last_seen", "timestamp", "UTC; null where the source keeps no time"),
    ),
    key=("user_id", "interest_id"),
    mode="replace",
    checks=(("strength_0_1", "strength > 0 AND strength <= 1"), ("share_0_1", "share >= 0 AND share <= 1")),
)

KIND = col("kind", "string", "category, tag, keyword, topic or entity")
LABEL = col("label", "string", "what a person reads")
CONFIDENCE = ("confidence_0_1", "confidence >= 0 AND confidence <= 1")

INTEREST_PROFILES = Table(
    "gold.interest_profiles",
    "a person's interests with strength, confidence, evidence, trend and cluster",
    (
        col("user_id", "string", "person"),
        col("interest", "string", "node id: kind and name"),
        KIND,
        LABEL,
        STRENGTH,
        col("confidence", "double", "posterior chance that the person holds it more than people at large do"),
        col("share", "double", "share of the person's attention; sums to 1 per person"),
        col("events", "bigint", "events behind it"),
        optional("first_seen", "timestamp", "UTC; null where the source keeps no time"),
        optional("last_seen", "timestamp", "UTC; null where the source keeps no time"),
        optional("slope", "double", "change of its share of the choices per 30 days; null where trend is unknown"),
        optional("slope_error", "double", "standard error of the slope; null where trend is unknown"),
        col("trend", "string", "rising, steady, fading, seasonal or unknown"),
        col("cluster", "int", "cluster of the person's interests, from 0, largest share first"),
        col("evidence", "array<string>", "items behind it, strongest first, at most 5"),
        RUN_ID,
    ),
    key=("user_id", "interest"),
    mode="replace",
    checks=(("strength_0_1", "strength > 0 AND strength <= 1"), ("share_0_1", "share >= 0 AND share <= 1"), CONFIDENCE),
)

INTEREST_CLUSTERS = Table(
    "gold.interest_clusters",
    "one cluster of a person's interests with its medoid",
    (
        col("user_id", "string", "person"),
        col("cluster", "int", "from 0, largest share first"),
        col("medoid", "string", "interest nearest to the others of the cluster"),
        LABEL,
        col("share", "double", "share of the person's attention"),
        col("members", "array<struct<interest:string,weight:double>>", "interests with their shares, largest first"),
        RUN_ID,
    ),
    key=("user_id", "cluster"),
    mode="replace",
)

INTEREST_TRENDS = Table(
    "gold.interest_trends",
    "change of an interest over all people that hold it",
    (
        col("interest", "string", "node id"),
        KIND,
        LABEL,
        col("people", "bigint", "people with times that hold it"),
        optional("slope", "double", "change of its share of a holder's choices per 30 days; null where unknown"),
        optional("slope_error", "double", "standard error; null where unknown"),
        optional("q_value", "double", "Benjamini-Hochberg over all interests; null where unknown"),
        optional("period_days", "double", "period of the season; null where there is none"),
        col("trend", "string", "rising, steady, fading, seasonal or unknown"),
        RUN_ID,
    ),
    key=("interest",),
    mode="replace",
)

EXPANSIONS = Table(
    "gold.expansions",
    "interests a person does not hold yet and may",
    (
        col("user_id", "string", "person"),
        col("interest", "string", "node id"),
        KIND,
        LABEL,
        col("confidence", "double", "noisy-or of the weighted sources"),
        col("surprise", "double", "1 - cosine to the nearest interest held: 0 near, 1 unlike anything"),
        col("source", "string", "what adds most: context, people or knowledge"),
        col("path", "array<string>", "labels of the nodes walked, the person's own interest first"),
        RUN_ID,
    ),
    key=("user_id", "interest"),
    mode="replace",
    checks=(CONFIDENCE, ("surprise_0_1", "surprise >= 0 AND surprise <= 1"), ("path_walks", "size(path) >= 2")),
)

PEOPLE = Table(
    "gold.people",
    "people that a person may know, who are no friends yet",
    (
        col("user_id", "string", "person"),
        col("rank", "int", "place from 1"),
        col("other_id", "string", "the person who is proposed"),
        col("score", "double", "Adamic-Adar and likeness of interests, see docs/expansion.md"),
        col("common_friends", "int", "friends of both"),
        col("shared", "array<string>", "labels of the interests that both hold most, at most 3"),
        col("same_group", "boolean", "both belong to one group of gold.groups"),
        RUN_ID,
    ),
    key=("user_id", "rank"),
    mode="replace",
)

EXPERTS = Table(
    "gold.experts",
    "people who hold an interest surely and long",
    (
        col("interest", "string", "node id"),
        col("rank", "int", "place from 1"),
        col("user_id", "string", "person"),
        col("expertise", "double", "confidence * ln(1 + events)"),
        col("events", "bigint", "events behind it"),
        col("confidence", "double", "as in gold.interest_profiles"),
        RUN_ID,
    ),
    key=("interest", "rank"),
    mode="replace",
)

GROUPS = Table(
    "gold.groups",
    "communities of people, by friendships and shared interests",
    (
        col("user_id", "string", "person"),
        col("group", "string", "smallest user_id of the community"),
        col("size", "bigint", "people in it"),
        col("label", "string", "interests that set it apart"),
        RUN_ID,
    ),
    key=("user_id",),
    mode="replace",
)

NEXT_INTERESTS = Table(
    "gold.next_interests",
    "what a person turns to next",
    (
        col("user_id", "string", "person"),
        col("rank", "int", "place from 1"),
        col("interest", "string", "node id"),
        LABEL,
        col("probability", "double", "softmax over the interests of the kind"),
        RUN_ID,
    ),
    key=("user_id", "rank"),
    mode="replace",
)

INTEREST_FORECASTS = Table(
    "gold.interest_forecasts",
    "share of all choices that an interest will have",
    (
        col("interest", "string", "node id; * for all choices, over their mean per period"),
        LABEL,
        col("period", "int", "30 days, counted from the first choice, from 0"),
        col("share", "double", "forecast"),
        optional("low", "double", "lower end of the 95 % interval"),
        optional("high", "double", "upper end"),
        optional("people", "bigint", "people whose choices it is made of; null in lakes older than the column"),
        RUN_ID,
    ),
    key=("interest", "period"),
    mode="replace",
)

SUPPORT = Table(
    "gold.support",
    "who should answer a new ticket, and with what",
    (
        col("ticket_id", "string", "new ticket"),
        col("kind", "string", "agent or answer"),
        col("rank", "int", "place from 1"),
        col("id", "string", "agent or article"),
        col("name", "string", "the agent's id or the article's title"),
        col("score", "double", "in [0,1], comparable within ticket and kind"),
        col("evidence", "array<string>", "past tickets that speak for it, strongest first; may be empty for an answer"),
        col("reason", "string", "what speaks for it, in words"),
        RUN_ID,
    ),
    key=("ticket_id", "kind", "rank"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"), ("kind_known", "kind IN ('agent','answer')")),
)

TRENDS = Table(
    "gold.trends",
    "texts about one subject in one period, held against the periods before",
    (
        col("kind", "string", "topic, category or item"),
        col("id", "string", "topic number, category or item id"),
        col("name", "string", "what a person reads"),
        col("period_start", "timestamp", "first moment of the period, UTC"),
        col("texts", "int", "texts about it in the period"),
        optional("share", "double", "of all dated texts of the period; null where there is none"),
        optional("usual_share", "double", "the same in the periods before; null without a whole history"),
        optional("attention_z", "double", "standard errors between the two; null where too little is known"),
        optional("polarity", "double", "mean polarity in [-1,1]; null without texts"),
        optional("usual_polarity", "double", "the same in the periods before; null without texts or history"),
        optional("polarity_z", "double", "standard errors between the two; null where too little is known"),
        optional("people", "int", "who wrote of it in the period and the history before it"),
        optional("low", "double", "lower end of the 95 % interval of share - usual_share; null as usual_share"),
        optional("high", "double", "upper end"),
        optional("alarm", "string", "attention or sentiment rises or falls; null where neither does"),
        RUN_ID,
    ),
    key=("kind", "id", "period_start"),
    mode="replace",
)

TABLES = (
    RECOMMENDATIONS,
    INTEREST_MAP,
    INTEREST_PROFILES,
    INTEREST_CLUSTERS,
    INTEREST_TRENDS,
    EXPANSIONS,
    PEOPLE,
    EXPERTS,
    GROUPS,
    NEXT_INTERESTS,
    INTEREST_FORECASTS,
    SUPPORT,
    TRENDS,
)
