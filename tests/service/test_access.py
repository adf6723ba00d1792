"""Key files: what they may hold, and keys that are made."""

import pytest

from interestlake.core.errors import BadInput
from interestlake.serving.service.access import SCOPES, NoKey, hash_of, new_key, read_access


def test_a_key_that_is_made_is_admitted_and_only_its_hash_is_kept(tmp_path):
    path = str(tmp_path / "keys.yml")
    first, second = new_key(path, "page"), new_key(path, "job")
    access = read_access(path)
    assert access.admit(f"Bearer {first}", "read") == "page" and access.admit(f"bearer {second}", "metrics") == "job"
    text = (tmp_path / "keys.yml").read_text()
    assert first not in text and hash_of(first) in text and (tmp_path / "keys.yml").stat().st_mode & 0o077 == 0
    with pytest.raises(NoKey):
        access.admit(f"Bearer {first[:-1]}", "read")
    for name in ("page", "two words", ""):
        with pytest.raises(BadInput, match="^key: found"):
            new_key(path, name)
    assert read_access(None).admit(None, "read") == "anybody"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no entry"),
        ("[1]", "no entry"),
        ("page: word", "found word"),
        ("page: {scopes: [read]}", "found None; expected sha256"),
        ("page: {sha256: ABC}", "found ABC"),
        ("page: {sha256: '%s', scopes: [write]}", "expected scopes of"),
        ("page: {sha256: '%s', scopes: []}", "expected scopes of"),
        ("page: {sha256: '%s', per_second: 0}", "per_second, a number above 0"),
        ("page: {sha256: '%s', per_second: .nan}", "per_second, a number above 0"),
        ("page: {sha256: '%s', key: k}", "found key"),
    ],
)
def test_files_at_fault(tmp_path, text, found):
    path = tmp_path / "keys.yml"
    path.write_text(text % ("0" * 64) if "%s" in text else text)
    with pytest.raises(BadInput, match=found):
        read_access(str(path))
    assert SCOPES == ("read", "feedback", "metrics")
