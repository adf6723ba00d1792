"""Any file that somebody may call a CSV: read right, or one message that names the line."""

import bz2
import gzip
import lzma
import os
import zipfile

import pyarrow as pa
import pytest

from interestlake.core.csv_table import read_csv
from interestlake.core.errors import BadInput
from interestlake.core.text_file import read_text

ROWS = "user_id,item_id\nu1,i1\nu2,i2\n"
RIGHT = [["u1", "i1"], ["u2", "i2"]]
ODD_NAMES = ("hash#tag", "100%", "per%20cent", "qu?estion", "co:lon", "back\\slash", "[2024]", "{x}", "star*",
             "copy [1]", "ü ß", "~tilde", "a&b;c'd", "-dash", "file:colon")  # fmt: skip


def put(place, content):
    place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(place)


def cells(path, wanted=("user_id", "item_id"), optional=()):
    return read_csv(path, wanted, "--train", optional).frame.to_numpy().tolist()


def refused(path, wanted=("user_id", "item_id"), optional=()):
    with pytest.raises(BadInput) as fault:
        read_csv(path, wanted, "--train", optional)
    told = str(fault.value)
    assert path in told and "; expected " in told and "--train" in told and "\n" not in told
    return told


@pytest.mark.parametrize("content", [
    ROWS, ROWS.replace("\n", "\r\n"), ROWS.replace("\n", "\r"), ROWS.rstrip("\n"), "\ufeff" + ROWS,
    "\ufeff" + ROWS.replace("user_id,", '"user_id",'), "\n\n" + ROWS.replace("\nu2", "\n  \n\nu2") + "\n",
    ROWS.replace(",", " ,", 1), '"user_id","item_id"\n"u1","i1"\n"u2","i2"\n',
], ids=["lf", "crlf", "cr", "no end", "mark", "mark and quotes", "blank lines", "blank header", "quoted"])  # fmt: skip
def test_dialects_read_alike(content, tmp_path):
    assert cells(put(tmp_path / "f.csv", content)) == RIGHT


@pytest.mark.parametrize("content", ['a,b\n1,"x\ny, ""z"""\n2,w\n', 'a,b\r\n1,"x\ny, ""z"""\r\n2,w\r\n'])
def test_line_breaks_and_quotes_within_a_field_are_of_it(content, tmp_path):
    assert cells(put(tmp_path / "f.csv", content), ("a", "b")) == [["1", 'x\ny, "z"'], ["2", "w"]]


def test_words_that_look_like_missing_values_and_long_texts_stay(tmp_path):
    long = "x" * 200_000
    path = put(tmp_path / "f.csv", f"a,b\nNA,nan\n,NULL\n007,{long}\n")
    assert cells(path, ("a", "b")) == [["NA", "nan"], ["", "NULL"], ["007", long]]


def test_columns_nobody_wants_may_repeat_and_be_nameless(tmp_path):
    path = put(tmp_path / "f.csv", ",user_id,item_id,x,x\n0,u1,i1,a,b\n")
    table = read_csv(path, ("user_id", "item_id"), "--train")
    assert table.frame.columns.tolist() == ["", "user_id", "item_id", "x", "x"]
    assert table.frame.iloc[0].tolist() == ["0", "u1", "i1", "a", "b"]


@pytest.mark.parametrize(("content", "said"), [
    ("user_id,item_id\nu1,i1,5\nu2,i2,4\n", "found 3 fields in line 2 below a header of 2 names (user_id, item_id)"),
    ("user_id,item_id\nu1,i1\n\n\"u\n2\",i2\nu3\n", "found 1 field in line 6 below"),
    ("user_id,item_id,user_id\nu1,i1,u1\n", "found 2 columns named user_id; expected one"),
    ("user_id,item_id,weight,weight\nu1,i1,1,1\n", "found 2 columns named weight; expected one"),
    (ROWS + ROWS, "found the header again in line 4"),
    ("user_id;item_id\nu1;i1\n", "found the columns user_id;item_id; expected user_id, item_id among them, between"),
    ("", "found an empty file"), ("\n\n  \n", "found an empty file"), ("\ufeff", "found an empty file"),
    ("user_id,item_id\n", "found a header and no row"), ("user_id,item_id\n\n", "found a header and no row"),
    ('user_id,item_id\nu1,i1\n"u2,i2\nu3,i3\n', "quotes that do not close as they should in line 3"),
    ('user_id,item_id\nu1,i1\nu2,"a \\"b\\", c"\n', "quotes that do not close as they should in line 3"),
    (b"user_id,item_id\nu1,i1\nu2,caf\xe9\n", "the byte 0xe9 in line 3, which is no UTF-8"),
    (ROWS.encode("utf-16"), "found text in UTF-16"), (b"user_id,item_id\nu1,i\x001\n", "a byte of 0 in line 2"),
    (b"PAR1\x00\x00\x15", "a byte of 0 in line 1"),
])  # fmt: skip
def test_what_is_no_table_is_named(content, said, tmp_path):
    assert said in refused(put(tmp_path / "f.csv", content), optional=("weight",))


