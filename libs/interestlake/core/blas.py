"""Which kernel OpenBLAS multiplies with: one older than the processor takes its oldest kernel, many times slower.

Nothing here loads numpy: OpenBLAS reads the choice from the environment once, when it is loaded.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from .cache import cache_folder
from .storage import write_whole

VARIABLE = "OPENBLAS_CORETYPE"
CPUINFO = Path("/proc/cpuinfo")
FIELDS = ("vendor_id", "cpu family", "model", "model name", "flags")
GOOD = ("haswell", "zen", "skylakex", "cooperlake", "sapphirerapids")  # of processors with AVX2 or more
KERNELS = (
    ("SkylakeX", {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}),
    ("Haswell", {"avx2", "fma"}),
)
# whole numbers have one product; min(i, j) is L times L transposed, L of ones below and on its diagonal
TRIAL = """
import json
import numpy as np
import scipy.linalg
from threadpoolctl import threadpool_info

n = 200
whole = np.arange(n * n, dtype=np.int64).reshape(n, n) % 7 - 3
right = all(np.array_equal(whole.astype(kind) @ whole.T.astype(kind), whole @ whole.T) for kind in ("f4", "f8"))
ones, least = np.tril(np.ones((n, n))), np.minimum.outer(np.arange(1.0, n + 1), np.arange(1.0, n + 1))
factors = np.linalg.cholesky(least), scipy.linalg.cholesky(least, lower=True)
right = right and all(np.allclose(factor, ones, rtol=0, atol=1e-12) for factor in factors)
kernels = [one["architecture"] for one in threadpool_info() if one["internal_api"] == "openblas"]
print(json.dumps({"kernels": sorted(set(kernels)), "right": bool(right)}))
"""


@dataclass(frozen=True)
class Trial:
    """kernels: what numpy's and scipy's OpenBLAS have loaded; right: whether a product and a factor are as known."""

    kernels: tuple[str, ...]
    right: bool


@dataclass(frozen=True)
class Kernel:
    """by_itself: the kernels that OpenBLAS takes; chosen: the one to ask for instead, "" = none; note: why."""

    by_itself: tuple[str, ...]
    chosen: str
    note: str


def processor(cpuinfo: str) -> dict[str, str]:
    """FIELDS of the first processor of /proc/cpuinfo; without `flags` where it is no x86."""
    first = cpuinfo.partition("\n\n")[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip() in FIELDS}


def kernel_for(flags: str) -> str:
    """The best kernel of numpy 1.26's OpenBLAS that a processor with these flags can run; "" without AVX2."""
    there = set(flags.split())
    return next((name for name, needed in KERNELS if needed <= there), "")


def trial(environ: Mapping[str, str]) -> Trial:
    """What a new Python under `environ` multiplies with; not right where it ends without an answer."""
    try:
        run = subprocess.run([sys.executable, "-c", TRIAL], env=dict(environ), capture_output=True, timeout=60)
        said = json.loads(run.stdout.splitlines()[-1]) if run.returncode == 0 else {}
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        said = {}
    return Trial(tuple(said.get("kernels", ())), said.get("right", False))


def decide(cpuinfo: str, environ: Mapping[str, str], attempt: Callable[[Mapping[str, str]], Trial] = trial) -> Kernel:
    """The kernel to ask for on this processor: one only where OpenBLAS takes a lesser one and the better is right."""
    wanted = kernel_for(processor(cpuinfo).get("flags", ""))
    plain = attempt({name: value for name, value in environ.items() if name != VARIABLE})
    if not wanted or not plain.kernels or all(one.lower() in GOOD for one in plain.kernels):
        return Kernel(plain.kernels, "", "taken by itself")
    better = attempt({**environ, VARIABLE: wanted})
    if not better.right or wanted not in better.kernels:
        return Kernel(plain.kernels, "", f"{wanted} was tried and does not give the known product and factor")
    return Kernel(plain.kernels, wanted, f"this processor has the instructions of {wanted}")


def choose(environ: MutableMapping[str, str] = os.environ, cpuinfo: Path = CPUINFO) -> Kernel | None:
    """Set VARIABLE where `decide` asks for a kernel; None, and no effect, where it is set or the processor unknown.

    To be called before numpy is loaded. What was decided is kept for this processor and this numpy.
    """
    if environ.get(VARIABLE) or not cpuinfo.is_file():
        return None
    text = _first_processor(cpuinfo)
    known = processor(text)
    if not kernel_for(known.get("flags", "")):
        return None
    mark = json.dumps([known, version("numpy"), version("scipy"), sys.prefix], sort_keys=True)
    file = cache_folder() / "blas" / f"{hashlib.sha256(mark.encode()).hexdigest()[:16]}.json"
    kernel = _kept(file) or _keep(file, decide(text, environ))
    if kernel.chosen:
        environ[VARIABLE] = kernel.chosen
    return kernel


def _first_processor(cpuinfo: Path) -> str:
    lines = []
    with open(cpuinfo, encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.strip():
                break
            lines.append(line)
    return "".join(lines)


def _kept(file: Path) -> Kernel | None:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return Kernel(tuple(said["by_itself"]), said["chosen"], said["note"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(file: Path, kernel: Kernel) -> Kernel:
    try:
        write_whole(file, json.dumps(asdict(kernel)))
    except OSError:
        pass  # decided again next time
    return kernel


if __name__ == "__main__":  # for a shell: `eval "$(python -m interestlake.core.blas)"`
    decided = choose()
    if decided is not None and decided.chosen:
        print(f"export {VARIABLE}={decided.chosen}")
