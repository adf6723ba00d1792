"""Windows over people's items against a walk by hand; batches that lose nothing and hold little padding."""

import numpy as np

from interestlake.training.reader import read_batches
from interestlake.training.sequences import of_equal_length, shuffled_within, windows
from interestlake.training.snapshot import store

PAD = 1000


def histories(seed=0, people=30):
    lengths = np.random.default_rng(seed).integers(1, 12, people)
    users = np.repeat(np.arange(people), lengths)
    return users, np.arange(len(users)) % PAD, lengths


def test_every_step_stands_in_exactly_one_window():
    users, items, lengths = histories()
    found = windows(users, items, length=4, pad=PAD)
    assert found.shape[1] == 5 and found.dtype == np.int32
    steps = [(a, b) for row in found.tolist() for a, b in zip(row, row[1:], strict=False) if b != PAD]
    expected = [(a, a + 1) for a in range(len(users) - 1) if users[a] == users[a + 1]]
    assert sorted(steps) == expected
    assert len(found) == sum(-(-(n - 1) // 4) for n in lengths)


def test_the_newest_window_is_full():
    found = windows(np.zeros(7, int), np.arange(7), length=4, pad=PAD)
    assert found.tolist() == [[2, 3, 4, 5, 6], [0, 1, 2, PAD, PAD]]


def test_batches_hold_every_row_once_within_the_budget():
    users, items, _ = histories(1, 200)
    rows = windows(users, items, length=10, pad=PAD)
    pieces = of_equal_length(iter([{"items": rows}]), tokens=40, pad=PAD, seed=3)
    parts = [piece["items"] for piece in pieces]
    widest = max(part.shape[1] for part in parts)
    padded = [np.pad(part, ((0, 0), (0, widest - part.shape[1])), constant_values=PAD) for part in parts]
    assert sorted(map(tuple, np.concatenate(padded))) == sorted(map(tuple, rows[:, :widest]))
    assert all(part.size <= 40 for part in parts)
    real = sum((part != PAD).sum() for part in parts)
    assert real / sum(part.size for part in parts) > 0.9 > (rows != PAD).mean()


def test_windows_come_back_from_petastorm(tmp_path):
    users, items, _ = histories(2)
    rows = windows(users, items, length=4, pad=PAD)
    snapshot = store({"items": rows}, "sequences", tmp_path)
    read = np.concatenate([batch["items"] for batch in read_batches(snapshot)])
    np.testing.assert_array_equal(read, rows)


def test_shuffled_rows_keep_their_items_and_their_pads():
    rows = np.array([[1, 2, 3, 4], [5, 6, PAD, PAD], [7, PAD, PAD, PAD]] * 500)
    found = shuffled_within({"items": rows}, PAD, np.random.default_rng(1))["items"]
    assert (np.sort(found, axis=1) == rows).all() and ((found == PAD) == (rows == PAD)).all()
    for item in (1, 2, 3, 4):  # at each of the four places a quarter of the time
        assert np.abs((found[::3] == item).mean(axis=0) - 0.25).max() < 0.07
    assert 0.4 < (found[1::3, 0] == 5).mean() < 0.6
