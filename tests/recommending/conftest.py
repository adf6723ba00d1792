"""The planted world with recommend and evaluate run on it once; contexts for more runs on lakes of one's own."""

import logging
from types import SimpleNamespace

import pytest

from .planted import write_world

# the good fixed parameters: a search on 36 people chooses by luck
SMALL = {"tune.quick": True, "recommend.top_k": 5, "recommend.cold_history": 2}
BUILT: dict[str, SimpleNamespace] = {}


@pytest.fixture(scope="session")
def context_of(spark, mlflow_template):
    """context_of(folder, run_id, overrides) -> a StageContext on <folder>/lake with a store beside it."""
    import shutil

    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext
    from interestlake.core.tracking import Tracker

    def make(folder, run_id="planted", overrides=SMALL):
        store = folder / "mlflow.db"
        if not store.exists():
            shutil.copy(mlflow_template, store)
        tracker = Tracker(f"sqlite:///{store}", run_id)
        tracker.start({})
        lake = Lake(spark, str(folder / "lake"))
        options = RunOptions(lake=lake.root, run_id=run_id)
        log = logging.getLogger("interestlake")
        return StageContext(spark, lake, tracker, load_params(None, overrides), options, log)

    return make


def write_planted(context, chosen=None) -> SimpleNamespace:
    """`write_world` with texts under the encoder that the context is configured for."""
    from interestlake.stages.embed import encoder_of

    return write_world(context.lake, encoder_of(context).model_id, chosen)


def promote_planted(context) -> None:
    """The run planted becomes the champion; of what other stages train there are versions without files."""
    from interestlake.core.tracking import CHALLENGER
    from interestlake.stages.promote import MODELS, PROMOTE

    client = context.tracker.client
    for name in MODELS:
        if context.tracker.alias_version(name, CHALLENGER) is None:
            client.create_registered_model(name)
            version = client.create_model_version(name, "file:///nowhere", tags={"interestlake.run_id": "planted"})
            client.set_registered_model_alias(name, CHALLENGER, version.version)
    PROMOTE.run(context)


def run_stage(context, stage) -> dict:
    """The stage's figures."""
    with context.tracker.stage(stage.name, {}):
        return stage.run(context)


@pytest.fixture(scope="session")
def planted(context_of, tmp_path_factory):
    """recommend and evaluate ran once: .lake, .context, .uri, .folder, .pairs, .lonely, .friendly, .figures (stage ->
    figures)."""
    from interestlake.stages.evaluate import EVALUATE
    from interestlake.stages.recommend import RECOMMEND

    if "world" not in BUILT:  # tests/serving asks for it too
        folder = tmp_path_factory.mktemp("planted")
        context = context_of(folder)
        world = write_planted(context)
        figures = {stage.name: run_stage(context, stage) for stage in (RECOMMEND, EVALUATE)}
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        BUILT["world"] = SimpleNamespace(lake=context.lake, context=context, figures=figures, uri=uri, folder=folder,
                                         **vars(world))  # fmt: skip
    return BUILT["world"]


@pytest.fixture
def copied(planted, context_of, tmp_path):
    """copied(run_id, overrides) -> a context on a copy of the planted lake and its store."""
    import shutil

    shutil.copytree(planted.folder, tmp_path, dirs_exist_ok=True)
    return lambda run_id, overrides: context_of(tmp_path, run_id, overrides)
