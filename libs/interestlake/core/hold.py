"""One whole run at a time on a lake: a file beside the tables says who runs, and is believed while its process lives.

On the machine of the run the process itself is looked for; elsewhere the file's age tells, for its process touches it.
"""

import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from .errors import BadInput, InterestlakeError
from .held_file import HadoopFile, LocalFile, held_file

if TYPE_CHECKING:
    from .config import RunOptions
    from .lake import Lake

LOG = logging.getLogger("interestlake")
NAME = ".held.json"  # in the lake's folder
BEAT_S = 15.0  # between two signs of life
SILENT_S = 180.0  # after which a run of another machine is taken for dead
SKEW_S = 5.0  # by which a clock that is set may move when a process began; and the longest that a file is half written
SETTLE_S = 0.5  # between taking a dead run's place and looking whether another did too


@dataclass(frozen=True)
class Holder:
    """Who runs: place (machine and, in a container, its processes), pid, when that process and the run began; command:
    the line that begins it again, where it is known."""

    run_id: str
    place: str
    pid: int
    process_began: float
    since: str
    root: str
    token: str
    command: str = ""

    @classmethod
    def me(cls, run_id: str, root: str, command: str = "") -> "Holder":
        """This process, under a run id."""
        began = psutil.Process().create_time()
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return cls(run_id, _place(), os.getpid(), began, since, root, uuid.uuid4().hex, command)

    def lives(self, root: str, silent_s: float) -> bool:
        """Whether it still runs on the lake at `root`, whose file has been silent for so long."""
        if self.place != _place():
            return silent_s < SILENT_S
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.process_began) < SKEW_S
            return same and process.status() != psutil.STATUS_ZOMBIE and not _copied(self.root, root)
        except psutil.NoSuchProcess:
            return False

    def __str__(self) -> str:
        return f"run {self.run_id}, under way since {self.since} (process {self.pid} on {self.place.split('/')[0]})"


class Hold:
    """A lake that this process holds, until `release`."""

    def __init__(self, file: LocalFile | HadoopFile, mine: Holder):
        self.file, self.mine, self.lost, self.ended = file, mine, False, threading.Event()
        self.beating = threading.Thread(target=self._beat, daemon=True)
        self.beating.start()

    def expect_held(self) -> None:
        """Raises InterestlakeError where another run took this one for dead, as after a machine's long sleep."""
        if self.lost or not _same(_read(self.file), self.mine):
            raise InterestlakeError(f"run {self.mine.run_id}: found the lake held by {_read(self.file) or 'nobody'}; "
                                    "expected this run; start it again under the same run id")  # fmt: skip

    def release(self) -> None:
        """Let others run. No effect where it was lost."""
        self.ended.set()
        self.beating.join()
        if _same(_read(self.file), self.mine):
            self.file.remove()

    def _beat(self) -> None:
        while not self.ended.wait(BEAT_S):
            try:
                self.lost = self.lost or not _same(_read(self.file), self.mine)
                if not self.lost:
                    self.file.touch(_text(self.mine))
            except Exception as fault:  # a store that does not answer once may answer the next time
                LOG.debug("no sign of life: %s", fault)


@contextmanager
def holding(lake: "Lake", options: "RunOptions", alone: bool = True) -> Iterator[Hold | None]:
    """The lake held for one run; None, and no effect, for what goes on beside a run (alone False).

    Waits options.wait_s seconds for another run to end. Raises BadInput that says who runs, or that the lake cannot be
    written.
    """
    if not alone:
        yield None
        return
    file = held_file(lake.spark, f"{lake.root}/{NAME}")
    hold = take(file, options.run_id, lake.root, options.wait_s, options.command)
    try:
        yield hold
    finally:
        hold.release()


def take(file: LocalFile | HadoopFile, run_id: str, root: str, wait_s: float = 0.0, command: str = "") -> Hold:
    """Hold the lake at `root`; see `holding`."""
    mine, until, told = Holder.me(run_id, root, command), time.monotonic() + wait_s, False
    try:
        while not _put(file, mine):
            holder, silent_s = _read(file), file.silent_s()
            if holder is None:  # being written, or its maker was killed before
                if silent_s > SKEW_S:
                    file.remove()
                time.sleep(0.05)
                continue
            if not holder.lives(root, silent_s):
                if _take_over(file, holder, mine):
                    break
                continue
            if time.monotonic() >= until:
                raise BadInput.of(f"lake {root}", found=holder, expected="no other run on it",
                                  where="--wait SECONDS, or another --lake")  # fmt: skip
            if not told:
                LOG.info("waiting up to %g s for %s", wait_s, holder)
            told = True
            time.sleep(min(1.0, max(0.05, until - time.monotonic())))
    except OSError as fault:
        raise BadInput.of(f"lake {root}", found=fault.strerror or fault, expected="a folder that can be written",
                          where="--lake") from fault  # fmt: skip
    return Hold(file, mine)


def holder_of(lake: "Lake") -> Holder | None:
    """Who runs on the lake; None where nobody that lives."""
    file = held_file(lake.spark, f"{lake.root}/{NAME}")
    holder = _read(file)
    return holder if holder is not None and holder.lives(lake.root, file.silent_s()) else None


def noted_here(root: str) -> tuple[Holder | None, bool]:
    """Who the lake of this machine's disk says runs, and whether it lives; (None, False) where nobody is noted."""
    file = LocalFile(f"{root}/{NAME}")
    holder = _read(file)
    return holder, holder is not None and holder.lives(root, file.silent_s())


def _put(file: LocalFile | HadoopFile, mine: Holder) -> bool:
    # a store that makes no file exclusively has the last of two at once
    return file.put_new(_text(mine)) and (isinstance(file, LocalFile) or _settled(file, mine))


def _take_over(file: LocalFile | HadoopFile, dead: Holder, mine: Holder) -> bool:
    if not _same(_read(file), dead):
        return False
    LOG.info("%s is gone: its hold on the lake ends", dead)
    file.remove()
    return file.put_new(_text(mine)) and _settled(file, mine)


def _settled(file: LocalFile | HadoopFile, mine: Holder) -> bool:
    time.sleep(SETTLE_S)
    return _same(_read(file), mine)


def _read(file: LocalFile | HadoopFile) -> Holder | None:
    """What the file says; None where it is not there, or not yet written whole."""
    try:
        return Holder(**json.loads(file.read() or ""))
    except (ValueError, TypeError):
        return None


def _text(holder: Holder) -> str:
    return json.dumps(asdict(holder), indent=1)


def _same(one: Holder | None, other: Holder) -> bool:
    return one is not None and one.token == other.token


def _place() -> str:
    """The machine, and which processes can be seen: two containers of one name see different ones."""
    try:
        seen = os.readlink("/proc/self/ns/pid")
    except OSError:
        seen = ""
    return f"{socket.gethostname()}/{seen}"


def _copied(held: str, root: str) -> bool:
    """Whether the file came here with a copy of the lake it was made in."""
    one, other = Path(held.removeprefix("file://")), Path(root.removeprefix("file://"))
    return held != root and one.exists() and other.exists() and not one.samefile(other)
