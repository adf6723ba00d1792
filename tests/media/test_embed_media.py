"""embed-media: every usable file gets its vector once; what cannot be used is in quarantine with the reason."""

import hashlib

import numpy as np
import pytest

from .planted import ITEMS, lacking, picture


def figures(lake, run_id):
    rows = lake.read("ops.stages").where(f"run_id = '{run_id}' AND stage = 'embed_media'").collect()
    return rows[0]["metrics"]


def test_each_content_has_one_vector_and_each_item_its_media(embedded):
    lake = embedded.lake
    usable = sum((lacking(i) != "image") + (lacking(i) != "audio") for i in range(ITEMS))
    media = lake.read("silver.media").collect()
    assert len(media) == usable + 1
    by_hash = {row["media_hash"]: row for row in lake.read("silver.media_embeddings").collect()}
    assert len(by_hash) == usable == lake.read("silver.media_embeddings").count()
    assert {row["media_hash"] for row in media} == set(by_hash)
    copies = {row["item_id"] for row in media if row["media_hash"] == hashlib.sha256(picture(0, 0)).hexdigest()}
    assert copies == {"i000", "i001"}
    assert {(row["kind"], row["engine"], len(row["vector"])) for row in by_hash.values()} == {
        ("image", "classical", 280),
        ("audio", "classical", 72),
    }
    assert all(np.isfinite(row["vector"]).all() for row in by_hash.values())
    assert figures(lake, "m1")["embedded"] == usable


def test_what_cannot_be_used_says_why(embedded):
    lines = embedded.csv.read_text().splitlines()
    found = {
        lines[row["line"] - 1].split(",")[0] + " " + row["reason"]
        for row in embedded.lake.read("bronze.quarantine").where("source = 'media' AND file = 'media.csv'").collect()
    }
    reasons = {line.split()[0]: line for line in found}
    assert set(reasons) == {"i002", "i003", "i004", "i005", "i006"}
    assert "unreadable picture" in reasons["i002"] and "no such file" in reasons["i003"]
    assert "expected a picture" in reasons["i004"] and "missing path" in reasons["i005"]
    assert "unknown kind" in reasons["i006"]


def test_a_second_run_embeds_nothing_and_changes_no_row(embedded):
    lake = embedded.lake
    before = lake.read("silver.media_embeddings").count(), lake.read("silver.media").count()
    assert embedded.call("embed-media", "--media", str(embedded.csv), "--run-id", "m2") == 0
    assert figures(lake, "m2")["embedded"] == 0
    assert (lake.read("silver.media_embeddings").count(), lake.read("silver.media").count()) == before


def test_a_folder_and_bytes_in_parquet_give_the_same_hashes(spark, tmp_path):
    from interestlake.media.embed import hash_media
    from interestlake.sources.media import read_media

    (tmp_path / "media" / "i1").mkdir(parents=True)
    (tmp_path / "media" / "i1" / "front side.png").write_bytes(picture(1, 1))
    (tmp_path / "media" / "i2.png").write_bytes(picture(2, 2))
    rows = [("i1", bytearray(picture(1, 1))), ("i2", bytearray(picture(2, 2))), (None, bytearray(b"x")), ("i3", None)]
    spark.createDataFrame(rows, "item_id string, bytes binary").coalesce(1).write.parquet(str(tmp_path / "m.parquet"))
    found = {}
    for place in ("media", "m.parquet"):
        source = read_media(spark, str(tmp_path / place), 0.5)
        found[place] = source, source.rows.transform(hash_media(1.0)).orderBy("item_id").collect()
    expected = [("i1", hashlib.sha256(picture(1, 1)).hexdigest()), ("i2", hashlib.sha256(picture(2, 2)).hexdigest())]
    assert [(r["item_id"], r["media_hash"]) for r in found["media"][1]] == expected
    assert [(r["item_id"], r["media_hash"]) for r in found["m.parquet"][1] if r["media_hash"]] == expected
    assert [r["reason"] for r in found["m.parquet"][1] if r["item_id"] == "i3"] == [
        "no bytes: expected the content of a picture or sound"
    ]
    assert [row["line"] for row in found["m.parquet"][0].quarantine.collect()] == [3]
    too_large = found["media"][0].rows.transform(hash_media(0.001)).collect()
    assert all("expected at most 0.001 MB" in row["reason"] for row in too_large)


def test_a_folder_elsewhere_is_read_by_spark(spark, elsewhere):
    from interestlake.media.embed import hash_media
    from interestlake.sources.media import read_media

    address, folder = elsewhere
    (folder / "pictures" / "i1").mkdir(parents=True)
    (folder / "pictures" / "i1" / "front side.png").write_bytes(picture(1, 1))
    (folder / "pictures" / "i2.png").write_bytes(picture(2, 2))
    source = read_media(spark, f"{address}/pictures", 0.5)
    rows = source.rows.transform(hash_media(1.0)).orderBy("item_id").collect()
    assert source.with_bytes
    assert [(r["item_id"], r["file"], r["media_hash"]) for r in rows] == [
        ("i1", "i1/front side.png", hashlib.sha256(picture(1, 1)).hexdigest()),
        ("i2", "i2.png", hashlib.sha256(picture(2, 2)).hexdigest()),
    ]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--media", "nowhere.csv"), "nothing there"),
        (("--media", "README.md"), "a file of another kind"),
        (("--media", "docs", "--vision", "docs"), "without"),
    ],
)
def test_bad_input_is_one_message(media, caplog, options, part):
    caplog.clear()
    assert media.call("embed-media", *options) == 2
    assert part in caplog.text and "--" in caplog.text


def test_no_lake_is_one_message(media, caplog, tmp_path):
    caplog.clear()
    assert media.call("embed-media", "--media", str(media.csv), lake_root=tmp_path / "none") == 2
    assert "expected a lake" in caplog.text and not (tmp_path / "none").exists()
