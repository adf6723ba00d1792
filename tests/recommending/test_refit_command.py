"""`interestlake refit` on a small lake: from the file to the table's new version, killed, resumed and called again."""

import csv
import hashlib
import hmac
import logging
from types import SimpleNamespace

import numpy as np
import pytest

from interestlake.cli import main as cli
from interestlake.core import pipeline
from interestlake.core.schemas.all import ALL
from interestlake.recommending.saved import open_recommender

from ..selfservice.planted_lake import MODELS, release_evenly
from . import planted

pytestmark = pytest.mark.commands
WEIGHTS = "models.fusion_weights"
RAN = ["--set", "recommend.cold_history=2", "--set", "recommend.top_k=5"]
NAMES = ("popularity", *MODELS)
EVEN = 1 / len(NAMES)


@pytest.fixture(scope="module")
def heard(spark, tmp_path_factory):
    """The planted world with pseudonyms of u0, u1, ..., released with even weights; what people liked follows the text
    alone."""
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake, one_row
    from interestlake.core.stage import StageContext

    def pseudonym(user):
        return hmac.new(b"tests-only-pseudonym-key", f"table\x1fu{user}".encode(), hashlib.sha256).hexdigest()[:32]

    root = tmp_path_factory.mktemp("refit")
    lake = Lake(spark, str(root / "lake"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planted, "user_id", pseudonym)
        world = planted.write_world(lake)
    params = load_params(None, {"tune.quick": True, "recommend.models": MODELS, "recommend.top_k": 5})
    options = RunOptions(lake=lake.root, run_id="made")
    release_evenly(StageContext(spark, lake, None, params, options, logging.getLogger("interestlake")))
    run = {"run_id": "made", "source": "table", "seed": 42, "fingerprint": "f"}
    lake.write("ops.runs", one_row(spark, "ops.runs", run), "made")
    vectors = lake.read("models.item_features").orderBy("item_index").toPandas()["text_vector"]
    unit = np.stack(vectors.to_list())
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    rows = [("u0", "never heard of", 1), ("a stranger", planted.item_id(0), 1)]
    for user, mine in world.pairs.groupby("user"):
        likeness = unit @ unit[mine.item].sum(axis=0)
        likeness[mine.item] = -1
        best = [planted.item_id(item) for item in np.argsort(-likeness)[:3]]
        rows += [(f"u{user}", item, weight) for item, weight in zip(best, (1, 0, 0), strict=True)]
    rows.append(("u1", planted.item_id(int(world.pairs.query("user == 1 and split == 'train'").item.iloc[0])), 1))
    path = root / "feedback.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user_id", "item_id", "weight"), *rows, rows[2]])
    return SimpleNamespace(lake=lake, path=str(path), root=root, rows=len(rows) + 1)


@pytest.fixture
def refit(spark, heard, monkeypatch, capsys, caplog, mlflow_template):
    """refit(*options) -> (exit code, what was printed, what was logged); the session outlives the command."""
    import shutil

    caplog.set_level(logging.INFO, logger="interestlake")
    monkeypatch.setattr(spark, "stop", lambda: None)
    if not (store := heard.root / "mlflow.db").exists():
        shutil.copy(mlflow_template, store)

    def call(*options, lake=heard.lake.root, feedback=heard.path):
        caplog.clear()
        given = ["--lake", lake, "--feedback", str(feedback), "--tracking-uri", f"sqlite:///{store}"]
        code = cli.main(["refit", *given, *RAN, *options])
        return code, capsys.readouterr().out, caplog.text

    return call


def weights(lake, version=None):
    return {(row["segment"], row["source"]): row["weight"] for row in lake.read(WEIGHTS, version).collect()}


