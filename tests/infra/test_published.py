"""The readers of the published comparisons, on a few planted lines of each format."""

import gzip
import json

import pandas as pd
import pytest
from bench.published import readers
from bench.published.__main__ import COMPARISONS


def zipped(path, lines: list[str]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write("\n".join(lines))


def rows(frame: pd.DataFrame) -> list[tuple]:
    return list(frame.itertuples(index=False, name=None))


def test_reviews_products_and_what_was_also_bought(tmp_path, capsys):
    products = [
        {
            "asin": "a",
            "title": "A",
            "description": "soft",
            "categories": [["Music", "Folk"], ["Music"]],
            "related": {"also_bought": ["b", "c", "b"]},
        },
        {"asin": "b"},
    ]
    zipped(tmp_path / "meta_Digital_Music.head.json.gz", [*map(repr, products), "{'asin': 'cut o"])
    review = {"reviewerID": "u", "asin": "a", "unixReviewTime": 7}
    zipped(tmp_path / "reviews_Digital_Music_5.head.json.gz", [json.dumps(review), '{"reviewerID": "cut'])
    found = readers.digital_music(tmp_path)
    assert rows(found["pairs"]) == [("u", "a", 7)] and list(found["pairs"].columns) == readers.TIMED
    assert rows(found["items"]) == [("a", "A", "soft. Music, Folk"), ("b", "", "")]
    assert rows(found["facts"]) == [("a", "also_bought", "b"), ("a", "also_bought", "c")]
    assert capsys.readouterr().out.count("cut off") == 2


def test_sequences_are_a_pair_a_line_or_a_person_a_line(tmp_path):
    (tmp_path / "Beauty.txt").write_text("1 5 6\n2 5\n")
    (tmp_path / "Beauty_item2attributes.json").write_text('{"5": [1, 2]}')
    zipped(tmp_path / "Video.txt.gz", ["1 5", "1 6"])
    found = readers.beauty(tmp_path)
    assert rows(found["pairs"]) == [("1", "5"), ("1", "6"), ("2", "5")]
    assert rows(found["facts"]) == [("5", "attribute", "attribute 1"), ("5", "attribute", "attribute 2")]
    assert rows(readers.video(tmp_path)["pairs"]) == [("1", "5"), ("1", "6")]


def test_movies_get_their_plot_tags_and_linked_triples(tmp_path):
    zipped(tmp_path / "ratings.csv.gz", ["userId,movieId,rating,timestamp", "9,1,4.0,55"])
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n1,One (1999),Drama|War\n2,Two,(no genres listed)\n")
    (tmp_path / "tags.csv").write_text("userId,movieId,tag,timestamp\n9,1,slow,5\n8,1,slow,6\n")
    line = "1::One::1999::G::d::Drama::Ann Lee::w::Bo Fox, Cy Gray::It ends.::url"
    zipped(tmp_path / "movies_extrainfos.dat.gz", [line])
    (tmp_path / "kg").mkdir()
    (tmp_path / "kg" / "kg.txt").write_text("40\tfilm.language\t2\n41\tfilm.language\t2\n")
    (tmp_path / "kg" / "item_index2entity_id.txt").write_text("1\t40\n")
    found = readers.movielens(tmp_path)
    told = "Drama, War. Ann Lee. Bo Fox, Cy Gray. It ends. slow"
    assert rows(found["items"]) == [("1", "One (1999)", told), ("2", "Two", "")]
    assert ("1", "director", "Ann Lee") in rows(found["facts"]) and ("1", "tag", "slow") in rows(found["facts"])
    assert ("1", "film.language", "entity 2") in rows(found["facts"]) and len(found["facts"]) == 7


@pytest.mark.parametrize("name", COMPARISONS)
def test_no_comparison_by_time_reads_facts_gathered_after_it(name):
    comparison = COMPARISONS[name]
    assert "global-time" not in comparison.split or "facts" not in comparison.beside
