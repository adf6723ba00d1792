"""The commands' options reach the parameters, their jobs are there, and each has its stage."""

from pathlib import Path

import pytest

from interestlake.cli.dispatch import named, options_of
from interestlake.cli.main import main
from interestlake.cli.parser import build_parser
from interestlake.cli.table import BY_NAME
from interestlake.cli.table.knowledge import COMMANDS
from interestlake.core.config import KNOWLEDGE, load_params
from interestlake.core.schemas.all import ALL
from interestlake.core.stage import expect_lake

ROOT = Path(__file__).resolve().parents[2]


def parsed(*given):
    options, overrides, _ = options_of(BY_NAME[given[0]], build_parser().parse_args(given))
    return options, overrides


def test_every_command_has_its_stage_and_job():
    for command in COMMANDS:
        stage = named(command.runs.address)
        assert {*stage.reads, *stage.writes} <= set(ALL)
        assert f'"{command.name}"' in (ROOT / "jobs" / f"{command.name.replace('-', '_')}.py").read_text()


def test_options_become_parameters():
    given = [
        "knowledge-load",
        "--lake",
        "L",
        "--input",
        "f.ttl",
        "--delta",
        "supersede",
        "--confidence",
        "0.4",
        "--valid-from",
        "2024-05-31",
        "--source-name",
        "shop",
    ]
    options, overrides = parsed(*given)
    params = load_params(None, overrides).knowledge
    assert (options.source, options.inputs) == (KNOWLEDGE, ("f.ttl",))
    assert (params.delta_kind, params.confidence, params.valid_from, params.source_name) == (
        "supersede",
        0.4,
        "2024-05-31",
        "shop",
    )
    assert parsed("knowledge-mine", "--lake", "L", "--apply")[1] == {"knowledge.apply": True}
    assert parsed("knowledge-mine", "--lake", "L")[1] == {}


@pytest.mark.parametrize(("given", "said"), [
    (["knowledge-load", "--input", str(ROOT / "README.md"), "--delta", "merge"], "expected one of insert, delete"),
    (["knowledge-load", "--input", "nowhere.nt"], "nothing there"),
    (["knowledge-rank", "--top", "0"], "expected >= 1"),
])  # fmt: skip
def test_a_wrong_option_is_one_message_before_spark_starts(tmp_path, caplog, given, said):
    assert main([given[0], "--lake", str(tmp_path / "lake"), *given[1:]]) == 2
    assert said in caplog.records[-1].getMessage() and not (tmp_path / "lake").exists()


def test_a_lake_without_its_tables_is_one_message(lake):
    from interestlake.core.errors import BadInput

    lake.create("ops.runs")
    with pytest.raises(BadInput, match="no silver.items, silver.interactions, silver.facts"):
        expect_lake(lake, named(BY_NAME["knowledge-rank"].runs.address).reads)
