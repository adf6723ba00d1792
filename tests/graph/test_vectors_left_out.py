"""Low-rank vectors that the driver has no room for: left out with a line; the two-tower model learns without."""

import logging

from interestlake.stages.build_graph import VECTORS, low_rank_vectors
from interestlake.stages.train_two_tower import TRAIN_TWO_TOWER

from ..training.planted import ITEMS, write_tables
from ..training.test_stages import SMALL, run


def test_a_run_goes_on_without_low_rank_vectors(spark, stage_context, caplog):
    context = stage_context(overrides={**SMALL, "graph.svd_max_gigabytes": 0, "two_tower.epochs": 2})
    write_tables(spark, context.lake)
    with caplog.at_level(logging.WARNING, "interestlake"):
        assert low_rank_vectors(context) == {"item_vectors": 0, "user_vectors": 0, "svd_rank": 0}
    assert "low-rank vectors left out: 0.00 GB planned on one machine, graph.svd_max_gigabytes=0" in caplog.text
    assert all(context.lake.read(name).isEmpty() for name in VECTORS)
    assert run(context, TRAIN_TWO_TOWER)["rows_per_epoch"] > 0
    assert context.lake.read("models.two_tower_item_vectors").count() >= ITEMS
