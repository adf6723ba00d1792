"""A world of logs whose truth is known: three kinds of people, five items, a policy that served, one that did not."""

from dataclasses import dataclass

import numpy as np

KINDS, ITEMS = 3, 5
REWARD = np.array([[0.1, 0.2, 0.5, 0.3, 0.4], [0.6, 0.1, 0.2, 0.5, 0.3], [0.2, 0.7, 0.1, 0.4, 0.3]])
SERVED = np.array([[0.4, 0.3, 0.1, 0.1, 0.1], [0.1, 0.4, 0.3, 0.1, 0.1], [0.3, 0.1, 0.4, 0.1, 0.1]])
NEW = np.array([[0.05, 0.05, 0.5, 0.1, 0.3], [0.5, 0.0, 0.1, 0.3, 0.1], [0.1, 0.6, 0.0, 0.2, 0.1]])
SHARES = np.array([0.5, 0.3, 0.2])
TRUTH = {"served": float(SHARES @ (SERVED * REWARD).sum(1)), "new": float(SHARES @ (NEW * REWARD).sum(1))}
MODEL = 0.7 * REWARD + 0.05  # of rewards, wrong on purpose


@dataclass(frozen=True)
class Logs:
    """Arrays, a value per row; person: 0, 1, ..."""

    person: np.ndarray
    propensity: np.ndarray
    new: np.ndarray
    reward: np.ndarray
    predicted: np.ndarray
    new_predicted: np.ndarray

    def sums(self, clip: float = 0.0) -> np.ndarray:
        """(people, 5) sums as policy_values takes their Moments."""
        weight = self.new / self.propensity
        weight = np.minimum(weight, clip) if clip else weight
        robust = self.new_predicted + weight * (self.reward - self.predicted)
        rows = np.column_stack([np.ones(len(weight)), weight, weight * self.reward, self.reward, robust])
        sums = np.zeros((self.person.max() + 1, 5))
        np.add.at(sums, self.person, rows)
        return sums


def world(people: int, generator: np.random.Generator) -> Logs:
    """1 to 4 rows a person, of one kind all; a person who is pleased by anything raises all their rewards."""
    person = np.repeat(np.arange(people), generator.integers(1, 5, people))
    kind = generator.choice(KINDS, people, p=SHARES)[person]
    item = (generator.random(len(person))[:, None] > SERVED[kind].cumsum(1)).sum(1).clip(max=ITEMS - 1)
    pleased = generator.normal(0, 0.3, people)[person]
    reward = (generator.random(len(person)) < REWARD[kind, item]) + pleased
    return Logs(person, SERVED[kind, item], NEW[kind, item], reward, MODEL[kind, item], (NEW * MODEL).sum(1)[kind])
