"""`from interestlake import Recommender` on a world of planted tastes: lists, likeness, reasons, files, odd frames."""

import json
import logging
import re

import numpy as np
import pandas as pd
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from interestlake import Recommender
from interestlake.core import progress
from interestlake.core.errors import BadInput

from ..benchmark.calls import benchmark
from ..benchmark.world import ITEMS_PER_TASTE, TASTES, pairs

MODELS = ["item_knn", "ease", "transitions"]
WORLD = pairs(people=48, length=9)


def taste_of(item: str) -> int:
    return int(item[1:]) // ITEMS_PER_TASTE


@pytest.fixture(scope="module")
def fitted():
    return Recommender(MODELS, quick=True).fit(WORLD)


def test_lists_are_of_the_own_taste_and_new(fitted):
    lists = fitted.recommend(k=3)
    assert lists.columns.tolist() == ["user_id", "item_id", "rank", "score"]
    assert lists.groupby("user_id").size().tolist() == [3] * 48
    assert lists.groupby("user_id")["rank"].apply(list).tolist() == [[1, 2, 3]] * 48
    own = lists["user_id"].str[1:].astype(int) % TASTES == lists["item_id"].map(taste_of)
    assert own.mean() > 0.95
    assert not len(lists.merge(WORLD, on=["user_id", "item_id"]))
    assert lists.groupby("user_id")["score"].apply(lambda s: s.is_monotonic_decreasing).all()


def test_seen_items_come_where_they_are_asked_for(fitted):
    seen = fitted.recommend(["u003"], k=60, filter_seen=False)
    assert set(WORLD.loc[WORLD.user_id == "u003", "item_id"]) & set(seen["item_id"])
    assert seen["item_id"].is_unique


def test_similar_items_are_of_one_taste_and_by_definition(fitted):
    alike = fitted.similar_items(["i00", "i20"], k=4)
    assert alike.groupby("item_id").size().to_dict() == {"i00": 4, "i20": 4}
    assert (alike["item_id"].map(taste_of) == alike["similar_id"].map(taste_of)).all()
    chosen = pd.crosstab(WORLD.user_id, WORLD.item_id).astype(float)
    cosine = chosen["i00"] @ chosen / np.sqrt((chosen["i00"] ** 2).sum() * (chosen**2).sum())
    expected = cosine.drop("i00").round(9).sort_index().sort_values(ascending=False, kind="stable").head(4)
    assert alike.loc[alike.item_id == "i00", "similar_id"].tolist() == expected.index.tolist()
    assert np.allclose(alike.loc[alike.item_id == "i00", "score"], expected)


def test_what_speaks_for_an_item_adds_up(fitted):
    best = fitted.recommend(["u003"], k=1).iloc[0]
    why = fitted.explain("u003", best["item_id"])
    assert (why["rank"], why["seen"]) == (1, False) and why["score"] == pytest.approx(best["score"])
    assert sum(why["sources"].values()) == pytest.approx(1) and set(why["sources"]) <= {*MODELS, "popularity"}
    assert why["evidence"] and set(why["evidence"]) <= set(WORLD.loc[WORLD.user_id == "u003", "item_id"])
    assert why["reason"].endswith(".") and why["evidence"][0] in why["reason"]
    mine = WORLD.loc[WORLD.user_id == "u003", "item_id"].iloc[0]
    assert fitted.explain("u003", mine)["seen"]


def test_soon_is_said_where_choices_have_time_between_them():
    """The same choices a second and a day apart: the lists are alike, and only the second knows an order in time."""
    reasons = []
    for apart in (1.0, 86_400.0):
        world = WORLD.assign(timestamp=WORLD["timestamp"] * apart)
        made = Recommender(["transitions"], quick=True).fit(world)
        best = made.recommend(["u003"], k=1).iloc[0]
        reasons.append(made.explain("u003", best["item_id"])["reason"])
    assert reasons[0].startswith("People who chose “") and "also chose this" in reasons[0]
    assert reasons[1].startswith("People chose this soon before or after “")


def test_the_same_lists_as_the_benchmark(tmp_path):
    train, test = WORLD.iloc[::2], WORLD.iloc[1::2]
    for name, part in (("train", train), ("test", test)):
        part.to_csv(tmp_path / f"{name}.csv", index=False)
    assert benchmark(tmp_path, tmp_path / "out", "--models", ",".join(MODELS), "--budget", "2") == 0
    theirs = pd.read_parquet(tmp_path / "out" / "recommendations.parquet").query("model == 'fused' and user_id != ''")
    mine = Recommender(MODELS, budget=2, k=5).fit(train).recommend(k=5)
    columns = ["user_id", "item_id", "rank", "score"]
    order = ["user_id", "rank"]
    pd.testing.assert_frame_equal(
        mine[columns].sort_values(order, ignore_index=True),
        theirs[columns].sort_values(order, ignore_index=True), check_dtype=False,
    )  # fmt: skip


