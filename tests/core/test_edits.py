"""The distance in edits, against its definition by brute force."""

import random
from functools import cache

import pytest

from interestlake.core.edits import edits


@cache
def by_definition(one, other):
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return by_definition(one[1:], other[1:])
    return 1 + min(by_definition(one[1:], other), by_definition(one, other[1:]), by_definition(one[1:], other[1:]))


@pytest.mark.parametrize("most", [0, 1, 3, 20])
def test_it_is_the_least_number_of_edits(most):
    draw = random.Random(5)
    for _ in range(200):
        one, other = ("".join(draw.choices("abc", k=draw.randrange(9))) for _ in range(2))
        assert edits(one, other, most) == min(by_definition(one, other), most + 1)
