"""Files that people have, for `split` and `benchmark`: the right result or one message, never a wrong one."""

import csv
import io

import pandas as pd
import pytest

from interestlake.cli.main import main

from .calls import START, benchmark, errors, read, report, split, world


def test_a_header_one_name_short_is_no_split(tmp_path, caplog):
    rows = world(weight=5)[["user_id", "item_id", "weight", "timestamp"]].to_csv(index=False).splitlines()
    (tmp_path / "in.csv").write_text("\n".join(["user_id,item_id,weight", *rows[1:]]))
    assert split(tmp_path / "in.csv", tmp_path / "out", protocol="stratified-user") == 2
    (told,) = errors(caplog)
    assert "4 fields in line 2 below a header of 3 names" in told and "--input" in told
    assert not (tmp_path / "out").exists()


def test_repeated_pairs_are_one_each_before_they_are_parted(tmp_path, caplog):
    rows = [
        ("a", "x", 1, 5.5, "old"),
        ("a", "y", 2, 1, ""),
        ("a", "z", 3, 2, ""),
        ("b", "x", 1, 1, ""),
        ("b", "y", 2, 1, ""),
        ("b", "z", 3, 1, ""),
        ("a", "x", 9, 2, "new"),
        ("a", "x", 8, 1, "mid"),
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "weight", "note"])
    frame.to_csv(tmp_path / "in.csv", index=False)
    assert split(tmp_path / "in.csv", tmp_path) == 0
    train, test = read(tmp_path, "train"), read(tmp_path, "test")
    assert "2 repeated pairs are one each" in caplog.text
    assert test[["user_id", "item_id"]].to_numpy().tolist() == [["b", "z"], ["a", "x"]]
    assert test.iloc[1].tolist() == ["a", "x", "9", "8.5", "new"]  # the newest row with the sum of the weights
    assert len(pd.concat([train, test]).drop_duplicates(["user_id", "item_id"])) == len(train) + len(test) == 6


def test_without_times_the_last_of_repeated_rows_is_the_newest(tmp_path):
    order = ["x", "y", "z", "x"]
    pd.DataFrame({"user_id": ["a"] * 4 + ["b"] * 4, "item_id": order * 2}).to_csv(tmp_path / "in.csv", index=False)
    assert split(tmp_path / "in.csv", tmp_path) == 0
    assert read(tmp_path, "test")["item_id"].tolist() == ["x", "x"] and len(read(tmp_path, "train")) == 4


def test_test_pairs_that_train_holds_are_left_out_and_counted(split_files, tmp_path, caplog):
    train, test = read(split_files, "train"), read(split_files, "test")
    pd.concat([test, train.head(9)]).to_csv(split_files / "over.csv", index=False)
    assert benchmark(split_files, tmp_path / "over", test="over.csv") == 0
    assert "test pairs left out since train has them: 9" in caplog.text
    assert benchmark(split_files, tmp_path / "plain") == 0
    over, plain = report(tmp_path / "over"), report(tmp_path / "plain")
    assert over["counts"]["test_pairs_left_out_since_train_has_them"] == 9
    assert over["models"]["fused"]["ndcg@5"] == plain["models"]["fused"]["ndcg@5"]


def test_a_test_file_that_train_holds_whole_is_refused(split_files, tmp_path, caplog):
    pd.concat([read(split_files, "train"), read(split_files, "test")]).to_csv(split_files / "both.csv", index=False)
    assert benchmark(split_files, tmp_path / "out", train="both.csv") == 2
    assert "no liked pair beside the 24 that train or validation has too" in errors(caplog)[0]
    assert benchmark(split_files, tmp_path / "out", "--validation", str(split_files / "train.csv")) == 2
    assert "that train has too" in errors(caplog)[1] and "--validation" in errors(caplog)[1]


def test_shares_that_leave_nothing_to_train_on_are_refused(split_files, tmp_path, caplog):
    both = ("--test-share", "0.7", "--validation-share", "0.7")
    assert split(split_files / "all.csv", tmp_path / "out", *both, protocol="stratified-user") == 2
    assert "0.7 for test and 0.7 for validation; expected less than 1 together" in errors(caplog)[0]
    assert split(split_files / "all.csv", tmp_path / "out", "--test-share", "nan", protocol="stratified-user") == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [("stratified-user", "--test-share", "0.01"), ("stratified-item", "--test-share", "0"),
                                  ("stratified-user", "--validation-share", "0.01")])  # fmt: skip
