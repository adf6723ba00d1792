"""SIGTERM, by which schedulers and containers end a process, lets go of what is held, as an interrupt does."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from ..core.progress import PROGRESS

PATIENCE_S = 5.0  # for children to end by themselves


class Terminated(KeyboardInterrupt):
    """SIGTERM came."""


@dataclass
class Signals:
    """came: whether SIGTERM did; a fault of what it ended, as of a JVM that got it too, may be raised in its place."""

    came: bool = False


@contextmanager
def heeding_sigterm() -> Iterator[Signals]:
    """SIGTERM raises Terminated in the body, once; no effect outside the main thread, where Python hears no signal."""
    heard = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    owner = os.getpid()

    def ended(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # a second one, or one to a forked child, ends at once
        if os.getpid() != owner:
            os.kill(os.getpid(), number)
        heard.came = PROGRESS.resting = True  # what is under way is not said any more
        logging.getLogger("py4j").setLevel(logging.CRITICAL + 1)  # a call to the JVM is cut, as it has to be
        raise Terminated

    before = signal.signal(signal.SIGTERM, ended)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGTERM, before)
        PROGRESS.resting = False


def end_children(since: float) -> None:
    """End the processes that this one has started since then (seconds since 1970): a JVM whose start was cut short
    waits for ever for who started it."""
    me, children = psutil.Process(), []
    for child in me.children():
        try:
            if child.create_time() >= since:
                child.terminate()
                children.append(child)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    for child in alive:
        child.kill()


def began() -> float:
    """Now, less what the clock of processes may be behind."""
    return time.time() - 1.0
