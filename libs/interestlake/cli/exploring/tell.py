"""What the commands print: small tables, read back from the lake."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ...core.counted import counted
from ...core.lake import Lake
from ...interests.reading_order import AS_EVERYBODY, class_of, is_told
from ...interests.significance import NORMAL_95, wilson
from ...interests.trends.alarms import polarity_bounds
from ...privacy.names import SHOWN_DIGITS
from ...privacy.objections import heeded
from .columns import table

SHOWN, FIRST = 8, 5
PEOPLE = 5  # of a list without --user, where a person is only an example


def show(title: str, frame: DataFrame, limit: int = SHOWN) -> None:
    """The first rows of a frame under a title; says so where it has none."""
    rows = [tuple(row) for row in frame.limit(limit).collect()]
    print(f"\n{title}")
    print(table(frame.columns, rows) if rows else "none")


def pseudonym(name: str) -> Column:
    """As many digits of a user_id as name a person."""
    return F.substring(name, 1, SHOWN_DIGITS)


def interests(lake: Lake) -> None:
    """Counts, the interests that most people hold first, the clearest trends, the surest influences, hubs, bridges."""
    profiles, trends = lake.read("gold.interest_profiles"), lake.read("gold.interest_trends")
    show("people and their interests", profiles.agg(
        F.countDistinct("user_id").alias("people"), F.count("*").alias("interests"),
        F.round(F.avg("confidence"), 3).alias("mean confidence"),
        F.round(F.countDistinct("user_id", "cluster") / F.countDistinct("user_id"), 2).alias("clusters per person"),
        *(F.count_if(F.col("trend") == t).alias(t) for t in ("rising", "steady", "fading", "seasonal", "unknown")),
    ))  # fmt: skip
    order = Window.partitionBy("user_id").orderBy(*_reading())
    told = profiles.where(is_told(F.col("kind"), F.col("strength")))
    first = told.withColumn("place", F.row_number().over(order)).where(F.col("place") <= FIRST)
    held = first.groupBy("interest", "label", "kind").agg(
        F.count("*").alias("people"), F.round(F.avg("strength"), 3).alias("mean strength"),
        F.round(F.avg("confidence"), 3).alias("mean confidence"),
    )  # fmt: skip
    show(f"among the first {FIRST} interests of most people",
         held.orderBy(F.desc("people"), "interest").drop("interest"))  # fmt: skip
    trends = trends.withColumns({"low": F.col("slope") - NORMAL_95 * F.col("slope_error"),
                                 "high": F.col("slope") + NORMAL_95 * F.col("slope_error")})  # fmt: skip
    columns = ("label", "kind", "people", "slope", "low", "high", "q_value", "trend")
    for name in ("rising", "fading", "seasonal"):
        rows = trends.where(F.col("trend") == name).orderBy("q_value", "interest")
        show(f"{name} (change of the share of a holder's choices per 30 days, 95 % interval)", rows.select(*columns))
    labels = lake.read("gold.interest_trends").select("interest", "label")
    edges = lake.read("graph.interest_influence").join(labels.toDF("src", "before"), "src")
    edges = edges.join(labels.toDF("dst", "after"), "dst").orderBy("q_value", F.desc("forward"), "src", "dst")
    low, high = wilson(F.col("forward"), F.col("forward") + F.col("backward"))
    show(
        "what comes before what (people in whom it is first, last; low, high: 95 % of lead, the first's share)",
        edges.select("before", "after", F.col("forward").alias("first"), F.col("backward").alias("last"), "lead",
                     low.alias("low"), high.alias("high"), F.col("median_days").alias("median days"), "q_value"),
    )  # fmt: skip
    roles = lake.read("graph.interest_roles").where("role <> 'member'").orderBy(F.desc("pagerank"), "interest_id")
    show("hubs and bridges", roles.select("interest_id", "role", "pagerank", "betweenness", "participation"), 2 * SHOWN)


def _reading() -> tuple:
    """The order of `reading_key` over gold.interest_profiles."""
    beyond, kind = F.col("strength") > AS_EVERYBODY, class_of(F.col("kind"), F.col("interest"))
    return beyond.desc(), kind, F.desc("strength"), F.col("interest")


def _of(lake: Lake, name: str, user: str) -> DataFrame:
    """A person's rows of a table of interests, without those that the person has said no to since it was written."""
    return lake.read(name).where(F.col("user_id") == user).transform(heeded(lake, "interest"))


