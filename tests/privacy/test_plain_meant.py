"""Who is meant in a lake that has people, and nothing that says whose they are."""

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.plain_lake import PlainLake
from interestlake.privacy.meant import meant
from interestlake.privacy.plain_person import PlainPeople

from ..delta_files import write_delta

WHOLE = "0123456789abcdef" * 4


def test_a_lake_without_its_sources_says_so_and_still_reads_pseudonyms(tmp_path, caplog):
    caplog.set_level("INFO", logger="interestlake")
    write_delta(tmp_path / "silver" / "users", {"user_id": [WHOLE], "user_index": [3]})
    people = PlainPeople(PlainLake(str(tmp_path)))
    with pytest.raises(BadInput, match="found people, but no ops.sources"):
        meant(people, "26", "no file")
    assert meant(people, WHOLE[:10], "no file").user_index == meant(people, WHOLE, "no file").user_index == 3
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == f"user '{WHOLE[:10]}' read as the pseudonym {WHOLE[:16]}"


def test_what_is_said_of_nobody_is_short(tmp_path, monkeypatch):
    monkeypatch.delenv("INTERESTLAKE_PSEUDONYM_KEY", raising=False)
    write_delta(tmp_path / "silver" / "users", {"user_id": [WHOLE], "user_index": [3]})
    sources = {"source": ["s"], "people": ["s"], "items": ["s"], "item_prefix": [""], "key_mark": [""]}
    write_delta(tmp_path / "ops" / "sources", sources)
    people = PlainPeople(PlainLake(str(tmp_path)))
    with pytest.raises(BadInput) as fault:
        meant(people, "26", str(tmp_path / "key"))
    assert len(str(fault.value).split()) <= 50
    monkeypatch.setenv("INTERESTLAKE_PSEUDONYM_KEY", "k" * 20)
    with pytest.raises(BadInput) as fault:
        meant(people, "26", "no file")
    assert len(str(fault.value).split()) <= 30
