"""Every kind of model that is kept: the same scores after reading, and no class from elsewhere."""

import json

import numpy as np
import pytest
import torch

from interestlake.core.errors import BadInput
from interestlake.interactions.side_information import SideInformation
from interestlake.models.fitted import Fitted
from interestlake.models.ncf import NcfScorer, NeuMf
from interestlake.models.registry import BY_NAME
from interestlake.models.sasrec import BLOCKS, SasRec, SequenceScorer
from interestlake.recommending.on_frames.stored import kept_model, read_model

from ..benchmark.world import feedback, pairs

PAIRS = feedback(pairs(people=20, length=6))
PEOPLE, ITEMS = PAIRS.shape
RANDOM = np.random.default_rng(0)


def there_and_back(one: Fitted) -> Fitted:
    arrays = {}
    described = json.loads(json.dumps(kept_model("m", one, arrays)))
    assert all(isinstance(array, np.ndarray) and array.dtype != object for array in arrays.values())
    return read_model(described, arrays)


def the_same(one: Fitted) -> None:
    everyone = np.arange(PEOPLE)
    scores = one.score(PAIRS, everyone, None)
    assert scores.any() and np.array_equal(there_and_back(one).score(PAIRS, everyone, None), scores)


def plain_models():
    """Those that are fitted on pairs alone, at fixed parameters."""
    return [name for name, model in BY_NAME.items() if model.quick is not None and not model.trainer
            and not model.missing(PAIRS, SideInformation())]  # fmt: skip


@pytest.mark.parametrize("name", plain_models())
def test_models_of_arrays(name):
    model = BY_NAME[name]
    the_same(model.fit(PAIRS, SideInformation(), model.quick, 0))


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("side", [None, torch.rand(ITEMS, 5)])
def test_a_network_over_sequences(side, block):
    torch.manual_seed(0)
    network = SasRec(ITEMS, 5, 8, 2, 2, 0.3, side, block).eval()
    the_same(Fitted(SequenceScorer("sasrec", network, np.ones(ITEMS, bool))))


def test_a_network_over_people():
    torch.manual_seed(0)
    places = np.arange(1, PEOPLE + 1, dtype=np.float32)[:, None]
    the_same(Fitted(NcfScorer("ncf", NeuMf(PEOPLE, ITEMS, 8, 0.2).eval(), RANDOM.random(ITEMS) > 0.2), places))


def test_a_model_of_other_things_is_refused():
    with pytest.raises(BadInput, match="model odd: found SequenceScorer"):
        kept_model("m", Fitted(SequenceScorer("odd", object(), np.ones(3, bool))), {})


@pytest.mark.parametrize("address", ["os:system", "interestlake.models.fitted:Fitted", "interestlake.cli.main:main"])
def test_a_class_from_elsewhere_is_refused(address):
    with pytest.raises(ValueError, match="is no"):
        read_model({"class": address, "fields": {}, "user_vectors": {"value": None}}, {})
