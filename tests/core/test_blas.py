"""OpenBLAS's kernel is chosen where it takes an old one, on planted processors; the arithmetic is this machine's."""

import json
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from interestlake.core.blas import CPUINFO, VARIABLE, Trial, choose, decide, kernel_for, trial

AVX512 = "fpu sse2 avx avx2 fma avx512f avx512cd avx512bw avx512dq avx512vl"
AVX2, OLD = "fpu sse2 avx avx2 fma", "fpu sse2 avx"
OWN_FLAGS = CPUINFO.read_text().partition("\n\n")[0] if CPUINFO.is_file() else ""


def cpuinfo(flags: str) -> str:
    first = f"processor\t: 0\nvendor_id\t: NewVendor\ncpu family\t: 99\nmodel name\t: Next 1\nflags\t\t: {flags}\n"
    return f"{first}\nprocessor\t: 1\nflags\t\t: fpu\n"


def attempts(by_itself: str, right: bool = True):
    """A machine whose OpenBLAS takes `by_itself`, and any kernel that it is asked for; notes what it was asked."""
    asked = []

    def attempt(environ) -> Trial:
        asked.append(environ.get(VARIABLE))
        return Trial((environ.get(VARIABLE, by_itself),), right or VARIABLE not in environ)

    return SimpleNamespace(attempt=attempt, asked=asked)


@pytest.mark.parametrize(("flags", "kernel"), [(AVX512, "SkylakeX"), (AVX512.replace("avx512vl", ""), "Haswell"),
                                               (AVX2, "Haswell"), (OLD, ""), ("", "")])  # fmt: skip
def test_flags_say_the_best_kernel(flags, kernel):
    assert kernel_for(flags) == kernel


@pytest.mark.parametrize(("flags", "kernel"), [(AVX512, "SkylakeX"), (AVX2, "Haswell")])
@pytest.mark.parametrize("by_itself", ["Prescott", "Katmai", "Nehalem", "Sandybridge"])
def test_a_kernel_older_than_the_processor_is_replaced(flags, kernel, by_itself):
    machine = attempts(by_itself)
    assert decide(cpuinfo(flags), {}, machine.attempt).chosen == kernel
    assert machine.asked == [None, kernel]


@pytest.mark.parametrize("by_itself", ["Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids"])
def test_a_good_kernel_stays(by_itself):
    machine = attempts(by_itself)
    assert decide(cpuinfo(AVX512), {}, machine.attempt).chosen == "" and machine.asked == [None]


def test_one_of_two_libraries_may_be_the_old_one():
    told = {None: ("Prescott", "SapphireRapids"), "SkylakeX": ("SkylakeX",)}
    assert decide(cpuinfo(AVX512), {}, lambda environ: Trial(told[environ.get(VARIABLE)], True)).chosen == "SkylakeX"


def test_a_kernel_that_computes_wrongly_or_cannot_run_is_not_taken():
    assert decide(cpuinfo(AVX512), {}, attempts("Prescott", right=False).attempt).chosen == ""
    assert decide(cpuinfo(OLD), {}, attempts("Prescott").attempt).chosen == ""


@pytest.fixture
def prescott(tmp_path, monkeypatch):
    """A new processor that OpenBLAS takes for its oldest: .file is its cpuinfo; the cache is empty."""
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(tmp_path / "cache"))
    machine = attempts("Prescott")
    monkeypatch.setattr("interestlake.core.blas.decide", lambda text, environ: decide(text, environ, machine.attempt))
    file = tmp_path / "cpuinfo"
    file.write_text(cpuinfo(AVX2))
    return SimpleNamespace(file=file, asked=machine.asked)


def test_the_choice_is_set_once_tried_and_kept(prescott):
    for _ in range(2):
        environ = {}
        assert choose(environ, prescott.file).chosen == environ[VARIABLE] == "Haswell"
    assert prescott.asked == [None, "Haswell"]
    prescott.file.write_text(cpuinfo(AVX512))  # another processor under the same home
    environ = {}
    assert choose(environ, prescott.file).chosen == environ[VARIABLE] == "SkylakeX"


def test_a_setting_that_is_there_stays_and_nothing_is_tried(prescott):
    environ = {VARIABLE: "Nehalem"}
    assert choose(environ, prescott.file) is None and environ == {VARIABLE: "Nehalem"} and prescott.asked == []


def test_a_processor_that_is_no_x86_or_unknown_is_left_alone(prescott, tmp_path):
    prescott.file.write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert choose({}, prescott.file) is None and choose({}, tmp_path / "none") is None and prescott.asked == []


def test_a_broken_or_closed_cache_is_no_fault(prescott, tmp_path):
    choose({}, prescott.file)
    (kept,) = (tmp_path / "cache" / "blas").iterdir()
    kept.write_text("{")
    assert choose({}, prescott.file).chosen == "Haswell"
    assert json.loads(kept.read_text())["chosen"] == "Haswell"


@pytest.mark.skipif("avx2" not in OWN_FLAGS, reason="needs a processor with AVX2")
def test_this_machines_arithmetic_is_right_on_the_old_and_on_the_chosen_kernel():
    """The real libraries: made to fall back, they do, and the kernel by this processor's flags is right."""
    kernel = kernel_for(OWN_FLAGS)
    old, better = (trial({**os.environ, VARIABLE: name}) for name in ("Prescott", kernel))
    assert old.right and set(old.kernels) <= {"Prescott", "Katmai"} and better == Trial((kernel,), True)


def test_an_interpreter_that_ends_early_is_not_right(monkeypatch):
    monkeypatch.setattr("interestlake.core.blas.TRIAL", "import os; os.abort()")
    assert trial(os.environ) == Trial((), False)


def test_a_command_chooses_before_numpy_is_loaded(tmp_path):
    script = """
import sys
import interestlake.cli.main as cli
cli.choose = lambda: print("numpy" in sys.modules)
cli.main(["--help"])
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert run.stdout.startswith("False\n")


def test_workers_of_a_cluster_choose_on_their_own_host():
    """The daemon does what Spark's does, after the choice: it ends where its standard input does."""
    script = """
import sys, types
from interestlake.core import blas
order = []
blas.choose = lambda: order.append("numpy" in sys.modules)
daemon = types.ModuleType("pyspark.daemon")
daemon.manager = lambda: order.append("manager")
sys.modules["pyspark.daemon"] = daemon
import runpy
runpy.run_module("interestlake.core.worker_daemon", run_name="__main__")
print(order)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert run.stdout == "[False, 'manager']\n", run.stderr


def test_the_daemon_answers_as_sparks_own():
    """Spark reads the port of its workers from the daemon's first four bytes, and ends it by closing its input."""
    ends = []
    for module in ("interestlake.core.worker_daemon", "pyspark.daemon"):
        command = [sys.executable, "-m", module, "pyspark.worker"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as daemon:
            port = int.from_bytes(daemon.stdout.read(4), "big")
            with socket.create_connection(("127.0.0.1", port), timeout=20):
                daemon.stdin.close()
                ends.append(daemon.wait(20))
    assert ends[0] == ends[1]