def profile(lake: Lake, user: str) -> None:
    """The strongest interests of one person, each trend with its 95 % interval."""
    rows = _of(lake, "gold.interest_profiles", user)
    rows = rows.where(is_told(F.col("kind"), F.col("strength"))).orderBy(*_reading())
    low, high = (F.col("slope") + side * NORMAL_95 * F.col("slope_error") for side in (-1, 1))
    columns = ("label", "kind", "strength", "confidence", "share", "events", "trend", "cluster")
    show(f"{user[:SHOWN_DIGITS]} (low, high: 95 % of the change of an interest's share per 30 days)",
         rows.select(*columns[:-1], low.alias("low"), high.alias("high"), columns[-1]), 20)  # fmt: skip


def expansions(lake: Lake, user: str | None) -> None:
    """Expansions by source, what is new to most people, the surest of some, and those of one person."""
    rows = lake.read("gold.expansions")
    counted = rows.groupBy("source").agg(
        F.count("*").alias("expansions"), F.countDistinct("user_id").alias("people"),
        F.round(F.avg("confidence"), 3).alias("mean confidence"), F.round(F.avg("surprise"), 3).alias("mean surprise"),
        F.round(F.avg(F.size("path")), 2).alias("mean path"),
    )  # fmt: skip
    show("new interests by what adds most", counted.orderBy("source"))
    found = rows.groupBy("interest", "label", "kind").agg(
        F.count("*").alias("people"), F.round(F.avg("confidence"), 3).alias("mean confidence")
    )
    show("new to most people", found.orderBy(F.desc("people"), "interest").drop("interest"))
    columns = ("label", "kind", "confidence", "surprise", "source", "path")
    if user:
        own = _of(lake, "gold.expansions", user).orderBy(F.desc("confidence"), "interest")
        return show(user[:SHOWN_DIGITS], own.select(*columns), 20)
    best = rows.withColumn("n", F.row_number().over(
        Window.partitionBy("user_id").orderBy(F.desc("confidence"), "interest"))).where("n = 1")  # fmt: skip
    show("the surest of some people (--user shows one's)", best.orderBy(F.desc("confidence"), "user_id").select(
        pseudonym("user_id").alias("person"), *columns), PEOPLE)  # fmt: skip


def figures(lake: Lake, run_id: str, task: str, title: str) -> None:
    """The figures of one task of one run: a row per model, a column per metric; says so where it measured nothing."""
    metrics = "gold.interest_metrics"
    mine = (F.col("run_id") == run_id) & (F.col("task") == task)
    rows = lake.read(metrics).where(mine).collect() if lake.exists(metrics) else []
    if not rows:
        print(f"\n{title}\nnothing was measured")
        return
    named = {row: f"{row['metric']}@{row['k']}" if row["k"] else row["metric"] for row in rows}
    order = sorted({(row["metric"], row["k"]) for row in rows})
    columns = [f"{metric}@{k}" if k else metric for metric, k in order]
    values = {(row["model"], named[row]): row["value"] for row in rows}
    models = sorted({row["model"] for row in rows}, key=lambda m: (-values.get((m, columns[-1]), 0.0), m))
    print(f"\n{title}; {counted(max(row['cases'] for row in rows), 'case')}")
    print(table(["model", *columns], [[m, *(values.get((m, c)) for c in columns)] for m in models]))


