"""The page: valid, self-contained, escaped, small, the same for the same input, and true to the planted rows."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from pyspark.sql import functions as F

from interestlake.core.config import load_params
from interestlake.reporting.gate import verdict
from interestlake.reporting.page import render

from . import planted

METRIC_FIELDS = ("run_id", "split", "segment", "model", "metric", "k", "value", "users", "error")
VOID = {"meta", "br", "img", "input", "link", "hr", "circle", "line", "path", "polyline"}


class Outline(HTMLParser):
    """Checks that tags close in order; keeps attributes by tag, ids, and the text outside style and script."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.attributes.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        """Words with single spaces between them, no-break spaces too."""
        return " ".join(" ".join(self.words).split())


def test_tags_close_in_order_and_ids_are_unique(page):
    outline = Outline(render(page))
    assert outline.faults == []
    assert outline.open == []
    ids = [attributes["id"] for _, attributes in outline.attributes if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = {a["href"][1:] for tag, a in outline.attributes if tag == "a"}
    named = {a["aria-labelledby"] for _, a in outline.attributes if "aria-labelledby" in a}
    assert anchors | named <= set(ids)


def test_page_loads_nothing(page):
    text = render(page)
    outline = Outline(text)
    loads = [a for tag, a in outline.attributes if {"src", "srcset", "data", "poster"} & set(a) or tag == "link"]
    assert loads == []
    assert all(a["href"].startswith("#") for _, a in outline.attributes if "href" in a)
    assert not re.search(r"https?://|url\(|@import|fetch\(|XMLHttpRequest|import\(", text)


def test_same_input_same_bytes_and_small(page, make_page):
    assert render(make_page()) == render(page)
    assert len(render(page).encode()) < 400_000


def test_planted_figures_stand_on_the_page(page):
    text = Outline(render(page)).text
    assert "What 3 people care about" in text
    assert "MovieLens, seed 42." in text
    assert "Passes The fused list beats Popularity, Item-kNN and ALS on nDCG@10." in text
    assert "ALS 0.2021 +14.5 %" in text
    assert "7 records in quarantine" in text
    assert "value: found …; expected a number in … 5" in text
    assert "user: found nothing; expected an id 2" in text
    assert "5c1d9e0a…" in text
    assert planted.PERSON not in render(page)
    assert "0.9999" not in text and "0.8888" not in text
    assert "graph.interest_edges v1 · 171 rows" in text
    assert "1 min 07 s for 5 stages" in text
    lifted = "Lift of interests 1.85× held-out items that carry a person's first five interests"
    assert lifted in text and "(221 people)" in text
    assert "Reasons of their own 97% of a list's entries have a sentence that no other entry has (300 people)" in text
    assert "Behaviour α 55 % λ 1.00 Text α 25 % λ 0.45 Social α 20 % λ 0.36 Knowledge α 0 % λ 0.00" in text


def test_best_of_each_column_is_marked(page):
    best = {m: row.model for row in page.scores.rows for m, cell in zip(range(8), row.cells, strict=True) if cell.best}
    assert best == {**dict.fromkeys(range(6), "fused"), 6: "popularity", 7: "user_knn"}
    assert [row.model for row in page.scores.rows][:3] == ["fused", "ease", "als"]
    assert {row.model for row in page.scores.rows if row.role == "rival"} == {"popularity", "item_knn", "als"}


def test_a_segment_of_few_people_is_named_and_not_drawn(make_page, frames):
    few = F.when(F.col("segment") == "cold", F.lit(1)).otherwise(F.col("users")).cast("bigint")
    high = F.when(F.col("segment") == "cold", F.lit(1.0)).otherwise(F.col("value"))
    metrics = frames["gold.metrics"].withColumns({"users": few, "value": high})
    page = make_page(replaced={"gold.metrics": metrics})
    assert "1 person, too few for a mean" in Outline(render(page)).text
    assert page.scores.segment_top < 1 and [len(s.dots) > 0 for s in page.scores.segments] == [True, True, False]


def test_hostile_text_is_escaped(make_page, frames):
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    spoiled = {
        "silver.items": frames["silver.items"].withColumn("title", F.lit(attack)),
        "silver.interests": frames["silver.interests"].withColumn("name", F.concat(F.lit(attack), "name")),
        "gold.recommendations": frames["gold.recommendations"].withColumn("reason", F.lit(attack)),
        "bronze.quarantine": frames["bronze.quarantine"].withColumn("reason", F.lit(attack)),
        "models.fusion_weights": frames["models.fusion_weights"].withColumn("segment", F.lit(attack)),
    }
    outline = Outline(render(make_page(replaced=spoiled)))
    assert outline.faults == [] and outline.open == []
    tags = [tag for tag, _ in outline.attributes]
    assert tags.count("script") == 1 and "img" not in tags
    assert not [a for _, a in outline.attributes if any(name.startswith("on") for name in a)]
    assert "<script>alert(1)</script>" in outline.text


LATER = ("graph.interest_nodes", "graph.interest_edges", "models.fusion_weights", "gold.metrics", "gold.interest_map")


def test_missing_tables_give_honest_lines(make_page):
    text = Outline(render(make_page(without=(*LATER, "gold.recommendations", "ops.stages", "silver.friends")))).text
    assert "No interest graph in this run: the stage build_graph has not run on this lake." in text
    assert "No metrics in this run: the evaluate stage has not run under this run id." in text
    assert "Neither interests nor sentences were judged in this run" in text
    assert "No verdict: the run has no nDCG@10 on the test split of Fused, Popularity, Item-kNN, ALS." in text
    assert "No person to show: this run has neither recommendations nor an interest map." in text
    assert "No fusion weights in this run: the stage recommend has not run on this lake." in text
    assert "No timings: no stage has finished under this run id." in text
    assert "Friend links not made" in text
    assert "What 3 people care about" in text


def test_an_empty_lake_still_gives_a_page(make_page):
    outline = Outline(render(make_page(without=tuple(planted.tables()))))
    assert outline.faults == []
    assert "No quarantine in this run: the stage ingest has not run on this lake." in outline.text
    assert "A run without people" in outline.text


def test_another_run_id_shows_none_of_this_runs_rows(make_page):
    page = make_page(run_id="films-7", without=("graph.interest_nodes", "silver.interactions"))
    text = Outline(render(page)).text
    assert "No recommendations under this run id" in text
    assert "No metrics in this run" in text
    assert page.person.user_id == planted.PERSON


def test_held_back_is_said(page):
    rows = [dict(zip(METRIC_FIELDS, row, strict=True)) for row in planted.metrics() if row[0] == planted.RUN]
    asked = load_params(None, {"promote.min_gain": 0.2}).promote
    text = Outline(render(replace(page, verdict=verdict(rows, asked)))).text
    assert "Held back The fused list does not beat Item-kNN and ALS on nDCG@10 by the 20.0 % asked for." in text
