import logging

import pytest


@pytest.fixture
def call(spark, tmp_path, tracking_uri, monkeypatch):
    """call(command, *options) -> the exit code over an empty lake, whose address is call.lake."""
    from interestlake.cli import main as cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    logging.getLogger("interestlake").setLevel(logging.INFO)

    def run(command, *options):
        return cli.main([command, "--lake", run.lake, "--tracking-uri", tracking_uri, *map(str, options)])

    run.lake = str(tmp_path / "lake")
    return run