def test_a_part_without_a_pair_is_refused(more, split_files, tmp_path, caplog):
    assert split(split_files / "all.csv", tmp_path / "out", *more[1:], protocol=more[0]) == 2
    assert "found no pair of" in errors(caplog)[0] and not (tmp_path / "out").exists()


def test_people_of_two_pairs_have_no_last_one_to_hold_out(tmp_path, caplog):
    world().groupby("user_id").head(2).to_csv(tmp_path / "in.csv", index=False)
    assert split(tmp_path / "in.csv", tmp_path / "out") == 2
    assert "for test by leave-one-out" in errors(caplog)[0]


def test_a_split_does_not_overwrite_what_it_reads_and_tells_what_is_left_of_another(tmp_path, caplog):
    world().to_csv(tmp_path / "train.csv", index=False)
    before = (tmp_path / "train.csv").read_bytes()
    assert split(tmp_path / "train.csv", tmp_path) == 2
    assert "would overwrite" in errors(caplog)[0] and (tmp_path / "train.csv").read_bytes() == before
    assert split(tmp_path / "train.csv", tmp_path / "out", "--validation-share", "0.1") == 0
    assert split(tmp_path / "train.csv", tmp_path / "out") == 0
    assert "validation.csv is of an earlier split" in caplog.text


def test_fields_with_line_breaks_and_quotes_come_back_as_they_were(tmp_path):
    odd = ["i\r1", 'i "2", x', "i\n3", "i\r\n4", "NA", "007", "i,7", "ü ß", "=1+1"]
    rows = [(user, item, place) for user in ("a", "b\r", "c") for place, item in enumerate(odd)]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"]).assign(timestamp=START)
    frame.to_csv(tmp_path / "in.csv", index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    assert split(tmp_path / "in.csv", tmp_path / "out", protocol="stratified-user") == 0
    found = pd.concat([pd.read_csv(tmp_path / "out" / f"{name}.csv", dtype=str, keep_default_na=False)
                       for name in ("train", "test")])  # fmt: skip
    wanted = {(user, item) for user, item, _ in rows}
    assert set(zip(found["user_id"], found["item_id"], strict=True)) == wanted and len(found) == len(rows)


def numbered(frame) -> pd.DataFrame:
    return frame.assign(item_id=frame["item_id"].str[1:].astype(int), user_id=frame["user_id"].str[1:].astype(int))


def test_ids_that_pandas_made_decimals_are_read_as_whole_numbers(split_files, tmp_path, caplog):
    train, test = (numbered(read(split_files, name)) for name in ("train", "test"))
    train.to_csv(tmp_path / "train.csv", index=False)
    test.astype({"item_id": float, "user_id": float}).to_csv(tmp_path / "test.csv", index=False)
    assert read(tmp_path, "test")["item_id"].str.endswith(".0").all()
    assert benchmark(tmp_path, tmp_path / "out") == 0
    assert "every item_id is a decimal such as" in caplog.text
    counts = report(tmp_path / "out")["counts"]
    assert counts["items_unknown_in_train"] == counts["people_unknown_in_train"] == 0


@pytest.mark.parametrize(("change", "code", "said"), [
    (lambda t: t.assign(item_id=["7.0", *t["item_id"][1:]]), 0, "are written as decimals (7.0)"),
    (lambda t: t.assign(item_id=["7.6561198e+16", *t["item_id"][1:]]), 2, "7.6561198e+16 as item_id in line 2"),
    (lambda t: t.assign(item_id=" " + t["item_id"]), 0, "items unknown in train: 0"),
    (lambda t: t.assign(user_id=["  ", *t["user_id"][1:]]), 2, "1 rows without user_id, the first in line 2"),
    (lambda t: t.assign(weight="0"), 2, "the weight 0 in every row"),
    (lambda t: t.assign(weight="4,5"), 2, "'4,5' as weight in line 2; expected a finite number, with a point"),
    (lambda t: t.assign(weight="1e39"), 2, "'1e39' as weight in line 2"),
    (lambda t: t.assign(weight="1e-300"), 2, "'1e-300' as weight in line 2"),
    (lambda t: t.assign(weight="inf"), 2, "'inf' as weight in line 2"),
    (lambda t: t.rename(columns={"timestamp": "time"}).assign(rating="5"), 0,
     "no column weight and no timestamp; not read: time, rating"),
])  # fmt: skip
def test_odd_cells_are_told(change, code, said, split_files, tmp_path, caplog):
    change(read(split_files, "train")).to_csv(split_files / "changed.csv", index=False)
    assert benchmark(split_files, tmp_path / "out", train="changed.csv") == code
    assert said in caplog.text


@pytest.mark.parametrize(("option", "content", "said"), [
    ("--items", "item_id,title,text\nnone,a,b\n", "no item that train knows: 'none'"),
    ("--facts", "subject,predicate,object\nnone,a,b\n", "no item that train knows"),
    ("--social", "user_id,friend_id\nx,y\n", "no person that train knows: 'x'"),
    ("--items", "item_id,title,text\ni01,a,b,c\n", "4 fields in line 2 below a header of 3 names"),
    ("--facts", "subject,predicate,object\ni01,a\n", "2 fields in line 2"),
    ("--social", "user_id,friend_id\n,u001\n", "1 rows without user_id"),
])  # fmt: skip
def test_files_beside_the_pairs_are_as_strict(option, content, said, split_files, tmp_path, caplog):
    (tmp_path / "side.csv").write_text(content)
    assert benchmark(split_files, tmp_path / "out", option, str(tmp_path / "side.csv")) == 2
    assert said in errors(caplog)[0] and option in errors(caplog)[0]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--top", "0"),
        ("--top", "99999999999"),
        ("--budget", "0"),
        ("--minutes", "nan"),
        ("--max-gigabytes", "-1"),
        ("--variety", "nan"),
    ],
)
def test_numbers_out_of_range_are_named_before_anything_is_read(option, value, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        benchmark(tmp_path, tmp_path / "out", option, value)
    assert ended.value.code == 2
    assert f"argument {option}: found {value}; expected a" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["99999999999999999999", "-1", "1.5", "x"])
