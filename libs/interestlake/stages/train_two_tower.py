"""Stage train_two_tower: feature snapshots -> Petastorm -> two-tower model; vectors and interestlake.two_tower."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.nn import functional

from ..errors import BadInput
from ..feeding.features import (
    item_features,
    mean_text_vectors,
    principal_axes,
    project,
    training_examples,
    user_features,
)
from ..feeding.reader import read_all, read_batches, shuffled
from ..feeding.sample_holdout import sample_holdout
from ..feeding.snapshot import Snapshot, take_snapshot
from ..models.two_tower import PairScorer, TwoTower
from ..text.encoder import model_id
from ..tracking import signature_of
from ..training import checkpoint
from ..training.curves import loss_figure
from ..training.loop import plan_gigabytes, train
from .stage import Stage, StageContext

REGISTERED = "interestlake.two_tower"
REQUIREMENTS = ["torch==2.15.0", "numpy==1.26.4", "pandas==2.2.3", "interestlake"]
EXAMPLE_FILES = 4
SHUFFLE_WINDOW = 4_000_000


def _write_snapshots(context: StageContext) -> tuple[Snapshot, Snapshot, Snapshot]:
    interactions, items = context.read("silver.interactions"), context.read("silver.items")
    item_graph, user_graph = context.read("graph.item_vectors"), context.read("graph.user_vectors")
    encoder = model_id(context.params.embed)
    embeddings = context.read("silver.embeddings").where(f"model_id = '{encoder}'")
    text = mean_text_vectors(context.read("silver.documents"), embeddings).persist()
    first = item_graph.first()
    graph_width = len(first["vector"]) if first else 1
    axes = principal_axes(text, context.params.two_tower.text_dimension) if text.head(1) else None
    width = axes.shape[1] if axes is not None else 1
    reduced = text.transform(project(axes)) if axes is not None else None
    context.write("models.item_features", item_features(items, reduced, item_graph, width, graph_width))
    context.write("models.training_examples", interactions.transform(training_examples(EXAMPLE_FILES)))
    train_pairs, features = interactions.where("split = 'train'"), context.lake.read("models.item_features")
    users = user_features(context.read("silver.users"), train_pairs, features, user_graph, width, graph_width)
    context.write("models.user_features", users)
    text.unpersist()
    names = ("models.training_examples", "models.item_features", "models.user_features")
    return tuple(take_snapshot(context.lake, name, context.written[name].version) for name in names)


def _side(snapshot: Snapshot, index: str) -> torch.Tensor:
    """(rows, text + graph coordinates) float32, each block of unit length, row = index."""
    read = read_all(snapshot)
    order = np.argsort(read[index])
    if not np.array_equal(read[index][order], np.arange(len(order))):
        raise BadInput.of(f"{snapshot.table}.{index}", found="gaps", expected="0..n-1", where="the prepare stage")
    blocks = (torch.as_tensor(read[name][order], dtype=torch.float32) for name in ("text_vector", "graph_vector"))
    return torch.cat([functional.normalize(block, dim=1) for block in blocks], dim=1)


def _run(context: StageContext) -> dict[str, float]:
    params, seed = context.params.two_tower, context.options.seed
    examples, item_table, user_table = _write_snapshots(context)
    holdout = sample_holdout(context.read("silver.interactions"), seed)
    items, users = _side(item_table, "item_index"), _side(user_table, "user_index")
    needed = plan_gigabytes(len(users), len(items), items.shape[1], params.dimension, len(holdout.users))
    if needed > params.max_gigabytes:
        raise BadInput.of(
            f"two-tower training of {len(users)} people and {len(items)} items in one process",
            found=f"a plan of {needed:.2f} GB",
            expected=f"at most {params.max_gigabytes} GB",
            where="max_gigabytes or dimension in conf/params/two_tower.yml",
        )
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(seed)
    model = TwoTower(users, items, params.dimension, params.dropout, params.temperature)
    counts = np.zeros(len(items))
    for batch in read_batches(examples):
        counts += np.bincount(batch["item_index"], minlength=len(items))
    saved = Path(context.options.lake.removeprefix("file://")) / "checkpoints" / f"{context.options.run_id}.pt"

    def epochs(epoch: int):
        return shuffled(read_batches(examples), params.batch_size, SHUFFLE_WINDOW, seed + epoch)

    def on_epoch(epoch: int, loss: float, ndcg: float) -> None:
        context.log.info("      epoch %d/%d  loss %.4f  validation ndcg@10 %.4f", epoch, params.epochs, loss, ndcg)
        context.tracker.log_metrics({"loss": loss, "validation_ndcg_10": ndcg}, step=epoch)

    mark = f"{context.options.run_id}/{examples.version}/{item_table.version}/{user_table.version}"
    history = train(model, epochs, counts / counts.sum(), holdout, params, seed, saved, mark, on_epoch)
    _write_vectors(context, model, counts, read_all(examples)["user_index"])
    context.tracker.log_figure(loss_figure(history), "training.png")
    version = _log_model(context, model)
    checkpoint.remove(saved)
    context.log.info("      registered %s version %s", REGISTERED, version)
    best = max(history.best_epoch, 1)
    figures = {"best_epoch": best, "best_validation_ndcg_10": history.validation_ndcg[best - 1]}
    return {**figures, "rows_per_epoch": examples.rows}


def _write_vectors(context: StageContext, model: TwoTower, counts: np.ndarray, trained_users: np.ndarray) -> None:
    user_vectors, item_vectors = (vectors.cpu().numpy() for vectors in model.vectors())
    known = np.unique(trained_users)
    for name, index, rows, vectors in (
        ("models.two_tower_user_vectors", "user_index", known, user_vectors[known]),
        ("models.two_tower_item_vectors", "item_index", np.arange(len(item_vectors)), item_vectors),
    ):
        frame = pd.DataFrame({index: rows.astype(np.int32), "vector": list(vectors)})
        context.write(name, context.spark.createDataFrame(frame, f"{index} int, vector array<float>"))


def _log_model(context: StageContext, model: TwoTower) -> str:
    scorer = PairScorer(model).cpu().eval()
    example = np.zeros((2, 2), np.int64)
    with torch.no_grad():
        output = scorer(torch.as_tensor(example)).numpy()
    return context.tracker.log_model(
        "pytorch",
        "two_tower",
        REGISTERED,
        tags={"table": f"models.training_examples@v{context.written['models.training_examples'].version}"},
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
)
