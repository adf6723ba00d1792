"""Aliases handed on when a run is taken back, and its MLflow runs hidden."""

import pytest

from interestlake.core.registered import take_back
from interestlake.core.tracking import CHALLENGER, CHAMPION, UNDONE, Tracker

MODEL = "interestlake.ranker"


@pytest.fixture
def release(tracking_uri, tmp_path):
    """release("r1", promotes=True) -> the Tracker of a run that registered a version, and promoted it."""

    def make(run_id, promotes=False):
        tracker = Tracker(tracking_uri, run_id)
        tracker.start({})
        client = tracker.client
        if not client.search_registered_models(f"name = '{MODEL}'"):
            client.create_registered_model(MODEL)
        version = client.create_model_version(MODEL, str(tmp_path), tags={"interestlake.run_id": run_id}).version
        client.set_registered_model_alias(MODEL, CHALLENGER, version)
        if promotes:
            tracker.move_alias(MODEL, CHAMPION, str(version), {"gate": "passed"})
        return tracker

    return make


def aliases(tracker):
    return {alias: tracker.alias_version(MODEL, alias) for alias in (CHAMPION, CHALLENGER)}


def test_the_former_champion_is_champion_again(release):
    release("r1", promotes=True)
    tracker = release("r2", promotes=True)
    assert aliases(tracker) == {CHAMPION: "2", CHALLENGER: "2"}
    said = take_back(tracker.uri, "r2", "undo-r2")
    assert said == [
        f"{MODEL}: champion is version 1 again, not 2",
        f"{MODEL}: challenger is version 1 again, not 2",
        f"{MODEL} version 2 taken back",
    ]
    assert aliases(tracker) == {CHAMPION: "1", CHALLENGER: "1"}
    assert tracker.client.get_model_version(MODEL, "2").tags[UNDONE] == "undo-r2"
    assert tracker.version_of_this_run(MODEL) is None and tracker._find("tags.`interestlake.run_id` = 'r2'") == []
    assert take_back(tracker.uri, "r2", "undo-r2") == []


def test_a_version_that_was_champion_by_hand_is_again(release):
    tracker = release("r1", promotes=True)
    release("r2", promotes=True)
    tracker.client.set_registered_model_alias(MODEL, CHAMPION, "1")  # a roll-back by hand
    release("r3", promotes=True)
    take_back(tracker.uri, "r3", "undo-r3")
    assert aliases(tracker) == {CHAMPION: "1", CHALLENGER: "2"}


def test_the_first_champion_leaves_none(release):
    tracker = release("r1", promotes=True)
    take_back(tracker.uri, "r1", "undo-r1")
    assert aliases(tracker) == {CHAMPION: None, CHALLENGER: None}


def test_a_run_that_promoted_another_s_version_hands_the_champion_back(release):
    tracker = release("r1", promotes=True)
    release("r2")
    gate = release("r3")
    gate.move_alias(MODEL, CHAMPION, "2", {"gate": "passed"})
    take_back(tracker.uri, "r3", "undo-r3")
    assert aliases(tracker) == {CHAMPION: "1", CHALLENGER: "2"}


def test_a_champion_that_the_run_did_not_promote_stays(release):
    release("r1", promotes=True)
    tracker = release("r2")
    take_back(tracker.uri, "r2", "undo-r2")
    assert aliases(tracker) == {CHAMPION: "1", CHALLENGER: "1"}


def test_versions_of_before_promotions_were_noted(release):
    release("r1")
    tracker = release("r2")
    for version in ("1", "2"):
        tracker.client.set_model_version_tag(MODEL, version, "gate", "passed")
    tracker.client.set_registered_model_alias(MODEL, CHAMPION, "2")
    take_back(tracker.uri, "r2", "undo-r2")
    assert aliases(tracker)[CHAMPION] == "1"
