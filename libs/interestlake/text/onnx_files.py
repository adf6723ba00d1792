"""The ONNX form of an encoder: exported from its weights, or a given graph with pooling added. No pyspark here."""

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .encoder_files import EncoderFiles

LOG = logging.getLogger("interestlake")
ONNX = "model.onnx"
OUTPUT = "last_hidden_state"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def made_once(folder: Path, make: Callable[[Path], None], proof: str) -> str:
    """`folder`, filled by `make(unfinished folder)` where it holds no `proof` yet.

    It appears whole or not at all, also with two makers at once.
    """
    if (folder / proof).is_file():
        return str(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        make(unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except OSError:
        if not (folder / proof).is_file():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return str(folder)


def export_onnx(encoder: "EncoderFiles", cache: Path) -> str:
    """The folder `cache`/onnx/<weights_id> with model.onnx and assets/vocab.txt, made where it is not there yet.

    The graph takes (batch, tokens) int64 ids and mask, and types where the encoder has them, and gives (batch,
    dimension) float32 of unit length, named last_hidden_state as Spark NLP wants it.
    """

    def make(folder: Path) -> None:
        LOG.info("preparing the encoder for this machine, once")
        if encoder.family == "onnx":
            pooled_graph(Path(encoder.path) / ONNX, folder / ONNX, encoder.pooling)
        else:
            _export(encoder.path, folder / ONNX, encoder.pooling)
        _vocabulary(encoder.path, folder)

    return made_once(cache / "onnx" / encoder.weights_id, make, ONNX)


def int8_onnx(encoder: "EncoderFiles", cache: Path) -> str:
    """The folder `cache`/onnx-int8/<weights_id>: as `export_onnx`, its matrix products in int8, scaled per channel.

    Weights are rounded once, activations while it runs (ONNX Runtime's dynamic quantisation); embeddings stay float32.
    """
    exact = export_onnx(encoder, cache)

    def make(folder: Path) -> None:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        source, target = str(Path(exact) / ONNX), str(folder / ONNX)
        with quiet_tools():
            quantize_dynamic(source, target, per_channel=True, op_types_to_quantize=["MatMul"],
                             weight_type=QuantType.QInt8)  # fmt: skip
        _vocabulary(encoder.path, folder)

    return made_once(cache / "onnx-int8" / encoder.weights_id, make, ONNX)


@contextmanager
def quiet_tools() -> Iterator[None]:
    """Within, the exporters' own remarks are not shown: they name the lines of a model that somebody else wrote, and
    what comes out is compared with the model by a test."""
    root = logging.getLogger()
    level = root.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root.setLevel(logging.ERROR)  # the quantiser's, by the root's own logger
        try:
            yield
        finally:
            root.setLevel(level)


def _vocabulary(path: str, folder: Path) -> None:
    (folder / "assets").mkdir()
    for place in (Path(path) / "vocab.txt", Path(path) / "assets" / "vocab.txt"):
        if place.is_file():
            shutil.copy(place, folder / "assets" / "vocab.txt")
            return


def _export(path: str, target: Path, pooling: str) -> None:
    import torch

    from .engines.pooled import pooled_encoder

    with quiet_tools():
        # eager attention: the fused kernels have no ONNX form at opset 14, which Spark NLP's runtime reads
        model = pooled_encoder(path, "eager", pooling)
        example = tuple(torch.ones(2, 7, dtype=torch.long) for _ in model.inputs)
        axes = {name: {0: "batch", 1: "tokens"} for name in model.inputs} | {OUTPUT: {0: "batch"}}
        torch.onnx.export(
            model,
            example,
            str(target),
            input_names=model.inputs,
            output_names=[OUTPUT],
            dynamic_axes=axes,
            opset_version=14,
            dynamo=False,
        )


def pooled_graph(source: Path, target: Path, pooling: str) -> None:
    """`source` with one output (batch, dimension) of unit length, named last_hidden_state.

    A graph that ends in hidden states (batch, tokens, dimension) gets the pooling; one that is pooled already is only
    scaled. The first output counts.
    """
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(str(source))
    graph, first = model.graph, model.graph.output[0]
    opset = next(one.version for one in model.opset_import if one.domain in ("", "ai.onnx"))
    rank, given = len(first.type.tensor_type.shape.dim), first.name
    numbers = {"pool/one": [1], "pool/two": [2], "pool/zero": 0}
    graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.int64), name) for name, value in numbers.items()
    )
    nodes, summed = [], given
    if rank == 3 and pooling == "cls":
        nodes = [helper.make_node("Gather", [given, "pool/zero"], ["pool/sum"], axis=1)]
        summed = "pool/sum"
    elif rank == 3:
        # the sum over kept tokens: its length is divided out below
        nodes = [
            helper.make_node("Cast", ["attention_mask"], ["pool/mask"], to=TensorProto.FLOAT),
            _axes_node("Unsqueeze", "pool/mask", "pool/column", "pool/two", [2], opset),
            helper.make_node("Mul", [given, "pool/column"], ["pool/kept"]),
            _axes_node("ReduceSum", "pool/kept", "pool/sum", "pool/one", [1], opset, keepdims=0),
        ]
        summed = "pool/sum"
    final = "pooled" if given == OUTPUT else OUTPUT
    nodes.append(helper.make_node("LpNormalization", [summed], [final], axis=1, p=2))
    graph.node.extend(nodes)
    present = {one.name for one in graph.input}
    # Spark NLP gives all three, whatever the graph reads
    for name in INPUTS:
        if name not in present:
            graph.input.append(helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(final, TensorProto.FLOAT, ["batch", "dimension"]))
    if final != OUTPUT:
        _swap_names(graph, final, OUTPUT)
    external = os.path.getsize(source) > (1 << 31) - (1 << 24) or any(source.parent.glob("model.onnx?data*"))
    onnx.save(model, str(target), save_as_external_data=external)


def _axes_node(kind: str, source: str, result: str, axes_name: str, axes: list[int], opset: int, **attributes):
    from onnx import helper

    if opset >= 13:  # axes became an input
        return helper.make_node(kind, [source, axes_name], [result], **attributes)
    return helper.make_node(kind, [source], [result], axes=axes, **attributes)


def _swap_names(graph: Any, one: str, other: str) -> None:
    swap = {one: other, other: one}
    for node in graph.node:
        node.input[:] = [swap.get(name, name) for name in node.input]
        node.output[:] = [swap.get(name, name) for name in node.output]
    for value in graph.output:
        value.name = swap.get(value.name, value.name)
