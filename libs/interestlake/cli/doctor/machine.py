"""Looks at the machine: Java, Python, cores, memory, temporary folder, home, host name, clock, GPU."""

import ctypes
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from ...core.blas import VARIABLE, choose, trial
from ...core.class_path import resolved_jars
from ...core.java import JAVA, java_of
from ...privacy.keys import KEY_VARIABLE
from .check import GIB, Check, Given

PYTHON = (3, 11)
OPENMP = "libgomp.so.1"  # of the package implicit, which no wheel of it brings
TEMP_BYTES = 2 * GIB  # what Spark spills and ships on a small run
PYTHON_BYTES = GIB  # beside the JVM
CGROUP = Path("/sys/fs/cgroup/memory.max")
UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
INSTALLED = Path(__file__)  # no clock is right that stands before its time of change


def java(given: Given) -> Check:
    """The Java that Spark will take: JAVA_HOME's, else the first on PATH."""
    fix = f"install Java {JAVA} and set JAVA_HOME to its folder (`make setup` brings one)"
    home, path = given.environ.get("JAVA_HOME"), java_of(given.environ)
    if not path or not os.path.isfile(path):
        return Check("Java", f"none at {path}, of JAVA_HOME" if home else "none on PATH, and no JAVA_HOME", fix)
    said = _said([path, "-version"])
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if not version:
        return Check("Java", f"{path}, which says {said.strip()[:100]!r}", fix)
    major = int(version[1])
    return Check("Java", f"{major} at {path}", "" if major == JAVA else f"Spark and its jars need Java {JAVA}: {fix}")


