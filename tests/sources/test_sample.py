import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from interestlake.sources import load_source
from interestlake.sources.files import list_files
from interestlake.sources.sample.catalogue import build_catalogue, item_count, item_id, title_of
from interestlake.sources.sample.dirt import EVERY, KINDS
from interestlake.sources.sample.interests import INTERESTS
from interestlake.sources.sample.people import COMMUNITIES, PERIOD_DAYS, PERIOD_START, community_of, user_id
from interestlake.sources.sample.world import ensure_world

USERS, SEED = 200, 7
NAMES = {interest.name: number for number, interest in enumerate(INTERESTS)}


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """(lake root, pandas events, truth as pandas by table, quarantine as pandas, friends, facts) of one small world."""
    from interestlake.sources.contract import Request

    root = str(tmp_path_factory.mktemp("world"))
    loaded = load_source("sample", Request(spark, lake_root=root, seed=SEED, sample_users=USERS))
    truth = {name: rows.toPandas() for name, rows in loaded.truth.items()}
    frames = {name: getattr(loaded, name).toPandas() for name in ("events", "quarantine", "friends", "facts", "items")}
    for held in loaded.held:
        held.unpersist()
    return {"root": root, **truth, **frames}


def contents(spark, folder):
    files = list_files(spark, (folder,))
    assert files
    return {file.name: open(file.path.removeprefix("file:"), "rb").read() for file in files}


def test_the_same_seed_and_size_give_the_same_files(spark, world, tmp_path):
    before = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "7")
    try:
        again = ensure_world(spark, str(tmp_path), SEED, USERS)
        other = ensure_world(spark, str(tmp_path), SEED + 1, USERS)
    finally:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", before)
    assert contents(spark, again) == contents(spark, f"{world['root']}/raw/sample-{SEED}-{USERS}")
    assert contents(spark, again) != contents(spark, other)
    assert not list((tmp_path / "raw").glob(".*draft"))


def test_a_complete_world_is_not_written_again_and_an_unfinished_one_is(spark, tmp_path):
    folder = ensure_world(spark, str(tmp_path), 1, 20)
    path = next((tmp_path / "raw" / "sample-1-20").glob("items-*"))
    whole = path.read_bytes()
    path.write_bytes(b"kept as it is")
    assert ensure_world(spark, str(tmp_path), 1, 20) == folder
    assert path.read_bytes() == b"kept as it is"
    (tmp_path / "raw" / "sample-1-20" / "_world.json").unlink()
    ensure_world(spark, str(tmp_path), 1, 20)
    assert path.read_bytes() == whole


