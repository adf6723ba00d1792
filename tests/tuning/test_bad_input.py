"""What a person can get wrong ends with exit code 2 and one line that says what was found and what was expected."""

import gzip

import pytest

from interestlake.cli.main import main
from interestlake.core.errors import BadInput
from interestlake.text.tuning.intents import IntentModel
from interestlake.text.tuning.read import cut_dev, read_labelled, read_sentences

GOOD = "text,intent\npay the bill,pay\nbook a table,book\nplay it,pay\nbook it,book\n"
FAULTS = {
    "missing file": (None, "nothing there"),
    "empty file": ("", "an empty file"),
    "header alone": ("text,intent\n", "a header and no row"),
    "missing column": ("text,label\na,b\n", "found the columns text, label; expected text, intent among them"),
    "empty text": ("text,intent\na,b\n  ,c\n", "1 without a text or intent, first in line 3"),
    "short row": ("text,intent\na,b\nc\n", "1 field in line 3 below a header of 2 names (text, intent)"),
    "wide row": ("text,intent\na,b\nc,d,e\n", "3 fields in line 3 below a header of 2 names (text, intent)"),
    "double column": ("text,intent,text\na,b,c\n", "2 columns named text"),
    "one intent": ("text,intent\na,b\nc,b\nd,oos\n", "['b']"),
    "not UTF-8": (b"text,intent\n\xff\xfe,b\n", "the byte 0xff in line 2, which is no UTF-8"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_one_message(fault, encoder, tmp_path, caplog):
    content, said = FAULTS[fault]
    (tmp_path / "good.csv").write_text(GOOD)
    if content is not None:
        (tmp_path / "bad.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    words = ["--dev", str(tmp_path / "good.csv"), "--test", str(tmp_path / "good.csv"), "--encoder", str(encoder)]
    assert main(["train-intents", "--train", str(tmp_path / "bad.csv"), *words, "--out", str(tmp_path / "o")]) == 2
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert said in record.getMessage() and "--train" in record.getMessage()
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--dropout", "1"),
        ("--keep", "0"),
        ("--encoder", "nowhere"),
        ("--learning-rate", "-1"),
        ("--register", "own"),
        ("--ensemble", "0"),
        ("--seeds", "0"),
        ("--word-swap", "1"),
    ],
)
def test_a_setting_out_of_range_names_its_option(option, value, tmp_path, caplog):
    (tmp_path / "good.csv").write_text(GOOD)
    files = [word for name in ("train", "test") for word in (f"--{name}", str(tmp_path / "good.csv"))]
    assert main(["train-intents", *files, "--out", str(tmp_path / "o"), option, value]) == 2
    assert option in caplog.records[-1].getMessage()


@pytest.mark.parametrize("words", [("--seeds", "2", "--method", "lora"), ("--refit", "--seeds", "2"),
                                   ("--refit", "--ensemble", "2")])  # fmt: skip
def test_settings_that_exclude_each_other_name_the_first(words, tmp_path, caplog):
    (tmp_path / "good.csv").write_text(GOOD)
    files = [word for name in ("train", "test") for word in (f"--{name}", str(tmp_path / "good.csv"))]
    assert main(["train-intents", *files, "--out", str(tmp_path / "o"), *words]) == 2
    assert words[0] in caplog.records[-1].getMessage()


def test_lines_without_a_tag_are_named(tmp_path):
    path = tmp_path / "bad.conll"
    path.write_text("Ana B-person\nmet\n\nRome X-place\n")
    with pytest.raises(BadInput, match="2 without a tag, first line 2, 4"):
        read_sentences(str(path), "--train")
    path.write_text("\n\n")
    with pytest.raises(BadInput, match="empty file"):
        read_sentences(str(path), "--train")


def test_tags_without_an_entity_cannot_be_learned(encoder, tmp_path, caplog):
    path = str(tmp_path / "plain.conll")
    (tmp_path / "plain.conll").write_text("met O\n\nin O\n")
    words = ["--train", path, "--dev", path, "--test", path, "--out", str(tmp_path / "o"), "--encoder", str(encoder)]
    assert main(["train-tagger", *words]) == 2
    assert "only O" in caplog.records[-1].getMessage()


def test_columns_are_read_by_name_quotes_and_nan_are_text(tmp_path):
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress('\ufeffid,intent,text\n1,a,"one, ""two"""\n\n2,b, nan \n'.encode()))
    rows = read_labelled(str(path), "intent", "--train")
    assert rows.texts == ['one, "two"', "nan"] and rows.labels == ["a", "b"]


def test_sentences_are_cut_at_blank_lines_only(tmp_path):
    path = tmp_path / "rows.conll"
    path.write_text("-DOCSTART- O\n\nAna\x85 NNP B-person\nmet VB O\n \t\nin\tO\r\n", encoding="utf-8", newline="")
    rows = read_sentences(str(path), "--train")
    assert [len(words) for words in rows.words] == [2, 1]
    assert rows.tags == [["B-person", "O"], ["O"]]


def test_dev_is_cut_by_class_and_keeps_copies_together(tmp_path):
    lines = [f"{label} {number % 20},{label}" for label in ("a", "b") for number in range(40)] + ["once,c"]
    (tmp_path / "rows.csv").write_text("text,intent\n" + "\n".join(lines) + "\n")
    rows = read_labelled(str(tmp_path / "rows.csv"), "intent", "--train")
    train, dev = cut_dev(rows, seed=7)
    assert not set(train.texts) & set(dev.texts)
    assert sorted(dev.labels) == ["a"] * 4 + ["b"] * 4
    assert cut_dev(rows, seed=7) == (train, dev) and cut_dev(rows, seed=8) != (train, dev)


def test_a_folder_that_is_no_model_says_so(tmp_path):
    with pytest.raises(BadInput, match="task.json"):
        IntentModel.load(tmp_path)