def people(lake: Lake, user: str | None) -> None:
    """The largest groups; one person's people and the experts of what the person holds most, else the surest of all."""
    groups = lake.read("gold.groups")
    sizes = groups.select("group", "size", "label").distinct().orderBy(F.desc("size"), "group")
    show("largest groups", sizes.select("size", "label"))
    known = lake.read("gold.people")
    shared = F.array_join("shared", ", ").alias("shared")
    columns = (pseudonym("other_id").alias("may know"), "score", "common_friends", shared, "same_group")
    if not user:
        first = known.where("rank = 1").orderBy(F.desc("score"), "user_id")
        show("whom some people may know (--user shows one's)",
             first.select(pseudonym("user_id").alias("person"), *columns), PEOPLE)  # fmt: skip
        first = lake.read("gold.experts").where("rank = 1").orderBy(F.desc("expertise"), "interest")
        labels = lake.read("gold.interest_profiles").groupBy("interest").agg(F.min("label").alias("label"))
        return show("experts", first.join(labels, "interest").orderBy(F.desc("expertise"), "interest").select(
            "label", pseudonym("user_id").alias("expert"), "events", "expertise"))  # fmt: skip
    own = known.where(F.col("user_id") == user).orderBy("rank")
    show(f"people for {user[:SHOWN_DIGITS]}", own.select(*columns), 10)
    top = _of(lake, "gold.interest_profiles", user).orderBy(F.desc("share"), "interest")
    experts = lake.read("gold.experts").where(F.col("user_id") != user)
    asked = top.limit(5).select("interest", "label", "share").join(experts.drop("run_id"), "interest")
    asked = asked.orderBy(F.desc("share"), "interest", "rank").where("rank <= 3")
    show("whom to ask", asked.select("label", pseudonym("user_id").alias("expert"), "events", "expertise"), 15)


def upcoming(lake: Lake, user: str | None) -> None:
    """Interests that are forecast to grow most, with the people behind each and its interval, and one person's next."""
    rows = lake.read("gold.interest_forecasts").where("interest <> '*'")
    ends = rows.groupBy("interest", "label", "people").agg(
        F.min_by("share", "period").alias("next month"), F.max_by("share", "period").alias("in three months"),
        F.max_by("low", "period").alias("low"), F.max_by("high", "period").alias("high"),
    )  # fmt: skip
    grown = F.col("in three months") - F.col("next month")
    show("forecast to grow most: share of all choices (low, high: 95 % of that in three months)",
         ends.orderBy(F.desc(F.round(grown, 9)), "interest").drop("interest"))  # fmt: skip
    if user:
        own = _of(lake, "gold.next_interests", user).orderBy("rank")
        show(f"next for {user[:SHOWN_DIGITS]}", own.select("label", "probability"))


def trends(lake: Lake, min_people: int) -> None:
    """Alarms of gold.trends, newest first; then the newest period, what is furthest from its usual share first, of what
    `min_people` people write of."""
    rows = lake.read("gold.trends").withColumn("from", F.date_format("period_start", "yyyy-MM-dd"))
    percent = [F.round(100 * F.col(name), 2).alias(f"{name} %") for name in ("share", "usual_share", "low", "high")]
    columns = ("from", "name", "texts", "people", *percent)
    alarms = rows.where("alarm IS NOT NULL").orderBy(F.desc("period_start"), "id")
    show("alarms of attention, newest first (low, high: 95 % of the difference of the shares)",
         alarms.where(F.contains("alarm", F.lit("attention"))).select(*columns, "alarm"))  # fmt: skip
    bounds = [F.round(one, 2).alias(name) for name, one in zip(("low", "high"), polarity_bounds(), strict=True)]
    felt = [F.round(name, 2).alias(name) for name in ("polarity", "usual_polarity")]
    show("alarms of sentiment, newest first (polarity from -1 to 1; low, high: 95 % of its difference)",
         alarms.where(F.contains("alarm", F.lit("sentiment"))).select(
             "from", "name", "texts", "people", *felt, *bounds, "alarm"))  # fmt: skip
    newest = rows.groupBy().agg(F.max("period_start").alias("period_start"))
    last = rows.join(newest, "period_start").where("attention_z IS NOT NULL").where(F.col("people") >= min_people)
    show("the newest period, furthest from usual first",
         last.orderBy(F.desc(F.abs("attention_z")), "id").select(*columns, "attention_z"))  # fmt: skip
