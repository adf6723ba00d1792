"""`interestlake topics`, `sentiment` and `entities` on a small lake: tables, printed lines, second calls, refusals."""

import hashlib
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from interestlake.cli import main as cli
from interestlake.text.encoder_files import find_encoder

from ..tuning.world import tiny_bert

pytestmark = pytest.mark.commands
TOPICS = {"pay": ("pay", "bill", "owe"), "rain": ("rain", "weather", "sunny")}
REVIEWS = 40


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    """40 reviews of two items about two topics, their vectors apart; a tiny sentiment model and a tiny tagger."""
    import torch

    from interestlake.core.lake import Lake
    from interestlake.text.tuning.batches import Pieces
    from interestlake.text.tuning.classifier import Classifier
    from interestlake.text.tuning.encoder import Encoder, LinearHead
    from interestlake.text.tuning.sentiment import SentimentModel
    from interestlake.text.tuning.tagger import TaggerModel, TagHead

    root = tmp_path_factory.mktemp("commands")
    bert = str(tiny_bert(root / "bert"))
    torch.manual_seed(1)
    encoder, pieces = Encoder(bert), Pieces(bert, 32)
    SentimentModel(Classifier(encoder, LinearHead(32, 2), pieces), ["0", "1"]).save(root / "mood", bert)
    SentimentModel(Classifier(encoder, LinearHead(32, 2), pieces), ["tea", "milk"]).save(root / "odd", bert)
    head = TagHead(32, 3)
    head.linear.bias.data = torch.tensor([0.0, 9.0, 0.0])  # every word is a person
    TaggerModel(encoder, head, pieces, ["O", "B-person", "I-person"]).save(root / "tags", bert)
    lake, noise = Lake(spark, str(root / "lake")), np.random.default_rng(0)

    def write(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))

    documents, features, vectors, mixtures = [], [], [], []
    for number in range(REVIEWS):
        topic = sorted(TOPICS)[number % 2]
        text = f"{' '.join(TOPICS[topic])} film {number}, but the song is fine"
        key = hashlib.sha256(text.encode()).hexdigest()
        when = datetime(2024, 1, 1) + timedelta(days=3 * number)
        documents.append((f"d{number}", key, "review", f"i{number % 2}", "u", text, 5.0, when, "train"))
        features.append((key, [*TOPICS[topic], "film"], 1.0, "positive", "a"))
        vector = np.eye(32)[number % 2] + 0.05 * noise.standard_normal(32)
        vectors.append((key, find_encoder(bert, 32).model_id, "onnx", (vector / np.linalg.norm(vector)).tolist()))
        mixtures.append((key, number % 2, [0.5, 0.5]))
    write("ops.runs", [("r", "table", 42, "f")], "run_id string, source string, seed int, fingerprint string")
    write("silver.documents", documents, "doc_id string, text_hash string, kind string, item_id string, "
          "user_id string, text string, rating double, event_ts timestamp, split string")  # fmt: skip
    write("silver.text_features", features, "text_hash string, tokens array<string>, polarity double, "
          "polarity_label string, annotator_id string")  # fmt: skip
    write("silver.embeddings", vectors, "text_hash string, model_id string, engine string, vector array<float>")
    write("silver.document_topics", mixtures, "text_hash string, topic_id int, distribution array<double>")
    write("silver.topics", [(n, name, [(word, 0.3) for word in TOPICS[name]]) for n, name in enumerate(sorted(TOPICS))],
          "topic_id int, name string, terms array<struct<term:string,weight:double>>")  # fmt: skip
    write("silver.items", [("i0", "First"), ("i1", "Second")], "item_id string, title string")
    write("silver.interests", [("tag:song", "tag", "song"), ("keyword:film", "keyword", "film")],
          "interest_id string, kind string, name string")  # fmt: skip
    write("silver.item_interests", [(item, "tag:song", 1.0) for item in ("i0", "i1")],
          "item_id string, interest_id string, weight double")  # fmt: skip
    write("silver.sentiment_labels", [], "text_hash string, label string")
    return SimpleNamespace(lake=lake, root=root, bert=bert)


