"""A planted lake of its own for each test module, the command line on it, and a browser."""

import pytest

from .browser import Browser, binary
from .planted_lake import SMALL, make_world


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """.lake, .context, .pairs of the planted world with everyone's lists under the run id made."""
    return make_world(spark, tmp_path_factory.mktemp("selfservice"))


@pytest.fixture(scope="module")
def browser():
    """A headless browser; the tests that need one are skipped where there is none."""
    pytest.importorskip("aiohttp", reason="no aiohttp to speak to a browser")
    if binary() is None:
        pytest.skip("no chromium or google-chrome on the PATH: tests that click are skipped")
    opened = Browser()
    yield opened
    opened.close()


@pytest.fixture
def call(spark, world, monkeypatch, capsys):
    """call(command, *options) -> (exit code, what was printed); the session outlives the command."""
    from interestlake.cli import main as cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    sets = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]

    def run(command, *options):
        code = cli.main([command, "--lake", world.lake.root, *sets, *options])
        return code, capsys.readouterr().out

    return run
