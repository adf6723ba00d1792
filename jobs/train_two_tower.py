"""A network for people and one for items, fed by Petastorm.

reads   silver.{interactions, items, users, documents, embeddings}, graph.{item_vectors, user_vectors}
calls   graph.features.training_examples, training.snapshot.take_snapshot, models.pair_training.fit_pairs,
        core.processes.on_processes
writes  models.{training_examples, item_features, user_features, two_tower_user_vectors, two_tower_item_vectors};
        model interestlake.two_tower
The same as `interestlake train-two-tower`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.train_two_tower import TRAIN_TWO_TOWER

    return TRAIN_TWO_TOWER


if __name__ == "__main__":
    sys.exit(run_job("train-two-tower", stage, sys.argv[1:]))
