"""What training the two-tower model would hold, apart from what trains it."""

from ..training.judged_at_once import PEOPLE

SHUFFLE_WINDOW = 4_000_000  # rows of one shuffle at most


def plan_gigabytes(
    users: int,
    items: int,
    width: int,
    dimension: int,
    window_rows: int,
    batch_size: int,
    holdout_users: int,
    processes: int = 1,
    one_machine: bool = True,
) -> float:
    """Memory that a training will ask for on the machine that it asks most of, in GB (1e9 bytes).

    Of the rows that a process has: parameters, their gradients, Adam's two moments, the best copy and the vectors;
    features, read and held; scores of PEOPLE validation people. Of the batches: two shuffle windows of 12 bytes a pair;
    the logits of a batch with their gradients; beside others the numbers of a window's rows. Whole in each: how many
    pairs a row has. Processes beside the driver (one_machine) count together. The driver, where it is not the process
    itself, collects embeddings, features and vectors of all rows.
    """
    rows = -(-users // processes) + -(-items // processes)
    parameters = 6 * rows * dimension * 4
    features = 2 * rows * width * 4
    counts = 24 * (users + items)
    batches = (2 * window_rows * 12 + 3 * batch_size**2 * 4) / processes
    numbers = 0 if processes == 1 else window_rows * (16 + 40 / processes)
    scores = 2 * min(holdout_users, PEOPLE) * -(-items // processes) * 4
    each = (parameters + features + counts + batches + numbers + scores) / 1e9
    collected = 0.0 if processes == 1 else (users + items) * (2 * dimension + width) * 4 / 1e9
    return processes * each + collected if one_machine else max(each, collected)
