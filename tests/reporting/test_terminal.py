"""The tables that a run prints."""

from interestlake.reporting.terminal import metrics_table

from . import planted

FIELDS = ("run_id", "split", "segment", "model", "metric", "k", "value", "users", "error")


def rows():
    return [dict(zip(FIELDS, row, strict=True)) for row in planted.metrics() if row[0] == planted.RUN]


def test_models_stand_best_first_with_the_best_marked():
    lines = metrics_table(rows()).splitlines()
    assert lines[0] == "test split, 268 people, best first, * best of its column"
    assert lines[1].split() == ["model", "nDCG@10", "MAP@10", "Recall@10", "Hit", "rate@10", "Coverage@10"]
    assert lines[2].split() == ["Fused", "0.2314*", "0.1203*", "0.1921*", "0.6016*", "0.4397*"]
    assert [line.split()[0] for line in lines[2:5]] == ["Fused", "EASE", "ALS"]
    assert lines[-1] == "standard error of nDCG@10: 0.0061 or less"
    assert lines[-2].split() == ["Social", "0.0844", "0.0439", "0.0701", "0.2194", "0.1604"]
    assert max(map(len, lines)) <= 100


def test_missing_figures_and_lengths():
    kept = [row for row in rows() if row["k"] != 10 and (row["model"], row["metric"]) != ("als", "map")]
    lines = metrics_table(kept).splitlines()
    assert "nDCG@20" in lines[1]
    assert next(line for line in lines if line.startswith("ALS")).split()[2] == "-"
    assert metrics_table([]) == "no test figures"
