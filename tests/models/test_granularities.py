"""The formula of several granularities against an example worked by hand."""

import numpy as np
import pytest

from interestlake.core.errors import BadInput
from interestlake.models.granularities import importance, profile, scores, strengths_of

# two people, three granularities, two dimensions; two items
Z = np.array([[[1.0, 0.0], [0.0, 2.0]], [[0.0, 1.0], [1.0, 1.0]], [[2.0, 2.0], [0.0, 0.0]]])
A = np.array([[1.0, 2.0], [3.0, 0.0]])
ALPHA = np.array([0.5, 0.3, 0.2])


def test_the_profile_is_the_weighted_sum():
    # first person: .5 (1, 0) + .3 (0, 1) + .2 (2, 2) = (.9, .7); second: .5 (0, 2) + .3 (1, 1) = (.3, 1.3)
    np.testing.assert_allclose(profile(Z, ALPHA), [[0.9, 0.7], [0.3, 1.3]], atol=1e-6)


def test_the_score_adds_lambda_weighted_parts_to_behaviour():
    # first person, first item: (1, 0).(1, 2) + .6 (0, 1).(1, 2) + .4 (2, 2).(1, 2) = 1 + 1.2 + 2.4 = 4.6
    # first person, second item: 3 + 0 + .4 * 6 = 5.4; second person: 4 + .6 * 3 = 5.8 and 0 + .6 * 3 = 1.8
    np.testing.assert_allclose(scores(Z, A, np.array([0.6, 0.4])), [[4.6, 5.4], [5.8, 1.8]], atol=1e-6)


def test_lambda_of_alpha_gives_the_same_lists():
    strengths = strengths_of(ALPHA)
    np.testing.assert_allclose(strengths, [0.6, 0.4], atol=1e-12)
    np.testing.assert_allclose(scores(Z, A, strengths) * ALPHA[0], profile(Z, ALPHA) @ A.T, atol=1e-6)


def test_without_behaviour_lambda_is_infinite_where_something_is_left():
    assert strengths_of(np.array([0.0, 1.0, 0.0])).tolist() == [np.inf, 0.0]


def test_models_of_one_granularity_add_up():
    named = {"ease": "behaviour", "als": "behaviour", "text": "text", "steps": "sequence"}
    alpha = importance({"ease": 0.3, "als": 0.2, "text": 0.1, "steps": 0.4}, named)
    assert alpha == pytest.approx({"behaviour": 0.5, "text": 0.1, "social": 0, "knowledge": 0, "sequence": 0.4})


@pytest.mark.parametrize("alpha", [[0.5, 0.6], [1.2, -0.2]])
def test_alpha_stays_on_the_simplex(alpha):
    with pytest.raises(BadInput, match="sum to 1"):
        strengths_of(np.array(alpha))
