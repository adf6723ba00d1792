"""What is said to the service stands in the lake, and what the service answers afterwards is the lake's new list."""

import argparse
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from interestlake.cli.serve_lake import Writes
from interestlake.core.config import load_params
from interestlake.core.plain_lake import PlainLake
from interestlake.serving.one_list import list_rows
from interestlake.serving.service.answers import Answers, Asked
from interestlake.serving.service.figures import Figures
from interestlake.serving.service.mirror import follow
from interestlake.serving.service.noting import Noting
from interestlake.serving.service.sqlite_store import SqliteStore

from ..recommending.planted import user_id
from ..selfservice.planted_lake import SMALL, make_world


def test_a_refused_item_leaves_the_list_and_a_forgotten_person_the_store(spark, tmp_path):
    world = make_world(spark, tmp_path)
    lake, params = PlainLake(world.lake.root), load_params(None, SMALL)

    @contextmanager
    def start():
        ready = Future()
        ready.set_result(None)
        yield spark, ready

    store = SqliteStore(tmp_path / "online.sqlite", lake.root)
    follow(lake, store)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    folder = Path(lake.root) / "journal"
    noting = Noting(folder)
    writes = Writes(argparse.Namespace(lake=lake.root), params, lake, store, uri, start, Figures(), noting)
    answers = Answers(store, None, None, "no key file", noting)
    one, other = user_id(1), user_id(2)
    before = [row["item_id"] for row in answers.recommendations(Asked(one))["items"]]
    assert len(before) == 5
    assert "new" in writes.say(one, "not_interested", "item", before[0])
    after = [row["item_id"] for row in answers.recommendations(Asked(one))["items"]]
    assert before[0] not in after and len(after) == 5
    assert after == [row["item_id"] for row in list_rows(lake, one, 5)]
    assert [row["target"] for row in store.of("silver.objections", ["target"], {"user_id": [one]})] == [before[0]]
    assert answers.recommendations(Asked(other))["list_id"]
    writes.say(other, "forget", "everything", "")
    assert not any(other in file.read_text() for file in folder.iterdir())
    served = {row["user_id"] for row in world.lake.read("bronze.served").select("user_id").collect()}
    assert served == {one}
    assert not store.of("silver.users", ["user_id"], {"user_id": [other]})
    assert not store.of("gold.recommendations", ["rank"], {"user_id": [other]})
    assert answers.person(other) is None and answers.person(one) == one
    store.close()
