"""`interestlake ask` on a small lake: from the tables to the printed list, and every way to ask wrongly."""

import hashlib
import hmac
import io
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from interestlake.cli import main as cli
from interestlake.core.errors import Unreadable
from interestlake.core.params.all import Embed
from interestlake.core.plain_lake import PlainLake
from interestlake.core.spark_rows import SparkRows
from interestlake.recommending.blocks import Catalogue
from interestlake.serving.asking.asker import read_asker
from interestlake.serving.asking.gather import gather_index
from interestlake.serving.asking.plain_gather import plain_index
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
    write("gold.interest_map", [(pseudonym("fan"), "category:Comedy", 1.0, 0.8)],
          "user_id string, interest_id string, share double, strength double")  # fmt: skip
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
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(films.root / "cache"))
    model_id = configured_encoder(Embed(model_path=films.bert, max_tokens=32)).model_id
    full, bare = (gather_index(films.lake, model_id, 1.0, without) for without in ((), ("tag",)))
    assert "space" in full.bm25.terms and "space" not in bare.bm25.terms
    assert np.allclose(np.linalg.norm(full.vectors, axis=1), 1, atol=1e-5)


def by_spark(patch):
    """Within the patch, `ask` does not answer from the lake's files."""

    def unreadable(*given):
        raise Unreadable("the test says so")

    patch.setattr("interestlake.serving.asking.command._here", unreadable)


@pytest.mark.parametrize(("request_", "options"), [
    ("a funny comedy, not animated", ("--user", "other", "--json")),
    ("comedy", ("--user", "fan", "--json", "--include-seen")),
    ("something like Night Bite before 2010", ("--json",)),
    ("comedy", ("--user", "Fan")),
    ("comedy", ("--set", "embed.max_tokens=16")),
    ("comedy", ("--max-gigabytes", "0.000001")),
])  # fmt: skip
def test_files_and_spark_answer_alike(ask, monkeypatch, request_, options):
    with monkeypatch.context() as patch:
        patch.setattr("interestlake.cli.dispatch._started", None)  # a call of it fails
        here = ask(request_, *options)
    with monkeypatch.context() as patch:
        by_spark(patch)
        there = ask(request_, *options)
    assert here[:2] == there[:2] and here[0] == (0 if "--json" in options else 2)
    assert here[0] == 0 or here[2].splitlines()[-1] == there[2].splitlines()[-1]


@pytest.fixture(scope="module")
def full(spark, films, tmp_path_factory):
    """The films with every table that the index may read: facts, reviews, factors."""
    from interestlake.core.lake import Lake

    root = tmp_path_factory.mktemp("full") / "lake"
    shutil.copytree(films.lake.root, root)
    lake = Lake(spark, str(root))

    def add(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").mode("append").save(lake.path(name))

    add("silver.facts", [("a", "directed_by", "Ann Ode"), ("b", "starring", "http://x/Bo_Day"), ("c", "year", "1999"),
                         ("gone", "starring", "Nobody")],
        "subject_item_id string, predicate string, object string")  # fmt: skip
    hashes = lake.read("silver.documents").where("kind = 'item'").select("text_hash").collect()
    reviews = [(f"r{n}", hashes[n % 3]["text_hash"], "review", "ab"[n % 2], f"u{n % 5}", f"Grand show {n} " * 90, None,
                None, "train" if n % 7 else "test") for n in range(60)]  # fmt: skip
    tags = [(f"t{n}", f"t{n}", "tag", "a", f"u{n % 2}", " Space Ship ", None, None, "train") for n in range(3)]
    add("silver.documents", reviews + tags, "doc_id string, text_hash string, kind string, item_id string, "
        "user_id string, text string, rating double, event_ts timestamp, split string")  # fmt: skip
    add("models.als_item_factors", [(place, [0.5, float(place)]) for place in range(3)],
        "item_index int, vector array<float>")  # fmt: skip
    add("models.als_fit", [(4.0, 0.1, True)], "alpha double, regularization double, scaled boolean")
    add("silver.objections", [(pseudonym("fan"), "item", "not_interested", "d"),
                              (pseudonym("fan"), "item", "not_interested", "no such item"),
                              (pseudonym("fan"), "interest", "not_interested", "category:Comedy"),
                              (pseudonym("fan"), "item", "forget", mark_of("fan", "item", "c"))],
        "user_id string, kind string, action string, target string")  # fmt: skip
    return lake


def mark_of(user, kind, target):
    return hashlib.sha256(f"{pseudonym(user)}|{kind}|{target}".encode()).hexdigest()


@pytest.mark.parametrize("without", [(), ("tag",)])
def test_the_index_is_the_same_from_files(full, films, monkeypatch, without):
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(films.root / "cache"))
    model_id = configured_encoder(Embed(model_path=films.bert, max_tokens=32)).model_id
    spark = gather_index(full, model_id, 1.0, without)
    plain, named = plain_index(PlainLake(full.root), ["none of them", model_id], 1.0, without)
    assert named == model_id
    for name in ("item_ids", "titles", "column_of_index"):
        assert np.array_equal(getattr(plain.catalogue, name), getattr(spark.catalogue, name))
    for name in ("popularity", "years", "prices"):
        assert np.array_equal(getattr(plain, name), getattr(spark, name), equal_nan=True)
    assert plain.bm25.terms == spark.bm25.terms and (plain.bm25.weights != spark.bm25.weights).nnz == 0
    assert plain.vocabulary.phrases == spark.vocabulary.phrases and plain.vocabulary.surnames
    assert plain.vocabulary.surnames == spark.vocabulary.surnames
    assert np.allclose(plain.vectors, spark.vectors, atol=1e-6)
    assert np.array_equal(plain.als.item_vectors, spark.als.item_vectors) and plain.als.alpha == 4.0
    assert (plain.interests.weights != spark.interests.weights).nnz == 0
    assert plain.interests.ids.tolist() == spark.interests.ids.tolist() == ["category:Comedy"]
    assert "grand" in plain.bm25.terms and ("ship" in plain.bm25.terms) == (not without)


def test_who_asks_is_the_same_from_files(full):
    catalogue = Catalogue.of(full.read("silver.items").select("item_id", "item_index", "title").toPandas())
    for user in CHOSEN:
        plain, spark = (read_asker(rows, pseudonym(user), catalogue)
                        for rows in (PlainLake(full.root), SparkRows.of_lake(full)))  # fmt: skip
        for name in ("columns", "weights", "barred", "refused"):
            assert np.array_equal(getattr(plain, name), getattr(spark, name))
        assert (plain.shares, plain.disliked) == (spark.shares, spark.disliked)
    fan = read_asker(PlainLake(full.root), pseudonym("fan"), catalogue)
    assert fan.refused.tolist() == [IDS.index("d")] and fan.barred.tolist() == sorted(map(IDS.index, "cd"))
    assert fan.shares == {} and fan.disliked == ("category:Comedy",)


def test_the_shell_answers_requests_and_reads_the_items_once(films, monkeypatch, capsys, caplog):
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(films.root / "cache"))
    monkeypatch.setattr("sys.stdin", io.StringIO("ask comedy --user fan\nask a funny comedy\nask the of\n"))
    code = cli.main(["shell", "--lake", films.lake.root, "--set", f"embed.model_path={films.bert}", "--set",
                     "embed.max_tokens=32"])  # fmt: skip
    said = capsys.readouterr().out
    assert code == 2 and said.count("understood ") == 2 and "your interest in Comedy" in said
    assert caplog.text.count("items read for requests") == 1 and "no word that says what is wanted" in caplog.text
