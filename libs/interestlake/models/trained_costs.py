"""What a fit of each model that is trained by epochs costs, apart from the libraries that train it."""

from .model import Cost, Size, floats


def light_gcn_cost(size: Size) -> Cost:
    """Thirty epochs of two layers over the pairs, 64 coordinates."""
    return Cost(6 * floats(64 * (size.people + size.items)) + 40.0 * size.pairs, 30 * 2e-5 * size.pairs)


def sasrec_cost(size: Size) -> Cost:
    """Twenty epochs at 7e-5 seconds for each place of a history, measured at some 500 places a step."""
    return Cost(6 * floats(64 * size.items) + 2e8, 20 * 7e-5 * size.pairs)


def two_tower_cost(size: Size) -> Cost:
    """Twelve epochs of every pair against a batch of 1,024, and the two vectors of everybody and everything."""
    return Cost(9 * floats(192 * (size.people + size.items)) + 24.0 * size.pairs + 1e8, 12 * 3e-5 * size.pairs + 2.0)


def ncf_cost(size: Size) -> Cost:
    """Fifteen epochs of five items a pair, and a network over every pair of person and item when it scores."""
    cells = float(size.people) * size.items
    return Cost(12 * floats(32 * (size.people + size.items)), 15 * 1e-5 * size.pairs + 2e-7 * cells)
