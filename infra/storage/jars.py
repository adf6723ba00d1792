"""Fetch the jars of jars.in by Spark's own resolver into .cache/storage/jars, and hold each against jars.lock.

Usage: jars.py [--lock]; with --lock the names and hashes of what was fetched become jars.lock. Needs no Spark session.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from pyspark import SparkConf
from pyspark.java_gateway import launch_gateway

HERE = Path(__file__).parent
LOCK = HERE / "jars.lock"
CACHE = HERE.parents[1] / ".cache" / "storage"
JARS = CACHE / "jars"


def wanted() -> list[str]:
    """group:artifact:version of jars.in."""
    lines = (line.strip() for line in (HERE / "jars.in").read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def locked() -> dict[str, str]:
    """File name -> SHA-256."""
    lines = [line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    return {name: digest for digest, name in lines}


def digest_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def resolve(coordinates: list[str]) -> list[Path]:
    """The files of these packages and of what they need, fetched into an ivy folder of their own."""
    gateway = launch_gateway(conf=SparkConf())
    try:
        jvm = gateway.jvm
        none, resolver = jvm.scala.Option.apply(None), jvm.org.apache.spark.deploy.SparkSubmitUtils
        ivy = resolver.buildIvySettings(none, jvm.scala.Option.apply(str(CACHE / "ivy")), False)
        excluded = getattr(getattr(jvm.scala.collection.immutable, "Nil$"), "MODULE$")
        found = resolver.resolveMavenCoordinates(",".join(coordinates), ivy, none, True, excluded, False)
        return [Path(found.apply(number)) for number in range(found.length())]
    finally:
        gateway.shutdown()


def main(lock: bool) -> None:
    if not lock and all((JARS / name).is_file() and digest_of(JARS / name) == one for name, one in locked().items()):
        return
    files = resolve(wanted())
    fetched = {path.name: digest_of(path) for path in files}
    if lock:
        lines = [f"{digest}  {name}" for name, digest in sorted(fetched.items())]
        said = "# SHA-256 of every jar. Made by infra/storage/lock.sh from jars.in."
        LOCK.write_text("\n".join([said, *lines]) + "\n")
    if fetched != locked():
        differ = sorted(set(fetched.items()) ^ set(locked().items()))
        raise SystemExit(f"jars: found {differ}, expected what infra/storage/jars.lock holds")
    JARS.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copyfile(path, JARS / path.name)
    shutil.rmtree(CACHE / "ivy")
    print(f"{JARS}: {len(files)} jars")


if __name__ == "__main__":
    main("--lock" in sys.argv[1:])
