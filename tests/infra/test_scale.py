"""The growth table: events of the size asked for, points that count what they say, a verdict, a plot."""

import json

import numpy as np
import pandas as pd
from bench import scale
from bench.scale_plot import draw
from bench.scale_points import POINTS, write_events


def test_events_become_one_row_per_pair_in_order_of_choice(tmp_path):
    write_events(5000, tmp_path / "pairs.parquet")
    frame = pd.read_parquet(tmp_path / "pairs.parquet")
    assert not frame.duplicated(["user_index", "item_index"]).any()
    assert frame["user_index"].is_monotonic_increasing and frame["user_index"].max() < 250
    assert frame["item_index"].max() < 50 and frame["weight"].between(0.5, 1).all()
    first = frame.groupby("user_index")["position"].agg(["min", "max", "size"])
    assert (first["min"] == 0).all() and (first["max"] + 1 == first["size"]).all()
    assert (frame["user_id"] == "u" + frame["user_index"].astype(str)).all()


def test_points_count_what_they_weigh_and_keep(tmp_path):
    write_events(3000, tmp_path / "pairs.parquet")
    lengths = pd.read_parquet(tmp_path / "pairs.parquet").groupby("user_index").size().to_numpy()
    knn = POINTS["one-machine item-kNN"](tmp_path / "pairs.parquet")
    assert knn.candidates == (lengths**2).sum() and 0 < knn.edges <= 30 * 29
    steps = POINTS["one-machine transitions"](tmp_path / "pairs.parquet")
    assert steps.candidates == sum(max(n - gap, 0) for n in lengths for gap in (1, 2, 3)) >= steps.edges
    als = POINTS["one-machine ALS"](tmp_path / "pairs.parquet")
    assert als.edges <= 150 + 30 and als.candidates == lengths.sum() * 6


def test_a_point_is_measured_in_a_process_of_its_own_and_a_late_one_is_left_out(tmp_path):
    write_events(1000, tmp_path / "pairs.parquet")
    found = scale.measured_point("one-machine transitions", tmp_path / "pairs.parquet", 60.0)
    assert found["edges"] > 0 and found["peak_bytes"] > 20e6
    assert scale.measured_point("one-machine transitions", tmp_path / "pairs.parquet", 0.0) is None


def test_growth_is_told_per_event():
    base = {"seconds": 1.0, "peak_bytes": 1e9}
    rows = [
        {"model": "a", "events": 10, "candidates": 5, "edges": 4, **base},
        {"model": "a", "events": 100, "candidates": 50, "edges": 44, **base},
        {"model": "b", "events": 10, "candidates": 5, "edges": 4, **base},
        {"model": "b", "events": 100, "candidates": 500, "edges": 40, **base},
    ]
    linear, square = scale.growth(rows)
    assert "candidates 1.00" in linear and "edges 1.10" in linear and linear.endswith("linear or less")
    assert "candidates 10.00" in square and square.endswith("MORE than linear")


def test_the_plot_holds_every_model(tmp_path):
    rows = [
        {"model": model, "events": events, "seconds": events / 1e5, "edges": events}
        for model in POINTS
        for events in (100_000, 1_000_000)
    ]
    draw(json.loads(json.dumps(rows)), tmp_path / "scale.png")
    from matplotlib.image import imread

    picture = imread(tmp_path / "scale.png")[:, :, :3]
    assert picture.shape[1] > 1000 and len(np.unique(picture.reshape(-1, 3), axis=0)) > 20
