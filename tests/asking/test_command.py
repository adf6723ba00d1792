"""`interestlake ask` on a small lake: from the tables to the printed list, and every way to ask wrongly."""

import hashlib
import hmac
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest

from interestlake.cli import main as cli
from interestlake.core.params.all import Embed
from interestlake.text.configured import configured_encoder, loaded_encoder

from ..tuning.world import tiny_bert
from .world import FILMS, IDS

pytestmark = pytest.mark.commands
# the encoders whose vectors the lake has
EMBEDDED = ({}, {"max_windows": 2}, {"precision": "fast", "engine": "openvino"})
CHOSEN = {"fan": ("a", "b"), "other": ("c", "e")}


def pseudonym(user):
    return hmac.new(b"tests-only-pseudonym-key", f"table\x1f{user}".encode(), hashlib.sha256).hexdigest()[:32]


@pytest.fixture(scope="module")
def films(spark, tmp_path_factory):
    """The films as tables, embedded by a tiny encoder."""
    from interestlake.core.lake import Lake

    root = tmp_path_factory.mktemp("ask")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERESTLAKE_CACHE", str(root / "cache"))
        bert = str(tiny_bert(root / "bert"))
        encoders = [configured_encoder(Embed(model_path=bert, max_tokens=32, **changed)) for changed in EMBEDDED]
        vectors_of = {files.model_id: loaded_encoder(files, 8) for files in encoders}
    lake = Lake(spark, str(root / "lake"))

    def write(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))

    texts = {item: f"{title} {text}" for item, title, text, *_ in FILMS}
    hashes = {item: hashlib.sha256(text.encode()).hexdigest() for item, text in texts.items()}
    documents = [(item, hashes[item], "item", item, None, text, None, None, "all") for item, text in texts.items()]
    documents += [(f"{item}{tag}", tag, "tag", item, "u", tag, None, None, "train") for item, *_, tags in FILMS
                  for tag in tags]  # fmt: skip
    write("ops.runs", [("r", "table", 42, "f")], "run_id string, source string, seed int, fingerprint string")
    write("silver.items", [(film[0], place, *film[1:5]) for place, film in enumerate(FILMS)], "item_id string, "
          "item_index int, title string, description string, categories array<string>, user_count int")  # fmt: skip
    write("bronze.items", [(item, attributes) for item, _, _, _, _, attributes, _ in FILMS],
          "item_id string, attributes map<string,string>")  # fmt: skip
    write("silver.documents", documents, "doc_id string, text_hash string, kind string, item_id string, "
          "user_id string, text string, rating double, event_ts timestamp, split string")  # fmt: skip
    write("silver.embeddings", [(hashes[item], model_id, "onnx", vector.tolist())
          for model_id, encoder in vectors_of.items()
          for item, vector in zip(texts, encoder.encode(list(texts.values())), strict=True)],
          "text_hash string, model_id string, engine string, vector array<float>")  # fmt: skip
    write("silver.interests", [("category:Comedy", "category", "Comedy", 3)],
          "interest_id string, kind string, name string, item_count int")  # fmt: skip
    write("silver.item_interests", [(item, "category:Comedy", 1.0) for item in "abd"],
          "item_id string, interest_id string, weight double")  # fmt: skip
    write("silver.users", [(pseudonym(user), place) for place, user in enumerate(CHOSEN)],
          "user_id string, user_index int")  # fmt: skip
    write("silver.interactions", [(pseudonym(user), IDS.index(item), 1.0) for user, items in CHOSEN.items()
          for item in items], "user_id string, item_index int, weight double")  # fmt: skip
    write("gold.interest_map", [(pseudonym("fan"), "category:Comedy", 1.0)],
          "user_id string, interest_id string, share double")  # fmt: skip
    return SimpleNamespace(lake=lake, bert=bert, root=root)


@pytest.fixture
def ask(spark, films, monkeypatch, capsys, caplog):
    """ask(request, *options) -> (exit code, printed, logged); the session outlives the command."""
    monkeypatch.setattr(spark, "stop", lambda: None)
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(films.root / "cache"))

    def call(request, *options, lake=films.lake.root):
        caplog.clear()
        code = cli.main(["ask", request, "--lake", lake, "--set", f"embed.model_path={films.bert}", "--set",
                         "embed.max_tokens=32", *options])  # fmt: skip
        return code, capsys.readouterr().out, caplog.text

    return call


def test_a_list_with_its_reasons(ask):
    code, out, _ = ask("a funny comedy, not animated", "--user", "other")
    assert code == 0 and "no intent model was given" in out and "not category Animation" in out
    listed = [line for line in out.splitlines() if line.endswith("]")]
    assert len(listed) == 1 and listed[0].endswith("Night Bite (2004)  [d]")
    assert "category Comedy" in out.splitlines()[-1] and "says" in out.splitlines()[-1]


