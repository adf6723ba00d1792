"""Where an interest is going: damped exponential smoothing of its share per month, backtested beside naive methods."""

import numpy as np
import pandas as pd

LEVELS, TRENDS, DAMPINGS = (0.1, 0.2, 0.4, 0.6, 0.8), (0.0, 0.05, 0.2), (0.9, 1.0)
HORIZON = 3
LEAST = 6  # periods before a backtest


def smooth(series: np.ndarray, level: float, trend: float, damping: float) -> tuple[np.ndarray, float, float]:
    """series (n,) -> one-step forecasts (n,), last level, last slope (Holt, 1957; damped: Gardner and McKenzie, 1985).

    forecast_t = l + damping b; l' = level y + (1 - level) forecast; b' = trend (l' - l) + (1 - trend) damping b. It
    starts at l = y_1, b = 0; trend = 0 is simple exponential smoothing.
    """
    here, slope, smoothed = float(series[0]), 0.0, np.empty(len(series))
    for t, value in enumerate(series):
        smoothed[t] = here + damping * slope
        before, here = here, level * value + (1 - level) * smoothed[t]
        slope = trend * (here - before) + (1 - trend) * damping * slope
    return smoothed, here, slope


def fit(series: np.ndarray) -> tuple[float, float, float]:
    """(level, trend, damping) of least squared one-step error from the third period on; the first of equals."""
    tried = [(a, b, d) for b in TRENDS for d in (DAMPINGS if b else (1.0,)) for a in LEVELS]
    errors = [np.round(((smooth(series, *p)[0] - series)[2:] ** 2).sum(), 12) for p in tried]
    return tried[int(np.argmin(errors))]


def forecast(series: np.ndarray, horizon: int) -> tuple[np.ndarray, float]:
    """(horizon,) values, never below 0, and the standard deviation of one step's error."""
    params = fit(series)
    fitted, level, slope = smooth(series, *params)
    steps = level + slope * np.cumsum(params[2] ** np.arange(1, horizon + 1))
    return np.maximum(steps, 0.0), float(np.sqrt(np.mean((fitted - series)[1:] ** 2)))


def backtest(series: np.ndarray, horizon: int = HORIZON) -> dict[str, float]:
    """Mean absolute error over the last `horizon` periods of what was known before: smoothing, naive (the last value),
    mean (of all values). Empty below LEAST + horizon periods."""
    if len(series) < LEAST + horizon:
        return {}
    past, truth = series[:-horizon], series[-horizon:]
    guesses = {"smoothing": forecast(past, horizon)[0], "naive": past[-1], "mean": past.mean()}
    return {name: float(np.abs(guess - truth).mean()) for name, guess in guesses.items()}


def one_interest(rows: pd.DataFrame, periods: int, horizon: int = HORIZON) -> pd.DataFrame:
    """rows(interest, people, period from 0, share) of one interest, periods without a row 0 -> its forecasts and its
    backtest.

    Columns interest, people, period (from `periods` on), share, low, high (95 %, normal, growing with the root of the
    step), and smoothing, naive, mean: the backtest's errors, nan where it was too short.
    """
    series = np.zeros(periods)
    series[rows["period"].to_numpy()] = rows["share"].to_numpy()
    values, deviation = forecast(series, horizon)
    wide = 1.96 * deviation * np.sqrt(np.arange(1, horizon + 1))
    errors = {"smoothing": np.nan, "naive": np.nan, "mean": np.nan} | backtest(series, horizon)
    ahead = np.arange(periods, periods + horizon, dtype=np.int32)
    columns = {"share": values, "low": np.maximum(values - wide, 0.0), "high": values + wide}
    named = {"interest": rows["interest"].iloc[0], "people": rows["people"].iloc[0]}
    return pd.DataFrame({**named, "period": ahead, **columns, **errors})
