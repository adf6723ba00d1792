"""Every model of the registry has a name to be shown by."""

from interestlake.models.registry import MODELS
from interestlake.reporting.wording import MODELS as LABELS
from interestlake.reporting.wording import model_label


def test_every_model_has_a_label_of_its_own_that_fits_a_column():
    labels = [model_label(name) for name in (*(model.name for model in MODELS), "fused")]
    assert len(set(labels)) == len(labels) and all(len(label) <= 14 for label in labels)
    assert {model.name for model in MODELS} <= set(LABELS)