def test_json_says_the_same_and_seen_items_are_left_out(ask):
    code, out, _ = ask("comedy", "--user", "fan", "--json")
    told = json.loads(out)
    assert code == 0 and [row["item_id"] for row in told["items"]] == ["d"]
    assert told["items"][0]["interests"] == ["Comedy"] and "your interest in Comedy" in told["items"][0]["reason"]
    assert told["understood"]["wanted"] == [[{"kind": "category", "name": "Comedy"}]] and told["notes"] == []
    _, all_of_them, _ = ask("comedy", "--user", "fan", "--json", "--include-seen", "--top", "2")
    assert len(json.loads(all_of_them)["items"]) == 2


def test_a_person_by_pseudonym_is_the_same_person(ask):
    by_id, by_pseudonym = (json.loads(ask("comedy", "--user", user, "--json")[1]) for user in ("fan", pseudonym("fan")))
    assert by_id["items"] == by_pseudonym["items"]


def test_a_refusal_is_heeded_at_once(ask, films):
    spark, lake = films.lake.spark, films.lake
    assert [hit["item_id"] for hit in json.loads(ask("comedy", "--user", "fan", "--json")[1])["items"]] == ["d"]
    row = (pseudonym("fan"), "item", "not_interested", "d", "r")
    schema = "user_id string, kind string, action string, target string, run_id string"
    spark.createDataFrame([row], schema).write.format("delta").save(lake.path("silver.objections"))
    try:
        code, out, _ = ask("comedy", "--user", "fan", "--json", "--include-seen")
        assert code == 0 and "d" not in [hit["item_id"] for hit in json.loads(out)["items"]]
        assert "d" in [hit["item_id"] for hit in json.loads(ask("comedy", "--user", "other", "--json")[1])["items"]]
    finally:
        lake.delete("silver.objections", "true")


def test_an_unknown_person_is_told_before_anything_is_read(ask):
    code, out, logged = ask("comedy", "--user", "Fan")
    assert code == 2 and out == "" and "user 'Fan': found nobody; near it: fan; expected" in logged
    code, out, _ = ask("comedy", "--user", "")
    assert code == 0 and "no user given: the list is without a profile" in out


def test_standard_input(ask, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a horror film"))
    assert "[c]" in ask("-")[1]
    monkeypatch.setattr("sys.stdin", io.StringIO("x " * 5_000_000))
    code, _, logged = ask("-")
    assert code == 2 and "characters; expected at most 2,000" in logged


@pytest.mark.parametrize("changed", EMBEDDED[1:])
def test_the_encoder_that_is_configured_answers(ask, changed):
    options = [part for name, value in changed.items() for part in ("--set", f"embed.{name}={value}")]
    code, out, logged = ask("comedy", "--user", "fan", "--json", *options)
    assert code == 0, logged
    assert [row["item_id"] for row in json.loads(out)["items"]] == ["d"]


@pytest.mark.parametrize(
    ("request_", "options", "message"),
    [("", (), "found no text"), ("the of and", (), "no word that says what is wanted"),
     ("comedy", ("--intents", "nowhere"), "folder nowhere: found nothing there"),
     ("comedy", ("--max-gigabytes", "0.000001"), "GB planned in one process"),
     ("comedy", ("--set", "embed.max_tokens=16"), "vectors: found none of bert-"),
     ("comedy", ("--set", "embed.max_windows=3"), "-int8-openvino")],
)  # fmt: skip
def test_what_cannot_be_answered(ask, request_, options, message):
    code, out, logged = ask(request_, *options)
    assert code == 2 and out == "" and message in logged and "Traceback" not in logged


def test_no_lake(ask, tmp_path):
    assert "found none there" in ask("comedy", lake=str(tmp_path / "nothing"))[2]
    (tmp_path / "empty").mkdir()
    code, _, logged = ask("comedy", lake=str(tmp_path / "empty"))
    assert code == 2 and "found none there" in logged


def test_the_index_can_leave_tags_out(spark, films, monkeypatch):
    from interestlake.serving.asking.gather import gather_index

    monkeypatch.setenv("INTERESTLAKE_CACHE", str(films.root / "cache"))
    model_id = configured_encoder(Embed(model_path=films.bert, max_tokens=32)).model_id
    full, bare = (gather_index(films.lake, model_id, 1.0, without) for without in ((), ("tag",)))
    assert "space" in full.bm25.terms and "space" not in bare.bm25.terms
    assert np.allclose(np.linalg.norm(full.vectors, axis=1), 1, atol=1e-5)
