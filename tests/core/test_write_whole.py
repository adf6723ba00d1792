"""A page that is written whole: nothing but a file is replaced, and a failed one leaves nothing behind."""

import os

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.storage import write_whole


def test_a_file_is_replaced_and_nothing_stands_beside_it(tmp_path):
    page = tmp_path / "new" / "page.html"
    write_whole(page, "one")
    write_whole(page, "two")
    assert page.read_text() == "two" and [path.name for path in page.parent.iterdir()] == ["page.html"]


def test_a_folder_a_device_and_a_pipe_stay_what_they_are(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in (tmp_path / "folder", tmp_path / "pipe", "/dev/null"):
        before = os.stat(name)
        with pytest.raises(BadInput, match="expected a file, or nothing yet; set it in --out"):
            write_whole(type(tmp_path)(name), "a person's page")
        assert os.stat(name).st_mode == before.st_mode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_page_that_cannot_be_put_in_its_place_is_not_left_half(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError("no")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OSError, match="no"):
        write_whole(tmp_path / "page.html", "a person's page")
    assert not list(tmp_path.iterdir())
