"""The path of Spark's Python workers: archives go where the folders hold the same, and stay where they do not."""

import sys
from pathlib import Path

import pyspark

from interestlake.core.worker_daemon import is_archive, without_archives

HOME = Path(pyspark.__file__).parent
OWN = [str(HOME / "python/lib/pyspark.zip"), str(HOME / "jars/spark-core_2.12-3.5.9.jar")]


def test_archives_of_the_installed_pyspark_go(tmp_path):
    folders = [str(tmp_path), *[entry for entry in sys.path if not is_archive(entry)]]
    assert without_archives([*OWN, *folders]) == folders


def test_archives_of_another_pyspark_stay_and_so_does_what_folders_lack(tmp_path):
    folders = [entry for entry in sys.path if not is_archive(entry)]
    other = [*OWN, str(tmp_path / "spark" / "pyspark.zip"), *folders]
    assert without_archives(other) == other
    alone = [*OWN, str(tmp_path)]
    assert without_archives(alone) == alone


def test_workers_have_no_archive_on_their_path(spark):
    def told(_):
        yield [entry for entry in [*sys.path, *sys.path_importer_cache] if is_archive(str(entry))]

    assert spark.sparkContext.parallelize([0], 1).mapPartitions(told).collect() == [[]]
