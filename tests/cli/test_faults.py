"""A traceback reaches nobody: what is thrown becomes a message of three parts, or the place of a written traceback."""

import csv
import errno
import io
import logging
import zipfile

import pytest
import yaml

from interestlake.cli import main as cli
from interestlake.cli.faults import FAULT_OF_OURS, explained
from interestlake.core.errors import BadInput
from interestlake.core.machine_faults import SIGNS, machine_fault


def thrown(body) -> Exception:
    """What a call throws."""
    with pytest.raises(Exception) as caught:
        body()
    return caught.value


def broken_zip():
    zipfile.ZipFile(io.BytesIO(b"PK no zip"))


def long_field():
    return list(csv.reader(["a" * (csv.field_size_limit() + 1)]))


Py4JError = type("Py4JError", (Exception,), {"__module__": "py4j.protocol"})


def of_the_jvm(text: str) -> Exception:
    """As py4j throws it, with the JVM's words."""
    return type("Py4JJavaError", (Py4JError,), {"__module__": "py4j.protocol"})(
        f"An error occurred while calling o1.\n{text}"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (thrown(lambda: yaml.safe_load("a: [")), "expected readable YAML"),
        (thrown(broken_zip), "expected a whole .zip file"),
        (thrown(long_field), "expected a readable CSV file"),
        (thrown(lambda: b"\xff".decode("utf-8")), "expected text in UTF-8"),
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "disk: found no space left; expected room"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "rights: found Permission denied: /data/x;"),
        (OSError(errno.EROFS, "Read-only file system", "/data/x"), "file system: found one that is read-only"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/data/x"), "file /data/x: found No such file"),
        (MemoryError(), "memory: found too little"),
        (of_the_jvm("java.io.IOException: No space left on device"), "disk: found no space left"),
        (of_the_jvm("java.lang.OutOfMemoryError: Java heap space"), "set it in spark.driver.memory"),
        (of_the_jvm("UnsatisfiedLinkError: /tmp/x.so: failed to map segment from shared object"), "(noexec)"),
        (of_the_jvm("SparkException: All masters are unresponsive! Giving up."), "cluster: found SparkEx"),
        (of_the_jvm("Answer from Java side is empty"), "most likely ended for want of memory"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)  # fmt: skip
def test_what_the_input_or_the_machine_is_to_blame_for(error, told):
    said = explained(error)
    assert isinstance(said, BadInput) and said.exit_code == 2
    assert told in str(said) and all(part in str(said) for part in (": found ", "; expected ", "; set it in "))


def test_the_cause_of_a_cause_is_what_is_told():
    inner, outer = OSError(errno.ENOSPC, "No space left on device"), RuntimeError("a task failed")
    outer.__cause__ = inner
    assert "no space left" in str(explained(outer))


@pytest.mark.parametrize("verbose", [False, True])
def test_a_fault_of_ours_is_a_line_and_a_file(verbose, monkeypatch, tmp_path, caplog):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail(arguments, load):
        return {}["planted"]

    monkeypatch.setattr(cli, "execute", fail)
    with caplog.at_level(logging.ERROR):
        assert cli.main([*(["-v"] * verbose), "models"]) == 1
    (record,) = (one for one in caplog.records if one.levelno == logging.ERROR)
    (written,) = tmp_path.glob("interestlake-fault-*.txt")
    assert FAULT_OF_OURS in record.getMessage() and str(written) in record.getMessage()
    assert "\n" not in record.getMessage() and "KeyError" in record.getMessage()
    assert 'return {}["planted"]' in written.read_text() and (record.exc_info is not None) == verbose


def test_an_interrupted_command_says_so(monkeypatch, caplog):
    def interrupted(arguments, load):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "execute", interrupted)
    assert cli.main(["models"]) == 130 and "interrupted" in caplog.text


@pytest.mark.parametrize(("words", "level"), [(["-q"], logging.WARNING), ([], logging.INFO), (["-v"], logging.DEBUG)])
@pytest.mark.parametrize("behind", [False, True])
def test_how_much_is_said(words, level, behind, monkeypatch):
    monkeypatch.setattr(cli, "execute", lambda arguments, load: None)
    assert cli.main(["models", *words] if behind else [*words, "models"]) == 0
    assert cli.LOG.level == level
    cli.main(["models"])


def test_every_sign_is_told_in_three_parts():
    assert machine_fault("all is well") is None
    for pattern, what, *_ in SIGNS:
        text = pattern.split("|")[0].replace("(new )?", "").replace("\\", "")
        assert str(machine_fault(f"x\ny: {text} z\nw")).startswith(f"{what}: found "), pattern
