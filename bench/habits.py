"""Each habit of training switched on or off alone, on a small cut of an intent data set: one ablation table."""

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interestlake.cli.main import main as interestlake

OUT = Path("out/bench/habits")
# rows of an intent in train, dev and test of the cut; every second intent keeps RARE of train
KEPT = {"train": 20, "dev": 10, "test": 30}
RARE = 5
PLAIN = ("--weight-decay", "0", "--dropout", "0", "--word-dropout", "0", "--label-smoothing", "0", "--patience", "0")


@dataclass(frozen=True)
class Habit:
    """One run: its line in the table, and the options that it adds to PLAIN, whose later value counts."""

    name: str
    options: tuple[str, ...]


HABITS = (
    Habit("none of them", ()),
    Habit("L2 0.01", ("--weight-decay", "0.01")),
    Habit("dropout 0.1", ("--dropout", "0.1")),
    Habit("early stopping", ("--patience", "2")),
    Habit("augment: drop 0.1", ("--word-dropout", "0.1")),
    Habit("augment: swap 0.1", ("--word-swap", "0.1")),
    Habit("label smoothing 0.05", ("--label-smoothing", "0.05")),
    Habit("adversarial 0.5", ("--adversarial", "0.5")),
    Habit("running mean 0.95", ("--average", "0.95")),
    Habit("mean of 3 epochs", ("--ensemble", "3", "--patience", "100")),
    Habit("mean of 3 seeds", ("--seeds", "3")),
    Habit("class weights", ("--class-weights",)),
    Habit("all of them", ("--weight-decay", "0.01", "--dropout", "0.1", "--patience", "100", "--word-dropout", "0.1",
                          "--word-swap", "0.1", "--label-smoothing", "0.05", "--adversarial", "0.5",
                          "--average", "0.95", "--ensemble", "3", "--class-weights")),
)  # fmt: skip
SHOWN = ("in_scope_accuracy", "macro_f1", "rare_f1", "oos_recall")


def cut(source: Path, target: Path, intents: int) -> list[str]:
    """The first `intents` intents by name and oos of {train,dev,test}.csv in `source`, cut to KEPT rows.

    Every second intent is made rare in train. -> the rare ones.
    """
    target.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name in KEPT:
        with open(source / f"{name}.csv", newline="", encoding="utf-8") as file:
            rows[name] = list(csv.DictReader(file))
    chosen = sorted({row["intent"] for row in rows["train"]} - {"oos"})[:intents]
    rare = chosen[1::2]
    for name, limit in KEPT.items():
        taken: Counter = Counter()
        with open(target / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "intent"])
            for row in rows[name]:
                most = RARE if name == "train" and row["intent"] in rare else limit
                if row["intent"] in (*chosen, "oos") and taken[row["intent"]] < most:
                    taken[row["intent"]] += 1
                    writer.writerow([row["text"], row["intent"]])
    return rare


def run(habit: Habit, seed: int, folder: Path, options: argparse.Namespace) -> dict:
    """One training; its figures: those of the command, and the mean F1 of all and of the rare intents."""
    out = folder / habit.name.replace(" ", "-").replace(":", "") / str(seed)
    files = [word for name in KEPT for word in (f"--{name}", str(folder / f"{name}.csv"))]
    store = ["--tracking-uri", options.tracking_uri] if options.tracking_uri else []
    words = ["train-intents", *files, "--out", str(out), "--seed", str(seed), "--epochs", str(options.epochs), *PLAIN,
             *habit.options, *store]  # fmt: skip
    if code := interestlake(words):
        sys.exit(code)
    return json.loads((out / "metrics.json").read_text(encoding="utf-8"))


def figures_of(report: dict, rare: list[str]) -> dict[str, float]:
    """metrics.json -> SHOWN and the seconds of the training."""
    f1 = {intent: row["f1"] for intent, row in report["per_class"].items() if row["support"] and intent != "oos"}
    return {
        **{name: report[name] for name in ("in_scope_accuracy", "oos_recall")},
        "seconds": report["train_seconds"],
        "macro_f1": float(np.mean(list(f1.values()))),
        "rare_f1": float(np.mean([f1[name] for name in rare])),
    }


def line(name: str, runs: list[dict[str, float]]) -> str:
    """Means over the seeds with their spread."""
    cells = ""
    for key in SHOWN:
        values = [one[key] for one in runs]
        spread = f" +-{np.std(values, ddof=1):.3f}" if len(values) > 1 else ""
        cells += f"{np.mean(values):.4f}{spread}".rjust(20)
    return f"  {name:<22}{cells}{np.mean([one['seconds'] for one in runs]):>9.0f}"


def main(argv: list[str] | None = None) -> int:
    """Prints the table; the reports and confusion pictures lie under OUT and, with a store, in MLflow."""
    parser = argparse.ArgumentParser(prog="python -m bench.habits", description=__doc__)
    parser.add_argument("--data", required=True, help="folder of train.csv, dev.csv and test.csv (text,intent)")
    parser.add_argument("--intents", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", help="lines of the table, by name, with commas")
    parser.add_argument("--tracking-uri", default="", help="MLflow store that takes a run per training")
    parser.add_argument("--out", default=str(OUT))
    options = parser.parse_args(argv)
    folder = Path(options.out)
    rare = cut(Path(options.data), folder, options.intents)
    wanted = options.only.split(",") if options.only else [habit.name for habit in HABITS]
    lines = []
    for habit in HABITS:
        if habit.name in wanted:
            runs = [figures_of(run(habit, seed, folder, options), rare) for seed in range(options.seeds)]
            lines.append(line(habit.name, runs))
            print(lines[-1], flush=True)
    heads = "".join(name.replace("_", " ").rjust(20) for name in SHOWN)
    print(f"\n  {'only this beside none':<22}{heads}{'seconds':>9}\n" + "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
