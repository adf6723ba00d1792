"""The command train-media: content snapshots -> Petastorm -> gated fusion, judged beside each modality alone."""

import os
from typing import Any

import numpy as np
import pandas as pd
import torch
from pyspark.sql import DataFrame

from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..core.tracking import signature_of
from ..media.encoders import WHERE, find_encoders
from ..media.media import (
    content_examples,
    content_rows,
    held,
    media_vectors,
    own_text_vectors,
    reduce_vectors,
    sampled_people,
)
from ..media.media_figures import dropping_figure
from ..media.media_tensors import holdouts, item_content, pair_matrices, used_batches
from ..media.media_variants import DROPPED, compare, fit
from ..media.training import check_plan, fused, profiles
from ..models.gated_fusion import ContentScorer, MediaMatch
from ..text.own_vectors import vectors_of
from ..training.checkpoint import Checkpoint
from ..training.curves import loss_figure
from ..training.loop import best_device
from ..training.reader import shuffled
from ..training.snapshot import Snapshot, take_snapshot
from .embed import own_vectors

REGISTERED = "interestlake.media"
REQUIREMENTS = ["torch==2.15.0", "numpy==1.26.4", "pandas==2.2.3"]
MOST_PEOPLE = 2000  # of each kind that judge
SHUFFLE_WINDOW = 4_000_000


def _vectors(context: StageContext) -> dict[str, DataFrame]:
    """(item_id, vector) by modality, of what the lake has. BadInput where it has them of other encoders alone."""
    encoders, widths = find_encoders(context.params.embed_media), {}
    if context.lake.exists("silver.media"):
        media, embeddings = context.read("silver.media"), context.read("silver.media_embeddings")
        for kind, encoder in encoders.items():
            of_kind = vectors_of(embeddings.where(f"kind = '{kind}'"), encoder.model_id, where=WHERE[kind])
            widths[kind] = media_vectors(media.where(f"kind = '{kind}'"), of_kind)
    if context.lake.exists("silver.embeddings"):
        documents = context.read("silver.documents")
        widths["text"] = own_text_vectors(documents, own_vectors(context, documents.where("kind = 'item'")))
    return widths


def _write_snapshots(context: StageContext) -> tuple[Snapshot, Snapshot, int]:
    """Snapshots of pairs and of items, and the coordinates that an item has in all."""
    params, seed = context.params.train_media, context.options.seed
    share = params.held_out_share
    items = context.read("silver.items").select("item_index", "item_id", held("item_id", share, seed).alias("held"))
    reduce, reduced, widths = reduce_vectors(params.width, items.where("held = 0").select("item_id")), {}, {}
    for name, vectors in _vectors(context).items():
        vectors = vectors.persist()
        even = reduce(vectors)
        if even is None:
            context.log.info("      %s left out: fewer than two items that are trained on have it", name)
            continue
        reduced[name] = even.persist()
        widths[name] = len(only_row(even)["vector"])
    if not reduced:
        raise BadInput.of(
            f"lake {context.lake.root}",
            found="no vectors of texts, pictures or sounds under these encoders",
            expected="at least one kind",
            where="interestlake embed-media or embed first, with the same encoders",
        )
    context.write("models.media_features", items.transform(content_rows(reduced, widths)))
    features = context.lake.read("models.media_features")
    users = context.read("silver.users").select("user_index", held("user_id", share, seed).alias("held"))
    examples = context.read("silver.interactions").transform(content_examples(features, users))
    context.write("models.media_examples", examples)
    names = ("models.media_examples", "models.media_features")
    pairs, content = (take_snapshot(context.lake, name, context.written[name].version) for name in names)
    return pairs, content, sum(widths.values())


def _sampled_pairs(context: StageContext) -> pd.DataFrame:
    share, seed = context.params.train_media.held_out_share, context.options.seed
    users = context.read("silver.users").select("user_index", held("user_id", share, seed).alias("held"))
    interactions = context.read("silver.interactions").where("weight > 0")
    return interactions.transform(sampled_people(users, seed, MOST_PEOPLE)).toPandas()


