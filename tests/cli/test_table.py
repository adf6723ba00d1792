"""The command table: complete, consistent, honest about parameters, and cheap to start."""

import inspect
import shlex
import subprocess
import sys

import pytest

from interestlake import __version__
from interestlake.cli.dispatch import named, options_of
from interestlake.cli.main import main
from interestlake.cli.parser import build_parser
from interestlake.cli.table import BY_NAME, COMMANDS, GROUPS
from interestlake.cli.table.command import Cut, OneStage, OnFiles, OverLake, OwnStart
from interestlake.cli.table.shared import SHARED
from interestlake.core.config import flat, load_params
from interestlake.core.params.all import Params

TAKES = {OverLake: ["arguments", "spark", "params", "options", "log"], OnFiles: 2, OwnStart: 3}


def test_every_command_stands_once_in_a_group_that_there_is():
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    assert sorted(names) == sorted(set(names)) == sorted(BY_NAME)
    assert {command.group for command in COMMANDS} == set(GROUPS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_its_example_is_a_call_that_parses(command):
    program, *given = shlex.split(command.example)
    assert (program, given[0]) == ("interestlake", command.name)
    assert build_parser().parse_args(given).command == command.name


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_its_options_are_told_once_and_set_parameters_that_there_are(command):
    flags = [option.flag for option in command.options]
    assert len(flags) == len(set(flags))
    assert {option.sets for option in command.options if option.sets} <= set(flat(Params()))
    assert all(option.help for option in command.options if option.flag != "--protocol")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_what_it_runs_is_where_the_table_says(command):
    runs, thing = command.runs, named(command.runs.address)
    if isinstance(runs, Cut):
        assert command.name == "run" or thing.name == command.name.replace("-", "_")
    elif isinstance(runs, OneStage):
        assert thing.name == command.name.replace("-", "_")
        taken = set(inspect.signature(named(runs.closing)).parameters)
        optional = {"rows"}  # of some closing functions: how many they show
        assert taken <= {"lake", "stage", "figures", "params", "options", "arguments"} | optional
        needs = named(runs.needs) if isinstance(runs.needs, str) else runs.needs
        assert needs is None or set(needs) <= {*thing.reads, *thing.writes}
        assert runs.before is None or callable(named(runs.before))
        assert all(hasattr(named(address), "reads") for address in runs.also.values())
        assert all(list(inspect.signature(named(one)).parameters) == TAKES[OverLake] for one in runs.instead.values())
        assert {*runs.also, *runs.instead} <= {option.name for option in command.options}
    else:
        parameters = list(inspect.signature(thing).parameters)
        expected = TAKES[type(runs)]
        assert parameters == expected if isinstance(expected, list) else len(parameters) == expected


def test_every_command_that_writes_a_table_is_a_stage():
    """What is none reads: the files of a split, the models that there are, who there is, a list, answers."""
    others = {command.name for command in COMMANDS if isinstance(command.runs, OverLake | OwnStart)}
    assert others == {"export-split", "models", "ask", "who", "list", "serve", "replay", "compare"}


def test_a_person_s_requests_and_the_watch_alone_go_on_beside_a_run():
    stages = {command.name: named(command.runs.address) for command in COMMANDS if isinstance(command.runs, OneStage)}
    assert {name for name, stage in stages.items() if stage.beside} == {"profile", "feedback", "forget", "monitor"}


def test_help_lists_every_command_in_its_group_with_an_example(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    page = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"\n  {command.name} " in page and command.example in page for command in COMMANDS)
    places = [page.index(f"\n{group}: ") for group in GROUPS]
    assert places == sorted(places)


def test_start_up_loads_nothing_slow():
    program = (
        "import sys\nfrom interestlake.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "slow = {'pyspark', 'torch', 'pandas', 'numpy', 'scipy', 'mlflow', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(','.join(sorted(slow)) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(("typed", "said"), [
    ("benchmrk", "unknown command 'benchmrk'; did you mean benchmark?"),
    ("train_tower", "did you mean train-two-tower?"),
    ("qqq", "unknown command 'qqq'\ninterestlake --help lists what there is"),
])  # fmt: skip
def test_an_unknown_command_is_told_the_nearest(capsys, typed, said):
    with pytest.raises(SystemExit) as ended:
        main([typed, "--lake", "L"])
    assert ended.value.code == 2 and said in capsys.readouterr().err


def test_who_says_nothing_or_help_gets_the_page(capsys):
    for words, code in (([], 2), (["help"], 0)):
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        assert ended.value.code == code and "\nstart: " in (said.err if code else said.out)
    with pytest.raises(SystemExit) as ended:
        main(["help", "recommend"])
    assert ended.value.code == 0 and "usage: interestlake recommend --lake LAKE" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_shared_options_stand_last_on_a_page(command, capsys):
    with pytest.raises(SystemExit):
        main([command.name, "--help"])
    own, shared = capsys.readouterr().out.split("shared with other commands:")
    assert all(f" {option.flag}" in own for option in command.options if option.flag not in SHARED)
    assert not any(f"\n  {flag} " in own for flag in SHARED) and "--verbose" in shared


def test_the_version_is_the_package_s(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out == f"interestlake {__version__}\n"


@pytest.mark.parametrize("command", ["run", "recommend"])
def test_how_models_are_chosen_has_short_options(command):
    given = [command, "--lake", "L", "--source", "sample", "--models", "ease, sasrec", "--quick", "--minutes", "3"]
    _, overrides, _ = options_of(BY_NAME[command], build_parser().parse_args(given))
    params = load_params(None, overrides)
    assert (params.recommend.models, params.tune.quick, params.tune.minutes) == (("ease", "sasrec"), True, 3.0)


def test_a_stage_may_be_called_by_its_name_in_the_tables():
    assert BY_NAME["build_graph"] is BY_NAME["build-graph"]
    assert build_parser().parse_args(["build_graph", "--lake", "L"]).lake == "L"
