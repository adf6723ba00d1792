"""What else may be thrown -> one message: the user's input or machine with exit code 2, a fault of our own with 1."""

import logging
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import BadInput, InterestlakeError
from ..core.machine_faults import machine_fault
from .extras import missing_extra

PACKAGE = Path(__file__).resolve().parents[1]
# type of an exception -> what was expected of the file at fault; by name, so that nothing is imported to look
FILES = {
    "yaml.error.YAMLError": "readable YAML",
    "_csv.Error": "a readable CSV file",
    "zipfile.BadZipFile": "a whole .zip file",
    "zlib.error": "a whole packed file",
    "builtins.EOFError": "a whole file",
    "json.decoder.JSONDecodeError": "readable JSON",
    "builtins.UnicodeDecodeError": "text in UTF-8",
    "pandas.errors.ParserError": "a readable CSV file",
    "pyarrow.lib.ArrowInvalid": "a readable Parquet or CSV file",
}
STORES = ("mlflow.exceptions.MlflowException", "sqlite3.OperationalError", "sqlalchemy.exc.OperationalError",
          "requests.exceptions.RequestException")  # fmt: skip
OF_THE_JVM = ("py4j.protocol.Py4JError", "pyspark.errors.exceptions.base.PySparkException")
FAULT_OF_OURS = "a fault of interestlake itself"


def explained(error: BaseException) -> InterestlakeError:
    """What the user is told of an exception that is none of ours; a fault of our own leaves its traceback in a file."""
    for one in _chain(error):
        if isinstance(one, InterestlakeError):
            return one
        if (told := _of_input(one)) is not None:
            return told
    return InterestlakeError(_own(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__


def _of_input(error: BaseException) -> BadInput | None:
    if (extra := missing_extra(error)) is not None:
        return extra
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    text = _text(error)
    if isinstance(error, MemoryError) or "torch.OutOfMemoryError" in names or "CUDA out of memory" in text:
        where = "parameters ending in max_gigabytes, or a larger machine"
        return BadInput.of("memory", found=text or "too little", expected="less input, or more memory", where=where)
    if names & set(STORES):
        expected, where = "an MLflow store that answers", "--tracking-uri or MLFLOW_TRACKING_URI"
        return BadInput.of("MLflow store", found=text, expected=expected, where=where)
    if expected := next((FILES[name] for name in FILES if name in names), None):
        found, where = f"{type(error).__name__}: {text}", "the option that names the file (-v shows where)"
        return None if _inside(error) else BadInput.of("input", found=found, expected=expected, where=where)
    if isinstance(error, OSError):
        place = getattr(error, "filename", None)
        if place is not None and PACKAGE in Path(str(place)).parents:
            return None
        if (told := machine_fault(f"{error.strerror or error}{f': {place}' if place else ''}")) is not None:
            return told
        if place is not None:
            return BadInput.of(f"file {place}", found=error.strerror, expected="a file that can be read and written",
                               where="the option that names it (-v shows where)")  # fmt: skip
        return None
    if names & set(OF_THE_JVM) or "gateway" in text.lower():
        return machine_fault(text)
    return None


def _inside(error: BaseException) -> bool:
    """Whether a file of the package's own is at fault: a YAML error says which."""
    mark = getattr(error, "problem_mark", None)
    return mark is not None and str(PACKAGE) in str(getattr(mark, "name", ""))


def _text(error: BaseException) -> str:
    try:
        return str(error)[:20_000].strip()
    except Exception:  # py4j asks the JVM, which may be gone
        return f"{type(error).__name__}: Answer from Java side is empty"


def _own(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)
    ours = next(
        (frame for frame in reversed(last) if PACKAGE in Path(frame.filename).parents), last[-1] if last else None
    )
    place = f" in {Path(ours.filename).name}:{ours.lineno}" if ours else ""
    said = " ".join(_text(error).split())[:200]
    lines = "".join(traceback.format_exception(error))
    path = Path(tempfile.gettempdir()) / f"interestlake-fault-{time.strftime('%Y%m%dT%H%M%S')}.txt"
    try:
        path.write_text(lines, encoding="utf-8")
    except OSError:
        logging.getLogger("interestlake").error("%s", lines)
        path = "above"
    return f"{FAULT_OF_OURS}: {type(error).__name__}{place}: {said}; the traceback is {'in ' * (path != 'above')}{path}"
