"""A program beside people, an item of everybody, one text, one label: what tames each, and that it is told."""

import logging
import re

import pytest
from pyspark.sql import functions as F

from interestlake.core.params.all import Graph
from interestlake.graph.cooccurrence import build_edges
from interestlake.graph.histories import item_histories
from interestlake.graph.uneven import uneven_remarks
from interestlake.interactions.uneven import crowded_people, dislike_remarks, rating_remarks, text_remarks, thinned
from interestlake.interactions.weigh import drop_rare
from interestlake.stages.ingest import INGEST
from interestlake.stages.prepare import PREPARE
from interestlake.text.annotate import distinct_texts
from interestlake.text.sentiment import label_by_rating

from ..plans import plan_of
from .conftest import EVENT

PEOPLE, BOT_EVENTS, BOT_ITEMS = 1_000, 20_000, 4_000
CAPS = {"prepare.max_user_items": 500, "prepare.max_user_events": 1_000}
SAID = "Good."


def lines():
    """Five items each, the first everybody's; the bot rates each of its items five times."""
    yield "user,item,rating,text,time"
    for user in range(PEOPLE):
        for place in range(5):
            item = "everybody" if place == 0 else f"i{(7 * user + place) % 300}"
            yield f"u{user},{item},5,{SAID if place < 2 else ''},{1_600_000_000 + 86_400 * place + user}"
    for n in range(BOT_EVENTS):
        yield f"bot,b{n % BOT_ITEMS},5,,{1_600_000_000 + n}"


MAPPING = """source: planted
events:
  files: e.csv
  format: csv
  event_type: review
  columns: {user_id: user, item_id: item, value: rating, text: text, timestamp: time}
  time_unit: seconds
"""


@pytest.fixture(scope="module")
def uneven(spark, tmp_path_factory):
    """(tables of the lake that prepare left, what ingest and prepare said)."""
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext

    folder = tmp_path_factory.mktemp("uneven")
    (folder / "e.csv").write_text("\n".join(lines()))
    (folder / "m.yml").write_text(MAPPING)
    told, log = [], logging.Logger("told", logging.INFO)
    log.addHandler(type("Keeper", (logging.Handler,), {"emit": lambda _, record: told.append(record.getMessage())})())
    options = RunOptions(lake=str(folder / "lake"), run_id="r", source="table", inputs=(str(folder / "e.csv"),),
                         mapping=str(folder / "m.yml"), seed=5)  # fmt: skip
    lake = Lake(spark, str(folder / "lake"))
    context = StageContext(spark, lake, None, load_params(None, CAPS), options, log)
    INGEST.run(context)
    PREPARE.run(context)
    return lake, told


def test_a_program_brings_no_more_than_its_caps(uneven):
    lake, told = uneven
    pairs = lake.read("silver.interactions")
    sizes = [(row["n"], row["events"]) for row in
             pairs.groupBy("user_id").agg(F.count("*").alias("n"), F.sum("event_count").alias("events"))
             .orderBy(F.desc("n")).collect()]  # fmt: skip
    assert len(sizes) == PEOPLE + 1 and {n for n, _ in sizes[1:]} == {5}
    items, events = sizes[0]
    assert 250 < items < 600 and events <= 1_150  # of 500 items drawn, two in five of their events stay
    line = next(line for line in told if "prepare.max_user_items=500" in line)
    kept = int(re.search(r"a sample of ([\d,]+) counts", line)[1].replace(",", ""))
    assert "1 person has more than" in line and "of their 20,000 events on 4,000 items" in line
    assert 850 < kept < 1_150 and "prepare.max_user_events=1000" in line


def test_the_sample_is_one_of_the_seed_and_touches_nobody_else(spark):
    rows = [(f"e{n}", "bot" if n < 400 else f"u{n % 9}", f"i{n % 200}", "view") for n in range(900)]
    events = spark.createDataFrame(rows, "event_id string, user_id string, item_id string, event_type string")

    def kept(frame, items, count, seed=1):
        crowded = crowded_people(items, count, seed)(frame)
        assert frame.transform(thinned(crowded, seed)).columns == frame.columns
        return {row["event_id"] for row in frame.transform(thinned(crowded, seed)).collect()}

    assert crowded_people(200, 400, 1)(events) is None
    few = kept(events, 60, 1_000)
    assert few == kept(events.repartition(7), 60, 1_000) != kept(events, 60, 1_000, seed=2)
    assert {f"e{n}" for n in range(400, 900)} <= few
    items = {int(one[1:]) % 200 for one in few if int(one[1:]) < 400}
    assert 40 < len(items) < 80 and len(few) - 500 == 2 * len(items)  # pairs are kept whole
    assert 60 < len(kept(events, 1_000, 100)) - 500 < 140
    # items of one person that are chosen again and again: the events alone are above their cap
    again = spark.createDataFrame([(f"e{n}", "bot", "i", "view") for n in range(3_000)], events.schema)
    assert 200 < len(kept(again, 50, 300)) < 400
    plan = plan_of(events.transform(thinned(crowded_people(60, 100, 1)(events), 1)))
    assert "hashpartitioning" not in plan and "Window" not in plan


