"""The stages behind the commands on a small lake of two planted tastes, and what a folder without a lake is told."""

import datetime as dt
import os
from argparse import Namespace

import numpy as np
import pytest

from interestlake.cli.dispatch import named, run_over_lake
from interestlake.cli.exploring.tell import figures, table
from interestlake.cli.table import BY_NAME
from interestlake.core.errors import BadInput
from interestlake.core.schemas.all import ALL
from interestlake.core.stage import expect_lake
from interestlake.privacy.keys import KEY_VARIABLE, key_mark
from interestlake.stages.evaluate_expansion import EVALUATE_EXPANSION
from interestlake.stages.expand import EXPAND
from interestlake.stages.interests import INTERESTS, NEEDED, NEEDED_FROM

pytestmark = pytest.mark.commands
TAGS = {"music": ("bebop", "swing", "blues", "ragtime"), "clay": ("raku", "glaze", "kiln", "slip")}
PEOPLE, ITEMS, CHOSEN = 24, 32, 8


def planted() -> dict[str, list[tuple]]:
    """Two tastes of four tags each, four items a tag; a person chooses three tags of one taste, one after another."""
    rng = np.random.default_rng(3)
    tags = [f"tag:{name}" for names in TAGS.values() for name in names]
    items = [(f"i{n:02d}", tags[n // 4]) for n in range(ITEMS)]
    pairs = []
    for person in range(PEOPLE):
        side = person % 2
        order = 4 * side + rng.permutation(4)
        chosen = [4 * order[n // 3] + k for n in range(CHOSEN) for k in [rng.choice(4, 2, False)[n % 2]]]
        seen = list(dict.fromkeys(int(c) for c in chosen))
        for place, number in enumerate(seen):
            when = dt.datetime(2024, 1, 1) + dt.timedelta(days=10 * place + person)
            split = "train" if place < len(seen) - 3 else "validation" if place < len(seen) - 2 else "test"
            pairs.append((f"u{person:02d}", items[number][0], person, number, 1.0, 2, place + 1, when, when, split))
    edges = [(a, b, 0.5, 6) for side in (tags[:4], tags[4:]) for a in side for b in side if a < b]
    node = [(t, 3, 1.5, tags[0], tags[4 * (n // 4)], 1 / 8) for n, t in enumerate(tags)]
    vectors = [(i, [1.0, 0.1 * (n % 4)] if n < 16 else [-0.1 * (n % 4), 1.0]) for n, (i, _) in enumerate(items)]
    return {
        "silver.users": [(f"u{n:02d}", n, CHOSEN, None, None) for n in range(PEOPLE)],
        "silver.interactions": pairs,
        "silver.interests": [(t, "tag", t[4:], 4) for t in tags],
        "silver.item_interests": [(i, t, 1.0) for i, t in items],
        "silver.facts": [(f"item/{i}", "made_by", f"maker/Old_{'Hall' if n < 16 else 'Mill'}", i, *[None] * 5)
                         for n, (i, _) in enumerate(items)],
        "silver.items": [(i, n, i, None, [], 3) for n, (i, _) in enumerate(items)],
        "graph.interest_edges": edges,
        "graph.interest_nodes": node,
        "graph.item_vectors": vectors,
    }  # fmt: skip


@pytest.fixture
def context(spark, stage_context):
    made = stage_context(run_id="r1", overrides={"expand.references": 20, "interests.max_item_share": 0.6})
    sources = {"ops.sources": [("shop", "shop", "shop", "", key_mark(os.environ[KEY_VARIABLE].encode()))]}
    for name, rows in (planted() | sources).items():
        schema = ", ".join(f"{column.name} {column.type}" for column in ALL[name].columns)
        made.lake.write(name, spark.createDataFrame(rows, schema), "seed")
    return made


def test_profiles_then_expansions_stay_within_the_planted_taste(context):
    INTERESTS.run(context)
    profiles = context.lake.read("gold.interest_profiles").toPandas()
    assert set(profiles["kind"]) == {"tag", "entity"} and profiles["trend"].notna().all()
    assert profiles.groupby("user_id")["share"].sum().round(9).eq(1.0).all()
    assert set(profiles[profiles["kind"] == "entity"]["label"]) == {"Old Hall", "Old Mill"}
    sure = profiles[profiles["kind"] == "entity"].groupby("user_id")["confidence"].max()
    assert (sure > 0.8).all()
    clusters = context.lake.read("gold.interest_clusters").toPandas()
    assert len(clusters) == PEOPLE and clusters["share"].round(9).eq(1.0).all()
    version = context.lake.version("gold.interest_profiles")
    INTERESTS.run(context)
    assert context.lake.version("gold.interest_profiles") == version
    EXPAND.run(context)
    found = context.lake.read("gold.expansions").where("confidence > 0.3").toPandas()
    own = {f"u{n:02d}": set(TAGS["music" if n % 2 == 0 else "clay"]) for n in range(PEOPLE)}
    assert len(found) and all(row.label in own[row.user_id] for row in found.itertuples())
    held = profiles.groupby("user_id")["label"].agg(set)
    assert all(path[0] in held[user] and path[-1] == label
               for user, label, path in found[["user_id", "label", "path"]].itertuples(index=False))  # fmt: skip


def test_hidden_tags_of_the_planted_taste_are_found(context):
    figures = EVALUATE_EXPANSION.run(context)
    assert figures["expansion.expansion.recall_5"] == 1.0 > figures["expansion.popularity.recall_5"]
    rows = context.lake.read("gold.interest_metrics").toPandas()
    assert set(rows["task"]) == {"expansion", "little_history"} and set(rows["run_id"]) == {"r1"}


@pytest.mark.parametrize("user", ["u", "26", "u0"])
@pytest.mark.parametrize("name", ["interests", "expand", "next-interest"])
def test_somebody_who_is_not_there_is_told_before_anything_runs(spark, context, name, user):
    command = BY_NAME[name]
    with pytest.raises(BadInput, match=f"user '{user}': found nobody"):
        run_over_lake(
            command,
            Namespace(command=name, user=user),
            spark,
            context.params,
            context.options,
            lambda: named(command.runs.address),
        )
    assert not any(context.lake.exists(table) for table in named(command.runs.address).writes)


def test_a_folder_without_a_lake_is_told_so(lake):
    with pytest.raises(BadInput, match="found none there.*interestlake run --until build_graph"):
        expect_lake(lake, NEEDED, NEEDED_FROM)
    assert not lake.exists("ops.runs")


def test_a_run_that_measured_nothing_says_so(lake, capsys):
    figures(lake, "nobody-has-friends", "people", "hidden friendships found again")
    assert capsys.readouterr().out == "\nhidden friendships found again\nnothing was measured\n"


def test_a_table_is_in_line():
    text = table(["label", "events"], [("jazz", 3), ("a longer one", 1234)])
    assert text.splitlines() == ["label         events", "jazz               3", "a longer one    1234"]
