"""The command people: whom a person may know or learn from, groups, and how well hidden friendships are found."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.room import expect_room, gigabytes
from ..core.stage import Stage, StageContext
from ..graph.communities import find_communities
from ..graph.engine import weighted_graph
from ..interests.expansion.build import places
from ..interests.people import model as knowing
from ..interests.people.experts import name_groups, rank_experts
from ..interests.people.model import PeopleModel
from ..privacy.objections import heeded, without_refused_items
from .evaluate_expansion import METRICS, half, summed

PEOPLE, EXPERTS, GROUPS = "gold.people", "gold.experts", "gold.groups"
READS = ("gold.interest_profiles", "silver.users", "silver.friends", "silver.interactions")
HIDDEN_SHARE = 0.2
EXPERTS_KEPT, NEAREST, ITEMS_KEPT = 10, 5, 100


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.expand
    profiles = context.read("gold.interest_profiles").transform(heeded(context.lake, "interest")).persist()
    links, shown, hidden = _links(context)
    model = _model(context, profiles, links)
    share, measured = _measure(context, model, shown, hidden)
    shared = context.spark.sparkContext.broadcast(model)
    lists = _rows(context, model).mapInPandas(_listing(shared, share, params.top_k), knowing.LISTS).persist()
    groups = _groups(context, lists, context.read("silver.friends")).transform(name_groups(profiles)).persist()
    run = F.lit(context.options.run_id)
    same = lists.join(groups.select("user_id", F.col("group").alias("own")), "user_id", "left").join(
        groups.select(F.col("user_id").alias("other_id"), F.col("group").alias("theirs")), "other_id", "left"
    )
    same = same.withColumn("same_group", F.coalesce(F.col("own") == F.col("theirs"), F.lit(False)))
    tables = {
        PEOPLE: same.drop("own", "theirs").withColumn("run_id", run),
        EXPERTS: profiles.transform(rank_experts(EXPERTS_KEPT)).withColumn("run_id", run),
        GROUPS: groups.withColumn("run_id", run),
    }
    written = context.write_all(tables if measured is None else tables | {METRICS: measured.withColumn("run_id", run)})
    count = groups.select("group").distinct().count()
    for frame in (profiles, lists, groups):
        frame.unpersist()
    return {w.table.split(".")[1]: float(w.rows) for w in written} | {"chosen.share": share, "groups_found": count}


def _links(context: StageContext) -> tuple[DataFrame, DataFrame, DataFrame]:
    """All links, those that a measurement shows, and those it hides: HIDDEN_SHARE of the pairs, by a hash."""
    links = context.read("silver.friends").where("user_id <> friend_id").select("user_id", "friend_id")
    drawn = F.xxhash64(F.lit(context.options.seed), F.least("user_id", "friend_id"), F.greatest("user_id", "friend_id"))
    hides = F.pmod(drawn, F.lit(1000)) < int(1000 * HIDDEN_SHARE)
    return links, links.where(~hides), links.where(hides)


def _model(context: StageContext, profiles: DataFrame, links: DataFrame) -> PeopleModel:
    _expect_to_fit(context, profiles, links)
    users = context.read("silver.users").select("user_id").toPandas()["user_id"].sort_values().to_numpy(object)
    tastes = profiles.select("user_id", "interest", "label", "share").toPandas()
    names, first = np.unique(tastes["interest"].to_numpy(object).astype(str), return_index=True)
    column = np.searchsorted(names, tastes["interest"].to_numpy(object).astype(str))
    shares = (tastes["share"].to_numpy(float), (places(users, tastes["user_id"]), column))
    interests = sp.csr_matrix(shares, (len(users), len(names)))
    strongest = Window.partitionBy("user_id").orderBy(F.desc("weight"), "item_id")
    pairs = context.read("silver.interactions").where("weight > 0").transform(without_refused_items(context.lake))
    pairs = pairs.withColumn("n", F.row_number().over(strongest))
    chosen = pairs.where(F.col("n") <= ITEMS_KEPT).select("user_index", "item_index", "weight").toPandas()
    # user_index is a row's kept number, not its place among the ids
    index = context.read("silver.users").select("user_id", "user_index").toPandas().sort_values("user_index")
    place = np.full(int(index["user_index"].max()) + 1, -1)
    place[index["user_index"]] = places(users, index["user_id"])
    where = place[chosen["user_index"]], chosen["item_index"].to_numpy()
    items = sp.csr_matrix((chosen["weight"].to_numpy(float), where), (len(users), int(where[1].max()) + 1))
    taste = knowing.tastes(interests, items)
    return PeopleModel(users, taste, tastes["label"].to_numpy(object)[first], _matrix(users, links.toPandas()))


def _expect_to_fit(context: StageContext, profiles: DataFrame, links: DataFrame) -> None:
    """Raises BadInput for more people, or more of their interests, items and friends, than one executor holds."""
    bounds, people = context.params.expand, context.read("silver.users").count()
    if people > bounds.max_people:
        raise BadInput.of("people", found=f"{people:,}", expected=f"at most {bounds.max_people:,}: every executor "
                          "holds them", where="expand.max_people")  # fmt: skip
    friends, interests = links.count(), profiles.count()
    planned = gigabytes(friends, texts=2, numbers=4) + gigabytes(interests, texts=3, numbers=2)
    planned += gigabytes(people, texts=1, numbers=3 * ITEMS_KEPT)
    expect_room(
        f"{people:,} people, {interests:,} interests and {friends:,} friend links",
        planned,
        bounds.max_gigabytes,
        "expand.max_gigabytes",
    )


def _matrix(users: np.ndarray, links: pd.DataFrame) -> sp.csr_matrix:
    one, other = places(users, links["user_id"]), places(users, links["friend_id"])
    both = sp.csr_matrix((np.ones(2 * len(one)), (np.append(one, other), np.append(other, one))), (len(users),) * 2)
    both.data[:] = 1.0
    return both


def _measure(context: StageContext, model: PeopleModel, shown_links: DataFrame, hidden: DataFrame):
    """The share of interests that validation people choose, and the test people's figures; (1, None) without links."""
    missing = hidden.toPandas()
    if missing.empty:
        context.log.info("      no friendships: people are found by interests alone, and nothing is measured")
        return 1.0, None
    users = context.spark.createDataFrame(pd.DataFrame({"user_id": model.user_ids}), "user_id string")
    halves = users.select("user_id", half(context.options.seed).alias("half")).toPandas().sort_values("user_id")
    validation = (halves["half"] == "validation").to_numpy()
    shown = PeopleModel(model.user_ids, model.tastes, model.labels, _matrix(model.user_ids, shown_links.toPandas()))
    sent = context.spark.sparkContext.broadcast((shown, _matrix(model.user_ids, missing), validation))

    def work(frames: Iterator[pd.DataFrame]):
        for rows in knowing.blocks(frames, len(sent.value[0].user_ids)):
            yield knowing.evaluate_people(sent.value[0], rows, *sent.value[1:])

    candidates = _rows(context, model).mapInPandas(work, knowing.FOUND).persist()
    rows = candidates.where("half = 'validation' AND metric = 'recall' AND k = 10").groupBy("model").agg(F.avg("value"))
    values = {row[0]: round(row[1], 9) for row in rows.collect()}
    share = max(knowing.SHARES, key=lambda value: (values.get(f"mix+{value:g}", 0.0), -value))
    plain = ("common_friends", "adamic_adar", "interests", "popularity")
    test = candidates.where("half = 'test'").where(F.col("model").isin(*plain, f"mix+{share:g}"))
    return share, summed(test, "people")


