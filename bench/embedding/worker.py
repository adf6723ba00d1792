"""One contender in a process of its own, told by lines what to do, so that memory is its own and turns can be taken."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil

from ..measure import family

ROOT = Path(__file__).resolve().parents[2]
# Spark ends Python workers that idled while the others had their turn; what they load is no part of the speed
WARMING = 16


class Worker:
    """A started process that holds one contender."""

    def __init__(self, name: str, threads: int, folder: Path):
        self.name = name
        command = [sys.executable, "-W", "ignore", "-m", "bench.embedding.worker", name, str(threads), str(folder)]
        log = (folder / f"{name.replace(' ', '-')}.log").open("w")
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                        text=True)  # fmt: skip
        self.fault: str | None = None
        said = self._answer()
        self.load_seconds = said.get("seconds", 0.0)

    def run(self, texts_file: str, vectors_file: str = "") -> dict:
        """Embed the texts of a JSON file -> {"seconds", "cpu_seconds", "peak_bytes", "waste"}."""
        self.process.stdin.write(f"{texts_file}\t{vectors_file}\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict:
        while line := self.process.stdout.readline():
            if line.startswith("{"):
                said = json.loads(line)
                self.fault = said.get("fault")
                return said
        self.fault = f"ended with exit code {self.process.wait()}"
        return {"fault": self.fault}

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


def peak_bytes(process: psutil.Process) -> int:
    """The most memory that the process and its descendants have held, each at its own peak."""
    total = 0
    for member in family(process):
        try:
            status = Path(f"/proc/{member.pid}/status").read_text()
            total += 1024 * int(status.split("VmHWM:")[1].split()[0])
        except (OSError, IndexError, psutil.NoSuchProcess):
            continue
    return total


def cpu_seconds(process: psutil.Process) -> float:
    """Processor time of the process and its living descendants."""
    total = 0.0
    for member in family(process):
        try:
            times = member.cpu_times()
            total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total


def serve(name: str, threads: int, folder: Path) -> None:
    from .contenders import load

    me = psutil.Process()
    began = time.perf_counter()
    try:
        contender = load(name, threads, json.loads((folder / "calibration.json").read_text()))
    except Exception as error:
        print(json.dumps({"fault": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}), flush=True)
        return
    print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)
    for line in sys.stdin:
        texts_file, vectors_file = line.rstrip("\n").split("\t")
        texts = json.loads(Path(texts_file).read_text())
        contender.run(texts[:WARMING])
        before, began = cpu_seconds(me), time.perf_counter()
        vectors = contender.run(texts)
        seconds = time.perf_counter() - began
        said = {"seconds": seconds, "cpu_seconds": cpu_seconds(me) - before, "peak_bytes": peak_bytes(me),
                "waste": contender.waste}  # fmt: skip
        if vectors_file:
            np.save(vectors_file, vectors)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