@pytest.mark.parametrize("models", [MODELS, None])
def test_what_is_saved_comes_back(tmp_path, models):
    items = pd.DataFrame({"item_id": WORLD.item_id.unique()})
    items["title"] = "Show " + items["item_id"]
    made = Recommender(models, quick=models is None, budget=1, seed=3)
    of_taste = items.item_id.map(lambda item: f"taste {taste_of(item)}")
    made.fit(WORLD, facts=pd.DataFrame({"subject": items.item_id, "predicate": "of", "object": of_taste}))
    folder = made.save(tmp_path / "kept")
    again = Recommender.load(folder)
    pd.testing.assert_frame_equal(again.recommend(k=7), made.recommend(k=7))
    pd.testing.assert_frame_equal(again.similar_items(["i01"]), made.similar_items(["i01"]))
    best = made.recommend(["u004"], k=1)["item_id"].iloc[0]
    assert again.explain("u004", best) == made.explain("u004", best)
    assert (again.seed, again.models) == (3, models) and json.dumps(again.chosen) == json.dumps(made.chosen)
    assert not list(folder.glob("*.pkl"))
    again.save(tmp_path / "twice")
    pd.testing.assert_frame_equal(Recommender.load(tmp_path / "twice").recommend(["u001"]), made.recommend(["u001"]))


def test_a_file_that_names_other_code_is_refused(tmp_path, fitted):
    folder = fitted.save(tmp_path / "kept")
    (folder / "files.json").unlink()  # whoever changes one file changes the other
    arrays = load_file(file := folder / "recommender.safetensors")
    with safe_open(file, "numpy") as opened:
        described = opened.metadata()["described"]
    for address in ("os:system", "interestlake.models.fitted:top_lists", "interestlake.models.nosuch:Thing"):
        changed = re.sub(r'"interestlake.models.fitted:Fitted"', f'"{address}"', described)
        assert changed != described
        save_file(arrays, file, {"described": changed})
        with pytest.raises(BadInput, match="expected what Recommender.save wrote"):
            Recommender.load(folder)
    with pytest.raises(BadInput, match="expected what Recommender.save wrote"):
        Recommender.load(tmp_path / "nothing")


def test_changed_bytes_are_refused_and_a_folder_of_before_is_read_with_a_warning(tmp_path, fitted, caplog):
    folder = fitted.save(tmp_path / "kept")
    file, sealed = folder / "recommender.safetensors", folder / "files.json"
    whole = file.read_bytes()
    assert json.loads(sealed.read_text())[file.name]["bytes"] == len(whole)
    flipped = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    for changed, found in ((flipped, "that was changed"), (whole[:-8], "bytes; expected")):
        file.write_bytes(changed)
        with pytest.raises(BadInput, match=f"recommender.safetensors .*{found}.*"):
            Recommender.load(folder)
    file.unlink()
    with pytest.raises(BadInput, match="found no recommender.safetensors"):
        Recommender.load(folder)
    file.write_bytes(whole)
    for text in ("{", "[]", '{"recommender.safetensors": {}}'):
        sealed.write_text(text)
        with pytest.raises(BadInput, match="files.json that cannot be read"):
            Recommender.load(folder)
    assert not caplog.records
    sealed.unlink()
    pd.testing.assert_frame_equal(Recommender.load(folder).recommend(k=3), fitted.recommend(k=3))
    assert "was saved without files.json" in caplog.text
    fitted.save(folder)
    assert sealed.is_file()


def test_ids_of_another_save_are_refused(tmp_path, fitted):
    folder = fitted.save(tmp_path / "kept")
    items = pd.read_parquet(folder / "items.parquet")
    for changed in (items[::-1], items.head(3), items.head(0)):
        changed.to_parquet(folder / "items.parquet")
        with pytest.raises(BadInput, match="items.parquet of another save"):
            Recommender.load(folder)


@pytest.mark.parametrize("kind", ["int64", "string", "datetime64[ns]", "category"])
def test_ids_keep_their_type_and_the_lists_do_not_depend_on_it(fitted, kind):
    numbers = WORLD.assign(
        user_id=WORLD.user_id.str[1:].astype(int) + 100, item_id=WORLD.item_id.str[1:].astype(int) + 100
    )
    made = numbers.assign(user_id=numbers.user_id.astype("int64").astype(kind))
    lists = Recommender(MODELS, quick=True).fit(made).recommend(k=3)
    assert lists["item_id"].dtype == "int64" and set(lists["user_id"]) == set(made["user_id"])
    expected = fitted.recommend(k=3)
    assert lists["item_id"].tolist() == (expected["item_id"].str[1:].astype(int) + 100).tolist()


