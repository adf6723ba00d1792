"""Run the pipeline on a small world and let its JVM keep the classes it loaded, for quicker starts from then on.

Usage: class_archive.py SCRATCH. Exit code 0: .cache/jars/classes.jsa is there.
"""

import shutil
import sys
from pathlib import Path

from pyspark import SparkContext

from interestlake.cli.main import main
from interestlake.core.class_path import ARCHIVE

EXIT_SECONDS = 120
LAST_STAGE = "train_two_tower"  # the stages after it start Spark no otherwise, and take as long as all before it
OPTIONS = "spark.driver.extraJavaOptions"

if __name__ == "__main__":
    scratch = Path(sys.argv[1])
    ARCHIVE.unlink(missing_ok=True)
    conf = shutil.copytree("conf", scratch / "conf")
    profile = conf / "spark" / "local.properties"
    asked = f"{OPTIONS} -XX:ArchiveClassesAtExit={ARCHIVE.resolve()} "
    profile.write_text(profile.read_text().replace(OPTIONS, asked))
    world = ["--source", "sample", "--users", "60", "--quick", "--until", LAST_STAGE]
    code = main(["run", *world, "--lake", str(scratch / "lake"), "--conf", str(conf)])
    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(EXIT_SECONDS)  # the archive is written while the JVM ends
    raise SystemExit(code or (0 if ARCHIVE.is_file() else 1))