def test_feedback_moves_the_weights_once(refit, heard, monkeypatch):
    """Killed after its write, the command ends with the figures of an undisturbed one; then nothing changes."""
    lake, version, listed = heard.lake, heard.lake.version(WEIGHTS), heard.lake.version("gold.recommendations")
    mark = pipeline._mark_finished

    def killed(*told):
        raise RuntimeError("killed")

    monkeypatch.setattr(pipeline, "_mark_finished", killed)
    code, _, logged = refit("--run-id", "r1", "--rate", "3")
    assert code == 1 and "RuntimeError" in logged and ": killed" in logged
    assert lake.version(WEIGHTS) == version + 1 and lake.version("gold.recommendations") == listed
    moved = weights(lake)
    monkeypatch.setattr(pipeline, "_mark_finished", mark)

    code, table, _ = refit("--run-id", "r1", "--rate", "3", "--recommend")
    assert code == 0
    told = "1 replaced by a newer row, 1 unknown person, 1 unknown item, 1 pair of the train split"
    assert f"{heard.rows} rows, {told}, " in table
    assert lake.version(WEIGHTS) == version + 1 and weights(lake) == moved
    figures = next(row["metrics"] for row in lake.read("ops.stages").collect() if row["stage"] == "refit")
    here = "5-19"  # everybody has chosen ten items
    for source in NAMES:
        assert figures[f"weight_before.{here}.{source}"] == pytest.approx(EVEN, abs=1e-12)
        assert figures[f"weight_after.{here}.{source}"] == moved[here, source]
    assert figures[f"alpha_after.{here}.text"] > 1.5 * figures[f"alpha_before.{here}.text"]
    # behaviour has four of the eight, text one
    assert figures[f"lambda_after.{here}.text"] > figures[f"lambda_before.{here}.text"] == pytest.approx(1 / 4)
    assert figures[f"ndcg_10_after.{here}"] > figures[f"ndcg_10_before.{here}"] > 0
    assert figures[f"people.{here}"] + figures[f"held.{here}"] == planted.PEOPLE
    assert figures[f"rests_on.{here}"] == 50 + 3 * figures[f"people.{here}"]
    assert sum(w for (segment, _), w in moved.items() if segment == here) == pytest.approx(1)
    others = [weight for (segment, _), weight in moved.items() if segment != here]
    assert others == pytest.approx([EVEN] * 3 * len(NAMES))
    fusion = open_recommender(lake).fusion
    assert fusion.method == "weights" and fusion.segments[1].tolist() == [moved[here, name] for name in fusion.names]
    lists = lake.read("gold.recommendations")
    assert lists.where("run_id = 'r1'").select("user_id").distinct().count() == planted.PEOPLE + 2

    before = {name: lake.version(name) for name in ALL if lake.exists(name)}
    again, printed, log = refit("--run-id", "r1", "--rate", "3", "--recommend")
    assert (again, printed) == (0, table) and "already done under run id r1" in log
    assert {name: lake.version(name) for name in ALL if lake.exists(name)} == before


def test_mlflow_has_the_figures_of_the_refit(heard):
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"sqlite:///{heard.root / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("interestlake").experiment_id
    runs = client.search_runs([experiment], "tags.`interestlake.stage` = 'refit' AND attributes.status = 'FINISHED'")
    (run,) = [run for run in runs if run.data.tags["interestlake.run_id"] == "r1"]
    metrics = run.data.metrics
    assert metrics["alpha_after.5-19.text"] > metrics["alpha_before.5-19.text"]
    assert metrics["feedback_unknown_items"] == 1
    kinds = [f"{what}_{when}" for what in ("weight", "alpha", "lambda") for when in ("before", "after")]
    assert {f"{kind}.0-4.text" for kind in kinds} <= set(metrics)
    assert run.data.params["refit.rate"] == "3.0" and run.data.params["seed"] == "42"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("user_id,item_id\nnobody,i1\n", "none to learn from (1 unknown people, 1 unknown items"),
        ("user_id,item_id,weight\nu1,item-00,0\n", "expected a liked item (weight > 0) that the lake knows"),
        ("user_id,item_id,weight\nu1,item-00,-2\n", "line 2: negative weight; expected a number >= 0"),
        ("user_id\nu1\n", "expected a column item_id; set it in --feedback"),
        ("", "found columns none"),
    ],
)
def test_feedback_that_cannot_be_used_ends_with_2(refit, heard, tmp_path, rows, message):
    path = tmp_path / "f.csv"
    path.write_text(rows)
    before = heard.lake.version(WEIGHTS)
    code, printed, log = refit("--run-id", tmp_path.name, feedback=path)
    assert (code, printed) == (2, "") and message in log
    assert heard.lake.version(WEIGHTS) == before


def test_a_lake_that_cannot_be_refitted_ends_with_2(refit, heard, spark, tmp_path):
    from interestlake.core.lake import Lake, one_row

    code, _, log = refit(lake=str(tmp_path / "none"))
    expected = "a lake after `interestlake run --until recommend`"
    assert code == 2 and f"found none there; expected {expected}; set it in --lake" in log
    assert not (tmp_path / "none").exists()
    begun = Lake(spark, str(tmp_path / "begun"))
    run = {"run_id": "made", "source": "table", "seed": 42, "fingerprint": "f"}
    begun.write("ops.runs", one_row(spark, "ops.runs", run), "made")
    code, _, log = refit(lake=begun.root)
    assert code == 2 and "found no models.fusion_weights" in log
    code, _, log = refit("--run-id", "made")
    assert code == 2 and "used before (source table, seed 42)" in log


def test_faults_of_the_options_come_before_spark(heard, caplog, monkeypatch):
    caplog.set_level(logging.ERROR, logger="interestlake")
    monkeypatch.setattr("interestlake.cli.dispatch._started", lambda *_: pytest.fail("Spark was started"))
    assert cli.main(["refit", "--lake", heard.lake.root, "--feedback", "/no/such.csv"]) == 2
    assert "input /no/such.csv: found nothing there; expected a file or folder; set it in --feedback" in caplog.text
    assert cli.main(["refit", "--lake", heard.lake.root, "--feedback", heard.path, "--rate", "-1"]) == 2
    assert "rate=-1 (--rate): expected >= 0" in caplog.text
