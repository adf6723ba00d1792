"""Two writers of one table: Delta lets the first commit and refuses the second, which reads anew and tries again."""

import random
import time
from collections.abc import Callable
from functools import wraps

from delta import exceptions as delta

CONFLICTS = (
    delta.ConcurrentAppendException, delta.ConcurrentDeleteReadException, delta.ConcurrentDeleteDeleteException,
    delta.ConcurrentTransactionException, delta.ConcurrentWriteException, delta.MetadataChangedException,
    delta.ProtocolChangedException, delta.DeltaConcurrentModificationException,
)  # fmt: skip
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds before the next try, each up to doubled so that two do not keep step


def patient(method: Callable) -> Callable:
    """The method, called again after a pause where another writer's commit came first; the last try's fault is raised.

    A refused commit has written nothing, so the method has to read what it rests on inside the call.
    """

    @wraps(method)
    def again(*given, **named):
        for pause in PAUSES:
            try:
                return method(*given, **named)
            except CONFLICTS:
                time.sleep(pause * (1 + random.random()))
        return method(*given, **named)

    return again
