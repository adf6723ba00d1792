"""One configured encoder for all who read vectors: each finds them on settings that are not the defaults, or says which
encoders the lake has."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from bench.embedding.random_encoder import write_encoder

from interestlake.core.errors import BadInput
from interestlake.core.params.all import Embed
from interestlake.stages.cross_domain import _vectors as crossing_vectors
from interestlake.stages.embed import EMBED, embed_texts, encoder_of, own_vectors
from interestlake.stages.support import SUPPORT_DESK
from interestlake.stages.topics import TOPICS
from interestlake.stages.train_media import _vectors as media_vectors
from interestlake.text.configured import configured_encoder, loaded_encoder

WORDS = ["quiet", "guitar", "train", "rain", "pay", "bill", "sunny", "weather"]
SUBJECTS = "rain and sunny weather", "pay the bill"
TEXTS = [f"{SUBJECTS[n % 2]} number {n} and so on and so forth" for n in range(24)]
SETTINGS = {
    "windows": {"embed.max_windows": 2},
    "int8": {"embed.precision": "fast", "embed.engine": "openvino"},
    "another encoder": {"embed.model_path": "distilbert"},
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("encoders")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERESTLAKE_CACHE", str(root / "cache"))
        yield {family: str(write_encoder(root / family, WORDS, family, hidden=16, layers=1, heads=2, inner=16,
                                         positions=32)) for family in ("bert", "distilbert")}  # fmt: skip


@pytest.fixture
def context_of(stage_context, folders):
    """make(settings, lake_root=None) -> a StageContext whose encoder is the tiny BERT unless the settings say else."""

    def make(settings, lake_root=None, run_id="r1", **options):
        settings = {"embed.model_path": "bert", "embed.max_tokens": 16, "annotate.min_document_count": 1} | settings
        settings["embed.model_path"] = folders[settings["embed.model_path"]]
        return stage_context(lake_root, run_id, overrides=settings, **options)

    return make


def embed_settings(folders, **changed):
    return Embed(**({"model_path": folders["bert"], "max_tokens": 16} | changed))


def test_the_id_follows_every_setting_that_changes_vectors(folders):
    plain = configured_encoder(embed_settings(folders))
    others = [
        configured_encoder(embed_settings(folders, max_windows=2)),
        configured_encoder(embed_settings(folders, max_tokens=8)),
        configured_encoder(embed_settings(folders, precision="fast")),
        configured_encoder(embed_settings(folders, precision="fast", engine="spark_nlp")),
        configured_encoder(embed_settings(folders, model_path=folders["distilbert"])),
    ]
    assert len({plain.model_id, *(one.model_id for one in others)}) == 6
    assert configured_encoder(embed_settings(folders, precision="near_exact")).model_id == plain.model_id
    # a GPU computes "fast" in half precision, which is near enough to the exact vectors to share their id
    assert configured_encoder(embed_settings(folders, precision="fast"), task_has_gpu=True).model_id == plain.model_id


@pytest.mark.parametrize(
    "changed",
    [{}, {"max_windows": 2}, {"precision": "fast", "engine": "openvino"}, {"precision": "fast", "engine": "spark_nlp"}],
)
def test_a_request_is_encoded_as_the_texts_were(folders, changed):
    encoder = configured_encoder(embed_settings(folders, **changed))
    vectors = loaded_encoder(encoder).encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    exact = loaded_encoder(configured_encoder(embed_settings(folders))).encode(TEXTS)
    same = np.allclose(vectors, exact, atol=1e-6)
    assert same == (changed == {}), "more windows read more, int8 rounds"
    assert (vectors * exact).sum(axis=1).min() > (0.5 if "max_windows" in changed else 0.99)


def write(spark, lake, name, rows, schema):
    spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))


def documents(spark, *texts):
    """silver.documents of one text per item."""
    rows = [(f"d{n}", hashlib.sha256(text.encode()).hexdigest(), "item", f"i{n}", None, text, None, None, "all")
            for n, text in enumerate(texts)]  # fmt: skip
    return spark.createDataFrame(
        rows,
        "doc_id string, text_hash string, kind string, item_id string, user_id string, "
        "text string, rating double, event_ts timestamp, split string",
    )


def filled(spark, context):
    """24 documents of 24 items, embedded under the settings of the context; what topics and train_media read beside."""
    context.lake.write("silver.documents", documents(spark, *TEXTS), "r0")
    rows = context.lake.read("silver.documents").collect()
    features = [(row["text_hash"], row["text"].split()[:3]) for row in rows]
    write(
        spark,
        context.lake,
        "ops.runs",
        [("r0", "table", 42, "f")],
        "run_id string, source string, seed int, fingerprint string",
    )
    write(spark, context.lake, "silver.text_features", features, "text_hash string, tokens array<string>")
    write(
        spark,
        context.lake,
        "silver.topics",
        [(0, "rain", [("rain", 0.3)]), (1, "pay", [("pay", 0.3)])],
        "topic_id int, name string, terms array<struct<term:string,weight:double>>",
    )
    assert EMBED.run(context)["texts_embedded"] == len(TEXTS)
    return context


def tickets(folder):
    """(past, articles, new) of a desk of two subjects."""
    folder.mkdir()
    (folder / "past.csv").write_text(
        "ticket_id,text,agent_id,article_id,solved,timestamp\n"
        + "".join(f"t{n},{text},a{n % 2},k{n % 2},1,1700000000\n" for n, text in enumerate(TEXTS[:8]))
    )
    (folder / "articles.csv").write_text(
        "article_id,title,text\nk0,Weather,rain and sunny weather\nk1,Bills,pay the bill\n"
    )
    (folder / "new.csv").write_text("ticket_id,text\nn0,rain again\nn1,pay my bill\n")
    return tuple(str(folder / f"{name}.csv") for name in ("past", "articles", "new"))


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.commands
def test_every_reader_finds_the_vectors_of_a_setting(spark, context_of, tmp_path, setting):
    context = filled(spark, context_of(SETTINGS[setting], inputs=tickets(tmp_path / "desk")))
    own = own_vectors(context)
    assert own.count() == len(TEXTS) and {row["model_id"] for row in own.collect()} == {encoder_of(context).model_id}
    assert TOPICS.run(context)["topics.clusters"] == 2
    assert media_vectors(context)["text"].count() == len(TEXTS)
    # a desk is a run of its own: under the same id its vectors would be taken for those that were written already
    desk = replace(context, options=replace(context.options, run_id="desk"))
    figures = SUPPORT_DESK.run(desk)
    assert (figures["new_tickets"], figures["with_agent"]) == (2, 2)


@pytest.mark.parametrize("command", ["topics", "train_media", "own_vectors"])
def test_a_lake_of_another_encoder_says_which_it_has(spark, context_of, command):
    first = filled(spark, context_of({}))
    there = encoder_of(first).model_id
    other = context_of({"embed.max_windows": 2}, first.options.lake, run_id="r2")
    wanted = encoder_of(other).model_id
    # texts of other tables under the wanted encoder are no vectors of the documents
    embed_texts(other, spark.createDataFrame([("t", "rain again")], "text_hash string, text string"))
    reader = {
        "topics": lambda: TOPICS.run(other),
        "train_media": lambda: media_vectors(other),
        "own_vectors": lambda: own_vectors(other, other.read("silver.documents")),
    }[command]
    with pytest.raises(BadInput) as fault:
        reader()
    assert f"none of {wanted}" in str(fault.value) and there in str(fault.value)
    assert "max_windows" in str(fault.value)


def test_texts_cross_between_lakes_of_one_encoder_and_else_the_log_says_why(spark, context_of, tmp_path, caplog):
    theirs = context_of(SETTINGS["windows"], tmp_path / "theirs")
    theirs.lake.write("silver.documents", documents(spark, "pay the bill", "rain"), "r0")
    assert EMBED.run(theirs)["texts_embedded"] == 2
    same, other = context_of(SETTINGS["windows"]), context_of({})
    assert crossing_vectors(same, theirs.lake).count() == 2 and "do not cross" not in caplog.text
    assert crossing_vectors(other, theirs.lake).count() == 0
    assert encoder_of(other).model_id in caplog.text and encoder_of(theirs).model_id in caplog.text


def test_an_empty_table_is_no_fault(spark, context_of):
    context = context_of({})
    context.lake.write("silver.documents", documents(spark, " ", "\n"), "r0")
    assert EMBED.run(context)["texts_embedded"] == 0 and own_vectors(context).count() == 0
