"""The service under load: answers a second and their times by wrk (Debian), one kind of request after the other.

`python -m bench.serve --lake LAKE`: starts `interestlake serve` on it at a port of this machine, asks for people drawn
from the lake, and ends it. Loopback alone; bounded by --seconds a row.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psutil

from interestlake.core.plain_lake import PlainLake

from .__main__ import ROOT

PEOPLE, ITEMS, HISTORY = 500, 500, 10
ROW = re.compile(r"^\s+(50|90|99)%\s+([\d.]+)(us|ms|s)$", re.M)
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
ASKED = ("a funny film about robots", "dark crime in a big city", "something for children", "war and history")
# wrk: a request of the list after the other, beginning anew at its end
SCRIPT = """
local at, requests = 0, {%s}
function request()
  at = at + 1
  local one = requests[(at - 1) %% #requests + 1]
  return wrk.format(one[1], one[2], {["Content-Type"] = "application/json"}, one[3])
end
function done(summary, latency, requests)
  io.write(string.format("ERRORS %%d %%d\\n", summary.errors.status, summary.errors.connect + summary.errors.read +
    summary.errors.write + summary.errors.timeout))
end
"""


def script(requests: Sequence[tuple[str, str, str | None]]) -> str:
    """(method, path, body) in order -> the lua that wrk runs."""
    told = (f"{{{_lua(method)}, {_lua(path)}, {_lua(body) if body else 'nil'}}}" for method, path, body in requests)
    return SCRIPT % ", ".join(told)


def _lua(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def kinds(lake: PlainLake, seed: int) -> Iterator[tuple[str, int, list[tuple[str, str, str | None]]]]:
    """(what is asked, connections, its requests) for people and items drawn from the lake."""
    random = np.random.default_rng(seed)
    people = random.permutation(sorted(lake.frame("silver.users", ["user_id"])["user_id"]))[:PEOPLE]
    chosen = random.permutation(sorted(lake.frame("silver.items", ["item_id"])["item_id"]))[:ITEMS]
    items = [quote(str(one), safe="") for one in chosen]
    yield "list of a person", 4, [("GET", f"/v1/people/{one}/recommendations", None) for one in people]
    yield "similar items", 4, [("GET", f"/v1/items/{one}/similar", None) for one in items]
    yield "why this item", 2, [("GET", f"/v1/people/{one}/reasons/{item}", None)
                               for one, item in zip(people, items, strict=False)]  # fmt: skip
    yield "profile", 2, [("GET", f"/v1/people/{one}/profile", None) for one in people]
    drawn = [[str(one) for one in random.choice(chosen, min(HISTORY, len(chosen)), False)] for _ in range(PEOPLE)]
    yield "list for a history", 2, [("POST", "/v1/recommendations", json.dumps({"history": one})) for one in drawn]
    yield "request in words", 2, [("POST", "/v1/ask", json.dumps({"request": one})) for one in ASKED]


def measured(address: str, requests: Sequence[tuple], connections: int, seconds: int) -> dict[str, float]:
    """One row: answers a second, milliseconds at 50, 90 and 99 %, and answers that were none."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script(requests))
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency", "-s", file.name,
                   address]  # fmt: skip
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    times = {f"p{share}": float(value) * UNITS[unit] for share, value, unit in ROW.findall(told)}
    rate = float(next(iter(re.findall(r"Requests/sec:\s+([\d.]+)", told)), 0.0))
    status, broken = map(int, next(iter(re.findall(r"ERRORS (\d+) (\d+)", told)), (0, 0)))
    return {"rate": rate, **times, "faults": status + broken}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("--lake", required=True)
    parser.add_argument("--seconds", type=int, default=15, help="of a row; at most 3600")
    parser.add_argument("--only", help="rows whose name holds this")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("no wrk on the PATH (Debian: apt-get install wrk)")
    seconds = min(options.seconds, 3600)
    lake = PlainLake(str(Path(options.lake).resolve()))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "interestlake.cli.main", "serve", "--lake", lake.root, "--port", "0",
                   "--store", f"{folder}/online.sqlite", "--read-only"]  # fmt: skip
        began = time.perf_counter()
        served = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ)
        try:
            assert served.stdout is not None
            address = served.stdout.readline().strip()
            size = Path(folder, "online.sqlite").stat().st_size
            print(f"{lake.count('silver.users'):,} people, {lake.count('silver.items'):,} items: answers after "
                  f"{time.perf_counter() - began:.0f} s, store {size / 1e6:.0f} MB")  # fmt: skip
            first = urllib.request.Request(f"{address}/v1/ask", json.dumps({"request": ASKED[0]}).encode(),
                                           {"Content-Type": "application/json"})  # fmt: skip
            urllib.request.urlopen(first, timeout=300).read()  # the items are read once
            print(f"{'asked':<20}{'connections':>12}{'answers/s':>11}{'p50 ms':>9}{'p90 ms':>9}{'p99 ms':>9}"
                  f"{'faults':>8}{'GB':>7}")  # fmt: skip
            for name, connections, requests in kinds(lake, options.seed):
                if options.only and options.only not in name:
                    continue
                row = measured(address, requests, connections, seconds)
                memory = psutil.Process(served.pid).memory_info().rss / 1e9
                print(f"{name:<20}{connections:>12}{row['rate']:>11.0f}{row.get('p50', 0):>9.1f}"
                      f"{row.get('p90', 0):>9.1f}{row.get('p99', 0):>9.1f}{row['faults']:>8}{memory:>7.2f}",
                      flush=True)  # fmt: skip
        finally:
            served.terminate()
            served.wait(60)


if __name__ == "__main__":
    main()
