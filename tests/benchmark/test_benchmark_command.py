"""`interestlake benchmark` and `split` on files, as a person calls them."""

import json

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from interestlake.cli.main import main

from .world import pairs

CLOSED_FORM = "item_knn,user_knn,ease,sequence_ease,als,graph_filter,transitions,trend"
MODELS = {"popularity", "fused", *CLOSED_FORM.split(",")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    pairs(people=80).to_csv(folder / "all.csv", index=False)
    wanted = ["--input", str(folder / "all.csv"), "--protocol", "stratified-item", "--out", str(folder)]
    assert main(["split", *wanted]) == 0
    return folder


def call(files, out, *more, test="test.csv") -> int:
    given = ["--train", str(files / "train.csv"), "--test", str(files / test), "--out", str(out)]
    models = () if "--models" in more else ("--models", CLOSED_FORM)
    return main(["benchmark", *given, "--top", "5", "--budget", "3", *models, *more])


@pytest.fixture(scope="module")
def result(files, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    assert call(files, out) == 0
    return out


def test_split_parts_the_rows_and_keeps_them(files):
    whole, train, test = (pd.read_csv(files / f"{name}.csv") for name in ("all", "train", "test"))
    together = pd.concat([train, test]).sort_values(["user_id", "timestamp"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(together, whole.sort_values(["user_id", "timestamp"]).reset_index(drop=True))
    assert not (files / "validation.csv").exists()


def test_lists_hold_unseen_items_in_order_for_everybody(files, result):
    lists, train = pd.read_parquet(result / "recommendations.parquet"), pd.read_csv(files / "train.csv")
    assert set(lists["model"]) == MODELS
    seen = set(zip(train["user_id"], train["item_id"], strict=True))
    assert not seen & set(zip(lists["user_id"], lists["item_id"], strict=True))
    for _, rows in lists.groupby(["model", "user_id"]):
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1)) and rows["item_id"].is_unique
        assert rows["score"].is_monotonic_decreasing
    fused = lists[lists["model"] == "fused"].groupby("user_id").size()
    assert set(train["user_id"]) <= set(fused.index) and (fused == 5).all()


def test_taste_is_found_and_figures_are_those_of_the_lists(files, result):
    report = json.loads((result / "metrics.json").read_text())
    models = report["models"]
    assert models["fused"]["ndcg@5"] > 2 * models["popularity"]["ndcg@5"]
    lists, test = pd.read_parquet(result / "recommendations.parquet"), pd.read_csv(files / "test.csv")
    wanted = test.groupby("user_id")["item_id"].agg(set)
    for model in ("ease", "fused"):
        own = lists[lists["model"] == model].groupby("user_id")["item_id"].agg(set)
        recall = np.mean([len(own[user] & items) / len(items) for user, items in wanted.items()])
        assert models[model]["recall@5"] == pytest.approx(recall, abs=1e-5)
        catalogue = pd.read_csv(files / "train.csv")["item_id"].nunique()
        shown = lists[(lists["model"] == model) & lists["user_id"].isin(wanted.index)]["item_id"].nunique()
        assert models[model]["coverage@5"] == pytest.approx(shown / catalogue, abs=1e-5)
    for part in ("weights", "alpha"):
        assert sum(report["fusion"][part]["everybody"].values()) == pytest.approx(1, abs=1e-4)
    alpha = report["fusion"]["alpha"]["everybody"]
    assert alpha["text"] == alpha["social"] == alpha["knowledge"] == 0 < alpha["sequence"]


def test_diversity_is_bought_with_one_number(files, result, tmp_path):
    assert call(files, tmp_path, "--diversity", "0.7") == 0
    plain, varied = (json.loads((out / "metrics.json").read_text())["models"] for out in (result, tmp_path))
    assert varied["fused"]["diversity@5"] > 1.2 * plain["fused"]["diversity@5"]
    assert varied["ease"]["ndcg@5"] == plain["ease"]["ndcg@5"]


@pytest.mark.parametrize("option", ["--diversity", "--variety"])
def test_shares_out_of_range_are_named(files, tmp_path, capsys, option):
    with pytest.raises(SystemExit, match="2"):
        call(files, tmp_path, option, "1.5")
    said = capsys.readouterr().err
    assert f"{option}: found 1.5" in said and "0 to 1" in said


def test_a_poisoned_test_file_changes_no_recommendation(files, result, tmp_path):
    train = pd.read_csv(files / "train.csv")
    random = np.random.default_rng(9)
    poison = pd.DataFrame(
        {
            "user_id": [*random.choice(train["user_id"], 300), *(f"new{n}" for n in range(40))],
            "item_id": [*random.choice(train["item_id"], 300), *(f"never{n}" for n in range(40))],
            "timestamp": 1.0,
        }
    ).drop_duplicates(["user_id", "item_id"])
    poison.to_csv(files / "poison.csv", index=False)
    assert call(files, tmp_path, test="poison.csv") == 0
    before, after = (pd.read_parquet(out / "recommendations.parquet") for out in (result, tmp_path))
    pd.testing.assert_frame_equal(before, after)
    report = json.loads((tmp_path / "metrics.json").read_text())
    assert report["counts"]["people_unknown_in_train"] == 40 and report["counts"]["items_unknown_in_train"] == 40
    old, new = (json.loads((out / "metrics.json").read_text()) for out in (result, tmp_path))
    assert old["models"]["fused"]["ndcg@5"] > 2 * new["models"]["fused"]["ndcg@5"]


def test_trained_models_stop_on_validation_and_never_on_test(files, tmp_path):
    """Their epochs are picked by early stopping; another test file changes neither them nor a list."""
    split = ["--input", str(files / "all.csv"), "--protocol", "leave-one-out", "--validation-share", "0.1"]
    assert main(["split", *split, "--out", str(tmp_path)]) == 0
    wanted = ("--models", "transitions,sasrec", "--budget", "1", "--validation", str(tmp_path / "validation.csv"))
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    assert call(tmp_path, tmp_path / "a", *wanted, "--tracking-uri", store) == 0
    test = pd.read_csv(tmp_path / "test.csv")
    test.assign(item_id=test["item_id"].sample(frac=1, random_state=1).to_numpy()).to_csv(tmp_path / "other.csv")
    assert call(tmp_path, tmp_path / "b", *wanted, test="other.csv") == 0
    first, second = (json.loads((tmp_path / out / "metrics.json").read_text()) for out in "ab")
    assert first["parameters"] == second["parameters"]
    assert first["models"]["sasrec"]["ndcg@5"] > 2 * first["models"]["popularity"]["ndcg@5"]
    curve = first["training"]["sasrec"]
    best = curve["epochs"][int(np.argmax(curve["validation_ndcg"]))]
    assert first["parameters"]["sasrec"]["epochs"] == curve["best_epoch"] == best
    assert curve["loss"][-1] < curve["loss"][0] and (tmp_path / "a" / "training-sasrec.png").stat().st_size > 5_000
    runs = {run.info.run_name: run for run in MlflowClient(store).search_runs(["1"])}
    logged = runs["sasrec"].data
    assert logged.params["epochs"] == str(best) and runs["fused"].data.metrics["alpha everybody sequence"] > 0
    assert logged.metrics["ndcg_5"] == pytest.approx(first["models"]["sasrec"]["ndcg@5"], abs=1e-5)
    lists = [pd.read_parquet(tmp_path / out / "recommendations.parquet") for out in "ab"]
    pd.testing.assert_frame_equal(*lists)


def test_a_model_that_these_files_do_not_bring_is_named(files, tmp_path, caplog):
    assert call(files, tmp_path, "--models", "ease,text") == 2
    assert "found text" in caplog.text and "--models" in caplog.text


def test_unknown_people_are_scored_one_by_one(files, tmp_path):
    """Two strangers who want the most popular item and one who wants nothing known: recall 1, 1 and 0."""
    train = pd.read_csv(files / "train.csv")
    best = train["item_id"].value_counts()
    top = best.index[best == best.max()].min()
    pd.DataFrame({"user_id": ["x", "y", "z"], "item_id": [top, top, "never"], "timestamp": 1.0}).to_csv(
        files / "strangers.csv", index=False
    )
    assert call(files, tmp_path, test="strangers.csv") == 0
    report = json.loads((tmp_path / "metrics.json").read_text())
    assert report["test_people"] == 3 and report["models"]["popularity"]["recall@5"] == pytest.approx(2 / 3, abs=1e-5)


def _changed(files, name, change):
    frame = pd.read_csv(files / "train.csv", dtype=str)
    change(frame).to_csv(files / name, index=False)
    return files / name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="item_id"), "item_id"),
        (lambda t: t.assign(weight=["-1", *["1"] * (len(t) - 1)]), "1 negative weights, the first in line 2"),
        (lambda t: t.assign(weight="many"), "'many' as weight in line 2"),
        (lambda t: t[t["user_id"] == t["user_id"].iloc[0]], "one person"),
        (lambda t: t.assign(item_id=[str(n) for n in range(len(t))]), "no item that train knows"),
        (lambda t: t.head(0), "a header and no row"),
        (lambda t: t.assign(user_id=["", *t["user_id"][1:]]), "1 rows without user_id, the first in line 2"),
    ],
)
def test_bad_train_files_are_named(files, tmp_path, caplog, change, said):
    path = _changed(files, "bad.csv", change)
    out = tmp_path / "out"
    code = main(["benchmark", "--train", str(path), "--test", str(files / "test.csv"), "--out", str(out)])
    assert code == 2 and said in caplog.text and not out.exists()


