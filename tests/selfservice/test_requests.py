"""What one person asks for is a stage: claimed, noted in ops.stages without naming the person, whole when two ask."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pyspark.sql import functions as F

from interestlake.core import pipeline
from interestlake.core.moved_store import default_tracking_uri
from interestlake.core.pipeline import run_stages
from interestlake.core.schemas.all import ALL
from interestlake.privacy.person import Person
from interestlake.serving.person_page.request import Request, asked
from interestlake.stages.person import FEEDBACK, OF_PEOPLE

from ..recommending.planted import user_id

pytestmark = pytest.mark.commands
LISTS = "gold.recommendations"


def listed(lake, user):
    rows = lake.read(LISTS).where(F.col("user_id") == user_id(user)).orderBy("rank").collect()
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["item_id"] for row in rows]


def noted(lake, run_id):
    [row] = lake.read("ops.stages").where(F.col("run_id") == run_id).collect()
    return row


def versions(lake):
    return {name: lake.version(name) for name in ALL if lake.exists(name)}


def test_each_leaves_its_row_and_names_nobody(world, call, tmp_path):
    lake, refused = world.lake, listed(world.lake, 2)[0]
    assert call("profile", "--user", user_id(2), "--out", str(tmp_path / "p.html"), "--run-id", "page")[0] == 0
    assert call("feedback", "--user", user_id(2), "--not-interested", refused, "--run-id", "said")[0] == 0
    assert call("forget", "--user", user_id(2), "--interest", "tag:gardens", "--run-id", "forgotten")[0] == 0
    page, feedback, forget = (noted(lake, run_id) for run_id in ("page", "said", "forgotten"))
    assert [row["stage"] for row in (page, feedback, forget)] == ["profile", "feedback", "forget"]
    assert page["metrics"]["page_bytes"] == (tmp_path / "p.html").stat().st_size and LISTS in page["versions"]
    assert feedback["rows"]["silver.objections"] == 1 and feedback["rows"][LISTS] >= 5
    assert {"silver.interactions", "models.recommender", LISTS} <= set(feedback["versions"])
    assert forget["metrics"]["rows_deleted"] > 0 and set(forget["rows"]) <= set(OF_PEOPLE)
    runs = lake.read("ops.runs").where("source = 'request'").collect()
    assert {row["run_id"] for row in runs} == {"page", "said", "forgotten"}
    assert not any(user_id(2) in str(row) for row in (*runs, page, feedback, forget))


def test_a_run_id_stands_for_one_request(world, call, caplog):
    caplog.set_level(logging.INFO, logger="interestlake")
    first, second = listed(world.lake, 9)[:2]
    given = ("feedback", "--user", user_id(9), "--run-id", "once", "--not-interested")
    answer = call(*given, first)
    before = versions(world.lake)
    assert call(*given, first) == answer and "already done under run id once" in caplog.text
    assert call(*given, second)[0] == 2 and "used before (source request" in caplog.text
    assert versions(world.lake) == before and second in listed(world.lake, 9)


def test_a_killed_forgetting_is_finished_under_its_run_id(world, call, monkeypatch, caplog):
    mark = pipeline._mark_finished

    def killed(*_):
        raise RuntimeError("killed")

    given = ("forget", "--user", user_id(10), "--everything", "--run-id", "half")
    monkeypatch.setattr(pipeline, "_mark_finished", killed)
    assert call(*given)[0] == 1 and "RuntimeError" in caplog.text and ": killed" in caplog.text
    monkeypatch.setattr(pipeline, "_mark_finished", mark)
    code, told = call(*given)
    assert code == 0 and told.startswith("Forgotten: ")
    assert noted(world.lake, "half")["stage"] == "forget"
    assert world.lake.read(LISTS).where(F.col("user_id") == user_id(10)).count() == 0


def ask(world, user, item, run_id):
    uri = default_tracking_uri(world.lake.root)
    options = replace(world.context.options, run_id=run_id, tracking_uri=uri)
    request = Request(Person(user_id(user), user), "not_interested", (("item", item),))
    return run_stages(world.context.spark, (FEEDBACK,), world.context.params, asked(world.lake, options, request))


@pytest.mark.parametrize("people", [(3, 4), (5, 5)], ids=["two people", "one person twice"])
def test_two_at_once_leave_whole_lists_that_heed_both(world, call, tmp_path, people):
    lake = world.lake
    wanted = [(user, listed(lake, user)[rank], f"at-once-{user}-{rank}") for rank, user in enumerate(people)]
    call("profile", "--user", user_id(7), "--out", str(tmp_path / "p.html"))  # makes the store that both write to
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: ask(world, *one), wanted))
    for user, item, run_id in wanted:
        assert noted(lake, run_id)["metrics"] == {"not_interested": 1.0, "list_items": 5.0}
        assert item not in listed(lake, user) and len(listed(lake, user)) == 5
    said = lake.read("silver.objections").where(F.col("run_id").startswith(f"at-once-{people[0]}")).count()
    assert said == (2 if people[0] == people[1] else 1)
