import hashlib
import hmac
import os
import stat

import pytest

from interestlake.core.errors import BadInput
from interestlake.privacy.keys import SAMPLE_KEY, kept_key, pads, pseudonym, pseudonym_key
from interestlake.privacy.pseudonyms import pseudonymise

KEYS = (b"k", b"tests-only", b"x" * 64, b"longer than a block " * 9, "schlüssel".encode())
SAID = {"INTERESTLAKE_PSEUDONYM_KEY": "said by the variable"}
NAMES = ("A3EBHHCZO6V2A4", "1", "", "Zoë Müller", "日本", "x" * 500)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{len(key)} bytes")
def test_pseudonyms_are_pythons_hmac(spark, key):
    rows = spark.createDataFrame([(name, name) for name in NAMES], "user_id string, raw string")
    actual = {row.raw: row.user_id for row in rows.transform(pseudonymise("user_id", people="shop", key=key)).collect()}
    expected = {name: hmac.new(key, f"shop\x1f{name}".encode(), hashlib.sha256).hexdigest()[:32] for name in NAMES}
    assert actual == expected == {name: pseudonym("shop", name, key) for name in NAMES}
    assert pseudonym("shop", "123", key) != pseudonym("other shop", "123", key)


def test_null_stays_null_and_other_columns_stay(spark):
    rows = spark.createDataFrame([(None, "f", 3)], "user_id string, friend_id string, n int")
    row = rows.transform(pseudonymise("user_id", people="shop", key=b"k")).first()
    assert (row.user_id, row.friend_id, row.n) == (None, "f", 3)


def test_no_plan_shows_the_key(spark):
    key = b"only the owner knows"
    rows = spark.createDataFrame([("a",)], "user_id string").transform(pseudonymise("user_id", people="shop", key=key))
    plan = rows._jdf.queryExecution().toString()
    for secret in (key, *pads(key)):
        assert secret.hex() not in plan.lower()
        assert secret.decode("latin-1") not in plan


def test_key_file_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "new" / "pseudonym.key"
    made = pseudonym_key("movielens", str(path), {})
    assert len(made) == 64
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert pseudonym_key("lastfm", str(path), {}) == made
    assert [file.name for file in path.parent.iterdir()] == ["pseudonym.key"]


def test_the_variable_wins_over_the_file(tmp_path):
    path = tmp_path / "pseudonym.key"
    path.write_text("read from the file\n")
    assert pseudonym_key("table", str(path), SAID) == b"said by the variable"
    assert pseudonym_key("table", str(path), {}) == b"read from the file"


def test_a_key_that_is_gone_is_not_made_again(tmp_path):
    path = tmp_path / "kept"
    with pytest.raises(BadInput, match="expected the key that ingest used"):
        kept_key("movielens", str(path), {})
    assert not path.exists() and kept_key("sample", str(path), {}) == SAMPLE_KEY
    made = pseudonym_key("movielens", str(path), {})
    assert kept_key("movielens", str(path), {}) == made


def test_generated_people_need_no_secret(tmp_path):
    assert pseudonym_key("sample", str(tmp_path / "none"), SAID) == SAMPLE_KEY
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("environ", [{"INTERESTLAKE_PSEUDONYM_KEY": ""}, {}])
def test_an_empty_key_is_refused(tmp_path, environ):
    path = tmp_path / "pseudonym.key"
    path.write_text("\n")
    with pytest.raises(BadInput, match="no key"):
        pseudonym_key("movielens", str(path), environ)


@pytest.mark.parametrize("environ", [{"INTERESTLAKE_PSEUDONYM_KEY": "fifteen letters"}, {}])
def test_a_key_that_can_be_guessed_is_refused(tmp_path, environ):
    path = tmp_path / "pseudonym.key"
    path.write_text("fifteen letters\n")
    with pytest.raises(BadInput, match="found a key of 15 bytes; expected at least 16 bytes"):
        pseudonym_key("movielens", str(path), environ)
    assert pseudonym_key("movielens", str(path), {"INTERESTLAKE_PSEUDONYM_KEY": "sixteen letters!"})


def test_the_key_is_not_logged(tmp_path, caplog):
    with caplog.at_level("INFO", logger="interestlake"):
        key = pseudonym_key("movielens", str(tmp_path / "pseudonym.key"), {})
    assert "made a pseudonym key" in caplog.text
    assert key.decode() not in caplog.text