def test_quarantine_finds_exactly_the_planted_faults(world):
    planted = dict(world["truth.dirt"].itertuples(index=False))
    assert planted == dict.fromkeys(KINDS, USERS // EVERY)
    found = Counter(reason.split(":")[0] for reason in world["quarantine"].reason)
    assert found == {kind: count for kind, count in planted.items() if kind != "duplicate"}
    columns = ["user_id", "item_id", "event_type", "event_ts", "text"]
    assert world["events"].duplicated(columns).sum() == planted["duplicate"]


def test_people_follow_their_planted_taste(world):
    truth = world["truth.user_interests"]
    assert np.allclose(truth.groupby("user_id").weight.sum(), 1, atol=1e-4)
    assert truth.groupby("user_id").community.first().nunique() == COMMUNITIES
    interest = world["truth.items"].set_index("item_id").interest
    pairs = world["events"].drop_duplicates(["user_id", "item_id"])
    community = world["truth.items"].set_index("item_id").community
    home = truth.groupby("user_id").community.first()
    at_home = pairs.user_id.map(home) == pairs.item_id.map(community)
    assert 0.83 < at_home.mean() < 0.93
    done = pairs.assign(interest=pairs.item_id.map(interest)).groupby(["user_id", "interest"]).size()
    shares = (done / done.groupby("user_id").transform("sum")).rename("share").reset_index()
    both = truth.merge(shares, how="left").fillna({"share": 0.0})
    assert np.corrcoef(both.weight, both.share)[0, 1] > 0.9


def test_communities_are_recovered_from_co_occurrence(world):
    pairs = world["events"].drop_duplicates(["user_id", "item_id"])
    together = Counter()
    for _, items in pairs.groupby("user_id").item_id:
        together.update(itertools.combinations(sorted(items), 2))
    degree = pairs.groupby("item_id").size()
    graph = nx.Graph()
    for (left, right), count in together.items():
        if count >= 2:
            graph.add_edge(left, right, weight=count / np.sqrt(degree[left] * degree[right]))
    found = nx.community.louvain_communities(graph, weight="weight", seed=1)
    label = {item: number for number, items in enumerate(found) for item in items}
    truth = world["truth.items"].set_index("item_id").community
    assert adjusted_rand_score([truth[item] for item in label], list(label.values())) >= 0.95


def test_trends_show_in_the_events(world):
    trends = world["truth.trends"].set_index("interest")
    interest = world["truth.items"].set_index("item_id").interest
    pairs = world["events"].sort_values("event_ts").drop_duplicates(["user_id", "item_id"])
    moment = (pairs.event_ts.astype("int64") // 10**9 - PERIOD_START) / (PERIOD_DAYS * 86_400)
    assert moment.between(0, 1.03).all()
    early, late = pairs[moment < 0.4], pairs[moment > 0.7]
    share = {
        half: frame.item_id.map(interest).value_counts(normalize=True)
        for half, frame in (("early", early), ("late", late))
    }
    for name, row in trends.iterrows():
        change = share["late"][name] / share["early"][name]
        if row.direction == "rising":
            assert change > 1.25
        elif row.direction == "fading":
            assert change < 0.8
    assert set(trends.direction) == {"rising", "steady", "fading"}


def test_reviews_carry_the_planted_polarity_and_the_words_of_their_interest(world):
    reviews = world["events"].query("event_type == 'review'").drop_duplicates(["user_id", "item_id"])
    both = reviews.merge(world["truth.sentiment"], on=["user_id", "item_id"], how="outer", indicator=True)
    assert (both._merge == "both").all()
    assert ((both.value >= 4) == (both.polarity == 1)).all() and ((both.value <= 2) == (both.polarity == -1)).all()
    assert both.polarity.value_counts(normalize=True).min() > 0.1
    praise = both.text.str.contains("love|wonderful|superb|excellent|recommended\\.|perfect|great", case=False)
    blame = both.text.str.contains("disappoint|waste|poor|terrible|confusing|useless|sloppy|regret|avoid", case=False)
    assert praise[both.polarity == 1].mean() > 0.6 > 0.2 > praise[both.polarity == -1].mean()
    assert blame[both.polarity == -1].mean() > 0.6 and blame[both.polarity == 1].sum() == 0
    assert reviews.text.nunique() > 0.98 * len(reviews)
    assert not reviews.text.str.contains("[{}]").any()


def test_part_two_follows_part_one(world):
    catalogue = build_catalogue(SEED, USERS)
    following = {item_id(n): item_id(int(nxt)) for n, nxt in enumerate(catalogue.next_part) if nxt >= 0}
    assert len(following) > 10
    first = world["events"].groupby(["user_id", "item_id"]).event_ts.min()
    seen = {user: set(items) for user, items in first.reset_index().groupby("user_id").item_id}
    after = sum(part in items and following[part] in items for items in seen.values() for part in following)
    alone = sum(part in items and following[part] not in items for items in seen.values() for part in following)
    assert after > alone


def test_friends_are_mostly_of_the_own_community(world):
    number = {user_id(n): n for n in range(USERS)}
    friends = world["friends"]
    same = [
        community_of(SEED, number[a]) == community_of(SEED, number[b])
        for a, b in friends[["user_id", "friend_id"]].itertuples(index=False)
    ]
    assert 0.75 < np.mean(same) < 0.97
    assert (friends.user_id != friends.friend_id).all()
    assert friends.user_id.nunique() == USERS


def test_facts_name_the_planted_interest(world):
    facts = world["facts"]
    about = facts[facts.predicate == "about"].set_index("subject_item_id").object
    truth = world["truth.items"].set_index("item_id").interest
    assert {item: f"interest/{name.replace(' ', '_')}" for item, name in truth.items()} == about.to_dict()
    assert {"made_by", "part_of", "followed_by", "similar_to", "goes_with", "label"} <= set(facts.predicate)
    label = facts[facts.predicate == "label"].set_index("subject_item_id").object
    assert label.to_dict() == world["items"].set_index("item_id").title.to_dict()


@pytest.mark.parametrize("users", [20, 300, 3_000, 60_000])
def test_titles_are_distinct_and_every_interest_has_items(users):
    catalogue = build_catalogue(3, users)
    numbers = range(catalogue.size)
    assert catalogue.size == item_count(users) <= 50_000
    assert np.bincount(catalogue.interest, minlength=len(NAMES)).min() >= 10
    assert len({title_of(catalogue, number)[0] for number in numbers}) == catalogue.size
    untried = np.flatnonzero(catalogue.popularity == 0)
    assert len(untried) == len(INTERESTS)
