"""The planted world of three tastes with lists, texts and a social link, each test module on a lake of its own."""

import logging
from types import SimpleNamespace

import pytest

from ..recommending import planted
from .browser import Browser, binary

SMALL = {"recommend.candidates": 30, "recommend.top_k": 5, "recommend.cold_history": 2, "recommend.ease_l2": 5.0}


def make_world(spark, root):
    from interestlake.config import RunOptions, load_params
    from interestlake.params import SOURCES
    from interestlake.recommending.personal import Fusion
    from interestlake.stages.refit import weights_of
    from interestlake.stages.scoring import open_scoring, write_lists
    from interestlake.stages.stage import StageContext
    from interestlake.tables import Lake

    lake = Lake(spark, str(root / "lake"))
    world = planted.write_world(lake)
    words = {i: planted.TOPICS[i % planted.GROUPS] for i in range(planted.ITEMS)}

    def put(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))

    even = [(segment, source, 1 / len(SOURCES)) for segment in ("warm", "cold") for source in SOURCES]
    put("models.fusion_weights", even, "segment string, source string, weight double")
    put("bronze.events",
        [(f"e{r.user}-{r.item}", planted.user_id(r.user), planted.item_id(r.item), "play", *3 * [None], "t", "f", 1)
         for r in world.pairs.itertuples()],
        "event_id string, user_id string, item_id string, event_type string, value double, text string, "
        "event_ts timestamp, source string, file string, line bigint")  # fmt: skip
    documents = [(f"own-{i}", f"h-{i}", "item", planted.item_id(i), None, f"All about {words[i]}.", None, None, "all")
                 for i in range(planted.ITEMS)]
    documents.append(("said", "h-said", "review", planted.item_id(0), planted.user_id(0), "Loud.", 4.0, None, "train"))
    put("silver.documents", documents,
        "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, rating double, "
        "event_ts timestamp, split string")  # fmt: skip
    put("silver.embeddings", [(row[1], "m", "onnx", [1.0]) for row in documents],
        "text_hash string, model_id string, engine string, vector array<float>")  # fmt: skip
    put("graph.interest_nodes",
        [(f"tag:{topic}", 2, 1.0, "c", "c", 1 / 3) for topic in planted.TOPICS],
        "interest_id string, degree int, weighted_degree double, component string, community string, pagerank double")
    options = RunOptions(lake=lake.root, run_id="made")
    context = StageContext(spark, lake, None, load_params(None, SMALL), options, logging.getLogger("interestlake"))
    scoring = open_scoring(context)
    sources, weights = weights_of(lake.read("models.fusion_weights").collect())
    write_lists(context, scoring, Fusion(sources, weights, 2, 30)).close()
    scoring.close()
    return SimpleNamespace(lake=lake, context=context, **vars(world))


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """.lake, .context, .pairs of the planted world with everyone's lists under the run id made."""
    return make_world(spark, tmp_path_factory.mktemp("selfservice"))


@pytest.fixture(scope="module")
def browser():
    """A headless browser; the tests that need one are skipped where there is none."""
    pytest.importorskip("aiohttp", reason="no aiohttp to speak to a browser")
    if binary() is None:
        pytest.skip("no chromium or google-chrome on the PATH: tests that click are skipped")
    opened = Browser()
    yield opened
    opened.close()


@pytest.fixture
def call(spark, world, monkeypatch, capsys):
    """call(command, *options) -> (exit code, what was printed); the session outlives the command."""
    from interestlake import cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    sets = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]

    def run(command, *options):
        code = cli.main([command, "--lake", world.lake.root, *sets, *options])
        return code, capsys.readouterr().out

    return run
