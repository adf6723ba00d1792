"""The planted world with recommend, evaluate and promote run on it once."""

from types import SimpleNamespace

import pytest

from .planted import write_world

SMALL = {"recommend.weight_draws": 64, "recommend.candidates": 30, "recommend.top_k": 5, "recommend.cold_history": 2,
         "recommend.ease_l2": 5.0}


@pytest.fixture(scope="session")
def planted(spark, tmp_path_factory):
    """.lake, .context, .pairs, .lonely, .friendly, .figures (stage -> figures): recommend and evaluate have run."""
    import logging

    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext
    from interestlake.core.tracking import Tracker
    from interestlake.stages.evaluate import EVALUATE
    from interestlake.stages.recommend import RECOMMEND

    root = tmp_path_factory.mktemp("planted")
    lake = Lake(spark, str(root / "lake"))
    world = write_world(lake)
    tracker = Tracker(f"sqlite:///{root / 'mlflow.db'}", "planted")
    tracker.start({})
    options = RunOptions(lake=lake.root, run_id="planted")
    context = StageContext(spark, lake, tracker, load_params(None, SMALL), options, logging.getLogger("interestlake"))
    figures = {}
    for stage in (RECOMMEND, EVALUATE):
        with tracker.stage(stage.name, {}):
            figures[stage.name] = stage.run(context)
    uri = f"sqlite:///{root / 'mlflow.db'}"
    return SimpleNamespace(lake=lake, context=context, figures=figures, uri=uri, **vars(world))
