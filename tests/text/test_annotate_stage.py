"""The stage: learns sentiment from ratings, annotates a text once, keeps judging by the same model, stands no text."""

import pytest

from interestlake.stages.annotate import ANNOTATE

from .documents import SCHEMA, document, text_hash

SMALL = {
    "annotate.min_labelled_texts": 20,
    "annotate.lda_topics": 2,
    "annotate.lda_iterations": 2,
    "annotate.min_document_count": 1,
}
TABLES = ("text_features", "sentiment_labels", "term_weights", "topics", "document_topics")


def polarity(lake):
    return {row["text_hash"]: row["polarity"] for row in lake.read("silver.text_features").collect()}


def test_made_up_words_get_their_meaning_from_the_ratings_and_keep_it(spark, stage_context):
    praise = [document(f"zorb zorb kettle number {chr(97 + n)}x", user=f"u{n}", rating=5.0) for n in range(25)]
    blame = [document(f"blick blick kettle number {chr(97 + n)}y", user=f"u{n}", rating=1.0) for n in range(25)]
    unrated = [document("a zorb kettle"), document("a blick kettle"), document("a zorb kettle", item="j", split="test")]
    first = stage_context(run_id="r1", overrides=SMALL)
    lake = first.lake
    lake.write("silver.documents", spark.createDataFrame(praise + blame + unrated, SCHEMA), "r1")
    figures = ANNOTATE.run(first)
    assert (figures["texts_total"], figures["texts_annotated"]) == (52, 52)
    assert (figures["sentiment_built_in"], figures["sentiment_accuracy"]) == (0, 1)
    judged = polarity(lake)
    assert (judged[text_hash("a zorb kettle")], judged[text_hash("a blick kettle")]) == (1, -1)
    assert lake.read("silver.topics").count() == 2

    # later praise of the blamed word must not turn the judgement of what stands
    turned = [document(f"blick is what {chr(97 + n)}z", user=f"v{n}", rating=5.0) for n in range(25)]
    lake.write("silver.documents", spark.createDataFrame(praise + blame + unrated + turned, SCHEMA), "r2")
    second = stage_context(lake.root, run_id="r2", overrides=SMALL)
    assert ANNOTATE.run(second)["texts_annotated"] == 25
    later = polarity(lake)
    assert {text: later[text] for text in judged} == judged and later[turned[0][1]] == -1
    third = stage_context(lake.root, run_id="r3", overrides=SMALL)
    assert ANNOTATE.run(third)["texts_annotated"] == 0


@pytest.mark.parametrize("texts", [[], ["Björk"]])
def test_no_text_and_one_title_pass(spark, stage_context, texts):
    context = stage_context()
    rows = [document(text, kind="item", split="all") for text in texts]
    context.lake.write("silver.documents", spark.createDataFrame(rows, SCHEMA), "seed")
    assert ANNOTATE.run(context)["topics"] == 0
    counts = {name: context.lake.read(f"silver.{name}").count() for name in TABLES}
    assert counts == {**dict.fromkeys(TABLES, 0), "text_features": len(texts)}
