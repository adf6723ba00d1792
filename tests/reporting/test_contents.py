"""What is read from the tables: who is shown, which nodes and links, lineage, shares."""

import pytest

from interestlake.core.errors import BadInput
from interestlake.reporting.choose_person import choose_person
from interestlake.reporting.content import Missing
from interestlake.reporting.flow import blends, granularities, people_of_segments, steps
from interestlake.reporting.head import quarantine_reasons
from interestlake.reporting.interest_graph import read_graph
from interestlake.reporting.worth import worth

from . import planted
from .conftest import ORDER


def test_what_nobody_stands_behind_is_not_shown():
    figures = [("interest_places", 2.96, 10), ("reason_words", 18.0, 0), ("ndcg", 0.2, 10)]
    rows = [{"metric": metric, "value": value, "users": users} for metric, value, users in figures]
    assert [(one.label, one.value, one.people) for one in worth(rows)] == [("Interests a person", "3.0", 10)]
    assert isinstance(worth(rows[1:]), Missing)


def test_typical_person_is_nearest_the_median(spark):
    people = spark.createDataFrame([(name,) for name in "abcde"], "user_id string")
    lengths = [("a", 1), ("b", 40), ("c", 9), ("d", 11), ("e", 0), ("z", 10)]
    users = spark.createDataFrame(lengths, "user_id string, item_count int")
    # of a, b, c, d the median length is 10; c and d are equally near, the smaller id is taken
    assert choose_person(people, users, "") == ("c", "a history of typical length")


def test_person_of_a_lake_without_histories(spark):
    people = spark.createDataFrame([("b",), ("a",)], "user_id string")
    users = spark.createDataFrame([("a", 0), ("b", 0)], "user_id string, item_count int")
    assert choose_person(people, users, "")[0] == "a"


def test_person_asked_for_by_id(spark):
    people = spark.createDataFrame([("ab1",), ("ab2",), ("ab22",), ("c9",)], "user_id string")
    users = spark.createDataFrame([("ab1", 1)], "user_id string, item_count int")
    assert choose_person(people, users, "ab2")[0] == "ab2"
    for wanted in ("ab", "d"):
        with pytest.raises(BadInput, match=f"report.person='{wanted}': found nobody of that id with a list"):
            choose_person(people, users, wanted)
    assert choose_person(people.where("user_id = 'x'"), users, "") is None


def test_graph_keeps_what_is_named_then_the_highest_pagerank_and_links_among_them(frames):
    nodes, edges = planted.interest_nodes_and_edges()
    graph = read_graph(frames["graph.interest_nodes"], frames["graph.interest_edges"], frames["silver.interests"], 20)
    words = [node[0].startswith(("keyword:", "topic:")) for node in nodes]
    assert any(words) and not all(words)
    kept_ids = sorted(nodes, key=lambda n: (n[0].startswith(("keyword:", "topic:")), -n[5], n[0]))[:20]
    expected = sorted(kept_ids, key=lambda n: (-n[5], n[0]))
    assert [node.interest_id for node in graph.nodes] == [node[0] for node in expected]
    ids = {node.interest_id for node in graph.nodes}
    weights = {(a, b): w for a, b, w, _ in edges if a in ids and b in ids}
    kept = {tuple(sorted((graph.nodes[x.a].interest_id, graph.nodes[x.b].interest_id))): x.weight for x in graph.links}
    assert kept.items() <= weights.items()
    for node in graph.nodes:
        mine = sorted((w for pair, w in weights.items() if node.interest_id in pair), reverse=True)[:4]
        found = sorted((w for pair, w in kept.items() if node.interest_id in pair), reverse=True)
        assert found[: len(mine)] == mine
    assert (graph.all_nodes, graph.all_edges, graph.all_communities) == (len(nodes), len(edges), 6)


def test_communities_go_by_pagerank_and_are_named_by_their_top_interests(page):
    graph = page.graph
    weight = [sum(n.pagerank for n in graph.nodes if n.group == c.number - 1) for c in graph.communities]
    assert weight == sorted(weight, reverse=True)
    for community in graph.communities:
        mine = [node for node in graph.nodes if node.group == community.number - 1]
        given = [node for node in mine if node.kind in ("category", "tag")]
        extracted = [node for node in mine if node.kind in ("keyword", "topic")]
        assert community.interests == tuple(node.name for node in (given + extracted)[:3])
        assert tuple(graph.nodes[head].name for head in community.heads) == community.interests
        assert len(mine) == community.drawn == community.size


