"""The split world that the tests of odd files change."""

import pytest

from .calls import split, world


@pytest.fixture(scope="module")
def split_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    world().to_csv(folder / "all.csv", index=False)
    assert split(folder / "all.csv", folder) == 0
    return folder
