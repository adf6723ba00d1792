"""`interestlake train-intents`, `train-sentiment` and `train-tagger`: files in; a model, figures and a picture out."""

import argparse
import os
from collections import Counter
from logging import Logger
from pathlib import Path
from typing import Any

import pandas as pd

from ...core.errors import BadInput
from ...core.present import present
from ..encoder_files import EncoderFiles, find_encoder
from . import intents, sentiment, tagger
from .fit import History
from .measure import answered_intents, intent_figures, label_figures
from .plan import Plan, plan_of
from .read import Labelled, cut_dev, read_labelled, read_sentences, shared_texts
from .refit import refit_plan, refit_rows
from .spans import entity_scores
from .track import check_register, log_run
from .write import confusion_figure, write_results


def train_intents(options: argparse.Namespace, log: Logger) -> None:
    """Train and choose by train and dev; then score the test rows."""
    if not 0 < options.keep <= 1:
        raise BadInput.of("share that is kept", found=options.keep, expected="above 0, at most 1", where="--keep")
    plan, files = _prepared(options, intents.DEFAULTS, intents.MAX_TOKENS)
    train, dev, test, counts = _labelled(options, "intent", log)
    model, history, plan = intents.train_intents(train, dev, files, plan, options.keep)
    measured = {"dev": intent_figures(model, model.classifier.logits(dev.texts), dev.labels)}
    if plan.refit:
        rows = refit_rows(train, dev, model.intents, intents.OUTSIDE)
        _log_refit(rows, history, log)
        last, again, _ = intents.train_intents(rows, dev, files, refit_plan(plan, history), options.keep)
        model.classifier, history.seconds = last.classifier, history.seconds + again.seconds
    out = Path(options.out)
    folder = model.save(out, files.path)
    logits = model.classifier.logits(test.texts)
    measured["test"] = intent_figures(model, logits, test.labels)
    answered, confidence = answered_intents(model, logits)
    intents_of_train, threshold = set(model.intents), present(model.threshold)
    true = [label if label in intents_of_train else intents.OUTSIDE for label in test.labels]
    unknown = sum(label not in intents_of_train and label != intents.OUTSIDE for label in test.labels)
    figures = {
        **measured["test"],
        "dev": measured["dev"],
        "per_class": label_figures(true, answered)["per_class"],
        "threshold": {"score": threshold.score, "value": threshold.value, "keep": options.keep,
                      "dev_oos_recall_by_score": threshold.dev_recall},
        "counts": counts | {"intents": len(intents_of_train), "test_rows_of_unknown_intents": unknown},
        **_cost(plan, history, files),
    }  # fmt: skip
    predictions = pd.DataFrame({"text": test.texts, "intent": test.labels, "predicted": answered,
                                "confidence": confidence})  # fmt: skip
    paths = write_results(out, figures, predictions, confusion_figure(true, answered))
    columns = (("intent", "string", True), ("confidence", "double", True), ("out_of_scope", "boolean", True))
    loader = "interestlake.text.tuning.intents:IntentModel"
    log_run(options, "intents", loader, folder, paths, figures, columns, test.texts)
    for name in ("dev", "test"):
        _print(name, measured[name], ("in_scope_accuracy", "in_scope_accuracy_with_rejection", "oos_recall",
                                      "oos_precision", "oos_auroc"))  # fmt: skip
    _print_places(paths, folder)


def train_sentiment(options: argparse.Namespace, log: Logger) -> None:
    """Train and choose the epoch by train and dev; then score the test rows."""
    plan, files = _prepared(options, sentiment.DEFAULTS, sentiment.MAX_TOKENS)
    train, dev, test, counts = _labelled(options, "label", log)
    model, history, plan = sentiment.train_sentiment(train, dev, files, plan)
    answers = {"dev": model.predict(dev.texts)}
    if plan.refit:
        rows = refit_rows(train, dev, model.classes, None)
        _log_refit(rows, history, log)
        model, again, _ = sentiment.train_sentiment(rows, dev, files, refit_plan(plan, history))
        history.seconds += again.seconds
    out = Path(options.out)
    folder = model.save(out, files.path)
    answers["test"] = model.predict(test.texts)
    answered = answers["test"]["label"].tolist()
    unknown = sum(label not in set(model.classes) for label in test.labels)
    dev_figures = label_figures(dev.labels, answers["dev"]["label"].tolist())
    figures = {
        **label_figures(test.labels, answered),
        "dev": {name: dev_figures[name] for name in ("accuracy", "macro_f1")},
        "counts": counts | {"classes": len(model.classes), "test_rows_of_unknown_labels": unknown},
        **_cost(plan, history, files),
    }
    predictions = pd.DataFrame({"text": test.texts, "label": test.labels, "predicted": answered,
                                "confidence": answers["test"]["confidence"]})  # fmt: skip
    paths = write_results(out, figures, predictions, confusion_figure(test.labels, answered))
    columns = (("label", "string", True), ("confidence", "double", True))
    loader = "interestlake.text.tuning.sentiment:SentimentModel"
    log_run(options, "sentiment", loader, folder, paths, figures, columns, test.texts)
    _print("dev", figures["dev"], ("accuracy", "macro_f1"))
    _print("test", figures, ("accuracy", "macro_f1"))
    _print_places(paths, folder)


