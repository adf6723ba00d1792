"""Count, means and covariances of rows: all that a test of means needs, whoever counted the rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """count rows of d numbers: mean (d,) and scatter (d, d), the sums of products of deviations from the mean."""

    count: int
    mean: np.ndarray
    scatter: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """(d, d) of a sample, scatter / (count - 1); nan for fewer than two rows."""
        return self.scatter / (self.count - 1) if self.count > 1 else np.full_like(self.scatter, np.nan)

    def beside(self, other: Moments) -> Moments:
        """Of both groups of rows together (Chan, Golub and LeVeque 1979): no sum of squares that could cancel."""
        count = self.count + other.count
        if not count:
            return self
        apart = other.mean - self.mean
        scatter = self.scatter + other.scatter + np.outer(apart, apart) * (self.count * other.count / count)
        return Moments(count, self.mean + apart * (other.count / count), scatter)


def nothing(d: int) -> Moments:
    """Of no rows of d numbers."""
    return Moments(0, np.zeros(d), np.zeros((d, d)))


def moments_of(rows: np.ndarray) -> Moments:
    """rows: (count, d) -> their Moments."""
    if not len(rows):
        return nothing(rows.shape[1])
    mean = rows.mean(axis=0)
    return Moments(len(rows), mean, (rows - mean).T @ (rows - mean))


def together(parts: Iterable[Moments], d: int) -> Moments:
    """Of all rows of `parts`, of d numbers each."""
    whole = nothing(d)
    for part in parts:
        whole = whole.beside(part)
    return whole
