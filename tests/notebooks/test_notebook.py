"""The notebook's parameters and its two ways of showing rows."""

from types import SimpleNamespace

import pytest

from interestlake.cli.notebook import DEFAULTS, Notebook, parameters
from interestlake.core.errors import BadInput


class Widgets:
    """Stand-in of dbutils.widgets: what was set by hand wins over the default it is made with."""

    def __init__(self, **by_hand):
        self.values, self.made = dict(by_hand), []

    def text(self, name, default):
        self.made.append(name)
        self.values.setdefault(name, default)

    def get(self, name):
        return self.values[name]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in DEFAULTS:
        monkeypatch.delenv(f"INTERESTLAKE_{name.upper()}", raising=False)


def test_without_dbutils_the_environment_wins_over_the_default(monkeypatch):
    monkeypatch.setenv("INTERESTLAKE_LAKE", "/data/lake")
    assert parameters() == {**DEFAULTS, "lake": "/data/lake"}


def test_with_dbutils_the_widget_counts_and_every_parameter_has_one(monkeypatch):
    monkeypatch.setenv("INTERESTLAKE_LAKE", "/not/this")
    widgets = Widgets(lake="/Volumes/main/interests/lake")
    assert parameters(SimpleNamespace(widgets=widgets)) == {**DEFAULTS, "lake": "/Volumes/main/interests/lake"}
    assert widgets.made == list(DEFAULTS)


def test_options_are_those_of_the_command_line():
    values = {**DEFAULTS, "input": "a 'b c'", "set": "als.rank=8 promote.min_gain=-1", "users": "40", "seed": "7"}
    options, overrides = Notebook(None, values)._options()
    assert (options.lake, options.run_id, options.source, options.seed) == ("out/notebooks", "notebook", "sample", 7)
    assert (options.inputs, options.mapping, options.tracking_uri) == (("a", "b c"), None, None)
    assert overrides == {"als.rank": 8, "promote.min_gain": -1, "ingest.sample_users": 40}


def test_users_belong_to_the_generated_world_only():
    _, overrides = Notebook(None, {**DEFAULTS, "source": "movielens"})._options()
    assert overrides == {}


def test_a_seed_that_is_no_number_names_its_widget():
    with pytest.raises(BadInput, match="seed: found 'x'; expected a whole number; set it in the widget seed"):
        Notebook(None, {**DEFAULTS, "seed": "x"})._options()


def test_rows_go_to_the_workspace_display_or_to_text(spark, capsys):
    rows = spark.range(5).toDF("number")
    seen = []
    Notebook(spark, {}, seen.append).show(rows, 2)
    assert [row.number for row in seen[0].collect()] == [0, 1]
    Notebook(spark, {}).show(rows, 1)
    assert "|     0|" in capsys.readouterr().out
