"""Every model of the registry has a name and a colour to be shown by."""

import re
from importlib.resources import files

from interestlake.models.registry import MODELS
from interestlake.reporting.wording import MODELS as LABELS
from interestlake.reporting.wording import WAYS, model_label, ways


def test_every_model_has_a_label_of_its_own_that_fits_a_column():
    labels = [model_label(name) for name in (*(model.name for model in MODELS), "fused")]
    assert len(set(labels)) == len(labels) and all(len(label) <= 14 for label in labels)
    assert {model.name for model in MODELS} <= set(LABELS)


def test_every_model_has_a_colour_of_its_own():
    """One class a model in the pages' tokens, and no colour twice: a bar's part is the same source on every page."""
    tokens = (files("interestlake.reporting") / "templates" / "tokens.css").read_text()
    colours = dict(re.findall(r"\.s-(\w+) \{ --c: (hsl\([^)]*\))", tokens))
    assert set(colours) == {model.name for model in MODELS}
    assert len(set(colours.values())) == len(colours)


def test_every_model_is_told_in_the_words_of_its_reason():
    assert {model.name: model.reason for model in MODELS} == {
        name: code for code, (_, models) in WAYS.items() for name in models}  # fmt: skip
    told = ways([("als", 0.5), ("transitions", 0.2), ("sasrec", 0.1), ("of another day", 0.2)])
    assert told == [("fits the pattern of your choices", 0.6), ("found in another way", 0.2),
                    ("near what you chose, in other people's histories", 0.2)]  # fmt: skip
    assert ways([]) == []
