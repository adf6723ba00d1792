"""SIGTERM, by which schedulers and containers end a process, lets go of what is held, as an interrupt does."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@contextmanager
def heeding_sigterm() -> Iterator[None]:
    """SIGTERM raises Terminated in the body, once; no effect outside the main thread, where Python hears no signal."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner = os.getpid()

    def ended(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second one, or one to a forked child, ends at once
        if os.getpid() != owner:
            os.kill(os.getpid(), number)
        raise Terminated

    before = signal.signal(signal.SIGTERM, ended)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
