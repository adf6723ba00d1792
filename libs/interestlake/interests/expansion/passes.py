"""Passes over people with the broadcast model: everyone's expansions, and the figures of a measurement."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from pyspark import Broadcast

from .choose import EXPANSIONS, Selection, blocks, expand_block
from .histories import numbered
from .measure import FOUND, TRIED, ListedItems, evaluate_expansion, evaluate_items, try_settings
from .model import ExpansionModel, Setting


def with_numbers(people: pd.DataFrame, model: ExpansionModel) -> pd.DataFrame:
    """Names of interests in the columns interests, held and hidden -> node numbers in nodes, held and hidden."""
    number = numbered(model.nodes)
    named = {"nodes": "interests", "held": "held", "hidden": "hidden"}
    return people.assign(**{new: people[old].map(number) for new, old in named.items() if old in people})


def expand(model: Broadcast, setting: Setting, selection: Selection) -> Callable:
    """`profile_rows` -> EXPANSIONS rows. Lazy."""
    return _pass(model, EXPANSIONS, lambda shared, block: expand_block(shared, block, setting, selection))


def tried(model: Broadcast, settings: Sequence[Setting], k: int) -> Callable:
    """`hide_late` rows of validation people -> TRIED rows. Lazy."""
    return _pass(model, TRIED, lambda shared, block: try_settings(shared, block, settings, k))


def judged(model: Broadcast, setting: Setting) -> Callable:
    """`hide_late` rows of test people -> FOUND rows. Lazy."""
    return _pass(model, FOUND, lambda shared, block: evaluate_expansion(shared, block, setting))


def judged_items(model: Broadcast, items: Broadcast, item_ids: np.ndarray, setting: Setting, top_k: int) -> Callable:
    """rows with seen and wanted as item ids -> FOUND rows. Lazy."""
    number = numbered(item_ids)

    def one(shared: ExpansionModel, block: pd.DataFrame) -> pd.DataFrame:
        block = block.assign(seen=block["seen"].map(number), wanted=block["wanted"].map(number))
        catalogue: ListedItems = items.value
        return evaluate_items(shared, catalogue, block, setting, top_k)

    return _pass(model, FOUND, one)


def _pass(model: Broadcast, schema: str, work: Callable[[ExpansionModel, pd.DataFrame], pd.DataFrame]) -> Callable:
    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        shared: ExpansionModel = model.value
        for block in blocks(frames, shared.size):
            yield work(shared, with_numbers(block, shared))

    return lambda people: people.mapInPandas(run, schema)
