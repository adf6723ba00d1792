"""One Spark session per test run; lakes in temporary folders."""

import logging
import os
import shutil
import sys
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("INTERESTLAKE_PSEUDONYM_KEY", "tests-only-pseudonym-key")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"


def pytest_addoption(parser):
    """--kills N: at how many points of a run kill-test kills it."""
    parser.addoption("--kills", type=int, default=3, metavar="N")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The mark `spark` on each test that needs the session: the two kinds run side by side."""
    for item in items:
        if "spark" in item.fixturenames:
            item.add_marker("spark")


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """The only session of a test run: local[2], 4 shuffle partitions."""
    from interestlake.core.session import build_session, read_properties

    os.chdir(ROOT)
    # hundreds of lakes come and go in one session; Delta would keep the last state of each of their tables
    java = "spark.driver.extraJavaOptions"
    options = read_properties(ROOT / "conf" / "spark" / "local.properties")[java]
    # thousands of plans over a few rows each: compiling one takes longer than interpreting it
    own = {
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
        java: f"{options} -Ddelta.log.cacheSize=150",
        "spark.databricks.delta.delta.log.cacheSize": "150",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    session = build_session(str(ROOT / "conf"), "local", own)
    yield session
    session.stop()


@pytest.fixture
def lake(spark, tmp_path):
    """An empty lake."""
    from interestlake.core.lake import Lake

    return Lake(spark, str(tmp_path / "lake"))


@pytest.fixture
def elsewhere(spark, tmp_path):
    """(address, folder): an empty folder of this disk under an address of another file system, Hadoop's viewfs."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    table = f"t{abs(hash(str(folder)))}"  # Hadoop keeps the file system of an address for the life of the JVM
    hadoop = spark._jsc.hadoopConfiguration()
    hadoop.set(f"fs.viewfs.mounttable.{table}.link./lake", folder.as_uri())
    return f"viewfs://{table}/lake", folder


@pytest.fixture(scope="session")
def mlflow_template(tmp_path_factory):
    """An MLflow sqlite store with its tables made once; tests copy it, because making it takes seconds."""
    from interestlake.core.tracking import Tracker

    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    Tracker(f"sqlite:///{path}", "template").start({})
    return path


@pytest.fixture
def tracking_uri(mlflow_template, tmp_path):
    """A fresh sqlite store of one test; the experiment's artifacts go under the test's own folder."""
    import sqlite3

    path = tmp_path / "mlflow.db"
    shutil.copy(mlflow_template, path)
    with sqlite3.connect(path) as store:
        store.execute("UPDATE experiments SET artifact_location = ?", ((tmp_path / "mlartifacts").as_uri(),))
        store.execute("DELETE FROM tags")
        store.execute("DELETE FROM runs")
    return f"sqlite:///{path}"


@pytest.fixture
def stage_context(spark, tmp_path, tracking_uri):
    """make(lake_root, run_id=..., source=..., overrides={"als.rank": 4}) -> a StageContext with a parent run."""
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext
    from interestlake.core.tracking import Tracker

    def make(lake_root=None, run_id="test", overrides=None, **options):
        root = str(lake_root or tmp_path / "lake")
        tracker = Tracker(tracking_uri, run_id)
        tracker.start({})
        run_options = RunOptions(lake=root, run_id=run_id, **options)
        log = logging.getLogger("interestlake")
        return StageContext(spark, Lake(spark, root), tracker, load_params(None, overrides), run_options, log)

    return make


@pytest.fixture(scope="session")
def shared_data():
    """The folder of public data sets; a test that needs it skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside the checkout: real-data tests skipped")
    return SHARED
