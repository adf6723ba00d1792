"""Configuration: defaults, overrides, and every fault in one message."""

import time

import pytest

from interestlake.core import config
from interestlake.core.config import flat, flat_of_rows, load_params, new_run_id, parse_override
from interestlake.core.errors import BadInput
from interestlake.core.params.all import SECTIONS, Params


def write(folder, section, body):
    (folder / "params").mkdir(exist_ok=True)
    (folder / "params" / f"{section}.yml").write_text(body, encoding="utf-8")
    return str(folder)


def test_runs_that_start_together_have_ids_of_their_own():
    ids = [new_run_id() for _ in range(20) if not time.sleep(0.001)]
    assert len(set(ids)) == 20 and ids == sorted(ids)


def test_no_folder_gives_the_defaults():
    assert load_params(None) == Params()


def test_file_then_override(tmp_path):
    conf = write(tmp_path, "als", "rank: 8\niterations: 3\n")
    params = load_params(conf, {"als.rank": 4})
    assert (params.als.rank, params.als.iterations) == (4, 3)


def test_a_whole_number_is_taken_where_a_number_is_asked(tmp_path):
    conf = write(tmp_path, "als", "regularization: 1\n")
    assert load_params(conf).als.regularization == 1.0
    assert isinstance(load_params(conf).als.regularization, float)


def test_every_fault_is_named_at_once(tmp_path):
    write(tmp_path, "als", "rank: many\nbogus: 1\n")
    conf = write(tmp_path, "prepare", "split: sideways\nvalidation_share: 0.4\ntest_share: 0.4\n")
    with pytest.raises(BadInput) as caught:
        load_params(conf, {"recommend.top_k": 0, "nowhere.x": 1})
    message = str(caught.value)
    assert "6 faults" in message
    parts = ("rank='many'", "bogus", "split='sideways'", "validation_share+test_share", "top_k=0 (--set)", "nowhere.x")
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("section", "body", "part"),
    [
        ("als", "rank: [1\n", "expected readable YAML"),
        ("als", "- rank\n", "expected `name: value` lines"),
        ("als", "rank: true\n", "expected a whole number"),
        ("als", "alpha: .nan\n", "expected >= 0"),
        ("als", "alpha: .inf\n", "expected a number from -1e+300 to 1e+300"),
        ("prepare", f"half_life_days: {'9' * 400}\n", "expected a number from -1e+300 to 1e+300"),
        ("recommend", "granularities: []\n", "a list that is not empty"),
        ("recommend", "granularities: [magic]\n", "expected names out of"),
        ("recommend", "models: ease\n", "list of texts"),
        ("recommend", "sources: [als]\n", "sources"),  # a parameter of before
        ("tune", "minutes: -1\n", "expected >= 0"),
        ("tune", "quick: 1\n", "quick"),
        ("evaluate", "ks: [ten]\n", "expected a list of int"),
        ("nonsense", "a: 1\n", "unknown section"),
    ],
)
def test_one_bad_value_is_explained(tmp_path, section, body, part):
    with pytest.raises(BadInput, match=None) as caught:
        load_params(write(tmp_path, section, body))
    assert part in str(caught.value)
    assert section in str(caught.value)


def test_missing_folder_is_explained(tmp_path):
    with pytest.raises(BadInput, match="--conf"):
        load_params(str(tmp_path / "nowhere"))


def test_parse_override_reads_yaml_values():
    assert parse_override("als.rank=16") == ("als.rank", 16)
    assert parse_override("recommend.models=[als, ease]") == ("recommend.models", ["als", "ease"])
    with pytest.raises(BadInput, match="SECTION.NAME=VALUE"):
        parse_override("als.rank")


def test_flat_names_every_section():
    assert {name.split(".")[0] for name in flat(Params())} == set(SECTIONS)


def test_an_exponent_without_a_point_is_a_number():
    assert load_params(None, dict([parse_override("als.regularization=1e-2")])).als.regularization == 0.01
    with pytest.raises(BadInput, match="a number"):
        load_params(None, dict([parse_override("als.regularization=e-2")]))


def test_a_checkout_without_its_link_to_conf_has_the_defaults(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "PACKAGED", str(tmp_path / "none"))
    assert load_params(config.conf_folder()) == Params()
    with pytest.raises(BadInput, match="no folder"):
        load_params("elsewhere")


def test_how_many_processes_train_is_no_part_of_what_a_run_is():
    """Or a killed run could not go on with another number."""
    shared = load_params(None, {"two_tower.processes": 4, "tune.processes": 2})
    assert flat_of_rows(shared) == flat_of_rows(Params()) and flat(shared) != flat(Params())
    other = load_params(None, {"two_tower.epochs": 3})
    assert flat_of_rows(other) != flat_of_rows(Params())