def python(given: Given) -> Check:
    """This Python, and the one that Spark's workers will run."""
    mine = sys.version_info[:2]
    found = ".".join(map(str, mine)) + f" at {sys.executable}"
    if mine != PYTHON:
        return Check("Python", found, "install into Python 3.11, which the pinned packages are made for")
    other = given.environ.get("PYSPARK_PYTHON")
    there = shutil.which(other) if other else None
    if other and there is None:
        return Check("Python", f"no PYSPARK_PYTHON={other}", "unset PYSPARK_PYTHON, or set it to this one")
    if other and there and Path(there) != Path(sys.executable):
        theirs = _said([other, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
        if theirs != "3.11":
            return Check("Python", f"{theirs} at PYSPARK_PYTHON={other}", "workers need 3.11, too: set it to this one")
    return Check("Python", found)


def openmp(given: Given) -> Check:
    """The library by which compiled packages use several cores; slim images lack it."""
    try:
        ctypes.CDLL(OPENMP)
    except OSError:
        return Check("OpenMP", f"no {OPENMP}", "install it: `apt-get install libgomp1`, or your system's name of it")
    return Check("OpenMP", OPENMP)


def cores(given: Given) -> Check:
    """Cores that this process may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Check(
        "cores", f"{count}; profile {given.profile} has master {given.settings.get('spark.master', 'of its own')}"
    )


def memory(given: Given) -> Check:
    """What is free, beside what Spark's driver takes."""
    asked = as_bytes(given.settings.get("spark.driver.memory", "1g"))
    there = psutil.virtual_memory()
    total, free = there.total, there.available
    if CGROUP.is_file() and (limit := CGROUP.read_text().strip()).isdigit():
        total, free = min(total, int(limit)), min(free, int(limit))
    found = f"{free / GIB:.1f} GiB free of {total / GIB:.1f}; spark.driver.memory is {asked / GIB:.1f}"
    fix = f"end other programs, or lower spark.driver.memory in conf/spark/{given.profile}.properties"
    return Check("memory", found, fix if free < asked + PYTHON_BYTES else "")


def temporary(given: Given) -> Check:
    """Where Spark spills to, and where native libraries are unpacked and loaded from."""
    places = dict.fromkeys([given.settings.get("spark.local.dir", tempfile.gettempdir()), tempfile.gettempdir()])
    free = 0
    for place in places:
        if not os.path.isdir(place) or not os.access(place, os.W_OK):
            return Check("temp", f"{place}, which cannot be written", "set TMPDIR to a folder that can")
        there = os.statvfs(place)
        free = there.f_bavail * there.f_frsize
        if free < TEMP_BYTES or (there.f_files and not there.f_favail):
            what = f"{free / GIB:.1f} GiB" if free < TEMP_BYTES else "no further file"
            return Check(
                "temp", f"{what} free in {place}", "make room, or set TMPDIR and spark.local.dir to another disk"
            )
        if there.f_flag & os.ST_NOEXEC:
            fix = "set TMPDIR, and -Djava.io.tmpdir in spark.driver.extraJavaOptions, to a folder without noexec"
            return Check("temp", f"{place} is mounted noexec, so that no native library loads from it", fix)
    return Check("temp", f"{free / GIB:.0f} GiB free in {', '.join(places)}")


def home(given: Given) -> Check:
    """The home folder, where jars are fetched to and the pseudonym key is kept."""
    folder = Path(given.environ.get("HOME") or Path.home())
    if folder.is_dir() and os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_RDONLY:
        return Check("home", str(folder))
    needs = [] if resolved_jars(given.settings) or "spark.jars.ivy" in given.settings else ["spark.jars.ivy"]
    if KEY_VARIABLE not in given.environ and not Path(given.key_file).expanduser().is_file():
        needs.append(KEY_VARIABLE)
    found = f"{folder} cannot be written"
    return Check("home", found, f"set HOME to a folder that can, or {' and '.join(needs)}" if needs else "")


def host(given: Given) -> Check:
    """Whether Spark can bind: an address for this machine's name, and free ports on it and on loopback."""
    name = given.environ.get("SPARK_LOCAL_IP") or socket.gethostname()
    fix = f"set SPARK_LOCAL_IP=127.0.0.1, or give {name} an address in /etc/hosts"
    try:
        address = socket.gethostbyname(name)
    except OSError as fault:
        return Check("host", f"{name} has no address ({fault.strerror or fault})", fix)
    for place in dict.fromkeys(["127.0.0.1", address]):
        try:
            with socket.socket() as one:
                one.bind((place, 0))
                one.listen()
                with socket.create_connection(one.getsockname(), timeout=2):
                    pass
        except OSError as fault:
            return Check("host", f"no port of {place} can be used ({fault.strerror or fault})", fix)
    return Check("host", f"{name} is {address}; ports of it and of 127.0.0.1 are free")


def clock(given: Given, now: float | None = None) -> Check:
    """The machine's time, which no file of the installation may lie before."""
    now = time.time() if now is None else now
    said = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    late = INSTALLED.stat().st_mtime - now
    return Check("clock", said, "set the clock: this installation is younger" if late > 86_400 else "")


def gpu(given: Given) -> Check:
    """What nvidia-smi lists."""
    tool = shutil.which("nvidia-smi", path=given.environ.get("PATH"))
    lines = [line for line in _said([tool, "-L"]).splitlines() if line.startswith("GPU ")] if tool else []
    if lines:
        return Check("GPU", "; ".join(line.split(" (UUID")[0] for line in lines))
    return Check("GPU", "none; training and encoding run on the processor",
                 "use another --profile" if given.profile == "gpu" else "")  # fmt: skip


def algebra(given: Given) -> Check:
    """The kernel that OpenBLAS multiplies with, and whether its product and factor of known numbers are right."""
    own = dict(given.environ)
    kernel = choose(own)
    tried = trial(own)
    kernels = ", ".join(tried.kernels) or "none told"
    if not tried.right:
        fix = "install numpy, scipy and threadpoolctl as requirements.lock has them"
        fix = f"unset {VARIABLE}" if own.get(VARIABLE) else fix
        return Check("OpenBLAS", f"kernel {kernels}: a product or a factor of known numbers is wrong", fix)
    why = kernel.note if kernel else f"{VARIABLE}={own[VARIABLE]}" if own.get(VARIABLE) else "taken by itself"
    return Check("OpenBLAS", f"kernel {kernels}; {why}")


LOOKS = (java, python, openmp, cores, algebra, memory, temporary, home, host, clock, gpu)


def as_bytes(text: str) -> int:
    """'4g' of a Spark profile -> bytes."""
    size = re.fullmatch(r"(\d+)([kmgt]?)b?", text.strip().lower())
    return int(size[1]) * UNITS[size[2]] if size else 0


def _said(command: list[str]) -> str:
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=15)
        return run.stderr + run.stdout
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
