"""The planted world of media, embedded twice and trained on once by the commands themselves."""

import logging
import shutil
from types import SimpleNamespace

import pytest

from .planted import write_files, write_tables

SMALL = [
    "--set",
    "train_media.batch_size=128",
    "--set",
    "train_media.epochs=30",
    "--set",
    "train_media.dimension=48",
    "--set",
    "train_media.learning_rate=0.005",
    "--set",
    "train_media.patience_steps=150",
]


@pytest.fixture(scope="session")
def media(spark, tmp_path_factory, mlflow_template):
    """.lake, .call(command, *options) -> (exit code, lines printed), .csv, .uri; no command has run yet."""
    from interestlake.cli import main as cli
    from interestlake.core.lake import Lake

    root = tmp_path_factory.mktemp("media")
    (root / "files").mkdir()
    lake = Lake(spark, str(root / "lake"))
    write_tables(spark, lake)
    csv = write_files(root / "files")
    store = root / "mlflow.db"
    shutil.copy(mlflow_template, store)

    def call(command, *options, lake_root=lake.root):
        logging.getLogger("interestlake").setLevel(logging.INFO)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spark, "stop", lambda: None)
            return cli.main([command, "--lake", str(lake_root), "--tracking-uri", f"sqlite:///{store}", *options])

    return SimpleNamespace(lake=lake, call=call, csv=csv, root=root, uri=f"sqlite:///{store}", small=SMALL)


@pytest.fixture(scope="session")
def embedded(media):
    """`media` after its first `embed-media`."""
    assert media.call("embed-media", "--media", str(media.csv), "--run-id", "m1") == 0
    return media


@pytest.fixture(scope="session")
def trained(embedded):
    """`media` after `train-media`; .figures as logged."""
    assert embedded.call("train-media", "--run-id", "t1", *embedded.small) == 0
    rows = embedded.lake.read("ops.stages").where("stage = 'train_media' AND run_id = 't1'").collect()
    embedded.figures = rows[0]["metrics"]
    return embedded
