"""Every model of the registry has a name and a colour to be shown by."""

import re
from importlib.resources import files

from interestlake.models.registry import MODELS
from interestlake.reporting.wording import MODELS as LABELS
from interestlake.reporting.wording import model_label


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