def _run(context: StageContext) -> dict[str, float]:
    params, seed = context.params.train_media, context.options.seed
    examples, table, width = _write_snapshots(context)
    users = only_row(context.read("silver.users").agg({"user_index": "max"}))[0] + 1
    check_plan(params, users, table.rows, width, examples.rows)
    items, held_items = item_content(table)
    used, histories = pair_matrices(examples, users, len(held_items))
    if not used.nnz:
        raise BadInput.of(
            "pairs of people and items with content",
            found="none to train on",
            expected="at least one",
            where="--media, or train_media.held_out_share",
        )
    shown = items.present.numpy().any(axis=1)
    tried = holdouts(_sampled_pairs(context), shown, held_items)
    torch.set_num_threads(os.cpu_count() or 1)
    window = min(SHUFFLE_WINDOW, used.nnz)

    def epochs(epoch: int):
        return shuffled(used_batches(examples), params.batch_size, window, seed * 1_000_003 + epoch)

    def trained(names: tuple[str, ...]):
        label = "+".join(names)
        saved = Checkpoint.of_lake(context.spark, context.lake.root, f"{context.options.run_id}-media-{label}")
        mark = f"{params} seed {seed} tables {examples.version} {table.version} {label}"
        best, validation = items.only(names), tried["validation"]
        model, history = fit(best, used, validation, epochs, params, seed, saved, mark, best_device())
        context.log.info("      %s: %d epochs, validation ndcg@10 %.4f", label, history.best_epoch, history.best_value)
        saved.remove()
        return model, history

    model, history = trained(items.names)
    alone = {name: trained((name,))[0] for name in items.names} if len(items.names) > 1 else {}
    figures = compare(model, alone, items, {name: one for name, one in tried.items() if name != "validation"}, seed)
    for name, value in figures.items():
        context.log.info("      %-44s %.4f", name, value)
    people_vectors, item_vectors = (v.numpy() for v in fused(model, items, profiles(items, histories)))
    people = np.flatnonzero(np.diff(histories.indptr))
    context.write_all(
        {
            "models.media_user_vectors": _vector_rows(context, "user", people, people_vectors),
            "models.media_item_vectors": _vector_rows(context, "item", np.flatnonzero(shown), item_vectors),
        }
    )
    context.tracker.log_figure(loss_figure(history), "training.png")
    context.tracker.log_figure(dropping_figure(figures, items.names, DROPPED), "dropping.png")
    context.log.info("      registered %s version %s", REGISTERED, _log_model(context, model, items, examples.version))
    best = {"best_epoch": history.best_epoch, "best_validation_ndcg_10": history.best_value}
    return {**figures, **best, "pairs_trained": used.nnz}


def _vector_rows(context: StageContext, side: str, rows: np.ndarray, vectors: np.ndarray) -> DataFrame:
    frame = pd.DataFrame({f"{side}_index": rows.astype(np.int32), "vector": list(vectors[rows])})
    return context.spark.createDataFrame(frame, f"{side}_index int, vector array<float>")


def _log_model(context: StageContext, model: MediaMatch, items: Any, version: int) -> str:
    scorer = ContentScorer(model.cpu(), items.widths).eval()
    example = np.ones((2, 2 * sum(items.widths)), np.float32)
    with torch.no_grad():
        output = scorer(torch.as_tensor(example)).numpy()
    return context.tracker.log_model(
        "pytorch",
        "media",
        REGISTERED,
        tags={"table": f"models.media_examples@v{version}", "modalities": ",".join(items.names)},
        pytorch_model=scorer,
        signature=signature_of(example, output),
        input_example=example,
        pip_requirements=REQUIREMENTS,
    )


TRAIN_MEDIA = Stage(
    name="train_media",
    summary="text, pictures and sounds fused by gates, beside each alone; register interestlake.media",
    reads=(
        "silver.items",
        "silver.users",
        "silver.interactions",
        "silver.documents",
        "silver.embeddings",
        "silver.media",
        "silver.media_embeddings",
    ),
    writes=(
        "models.media_features",
        "models.media_examples",
        "models.media_item_vectors",
        "models.media_user_vectors",
    ),
    section="train_media",
    run=_run,
)