def _rows(context: StageContext, model: PeopleModel) -> DataFrame:
    parts = max(2, context.spark.sparkContext.defaultParallelism)
    return context.spark.range(0, len(model.user_ids), 1, parts).withColumnRenamed("id", "row")


def _listing(shared: Any, share: float, top_k: int):
    def work(frames: Iterator[pd.DataFrame]):
        for rows in knowing.blocks(frames, len(shared.value.user_ids)):
            yield knowing.lists(shared.value, rows, share, top_k)

    return work


def _groups(context: StageContext, lists: DataFrame, links: DataFrame) -> DataFrame:
    """(user_id, group = smallest user_id of the community) over friendships and everyone's NEAREST people."""
    near = lists.where(F.col("rank") <= NEAREST).select("user_id", F.col("other_id").alias("friend_id"), "score")
    ties = links.select("user_id", "friend_id", F.lit(1.0).alias("score")).unionByName(near)
    ends = F.least("user_id", "friend_id").alias("src"), F.greatest("user_id", "friend_id").alias("dst")
    edges = ties.where("user_id <> friend_id AND score > 0").select(*ends, "score")
    edges = edges.groupBy("src", "dst").agg(F.round(F.max("score"), 6).alias("weight"))
    graph = weighted_graph(edges)
    params = context.params.graph
    communities = find_communities(graph, params.community_method, params.max_communities, context.options.seed)
    names = graph.vertices.select("id", "node")
    named = communities.members.join(names, "id").join(names.toDF("community", "group"), "community")
    return named.select(F.col("node").alias("user_id"), "group")


PEOPLE_STAGE = Stage(
    name="people",
    summary="people to know, experts and groups; hidden friendships found again",
    reads=READS,
    writes=(PEOPLE, EXPERTS, GROUPS, METRICS),
    section="expand",
    run=_run,
)