@pytest.fixture
def call(spark, lake, monkeypatch, capsys, caplog, mlflow_template):
    """call(command, *options) -> (exit code, printed, logged); the session outlives the command."""
    import shutil

    monkeypatch.setattr(spark, "stop", lambda: None)
    if not (store := lake.root / "mlflow.db").exists():
        shutil.copy(mlflow_template, store)

    def run(command, *options, root=lake.lake.root):
        caplog.clear()
        code = cli.main([command, "--lake", root, "--tracking-uri", f"sqlite:///{store}", "--set",
                         f"embed.model_path={lake.bert}", "--set", "embed.max_tokens=32", "--set",
                         "annotate.min_document_count=1", *options])  # fmt: skip
        return code, capsys.readouterr().out, caplog.text

    return run


def test_topics(call, lake):
    code, out, logged = call("topics", "--run-id", "t1")
    assert code == 0, logged
    rows = lake.lake.read("silver.topic_quality").collect()
    assert {(row["method"], row["topic_id"]) for row in rows} == {
        (method, n) for method in ("lda_pipeline", "lda", "clusters") for n in (0, 1)
    }
    clusters = [row for row in rows if row["method"] == "clusters"]
    assert {frozenset(row["name"].split(", ")) for row in clusters} == {frozenset(words) for words in TOPICS.values()}
    # the three words of a topic always meet (1), each meets "film", which every text holds, by chance (0)
    assert all(row["npmi"] == pytest.approx(0.5) and row["texts"] == REVIEWS // 2 for row in clusters)
    assert "clusters: 2 topics, mean NPMI" in out and lake.lake.read("silver.text_clusters").count() == REVIEWS
    before = lake.lake.version("silver.topic_quality")
    assert call("topics", "--run-id", "t1")[0] == 0 and lake.lake.version("silver.topic_quality") == before


def test_sentiment_of_a_tuned_model(call, lake):
    code, out, logged = call("sentiment", "--run-id", "s1", "--model", str(lake.root / "mood"))
    assert code == 0, logged
    from interestlake.text.tuning.sentiment import SentimentModel

    said = lake.lake.read("silver.text_sentiment").collect()
    texts = {row["text_hash"]: row["text"] for row in lake.lake.read("silver.documents").collect()}
    answers = SentimentModel.load(lake.root / "mood").predict([texts[row["text_hash"]] for row in said])
    sign = answers["label"].map({"0": -1, "1": 1}) * (2 * answers["confidence"] - 1)
    assert [row["polarity"] for row in said] == pytest.approx(sign.tolist(), abs=1e-5)
    mentions = lake.lake.read("silver.mentions").collect()
    songs = [row for row in mentions if row["entity_id"] == "tag:song"]
    assert len(songs) == REVIEWS and {row["clause"] for row in songs} == {"the song is fine"}
    assert "item: " in out and "alarms: " in out
    assert call("sentiment", "--run-id", "s2", "--model", str(lake.root / "mood"))[0] == 0
    assert lake.lake.read("silver.text_sentiment").count() == REVIEWS


def test_entities(call, lake):
    code, out, logged = call("entities", "--run-id", "e1", "--tagger", str(lake.root / "tags"), "--set",
                             "entities.min_confidence=0.0")  # fmt: skip
    assert code == 0, logged
    nodes = {row["entity_id"]: row for row in lake.lake.read("silver.entities").collect()}
    words = ("film", "but", "the", "song", "is", "fine")  # those that both items have
    assert set(nodes) == {f"entity:person:{word}" for word in words}
    assert all((row["kind"], row["item_count"]) == ("person", 2) for row in nodes.values())
    edges = lake.lake.read("graph.entity_edges").collect()
    assert {"tag:song"} < {end for edge in edges for end in (edge["src"], edge["dst"])}
    assert all({edge["src"], edge["dst"]} & set(nodes) and 0 < edge["weight"] <= 1 for edge in edges)
    assert f"{len(nodes)} entities" in out


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [("sentiment", ("--model", "nowhere"), "folder nowhere: found nothing there"),
     ("sentiment", ("--model", "{}/odd"), "tea, milk"), ("entities", ("--tagger", "{}/mood"), "a model of sentiment"),
     ("topics", ("--k", "1"), "k=1 (conf/params/topics.yml or --k)"),
     ("topics", ("--k", "many"), "k='many'")],
)  # fmt: skip
def test_refusals(call, lake, command, options, message):
    code, out, logged = call(command, *(option.format(lake.root) for option in options))
    assert code == 2 and out == "" and message in logged and "Traceback" not in logged


@pytest.mark.parametrize("command", ["topics", "sentiment"])
def test_no_lake(call, tmp_path, command):
    code, _, logged = call(command, root=str(tmp_path))
    assert code == 2 and "found none there" in logged and not (tmp_path / "ops").exists()