def test_duplicate_pairs_are_added_and_counted(files, tmp_path, caplog):
    path = _changed(files, "double.csv", lambda t: pd.concat([t, t.head(7)]))
    given = ["--train", str(path), "--test", str(files / "test.csv"), "--out", str(tmp_path)]
    assert main(["benchmark", *given, "--top", "5", "--budget", "1", "--models", "ease"]) == 0
    assert json.loads((tmp_path / "metrics.json").read_text())["counts"]["train_duplicate_pairs"] == 7


def test_texts_friends_and_facts_bring_their_models(files, tmp_path):
    train = pd.read_csv(files / "train.csv")
    items = sorted(set(train["item_id"]))
    words = ["about gardens and plants", "about engines and cars", "about soups and bread", "about stars and space"]
    taste = {item: int(item[1:]) // 15 for item in items}
    pd.DataFrame({"item_id": items, "title": "A book", "text": [words[taste[item]] for item in items]}).to_csv(
        files / "items.csv", index=False
    )
    pd.DataFrame({"subject": items, "predicate": "kind", "object": [taste[item] for item in items]}).to_csv(
        files / "facts.csv", index=False
    )
    people = sorted(set(train["user_id"]))
    friends = [(a, b) for place, a in enumerate(people) for b in people[place + 4 : place + 9 : 4]]  # of one taste
    pd.DataFrame([*friends, ("newcomer", people[0])], columns=["user_id", "friend_id"]).to_csv(
        files / "social.csv", index=False
    )
    more = [f"--{name}={files / name}.csv" for name in ("items", "facts", "social")]
    told = "text,words,content,facts,information,social"
    assert call(files, tmp_path, *more, "--ablate", "--families", "--models", f"{CLOSED_FORM},appeal,{told}") == 0
    report = json.loads((tmp_path / "metrics.json").read_text())
    models, ceiling = report["models"], report["ceiling"]
    assert ceiling["oracle"] >= max(own["ndcg@5"] for name, own in models.items() if name != "fused")
    parts = ("behaviour", "knowledge", "none", "sequence", "social", "text")
    assert set(ceiling) == {"oracle", *(f"without {part}" for part in parts)}
    families = report["families"]
    assert set(families) == {"collaborative", "content", "hybrid"}
    speaking = set(told.split(",")) - {"social"} | {"appeal"}
    assert families["content"]["best_model"] in speaking
    assert families["collaborative"]["best_model"] not in speaking
    for name in told.split(","):
        assert models[name]["ndcg@5"] > models["popularity"]["ndcg@5"], name
    lists = pd.read_parquet(tmp_path / "recommendations.parquet")
    own = lists[(lists["user_id"] == "newcomer") & (lists["model"] == "social")]["item_id"]
    assert set(own) and set(own) <= set(train[train["user_id"] == people[0]]["item_id"])


@pytest.mark.parametrize("protocol", ["ranking", "cold-items"])
def test_items_without_a_history_are_found_by_their_facts(files, tmp_path, protocol, caplog):
    """Withheld items keep one fact, their taste; what counts people cannot see them, what reads facts can."""
    split = ["--input", str(files / "all.csv"), "--protocol", "cold-items", "--test-share", "0.2"]
    assert main(["split", *split, "--out", str(tmp_path)]) == 0
    items = sorted(set(pd.read_csv(files / "all.csv")["item_id"]))
    facts = pd.DataFrame({"subject": items, "predicate": "kind", "object": [int(item[1:]) // 15 for item in items]})
    facts.to_csv(tmp_path / "facts.csv", index=False)
    more = ["--facts", str(tmp_path / "facts.csv"), "--protocol", protocol, "--models", "ease,facts,content"]
    assert call(tmp_path, tmp_path / "out", *more) == 0
    assert "of the items" in caplog.text
    report = json.loads((tmp_path / "out" / "metrics.json").read_text())
    models = report["models"]
    assert models["popularity"]["ndcg@5"] == 0
    if protocol == "cold-items":  # validation asks for withheld items alone: it has nothing to say of them
        assert report["left_out"]["ease"] == "nothing right to say of what validation asks"
    else:
        assert models["ease"]["ndcg@5"] == 0
    assert models["fused"]["ndcg@5"] > (0.2 if protocol == "cold-items" else 0.05)


def test_warm_figures_leave_strangers_out(files, tmp_path):
    test = pd.read_csv(files / "test.csv")
    strangers = pd.DataFrame({"user_id": [f"s{n}" for n in range(30)], "item_id": "never", "timestamp": 1.0})
    pd.concat([test, strangers]).to_csv(files / "mixed.csv", index=False)
    assert call(files, tmp_path, test="mixed.csv") == 0
    models = json.loads((tmp_path / "metrics.json").read_text())["models"]
    people = test["user_id"].nunique()
    for figures in models.values():  # a stranger who wants what nobody knows scores 0
        assert figures["ndcg@5"] == pytest.approx(figures["warm_ndcg@5"] * people / (people + 30), abs=1e-5)


def test_sampled_protocol_ranks_the_last_item_among_a_hundred(tmp_path):
    """Popularity and chance agree on even items: a hit within 5 of 101 for one person in twenty; order finds more."""
    random = np.random.default_rng(3)
    rows = []
    for person in range(300):  # items follow each other round a ring of 300
        start = int(random.integers(300))
        rows += [(f"u{person}", f"i{(start + step) % 300:03}", step) for step in range(8)]
    pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"]).to_csv(tmp_path / "ring.csv", index=False)
    source = str(tmp_path / "ring.csv")
    assert main(["split", "--input", source, "--protocol", "leave-one-out", "--out", str(tmp_path)]) == 0
    assert call(tmp_path, tmp_path / "out", "--protocol", "leave-one-out-sampled") == 0
    report = json.loads((tmp_path / "out" / "metrics.json").read_text())
    sampled, full = report["models"], report["full_ranking"]
    assert sampled["popularity"]["hit_rate@5"] < 0.2 and full["popularity"]["hit_rate@5"] < 0.1
    assert sampled["transitions"]["hit_rate@5"] > 0.9
    for model, figures in full.items():  # fewer rivals: nobody fares worse
        assert sampled[model]["hit_rate@5"] >= figures["hit_rate@5"] - 0.02, model
    lists, test = pd.read_parquet(tmp_path / "out" / "recommendations.parquet"), pd.read_csv(tmp_path / "test.csv")
    found = lists[lists["model"] == "fused"].merge(test[["user_id", "item_id"]])
    assert len(found) / len(test) == pytest.approx(full["fused"]["hit_rate@5"])
