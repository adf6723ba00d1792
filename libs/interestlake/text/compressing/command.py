"""`interestlake compress`: a tuned model in; its smaller and faster forms and one table out."""

import argparse
import copy
import json
import time
import zlib
from collections.abc import Callable
from logging import Logger
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import BadInput
from ...core.json_file import write_metrics
from ..tuning.classifier import Classifier
from ..tuning.intents import IntentModel, class_numbers
from ..tuning.measure import intent_figures
from ..tuning.read import Labelled, read_labelled, read_texts
from ..tuning.saved import DESCRIPTION, FOLDER
from ..tuning.sentiment import SentimentModel
from .distil import distil, student_of
from .onnx_model import GRAPH, export, load_compressed, quantise
from .prune import head_importance, prune_heads, prune_weights

MODELS = {"intents": (IntentModel, "intent"), "sentiment": (SentimentModel, "label")}
WEIGHED_TEXTS = 512
ROUNDS = 3


def compress(options: argparse.Namespace, log: Logger) -> None:
    """Make every form from --model and --texts; then measure all of them on --data."""
    source, task = _model(options)
    loader, column = MODELS[task]
    texts, data = read_texts(options.texts, "--texts"), read_labelled(options.data, column, "--data")
    model = loader.load(source)
    whole = model.classifier.encoder.layers
    layers = whole // 2 if options.layers is None else options.layers
    if not 1 <= layers < whole:
        raise BadInput.of("layers", found=layers, expected=f"1 to {whole - 1}", where="--layers")
    out = Path(options.out)
    forms = {"as trained": export(model.classifier, source, out / "as_trained")}
    forms["int8"] = quantise(forms["as trained"], out / "int8")
    thinned = copy.deepcopy(model.classifier.encoder)
    prune_weights(thinned.bert, options.weights)
    forms[f"{options.weights:.0%} weights 0"] = export(_with(model, thinned), source, out / "weights")
    pieces = model.classifier.pieces.of_texts(texts[:WEIGHED_TEXTS])
    fewer = copy.deepcopy(model.classifier.encoder)
    gone = prune_heads(fewer.bert, head_importance(model.classifier, pieces), options.heads)
    log.info("  heads left out: %s", ", ".join(f"{layer}.{head}" for layer, head in sorted(gone)))
    forms[f"{options.heads:.0%} heads out"] = export(_with(model, fewer), source, out / "heads")
    student = student_of(source, _with(model, model.classifier.encoder), layers, model.classifier.pieces)
    student.head = copy.deepcopy(student.head)
    history = distil(model.classifier, student, texts, options.seed, options.epochs)
    name = f"{layers} of {whole} layers"
    forms[name] = export(student, source, out / "layers")
    forms[f"{name}, int8"] = quantise(forms[name], out / "layers_int8")
    figures = measured(forms, data)
    report = {"task": task, "rows": len(data), "texts": len(texts), "seed": options.seed, "forms": figures,
              "heads_out": [list(pair) for pair in gone],
              "distillation": {"epochs": len(history.dev), "kept_epoch": history.best_epoch,
                               "agreement": history.dev, "seconds": history.seconds}}  # fmt: skip
    write_metrics(report, out / "metrics.json")
    for line in table(figures):
        print(line)
    print(f"metrics   {out / 'metrics.json'}\nforms     {', '.join(str(folder) for folder in forms.values())}")


def _model(options: argparse.Namespace) -> tuple[Path, str]:
    for name in ("heads", "weights"):
        if not 0 <= getattr(options, name) < 1:
            raise BadInput.of(name, found=getattr(options, name), expected="0 <= share < 1", where=f"--{name}")
    if options.epochs is not None and options.epochs < 1:
        raise BadInput.of("epochs", found=options.epochs, expected="1 or more", where="--epochs")
    place = Path(options.model)
    place = place / FOLDER if (place / FOLDER / DESCRIPTION).is_file() else place
    if not (place / DESCRIPTION).is_file():
        raise BadInput.of("model", found=f"{place} without {DESCRIPTION}", expected="a finished --out", where="--model")
    task = json.loads((place / DESCRIPTION).read_text(encoding="utf-8"))["task"]
    if task not in MODELS:
        raise BadInput.of("model", found=f"a model of {task}", expected=f"one of {list(MODELS)}", where="--model")
    return place, task