def test_weights_of_nothing_are_seen_and_not_liked():
    weighed = WORLD.assign(weight=np.where(WORLD.item_id == "i00", 0.0, 1.5))
    lists = Recommender(["item_knn"], quick=True).fit(weighed).recommend(k=60)
    seen = WORLD.loc[WORLD.item_id == "i00", "user_id"]
    assert not lists[lists.user_id.isin(seen) & (lists.item_id == "i00")].size


def test_unknown_people_are_told(fitted, caplog):
    caplog.set_level(logging.WARNING, "interestlake")
    lists = fitted.recommend(["u001", "nobody", "none"], k=2)
    assert lists["user_id"].tolist() == ["u001"] * 2 + ["nobody"] * 2 + ["none"] * 2
    assert lists["item_id"].iloc[2:4].tolist() == lists["item_id"].iloc[4:].tolist()
    assert "2 of 3 users have no pair ('nobody', 'none'): the list of somebody without a history" in caplog.text
    assert fitted.recommend(["u001", "nobody"], unknown="skip")["user_id"].unique().tolist() == ["u001"]
    with pytest.raises(BadInput, match="users: found 1 without a pair: 'nobody'"):
        fitted.recommend("nobody", unknown="raise")
    assert fitted.recommend([]).empty and fitted.recommend(pd.DataFrame({"user_id": ["u002"]}), k=1).shape == (1, 4)


@pytest.mark.parametrize(("call", "message"), [
    (lambda made: Recommender().recommend(), "nothing fitted"),
    (lambda made: made.recommend(k=0), "k: found 0; expected a whole number"),
    (lambda made: made.recommend(k=2.5), "k: found 2.5"),
    (lambda made: made.recommend(unknown="drop"), "unknown: found 'drop'"),
    (lambda made: made.similar_items(["i00", "gone"]), "items: found no item 'gone'"),
    (lambda made: made.similar_items("i00", by="texts"), "texts: found none"),
    (lambda made: made.similar_items("i00", by="hue"), "by: found 'hue'"),
    (lambda made: made.explain("nobody", "i00"), "without a pair: 'nobody'"),
    (lambda made: made.explain("u001", "gone"), "no item 'gone'"),
    (lambda made: Recommender(quick=True, minutes=3), "quick and minutes"),
    (lambda made: Recommender(["nosuch"]).fit(WORLD), "nosuch"),
    (lambda made: Recommender(k=0), "k: found 0"),
    (lambda made: Recommender().fit(WORLD.rename(columns={"item_id": "item"})), "expected item_id among them"),
    (lambda made: Recommender().fit(WORLD.assign(user_id="one")), "found one person"),
    (lambda made: Recommender().fit(WORLD.head(0)), "pairs: found no row"),
    (lambda made: Recommender().fit(WORLD.assign(item_id=None)), "rows without item_id"),
    (lambda made: Recommender().fit(WORLD.assign(weight=-1.0)), "negative weights, the first in row 0"),
    (lambda made: Recommender().fit(WORLD.assign(weight=np.inf)), "'inf' as weight in row 0"),
    (lambda made: Recommender().fit([("u", "i")]), "found list; expected a pandas or a Spark frame"),
    (lambda made: Recommender(["item_knn"], quick=True).fit(pd.concat([
        WORLD.assign(user_id=1), WORLD.assign(user_id="1"), WORLD])), "written alike"),
])  # fmt: skip
def test_what_cannot_be_done_says_why(fitted, call, message):
    with pytest.raises(BadInput, match=message):
        call(fitted)


def test_a_long_fit_says_what_it_does(caplog, monkeypatch):
    caplog.set_level(logging.INFO, "interestlake")
    monkeypatch.setattr(progress, "QUIET_S", 0.0)
    monkeypatch.setattr(progress, "TICK_S", 0.005)
    Recommender(MODELS, budget=3).fit(WORLD)
    lines = {record.getMessage().strip().split(" (")[0].split(",")[0] for record in caplog.records}
    assert any(re.fullmatch(r"ease: search: \d of 3 fits", line) for line in lines)
    assert any(line.startswith("learning to fuse: cuts: ") for line in lines)
    assert not progress.PROGRESS.labels and not progress.PROGRESS.counts and not progress.PROGRESS.thread.is_alive()


def test_times_as_dates_and_as_seconds_are_the_same():
    seconds = WORLD.assign(timestamp=WORLD.timestamp + 1.4e9)
    dates = seconds.assign(timestamp=pd.to_datetime(seconds.timestamp, unit="s", utc=True))
    lists = [Recommender(["transitions"], quick=True).fit(frame).recommend(k=3) for frame in (seconds, dates)]
    pd.testing.assert_frame_equal(*lists)