def test_pairs_of_a_program_are_bounded_in_the_graph(uneven):
    lake, _ = uneven
    histories = lake.read("silver.interactions").transform(item_histories())
    limits = {"min_pair_count": 1, "max_history": 40, "max_neighbours": 1_000, "popularity_discount": 0.0}
    edges = histories.transform(build_edges(measure="cosine", seed=1, **limits))
    assert edges.where("src LIKE '%b%' AND dst LIKE '%b%' AND src NOT LIKE '%everybody%'").count() == 40 * 39 / 2
    (long, common) = uneven_remarks(histories, Graph(max_history=40))
    assert long.startswith("1 person has more than graph.max_history=40 items: 40 of their ")
    assert common.startswith(
        "1 item is with more than 80% of 1,001 people, one with 1,000: graph.popularity_discount=0.3"
    )
    assert uneven_remarks(histories.where("node NOT LIKE '%everybody%'"), Graph(max_history=400)) == []


def test_an_item_of_everybody_fills_no_task(spark):
    """Its pairs are counted, and its edges cut, before anything is shuffled."""
    rows = [(f"u{n}", node, 1.0, place) for n in range(30) for place, node in enumerate(("all", f"i{n}", f"j{n}"))]
    histories = spark.createDataFrame(rows, "user_id string, node string, weight double, position int")
    limits = {"min_pair_count": 1, "max_history": 9, "max_neighbours": 4, "popularity_discount": 0.0}
    edges = histories.transform(build_edges(measure="cosine", seed=1, **limits))
    assert re.search(r"WindowGroupLimit \[node#\d+L?\].* 4, Partial", plan_of(edges))
    found = {(row["src"], row["dst"]) for row in edges.collect()}
    assert len(found) == 90 and ("all", "j9") in found  # an edge that is among the strongest of the other end stays
    pairs = spark.createDataFrame(
        [(f"u{n}", "all", "train") for n in range(20)], "user_id string, item_id string, split string"
    )
    rare = plan_of(pairs.transform(drop_rare(min_item_events=2)))
    assert "partial_count" in rare and "Window" not in rare


def test_a_text_said_by_everybody_is_one_text(uneven):
    lake, told = uneven
    documents = lake.read("silver.documents").where("kind = 'review'")
    assert documents.count() == 2 * PEOPLE
    texts = documents.transform(distinct_texts)
    assert [row["text"] for row in texts.collect()] == [SAID]
    assert re.search(r"partial_min\(text#\d+\).*partial_max", plan_of(texts))  # each task sends it once
    (line,) = [line for line in told if "each text is annotated and embedded once" in line]
    assert re.search(r"1 text in 1,000 and more, one in 2,000: ", line)
    assert text_remarks(documents.limit(999)) == []


def test_ratings_of_one_value_are_told_and_teach_nothing(uneven, spark):
    lake, told = uneven
    (line,) = [line for line in told if "ratings of" in line]
    assert line.strip().startswith(f"warning: all {5 * PEOPLE + BOT_EVENTS:,} ratings of planted are 5: ")
    once = lake.read("silver.interactions").where("event_count = 1 AND weight = 1").count()
    assert 5 * PEOPLE <= once < 5 * PEOPLE + 10  # all that a person rates weighs the same
    assert lake.read("silver.documents").transform(label_by_rating(100)).count() == 0
    rows = [(f"e{n}", "u", f"i{n}", "rating", float(n % 2 + 4), None, None, "two", "f", n) for n in range(40)]
    rows += [(f"f{n}", "u", f"i{n}", "rating", 4.0, None, None, "few", "f", n) for n in range(19)]
    rows += [(f"g{n}", "u", f"i{n}", "play", 4.0, None, None, "plays", "f", n) for n in range(40)]
    assert rating_remarks(spark.createDataFrame(rows, EVENT)) == []
    (line,) = dislike_remarks(spark.createDataFrame(rows, EVENT))  # half of the one source's are 4, half 5
    assert line.startswith("20 of 40 ratings of two are below 4.5, the middle of its scale") and "min_rating" in line
