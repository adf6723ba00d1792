"""Whole runs on the shared data sets beside the benchmark on the files of their splits: seconds, fused nDCG against the
best single model, and whether the two agree on every model."""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..measure import measure
from .lake import runs_of
from .tables import Found, comparison, every_model
from .worlds import DATA_SETS, DataSet

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "out" / "bench" / "one"
ENDED = (0, 3)  # 3: the gate kept the present champion
FIRST, AGAIN = "first", "again"


class Broken(Exception):
    """A data set that cannot be measured, and why; the others are."""


class Measuring:
    """One data set in one lake: `<lakes>/<name>`, beside it `<name>.json` with seconds, `<name>-split` and the logs."""

    def __init__(self, data: DataSet, options: argparse.Namespace, further: Sequence[str]):
        self.data, self.options, self.further = data, options, further
        self.lakes = (options.lakes or OUT).resolve()
        self.lake, self.noted = self.lakes / data.name, self.lakes / f"{data.name}.json"
        self.source = options.data.resolve() / data.folder

    def found(self) -> Found:
        """Run, export, benchmark, and what they say. Raises Broken."""
        if not self.source.is_dir():
            raise Broken(f"left out, there is no {self.source}")
        self.lakes.mkdir(parents=True, exist_ok=True)
        runs = self._kept() or self._made()
        report = self._benchmark()
        again = self._again(runs) if self.options.again else None
        run_id = FIRST if FIRST in runs else sorted(runs)[0]
        watched = self._seconds().get(FIRST)
        figures = {name: own["ndcg@10"] for name, own in report["models"].items()}
        return Found(
            self.data, runs[run_id]["ndcg"], figures, report["fusion"]["weights"]["everybody"], report["test_people"],
            report["ceiling"]["oracle"], watched or runs[run_id]["seconds"], watched is None, again,
        )  # fmt: skip

    def _kept(self) -> dict[str, dict]:
        """The finished runs of a lake that is taken as it is; {} where one has to be made."""
        if not self.lake.exists():
            return {}
        runs = runs_of(str(self.lake)) if self.options.resume else {}
        if runs:
            print(f"  {self.lake} is finished and kept", flush=True)
        elif self.options.lakes:  # a folder that was named may hold what nobody else has
            why = "holds no finished run" if self.options.resume else "is there; --resume keeps a finished one"
            raise Broken(f"left out, {self.lake} {why}")
        else:
            shutil.rmtree(self.lake)
        return runs

    def _made(self) -> dict[str, dict]:
        minutes = () if self.options.minutes is None else ("--minutes", f"{self.options.minutes:g}")
        self.noted.write_text("{}")
        self._run(FIRST, [*minutes, *self.further])
        return runs_of(str(self.lake))

    def _again(self, runs: dict[str, dict]) -> float:
        """Seconds of one more run, which keeps what the first one chose, under an id that the lake lacks."""
        number = next(n for n in range(1, len(runs) + 2) if f"{AGAIN}-{n}" not in runs)
        return self._run(f"{AGAIN}-{number}", ["--minutes", "0"])

    def _run(self, run_id: str, more: Sequence[str]) -> float:
        """Seconds of the whole process, noted. Raises Broken where it did not end by itself."""
        log = self.lakes / f"{self.data.name}-{run_id}.log"
        print(f"  run {run_id} ... (output in {log})", flush=True)
        command = ["interestlake", "run", "--source", self.data.source, "--input", str(self.source), "--lake",
                   str(self.lake), "--run-id", run_id, *more]  # fmt: skip
        measured = measure(command, ROOT, log)
        if measured.exit_code not in ENDED:
            raise Broken(f"run {run_id} ended with exit code {measured.exit_code}, see {log}")
        print(f"  run {run_id}: {measured.seconds:.0f} s, {measured.processor_seconds:.0f} s of processors, "
              f"{measured.stolen_share:.0%} of the machine taken by others on its host", flush=True)  # fmt: skip
        self.noted.write_text(json.dumps({**self._seconds(), run_id: measured.seconds}))
        return measured.seconds

    def _seconds(self) -> dict[str, float]:
        return json.loads(self.noted.read_text()) if self.noted.is_file() else {}

    def _benchmark(self) -> dict:
        """metrics.json of the very call that `export-split` prints."""
        split = self.lakes / f"{self.data.name}-split"
        shutil.rmtree(split, ignore_errors=True)
        printed = self._called(["interestlake", "export-split", "--lake", str(self.lake), "--out", str(split)])
        call = shlex.split(printed.splitlines()[-1])
        print(f"  {shlex.join(call)}", flush=True)
        self._called(call)
        return json.loads((split / "benchmark" / "metrics.json").read_text())

    def _called(self, command: Sequence[str]) -> str:
        """What the command printed. Raises Broken with its last line of error."""
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["nothing said"])[-1]
            raise Broken(f"interestlake {command[1]} ended with exit code {done.returncode}: {last}")
        return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every data set that is there was measured, whatever the figures; 1 when something broke down."""
    names = ", ".join(data.name for data in DATA_SETS)
    passed_on = "Further options, such as --quick, go to the first `interestlake run`."
    parser = argparse.ArgumentParser(prog="python -m bench.one", description=__doc__, epilog=passed_on)
    parser.add_argument("--only", nargs="+", metavar="NAME", help=f"of {names}", default=[])
    parser.add_argument("--minutes", type=float, help="of each first run's search")
    parser.add_argument("--lakes", type=Path, metavar="DIR", help="keep the lakes there; none of them is removed")
    parser.add_argument("--resume", action="store_true", help="take a lake whose run is finished as it is")
    parser.add_argument("--again", action="store_true", help="run each lake once more with what was chosen kept")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the shared data sets")
    options, further = parser.parse_known_args(arguments)
    if unknown := set(options.only) - {data.name for data in DATA_SETS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {names}")
    found, told, broken = [], [], False
    for data in DATA_SETS:
        if options.only and data.name not in options.only:
            continue
        print(data.name, flush=True)
        measuring = Measuring(data, options, further)
        try:
            found.append(measuring.found())
        except Broken as why:
            told.append(f"{data.name}: {why}")
            broken = broken or measuring.source.is_dir()
            print(f"  {why}", flush=True)
    if found:
        print("\n" + "\n".join([*comparison(found), "", *every_model(found)]))
    print("\n".join(told))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
