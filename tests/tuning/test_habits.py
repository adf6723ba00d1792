"""The ablation's cut of an intent data set and its figures; the trainings themselves are the commands'."""

import csv
from collections import Counter

from bench.habits import KEPT, RARE, cut, figures_of

from .world import write_csv


def test_the_cut_makes_every_second_intent_rare_in_train_alone(tmp_path):
    rows = [(f"{name} {number}", name) for name in ("d", "c", "b", "a", "oos") for number in range(40)]
    for name in KEPT:
        write_csv(tmp_path / f"{name}.csv", "intent", rows)
    assert cut(tmp_path, tmp_path / "cut", intents=3) == ["b"]
    for name, most in KEPT.items():
        with open(tmp_path / "cut" / f"{name}.csv", newline="", encoding="utf-8") as file:
            counts = Counter(row["intent"] for row in csv.DictReader(file))
        assert counts == {"a": most, "b": RARE if name == "train" else most, "c": most, "oos": most}


def test_figures_are_means_over_intents_and_over_the_rare_ones():
    per_class = {name: {"f1": f1, "support": support} for name, f1, support in
                 (("a", 1.0, 30), ("b", 0.5, 30), ("oos", 0.1, 30), ("never", 0.0, 0))}  # fmt: skip
    report = {"per_class": per_class, "in_scope_accuracy": 0.75, "oos_recall": 0.2, "train_seconds": 3.0}
    found = figures_of(report, rare=["b"])
    assert found == {"in_scope_accuracy": 0.75, "oos_recall": 0.2, "seconds": 3.0, "macro_f1": 0.75, "rare_f1": 0.5}
