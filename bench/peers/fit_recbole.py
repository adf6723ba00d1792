"""Fit one model of RecBole and list for everybody; runs in that library's own environment.

Usage: fit_recbole.py TRAIN.csv OUT.csv MODEL TOP SEED NAME=VALUE...

A trained model first learns without each person's last pair, which says after how many epochs to stop; then on all
pairs. refit=0 leaves out the second training.
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from recbole.config import Config
from recbole.data import create_dataset, data_preparation
from recbole.data.interaction import Interaction
from recbole.utils import get_model, get_trainer, init_seed

MODELS = {"ease": "EASE", "lightgcn": "LightGCN", "sasrec": "SASRec"}
MOST_EPOCHS = {"LightGCN": 100, "SASRec": 8}
PEOPLE = 256
ALL, ALL_BUT_LAST = {"RS": [1.0, 0.0, 0.0]}, {"LS": "valid_only"}


def config_of(model: str, folder: Path, split: dict, seed: int, given: dict) -> Config:
    settings = {
        "data_path": str(folder), "checkpoint_dir": str(folder / "saved"),
        "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
        "eval_args": {"split": split, "group_by": "user", "order": "TO", "mode": "full"},
        "valid_metric": "NDCG@10", "metrics": ["NDCG"], "topk": [10],
        "eval_step": 2, "stopping_step": 3, "epochs": MOST_EPOCHS.get(model, 1),
        "seed": seed, "use_gpu": False, "show_progress": False, "state": "ERROR", "MAX_ITEM_LIST_LENGTH": 50,
    }  # fmt: skip
    if model == "SASRec":
        settings["train_neg_sample_args"] = None  # its cross-entropy is over all items
        settings["train_batch_size"] = 256  # an epoch takes minutes: many steps of few rows in each
    return Config(model=model, dataset="pairs", config_dict=settings | given)


def prepared(config: Config):
    """-> (dataset, model, its trainer, loader of the training rows, loader of the validation rows)"""
    init_seed(config["seed"], config["reproducibility"])
    dataset = create_dataset(config)
    train, valid, _ = data_preparation(config, dataset)
    model = get_model(config["model"])(config, train.dataset)
    return dataset, model, get_trainer(config["MODEL_TYPE"], config["model"])(config, model), train, valid


def trained(model: str, folder: Path, seed: int, given: dict, refit: bool):
    """-> (dataset, fitted model) after the epochs that the nDCG@10 of everybody's last pair asks for."""
    dataset, fitted, trainer, train, valid = prepared(config_of(model, folder, ALL_BUT_LAST, seed, given))
    values: list[float] = []
    trainer.fit(train, valid, verbose=False, saved=False, callback_fn=lambda _, value: values.append(value))
    if not refit:
        return dataset, fitted
    epochs = int(np.argmax(values) + 1) * trainer.eval_step
    dataset, fitted, trainer, train, _ = prepared(config_of(model, folder, ALL, seed, given | {"epochs": epochs}))
    trainer.fit(train, None, verbose=False, saved=False)
    return dataset, fitted


@torch.no_grad()
def scores_of(model, dataset, histories: list[np.ndarray], people: np.ndarray) -> np.ndarray:
    """-> (people, items) scores; SASRec reads the newest items, the others know the person by number."""
    given = {"user_id": torch.as_tensor(people)}
    if hasattr(model, "max_seq_length"):
        longest = model.max_seq_length
        newest = [histories[one][-longest:] for one in people]
        given["item_id_list"] = torch.as_tensor(np.stack([np.pad(row, (0, longest - len(row))) for row in newest]))
        given["item_length"] = torch.as_tensor([len(row) for row in newest])
    found = model.full_sort_predict(Interaction(given))
    return np.asarray(found.reshape(len(people), dataset.item_num), np.float32)


def listed(model, dataset, top: int) -> pd.DataFrame:
    """-> user_id, item_id, rank, score of everybody's `top` best items that they have not seen."""
    frame = pd.DataFrame({name: dataset.inter_feat[name].numpy() for name in ("user_id", "item_id", "timestamp")})
    frame = frame.sort_values(["user_id", "timestamp"], kind="stable")
    histories = [np.empty(0, np.int64)] * dataset.user_num
    for person, items in frame.groupby("user_id")["item_id"]:
        histories[person] = items.to_numpy()
    model.eval()
    parts = []
    for people in np.array_split(np.arange(1, dataset.user_num), -(-dataset.user_num // PEOPLE)):
        scores = scores_of(model, dataset, histories, people)
        scores[:, 0] = -np.inf
        for row, person in enumerate(people):
            scores[row, histories[person]] = -np.inf
        best = np.argsort(-scores, axis=1, kind="stable")[:, :top]
        parts.append(pd.DataFrame({
            "user_id": np.repeat(dataset.id2token("user_id", people), top),
            "item_id": dataset.id2token("item_id", best.ravel()),
            "rank": np.tile(np.arange(top) + 1, len(people)),
            "score": np.take_along_axis(scores, best, axis=1).ravel(),
        }))  # fmt: skip
    found = pd.concat(parts)
    return found[np.isfinite(found["score"])]


if __name__ == "__main__":
    source, out, name, top, seed = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
    given = {key: float(value) for key, value in (pair.split("=") for pair in sys.argv[6:])}
    given = {key: int(value) if value.is_integer() else value for key, value in given.items()}
    sys.argv = sys.argv[:1]  # RecBole reads the command line itself
    logging.disable(logging.CRITICAL)
    model = MODELS[name]
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)  # it writes log folders where it runs
        folder = Path(place)
        (folder / "pairs").mkdir()
        pairs = pd.read_csv(source, dtype={"user_id": str, "item_id": str})
        if "timestamp" not in pairs.columns:
            pairs["timestamp"] = np.arange(len(pairs))
        names = {"user_id": "user_id:token", "item_id": "item_id:token", "timestamp": "timestamp:float"}
        pairs[list(names)].rename(columns=names).to_csv(folder / "pairs" / "pairs.inter", sep="\t", index=False)
        refit = bool(given.pop("refit", 1))
        if model == "EASE":  # in closed form, when it is made
            dataset, fitted, *_ = prepared(config_of(model, folder, ALL, seed, given))
        else:
            dataset, fitted = trained(model, folder, seed, given, refit)
        listed(fitted, dataset, top).to_csv(out, index=False)
