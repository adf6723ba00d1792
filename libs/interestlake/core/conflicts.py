"""Two writers of one table: the first commits, the second is refused, reads anew and tries again."""

import random
import time
from collections.abc import Callable
from functools import wraps

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds before the next try, each up to doubled so that two do not keep step


def patient(refusals: tuple[type[Exception], ...]) -> Callable[[Callable], Callable]:
    """A method -> the same, called again after a pause where it raises one of `refusals`; the last try's is raised.

    A refused commit has written nothing, so the method has to read what it rests on inside the call.
    """

    def decorate(method: Callable) -> Callable:
        @wraps(method)
        def again(*given, **named):
            for pause in PAUSES:
                try:
                    return method(*given, **named)
                except refusals:
                    time.sleep(pause * (1 + random.random()))
            return method(*given, **named)

        return again

    return decorate