def test_lines_are_those_of_an_editor(tmp_path):
    table = read_csv(put(tmp_path / "f.csv", '\na,b\n1,"x\n\ny"\n\n2,z\n3,w\n'), ("a", "b"), "--train")
    assert [table.line(table.frame["a"] == value) for value in "123"] == [3, 7, 8]


def packed(place, kind, rows=ROWS):
    if kind == "zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("in/", "")
            archive.writestr("in/f.csv", rows)
            archive.writestr("__MACOSX/in/._f.csv", b"\0")
        return str(place)
    packers = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress,
               "zst": lambda raw: pa.compress(raw, "zstd", asbytes=True)}  # fmt: skip
    return put(place, packers[kind](rows.encode()))


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst", "zip"])
def test_packed_files_are_read_whatever_they_are_called_and_broken_ones_named(kind, tmp_path):
    assert cells(packed(tmp_path / f"f.csv.{kind}", kind)) == RIGHT
    assert cells(packed(tmp_path / "plain.csv", kind)) == RIGHT
    many = "user_id,item_id\n" + "".join(f"u{n},i{n * 7919 % 4001}\n" for n in range(9000))
    packed(tmp_path / f"many.csv.{kind}", kind, many)
    whole = (tmp_path / f"many.csv.{kind}").read_bytes()
    assert "no way to read it" in refused(put(tmp_path / f"cut.{kind}", whole[: len(whole) // 2]))
    assert "begins with b'nope'; expected plain text" in refused(put(tmp_path / f"bad.{kind}", "nope"))
    assert "found an empty file" in refused(put(tmp_path / f"none.csv.{kind}", ""))


def test_a_zip_of_several_files_and_of_none_is_refused(tmp_path):
    for names, said in ((("a.csv", "b.csv"), "2 files in the zip (a.csv, b.csv)"), ((), "0 files in the zip")):
        with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
            for name in names:
                archive.writestr(name, ROWS)
        assert said in refused(str(tmp_path / "f.zip"))


def test_a_text_that_begins_as_an_archive_does_is_text(tmp_path):
    assert cells(put(tmp_path / "f.csv", "PK,user_id,item_id\n1,u1,i1\n")) == [["1", "u1", "i1"]]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_paths_are_read_as_they_stand(name, tmp_path, monkeypatch):
    (tmp_path / name).mkdir()
    put(tmp_path / name / f"{name}.csv", ROWS)
    assert cells(str(tmp_path / name / f"{name}.csv")) == RIGHT
    monkeypatch.chdir(tmp_path / name)
    assert cells(f"{name}.csv") == RIGHT


def test_places_that_are_no_file_are_told_apart(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "found nothing there" in refused(str(tmp_path / "none.csv"))
    assert "found a folder" in refused(str(tmp_path))
    assert "found no plain file" in refused(str(tmp_path / "pipe"))
    assert "File name too long" in refused(str(tmp_path / ("n" * 300)))
    assert "nothing there" in refused("s3://bucket/f.csv")


def test_a_whole_text_is_as_strict(tmp_path):
    assert read_text(packed(tmp_path / "t.zst", "zst"), "--train") == ROWS
    for content, said in ((b"a\n\0", "a byte of 0 in line 2"), (b" \n", "an empty file"), (b"\xff\xfea\0", "UTF-16")):
        with pytest.raises(BadInput, match=said):
            read_text(put(tmp_path / "t.txt", content), "--train")
