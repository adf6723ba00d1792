"""The comparison with other packages: pairs go to their process in order, lists come back to the right people."""

import sys

import numpy as np
import pandas as pd
import pytest
from bench.peers import contenders
from bench.peers.contenders import PEERS, Peer, fit_and_list, write_pairs

from interestlake.interactions.pairs import Pairs

SCRIPT = """
import sys, pandas as pd
train, out, model, top, seed, *given = sys.argv[1:]
if model == "breaks":
    sys.exit("no such luck")
assert (top, seed, given) == ("2", "7", ["rank=8"]), sys.argv
pairs = pd.read_csv(train, dtype=str)
assert pairs["timestamp"].tolist() == ["5", "9", "1"], pairs  # by person and time, without what was not liked
rows = [("u2", "b", 1, .9), ("u1", "c", 1, .8), ("u1", "a", 2, .1)]
pd.DataFrame(rows, columns=["user_id", "item_id", "rank", "score"]).to_csv(out, index=False)
"""


@pytest.fixture
def data() -> Pairs:
    frame = pd.DataFrame(
        {
            "user_id": ["u2", "u1", "u1", "u2"],
            "item_id": ["a", "b", "a", "c"],
            "weight": [1.0, 1.0, 1.0, 0.0],
            "time": [1.0, 9.0, 5.0, 3.0],
        }
    )
    ids = np.array(["", "u1", "u2"], object), np.array(["a", "b", "c"], object)
    return Pairs.of(frame, *ids, timed=True)


@pytest.fixture
def peer(tmp_path, monkeypatch):
    (tmp_path / "fit_it.py").write_text(SCRIPT)
    monkeypatch.setattr(contenders, "make_environment", lambda name: sys.executable)
    monkeypatch.setattr(Peer, "script", property(lambda self: tmp_path / "fit_it.py"))
    return lambda model: Peer("other", model, {}, 1)


def test_lists_come_back_to_their_people(data, peer, tmp_path):
    train = write_pairs(data, tmp_path / "train.csv")
    lists, seconds = fit_and_list(peer("good"), train, data, {"rank": 8}, 2, 7)
    assert lists.tolist() == [[-1, -1], [2, 0], [1, -1]] and seconds > 0


def test_a_broken_peer_is_named_with_what_it_said(data, peer, tmp_path):
    train = write_pairs(data, tmp_path / "train.csv")
    with pytest.raises(RuntimeError, match="other/breaks ended with 1: no such luck"):
        fit_and_list(peer("breaks"), train, data, {}, 2, 7)


def test_every_peer_has_its_script_and_lock():
    for one in PEERS:
        assert one.script.is_file(), one.name
        lock = contenders.ROOT / "infra" / "peers" / f"{one.environment}.lock"
        assert "--hash=sha256:" in lock.read_text() and "://" not in lock.read_text()