def test_a_seed_that_not_every_library_takes_is_refused(seed, split_files, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        split(split_files / "all.csv", tmp_path, "--seed", seed)
    assert ended.value.code == 2
    assert f"--seed: found {seed}; expected a whole number from 0 to 2147483647" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_read(tmp_path, caplog):
    (tmp_path / "file").write_text("x")
    outs = [str(tmp_path / "file"), str(tmp_path / "file" / "out"), str(tmp_path / ("n" * 300)), "", "s3://bucket/out",
            "/proc/none/out"]  # fmt: skip
    for out in outs:
        assert benchmark(tmp_path, out) == 2 and split(tmp_path / "none.csv", out) == 2
    told = errors(caplog)
    assert len(told) == 2 * len(outs)
    places = [one for one in told if "a path of" not in one]
    assert len(places) == len(told) - 2
    assert all("expected a folder on this machine that can be written into; set it in --out" in one for one in places)
    assert all("names at most 255; set it in --out" in one for one in told if one not in places)
    assert sorted(place.name for place in tmp_path.iterdir()) == ["file"]


@pytest.mark.parametrize("name", ["hash#tag", "100%", "per%20cent", "qu?estion", "co:lon", "back\\slash", "[2024]",
                                  "{x}", "star*", "copy [1]", "ü ß"])  # fmt: skip
def test_folders_are_read_and_written_by_the_name_they_have(name, split_files, tmp_path, monkeypatch):
    (tmp_path / name).mkdir()
    (tmp_path / name / "all.csv").write_bytes((split_files / "all.csv").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["split", "--input", f"{name}/all.csv", "--protocol", "leave-one-out", "--out", f"{name}/split"]) == 0
    given = ["--train", f"{name}/split/train.csv", "--test", f"{name}/split/test.csv", "--out", f"{name}/out"]
    assert main(["benchmark", *given, "--models", "popularity", "--budget", "1"]) == 0
    left = {"recommendations.parquet", "metrics.json", "chosen.json"}
    assert {place.name for place in (tmp_path / name / "out").iterdir()} == left
    lists = (tmp_path / name / "out" / "recommendations.parquet").read_bytes()
    assert set(pd.read_parquet(io.BytesIO(lists))["model"]) == {"popularity", "fused"}
