"""The whole pipeline on a small generated world, run once per test run."""

from types import SimpleNamespace

import pytest

USERS = 60
FAST = {
    "ingest.sample_users": USERS,
    "annotate.lda_topics": 6,
    "annotate.lda_iterations": 5,
    "graph.hub_interests": 4,
    "two_tower.epochs": 3,
    "tune.quick": True,
    "promote.min_gain": -1.0,
}


@pytest.fixture(scope="session")
def world(spark, tmp_path_factory):
    """A finished run of the sample source: .lake, .options, .params, .figures."""
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.pipeline import run_stages
    from interestlake.stages.order import STAGES

    root = tmp_path_factory.mktemp("world")
    params = load_params(None, FAST)
    uri = f"sqlite:///{root / 'mlflow.db'}"
    options = RunOptions(lake=str(root / "lake"), run_id="world", source="sample", tracking_uri=uri)
    figures = run_stages(spark, STAGES, params, options)
    return SimpleNamespace(lake=Lake(spark, options.lake), options=options, params=params, figures=figures, root=root)