def train_tagger(options: argparse.Namespace, log: Logger) -> None:
    """Train and choose the epoch by train and dev; then score the test sentences."""
    plan, files = _prepared(options, tagger.DEFAULTS, tagger.MAX_TOKENS)
    train, dev, test = (read_sentences(getattr(options, name), f"--{name}") for name in ("train", "dev", "test"))
    texts = {name: [" ".join(words) for words in rows.words] for name, rows in (("train", train), ("test", test))}
    counts = {"train_rows": len(train), "dev_rows": len(dev), "test_rows": len(test),
              "test_texts_in_train": shared_texts(texts["train"], texts["test"])}  # fmt: skip
    _log_counts(counts, log)
    model, history, plan = tagger.train_tagger(train, dev, files, plan)
    out = Path(options.out)
    folder = model.save(out, files.path)
    dev_scores = entity_scores(dev.tags, model.predict(dev.words)["tags"])
    tagged = model.tagged(test.words)
    scores = entity_scores(test.tags, [tags for tags, _ in tagged])
    kinds = {tag[2:] for tag in model.tags if tag != "O"}
    types = Counter(tag[2:] for tags in test.tags for tag in tags if tag[0] == "B")
    figures: dict[str, Any] = {
        **{f"entity_{name}": scores["all"][name] for name in ("precision", "recall", "f1")},
        "dev": {f"entity_{name}": dev_scores["all"][name] for name in ("precision", "recall", "f1")},
        "per_type": {kind: row for kind, row in scores.items() if kind != "all"},
        "counts": counts | {"types": len(kinds),
                            "test_entities_of_unknown_types": sum(n for kind, n in types.items() if kind not in kinds)},
        **_cost(plan, history, files),
    }  # fmt: skip
    rows = [(number, word, tag, answer, sure)
            for number, (words, tags, (answers, sures)) in enumerate(zip(test.words, test.tags, tagged, strict=True), 1)
            for word, tag, answer, sure in zip(words, tags, answers, sures, strict=True)]  # fmt: skip
    predictions = pd.DataFrame(rows, columns=["sentence", "token", "tag", "predicted", "confidence"])
    flat = [[tag.partition("-")[2] or "O" for tag in predictions[column]] for column in ("tag", "predicted")]
    paths = write_results(out, figures, predictions, confusion_figure(*flat, ignored="O"))
    loader = "interestlake.text.tuning.tagger:TaggerModel"
    log_run(options, "tagger", loader, folder, paths, figures, (("tags", "list", True),), texts["test"])
    _print("dev", figures["dev"], ("entity_precision", "entity_recall", "entity_f1"))
    _print("test", figures, ("entity_precision", "entity_recall", "entity_f1"))
    _print_places(paths, folder)


def _prepared(options: argparse.Namespace, defaults: Plan, max_tokens: int) -> tuple[Plan, EncoderFiles]:
    # what can be wrong with the options comes before anything slow
    options.tracking_uri = options.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or ""
    check_register(options)
    return plan_of(defaults, options), find_encoder(options.encoder, max_tokens, where="--encoder")


def _labelled(options: argparse.Namespace, column: str, log: Logger) -> tuple[Labelled, Labelled, Labelled, dict]:
    train = read_labelled(options.train, column, "--train")
    test = read_labelled(options.test, column, "--test")
    if options.dev:
        dev = read_labelled(options.dev, column, "--dev")
    else:
        train, dev = cut_dev(train, options.seed)
    counts = {"train_rows": len(train), "dev_rows": len(dev), "test_rows": len(test),
              "test_texts_in_train": shared_texts(train.texts, test.texts)}  # fmt: skip
    _log_counts(counts, log)
    return train, dev, test, counts


def _log_counts(counts: dict[str, int], log: Logger) -> None:
    for name, count in counts.items():
        log.info("%s: %s", name.replace("_", " "), f"{count:,}")


def _log_refit(rows: Labelled, history: History, log: Logger) -> None:
    log.info("again on the %s rows of train and dev, %d epochs; dev by epoch is now of rows it learns",
             f"{len(rows):,}", history.best_epoch)  # fmt: skip


def _cost(plan: Plan, history: History, files: EncoderFiles) -> dict:
    return {
        "method": plan.method, "seed": plan.seed, "encoder": files.model_id, "epochs": len(history.dev),
        "kept_epoch": history.best_epoch, "averaged_epochs": history.averaged_epochs,
        "averaged_seeds": history.averaged_seeds, "dev_by_seed": history.dev_by_seed,
        "trained_parameters": history.trained_parameters,
        "train_seconds": history.seconds, "dev_by_epoch": history.dev, "loss_by_epoch": history.loss,
        "parameters": vars(plan),
    }  # fmt: skip


def _print(name: str, figures: dict, shown: tuple[str, ...]) -> None:
    cells = [f"{key.replace('_', ' ')} {figures[key]:.4f}" for key in shown if figures[key] is not None]
    print(f"{name:<5}", "  ".join(cells))


def _print_places(paths: list[Path], folder: Path) -> None:
    for path in (*paths, folder):
        print(f"{path.stem:<12}{path}")
