"""What the session keeps of the JVM's names."""

import logging
import subprocess
import sys

from interestlake.core.session import JVM_NAMES, _output_to, keep_jvm_names


def test_only_the_jvm_s_output_goes_to_its_log(tmp_path, capfd):
    handler = logging.StreamHandler(sys.stderr)
    log = logging.getLogger()
    log.addHandler(handler)
    try:
        with _output_to(tmp_path / "jvm.log"):
            log.warning("for the reader")
            subprocess.run(["sh", "-c", "echo of the JVM; echo of it, too >&2"], check=True)
        log.warning("and after")
    finally:
        log.removeHandler(handler)
    assert (tmp_path / "jvm.log").read_text() == "of the JVM\nof it, too\n"
    assert capfd.readouterr().err == "for the reader\nand after\n" and handler.stream is sys.stderr


class Names:
    """Answers any name with further names, and notes who asked, as py4j's view of a JVM does."""

    def __init__(self, asked: list[str], path: str = ""):
        self.__dict__.update(asked=asked, path=path)

    def __getattr__(self, name: str) -> "Names":
        self.asked.append(f"{self.path}{name}")
        return Names(self.asked, f"{self.path}{name}.")


def test_each_name_is_asked_for_once():
    asked: list[str] = []
    view = Names(asked)
    keep_jvm_names(view, ("functions", "java.util.List", "java.io.File"))
    assert view.functions.path == "functions." and view.java.io.File.path == "java.io.File."
    assert sorted(asked) == ["functions", "java", "java.io", "java.io.File", "java.util", "java.util.List"]


def test_the_names_are_the_jvms(spark):
    keep_jvm_names(spark._jvm)
    for name in JVM_NAMES:
        holder = spark._jvm
        for part in name.split("."):
            assert part in vars(holder), name
            holder = getattr(holder, part)
    assert spark._jvm.functions.lit(1).toString() == "1"
    assert spark._jvm.java.io.File("a", "b").getPath() == "a/b"