def test_person_holds_the_planted_map_and_list(page):
    person = page.person
    assert (person.user_id, person.items, person.first_day, person.last_day) == (
        planted.PERSON, 13, "2019-03-01", "2020-06-23",
    )  # fmt: skip
    assert person.recent[0] == "Sunshine"
    kinds = dict(person.interests)
    assert list(kinds) == ["category", "tag", "keyword", "topic"]
    strongest = kinds["category"][0]
    assert (strongest.name, strongest.strength, strongest.evidence) == (
        "dark comedy", 1.0, ("Fargo", "The Big Lebowski", "In Bruges"),
    )  # fmt: skip
    third = person.suggestions[2]
    assert (third.rank, third.title) == (3, "Spirited Away")
    assert third.sources == (("ease", 0.44), ("als", 0.31), ("graph_filter", 0.25))
    assert len(person.held) == len(planted.interest_map())


def test_steps_follow_the_pipeline_with_reads_and_writes(page):
    found = page.steps
    assert [step.stage for step in found] == ["ingest", "prepare", "build_graph", "train_als", "evaluate"]
    graph = found[2]
    assert graph.reads == (("silver.interactions", 1),)
    assert graph.writes == (("graph.interest_edges", 1, 171), ("graph.interest_nodes", 1, 76))
    assert (graph.seconds, graph.bar, graph.rows) == (31.7, 1.0, 247)
    assert found[4].figures == (("ndcg@10", 0.2314),)


def test_stages_after_the_page_are_left_out():
    rows = [dict(stage=name, seconds=1.0, rows={}, versions={}, metrics=None) for name in ("promote", "ingest")]
    assert [step.stage for step in steps(rows, ORDER)] == ["ingest"]
    assert isinstance(steps(rows[:1], ORDER), Missing)


def test_segments_go_by_length_and_zero_shares_are_left_out(frames):
    found = blends(frames["models.fusion_weights"])
    assert [blend.segment for blend in found] == ["0-4", "5-19", "20-99", "100 and more"]
    few, some, *_ = found
    assert few.shares == (("popularity", 0.55), ("text", 0.25), ("social", 0.2))
    assert [source for source, _ in some.shares] == ["ease", "als", "graph_filter", "item_knn", "text", "user_knn"]


def test_no_bar_without_people(frames, make_page):
    """The planted people have 2, 13 and 90 items: nobody has a hundred, so that blend is not shown."""
    assert people_of_segments(frames["silver.users"]) == {"0-4": 1, "5-19": 1, "20-99": 1, "100 and more": 0}
    page = make_page()
    assert [(blend.segment, blend.people) for blend in page.blends] == [("0-4", 1), ("5-19", 1), ("20-99", 1)]
    assert all(blend.people is None for blend in make_page(without=("silver.users",)).blends)
    nobody = {"silver.users": frames["silver.users"].limit(0)}
    assert make_page(replaced=nobody).blends == Missing("Nobody to mix sources for: no person has a history.")


def test_alpha_and_lambda_by_hand(frames):
    few, some, *_ = blends(frames["models.fusion_weights"])
    told = {one.name: (one.alpha, one.strength) for one in few.granularities}
    assert list(told) == ["behaviour", "text", "social", "knowledge", "sequence"]
    expected = {"behaviour": (0.55, 1), "text": (0.25, 0.25 / 0.55), "social": (0.2, 0.2 / 0.55)}
    assert told == {name: pytest.approx(expected.get(name, (0, 0)), abs=1e-6) for name in told}
    assert granularities({"ease": 0.4, "text": 0.4}) == granularities({"of another day": 1.0}) == ()
    assert some.granularities[0].alpha == pytest.approx(0.38 + 0.24 + 0.14 + 0.1 + 0.06)
    assert some.granularities[1].alpha == 0.08


def test_reasons_are_grouped_without_their_values(spark):
    reasons = [f"value: found '{i}'; expected 0.5..5" for i in range(9)] + [f"reason {name}" for name in "abcdefg"]
    frame = spark.createDataFrame([(reason,) for reason in reasons], "reason string")
    total, top, others = quarantine_reasons(frame)
    assert total == 16
    assert top[0] == ("value: found …; expected …", 9)
    assert [reason for reason, _ in top[1:]] == [f"reason {name}" for name in "abcde"]
    assert others == 2
