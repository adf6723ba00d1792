"""One function in several processes at once, by Spark's TorchDistributor, each with a line to the driver."""

import io
import os
import pickle
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from .errors import BadInput, InterestlakeError, LostProcess
from .session import on_one_machine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PATIENCE_S = 1800.0  # that a process waits for another: the first of them judges alone meanwhile
TAIL = 40  # lines kept of what the processes print
LIBRARY = str(Path(__file__).parents[2])

Handlers = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Address:
    """Where the driver answers. threads: of each process; patience_s: after which one that waits for another ends."""

    host: str
    port: int
    key: bytes = field(repr=False)
    threads: int
    patience_s: float


def on_processes(
    spark: "SparkSession",
    count: int,
    main: Callable[[Address], None],
    handlers: Handlers,
    where: str,
    on_executors: bool | None = None,
    patience_s: float = PATIENCE_S,
) -> Any:
    """main(address) in `count` processes -> what the first of them said at its "end".

    They run beside the driver where Spark is one machine (the cores are shared out), else one a task on the executors,
    in a barrier stage. handlers: what they may ask the driver by name, called one at a time, in threads of their own.
    Raises what one of them told as its fault, LostProcess where one ended without a word, BadInput where Spark runs
    fewer tasks at once; where: the parameter that says `count`.
    """
    from pyspark.ml.torch.distributor import TorchDistributor

    executors = not on_one_machine(spark.sparkContext.master) if on_executors is None else on_executors
    if executors:
        _expect_slots(spark, count, where)
    host = (spark.conf.get("spark.driver.host", None) or "127.0.0.1") if executors else "127.0.0.1"
    threads = int(spark.conf.get("spark.task.cpus", "1") or 1) if executors else max(1, (os.cpu_count() or 1) // count)
    lines = _Lines(handlers, "0.0.0.0" if executors else host)
    address = Address(host, lines.port, lines.key, threads, patience_s)
    # locally torch itself sees the GPUs; an executor's task gets those that Spark gave it
    gpus = executors and float(spark.conf.get("spark.task.resource.gpu.amount", "0") or 0) > 0
    distributor = TorchDistributor(count, local_mode=not executors, use_gpu=gpus)
    distributor.logger.setLevel("WARNING")
    printed = _Tail()
    try:
        with _environment(threads), redirect_stdout(printed), redirect_stderr(printed):
            distributor.run(main, address)
    except Exception as error:
        raise lines.why(count, where, printed.text() or str(error)) from error
    finally:
        lines.close()
    return lines.result


def _expect_slots(spark: "SparkSession", count: int, where: str) -> None:
    # Spark itself would ask again for ten minutes
    context = spark.sparkContext._jsc.sc()  # pyrefly: ignore
    slots = context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile())
    if slots < count:
        raise BadInput.of(where, found=f"{count} processes, Spark runs {slots} tasks at once",
                          expected=f"at most {slots}", where=f"{where}, or a larger cluster")  # fmt: skip


@contextmanager
def _environment(threads: int) -> Iterator[None]:
    """What processes beside the driver inherit: the library's folder, and how many threads they may use."""
    path = os.pathsep.join([LIBRARY, *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {"PYTHONPATH": path, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def send(connection: Connection, value: object) -> None:
    """Whole: a connection's own way would leave tensors in memory that only this machine shares."""
    connection.send_bytes(pickle.dumps(value))


def receive(connection: Connection) -> Any:
    """What the other end has sent."""
    return pickle.loads(connection.recv_bytes())


class _Tail(io.TextIOBase):
    """The last lines written."""

    def __init__(self):
        self.lines: deque[str] = deque(maxlen=TAIL)

    def write(self, text: str, /) -> int:
        self.lines.append(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.lines)


class _Lines:
    """Answers the processes; `faults` in the order in which they came: (rank, what it told, None for no word)."""

    def __init__(self, handlers: Handlers, host: str):
        self.handlers, self.key, self.host = handlers, secrets.token_bytes(32), host
        self.listener = Listener((host, 0), authkey=self.key)
        self.port: int = self.listener.address[1]  # type: ignore[index]
        self.faults: list[tuple[int, InterestlakeError | str | None]] = []
        self.result: Any = None
        self.closed = False
        self.one_at_a_time = Lock()
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                Thread(target=self._answer, args=(self.listener.accept(),), daemon=True).start()
            except AuthenticationError:
                continue
            except (OSError, EOFError):
                if self.closed:
                    return

    def close(self) -> None:
        self.closed = True
        with suppress(OSError):  # or the thread would wait for ever
            socket.create_connection((self.host, self.port), timeout=1).close()
        self.listener.close()

    def _answer(self, connection: Connection) -> None:
        rank, ended = -1, False
        try:
            while not ended:
                name, given = receive(connection)
                if name == "hello":
                    (rank,) = given
                    # a stage that Spark tries again after a fault would only find it again
                    answer = (bool(self.faults), LostProcess("another process has ended") if self.faults else None)
                else:
                    ended = name in ("end", "fault")
                    answer = self._handled(rank, name, given)
                send(connection, answer)
        except (EOFError, OSError):
            self.faults.append((rank, None))
        finally:
            connection.close()

    def _handled(self, rank: int, name: str, given: tuple) -> tuple[bool, Any]:
        """(whether it is a fault, the answer)."""
        with self.one_at_a_time:
            if name == "fault":
                self.faults.append((rank, given[0]))
            elif name == "end":
                self.result = given[0] if rank == 0 else self.result
            else:
                try:
                    return False, self.handlers[name](*given)
                except Exception as fault:
                    return True, fault
        return False, None

    def why(self, count: int, where: str, printed: str) -> InterestlakeError:
        """The fault that the others follow from."""
        rank, fault = min(self.faults, key=_remoteness, default=(-1, printed.strip().rpartition("\n")[2] or "no word"))
        if isinstance(fault, InterestlakeError):
            return fault
        which = f"process {rank} of {count}" if rank >= 0 else f"{count} processes that did not start"
        return LostProcess(
            f"training: found {which} ended ({fault or 'without a word: killed, or out of memory?'}); expected all "
            f"{count} to the end; set it in {where}: the same run id goes on from the last look, also with 1"
        )


def _remoteness(told: tuple[int, InterestlakeError | str | None]) -> int:
    """How far a fault lies from the first cause: one that has a message, one of its own, waiting in vain, an end
    without a word (torchrun ends the others so, too), and what a process says whose peer is gone."""
    _, fault = told
    if isinstance(fault, InterestlakeError):
        return 0
    if fault is None:
        return 3
    if not any(word in fault for word in ("gloo", "NCCL", "Connection closed", "Connection reset")):
        return 1
    return 2 if "imed out" in fault else 4