def _with(model: IntentModel | SentimentModel, encoder: Any) -> Classifier:
    return Classifier(encoder, model.classifier.head, model.classifier.pieces)


def measured(forms: dict[str, Path], data: Labelled) -> dict[str, dict[str, Any]]:
    """form -> bytes on disk and packed, rows per second of one core, share of rows answered as the first form does, and
    accuracy; for intents of the rows in scope, also with rejection, and recall of `oos`, None where --data has none.
    The forms take turns, the fastest of ROUNDS turns counts."""
    models = {name: load_compressed(folder) for name, folder in forms.items()}
    figures_of = _figures_of(next(iter(models.values())), data)
    logits, seconds = {}, {name: float("inf") for name in forms}
    for _ in range(ROUNDS):
        for name, model in models.items():
            began = time.process_time()  # not the wall's: other work on the machine is none of the model's
            logits[name] = model.classifier.logits(data.texts)
            seconds[name] = min(seconds[name], time.process_time() - began)
    first = next(iter(logits.values())).argmax(axis=1)
    figures = {}
    for name, folder in forms.items():
        graph = (folder / GRAPH).read_bytes()
        figures[name] = {"bytes": len(graph), "packed_bytes": len(zlib.compress(graph, 6)),
                       "rows_per_second": len(data) / seconds[name],
                       "same_answer": float((logits[name].argmax(axis=1) == first).mean()),
                       **figures_of(logits[name])}  # fmt: skip
    return figures


def _figures_of(model: IntentModel | SentimentModel, data: Labelled) -> Callable[[np.ndarray], dict[str, float | None]]:
    if isinstance(model, IntentModel):
        known = model
        if not (class_numbers(data.labels, model.intents) < len(model.intents)).any():
            raise BadInput.of("rows of --data", found="no known intent", expected="one or more", where="--data")
        return lambda logits: _of_intents(intent_figures(known, logits, data.labels))
    place = {label: number for number, label in enumerate(model.classes)}
    labels = np.array([place.get(label, -1) for label in data.labels])
    return lambda logits: {"accuracy": float((logits.argmax(axis=1) == labels).mean())}


def _of_intents(figures: dict[str, float | None]) -> dict[str, float | None]:
    return {"accuracy": figures["in_scope_accuracy"], "oos_recall": figures["oos_recall"],
            "accuracy_with_rejection": figures["in_scope_accuracy_with_rejection"]}  # fmt: skip


def table(figures: dict[str, dict[str, Any]]) -> list[str]:
    """A line per form; speed as a multiple of the first form's. Rejection where there is something to reject."""
    base = next(iter(figures.values()))
    rejects = base.get("oos_recall") is not None
    lines = [f"{'form':<22}{'MB':>8}{'MB packed':>11}{'rows/s':>9}{'speed':>8}{'same answer':>13}{'accuracy':>10}"
             + f"{'rejecting':>11}{'recall of oos':>15}" * rejects]  # fmt: skip
    for name, row in figures.items():
        lines.append(f"{name:<22}{row['bytes'] / 1e6:>8.1f}{row['packed_bytes'] / 1e6:>11.1f}"
                     f"{row['rows_per_second']:>9.0f}{row['rows_per_second'] / base['rows_per_second']:>8.2f}"
                     f"{row['same_answer']:>13.4f}{row['accuracy']:>10.4f}")  # fmt: skip
        if rejects:
            lines[-1] += f"{row['accuracy_with_rejection']:>11.4f}{row['oos_recall']:>15.4f}"
    return lines
