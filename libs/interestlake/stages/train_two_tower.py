"""Stage train_two_tower: feature snapshots -> Petastorm -> two-tower model; vectors and interestlake.two_tower."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import torch
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from ..core.processes import on_processes
from ..core.room import has_room
from ..core.session import on_one_machine
from ..core.stage import Stage, StageContext
from ..core.tracking import signature_of
from ..graph.features import fit_reduction, item_features, mean_text_vectors, project, training_examples, user_features
from ..interactions.sample_holdout import people_to_judge, sample_holdout
from ..models.pair_parts import Collected, PairFit
from ..models.pair_training import PairTraining, collected, fit_in_rank, fit_pairs
from ..models.two_tower import PairScorer, TwoTower
from ..models.two_tower_plan import SHUFFLE_WINDOW, plan_gigabytes
from ..training.checkpoint import Checkpoint
from ..training.curves import loss_figure
from ..training.line import file_handler, in_rank, state_handlers
from ..training.snapshot import Snapshot, take_snapshot
from ..training.tensors import BLOCKS
from .embed import own_vectors

REGISTERED = "interestlake.two_tower"
REQUIREMENTS = ["torch==2.15.0", "numpy==1.26.4", "pandas==2.2.3"]
NOBODY = np.empty(0, np.int64)


def _write_snapshots(context: StageContext) -> tuple[Snapshot, Snapshot, Snapshot]:
    interactions, items = context.read("silver.interactions"), context.read("silver.items")
    item_graph, user_graph = context.read("graph.item_vectors"), context.read("graph.user_vectors")
    text = mean_text_vectors(context.read("silver.documents"), own_vectors(context)).persist()
    first = item_graph.first()
    graph_width = len(first["vector"]) if first else 1
    reduction = fit_reduction(text, context.params.two_tower.text_dimension)
    width, reduced = (reduction.dimension, text.transform(project(reduction))) if reduction else (1, None)
    context.write_all(
        {
            "models.item_features": item_features(items, reduced, item_graph, width, graph_width),
            "models.training_examples": interactions.transform(training_examples),
        }
    )
    train_pairs, features = interactions.where("split = 'train'"), context.lake.read("models.item_features")
    users = user_features(context.read("silver.users"), train_pairs, features, user_graph, width, graph_width)
    context.write("models.user_features", users)
    text.unpersist()
    examples, of_items, of_users = (
        take_snapshot(context.lake, name, context.written[name].version)
        for name in ("models.training_examples", "models.item_features", "models.user_features")
    )
    return examples, of_items, of_users


def _run(context: StageContext) -> dict[str, float]:
    params, seed = context.params.two_tower, context.options.seed
    examples, item_table, user_table = _write_snapshots(context)
    interactions, window = context.read("silver.interactions"), min(SHUFFLE_WINDOW, examples.rows)
    count, width = _side(context, item_table, "item_index")
    judging = people_to_judge(interactions).count()
    people = _side(context, user_table, "user_index")[0]
    planned = plan_gigabytes(people, count, width, params.dimension, window, params.batch_size, judging,
                             params.processes, on_one_machine(context.spark.sparkContext.master))  # fmt: skip
    over = f", cut over {params.processes} processes," if params.processes > 1 else ""
    what = f"the two-tower model of {people} people and {count} items{over}"
    if not has_room(what, planned, params.max_gigabytes, "two_tower.max_gigabytes", context.log):
        _write_vectors(context, *(_vector_rows(context, side, NOBODY, np.zeros((0, 1))) for side in ("user", "item")))
        return {"rows_per_epoch": examples.rows}
    # how many processes share a training is no part of what it is: another number goes on with its state
    same = replace(params, processes=1)
    mark = f"{same} seed {seed} tables {examples.version} {item_table.version} {user_table.version}"
    holdout = sample_holdout(interactions, seed)
    training = PairTraining(same, seed, examples, item_table, user_table, holdout, mark)
    fit = _fit(context, training, partial(collected, params, people, count, width))
    user_vectors, item_vectors = fit.vectors
    of_users = _vector_rows(context, "user", np.flatnonzero(fit.pairs), user_vectors)
    _write_vectors(context, of_users, _vector_rows(context, "item", fit.listed, item_vectors))
    context.tracker.log_figure(loss_figure(fit.history), "training.png")
    context.log.info("      registered %s version %s", REGISTERED, _log_model(context, fit.model, examples.version))
    Checkpoint.of_lake(context.spark, context.lake.root, context.options.run_id).remove()
    figures = {"best_epoch": fit.history.best_epoch, "best_validation_ndcg_10": fit.history.best_value}
    return {**figures, "rows_per_epoch": examples.rows}


def _fit(context: StageContext, training: PairTraining, place: Callable[[], Collected]) -> PairFit:
    """By this process, or by several that it starts and answers, whose rows come to `place`."""
    saved = Checkpoint.of_lake(context.spark, context.lake.root, context.options.run_id)
    processes, epochs = context.params.two_tower.processes, training.params.epochs

    def said(epoch: int, loss: float, ndcg: float) -> None:
        context.log.info("      epoch %d/%d  loss %.4f  validation ndcg@10 %.4f", epoch, epochs, loss, ndcg)

    def on_look(epoch: int, loss: float, ndcg: float) -> None:
        said(epoch, loss, ndcg)
        context.tracker.log_metrics({"loss": loss, "validation_ndcg_10": ndcg}, step=epoch)

    if processes == 1:
        torch.set_num_threads(os.cpu_count() or 1)
        return fit_pairs(training, saved, on_look)
    tables, rows = (training.examples, training.items, training.users), place()
    handlers = {"look": said, "rows": rows.put, **state_handlers(saved), **file_handler(tables)}
    main = partial(in_rank, partial(fit_in_rank, training))
    fit = rows.fit(on_processes(context.spark, processes, main, handlers, "two_tower.processes"))
    # MLflow's run belongs to this thread
    for epoch, loss, ndcg in zip(fit.history.epochs, fit.history.loss, fit.history.validation_ndcg, strict=True):
        context.tracker.log_metrics({"loss": loss, "validation_ndcg_10": ndcg}, step=epoch)
    return fit


def _side(context: StageContext, table: Snapshot, index: str) -> tuple[int, int]:
    """(rows, coordinates) of the tensor that `side_tensor` will make of a snapshot. One Spark job."""
    features = context.lake.read(table.table, table.version)
    last, *widths = only_row(features.agg(F.max(index), *(F.max(F.size(name)) for name in BLOCKS)))
    return last + 1, sum(widths)


def _write_vectors(context: StageContext, users: DataFrame, items: DataFrame) -> None:
    context.write_all({"models.two_tower_user_vectors": users, "models.two_tower_item_vectors": items})


def _vector_rows(context: StageContext, side: str, rows: np.ndarray, vectors: np.ndarray) -> DataFrame:
    frame = pd.DataFrame({f"{side}_index": rows.astype(np.int32), "vector": list(vectors[rows])})
    return context.spark.createDataFrame(frame, f"{side}_index int, vector array<float>")


def _log_model(context: StageContext, model: TwoTower, version: int) -> str:
    scorer = PairScorer(model).eval()
    example = np.zeros((2, 2), np.int64)
    with torch.no_grad():
        output = scorer(torch.as_tensor(example)).numpy()
    return context.tracker.log_model(
        "pytorch",
        "two_tower",
        REGISTERED,
        tags={"table": f"models.training_examples@v{version}"},
        pytorch_model=scorer,
        signature=signature_of(example, output),
        input_example=example,
        pip_requirements=REQUIREMENTS,
    )


TRAIN_TWO_TOWER = Stage(
    name="train_two_tower",
    summary="Petastorm feeds the two-tower model; register interestlake.two_tower",
    reads=(
        "silver.interactions",
        "silver.items",
        "silver.users",
        "silver.documents",
        "silver.embeddings",
        "graph.item_vectors",
        "graph.user_vectors",
    ),
    writes=(
        "models.training_examples",
        "models.item_features",
        "models.user_features",
        "models.two_tower_user_vectors",
        "models.two_tower_item_vectors",
    ),
    section="two_tower",
    run=_run,
    pure=True,
)
