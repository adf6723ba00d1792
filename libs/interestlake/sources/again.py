"""Files that a lake has read before: read again, with what they hold unchanged, they correct their earlier rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.content import all_left, file_mark
from ..core.contract import rows_of
from ..core.counted import counted
from ..core.lake import Lake
from ..privacy.erasure import literal
from .files import list_files

TABLE = "ops.files"
BY_FILE = ("bronze.events", "bronze.quarantine")  # whose rows say which file they are of
BY_SOURCE = ("bronze.items", "bronze.friends", "bronze.facts")


@dataclass(frozen=True)
class Again:
    """The files of a load: what they hold, and which of them the lake has read before.

    same: those that hold what they held; other: those of a known name with other contents; elsewhere: (file, source) of
    equal ones read under the name of another source; whole: every file that the source was ever read from is in `same`.
    """

    source: str
    marks: dict[str, str]
    same: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
    whole: bool = False

    def in_place_of(self) -> dict[str, str]:
        """Table -> SQL condition on `t` of the rows that this load stands in place of.

        Events and quarantine go by file; what keeps no file, only where the whole source is read again.
        """
        source = f"t.source = {literal(self.source)}"
        files = ", ".join(map(literal, self.same))
        by_file = {name: f"{source} AND t.file IN ({files})" for name in BY_FILE} if self.same else {}
        return by_file | ({name: source for name in BY_SOURCE} if self.whole else {})

    def rows(self, lake: Lake, run_id: str) -> DataFrame:
        """Rows of ops.files."""
        rows = [{"source": self.source, "file": file, "mark": mark, "run_id": run_id}
                for file, mark in self.marks.items()]  # fmt: skip
        return rows_of(lake.spark, TABLE, rows)

    def remarks(self) -> list[str]:
        """What a person should hear of it."""
        told = []
        if self.same:
            told.append(
                f"{counted(len(self.same), 'file')} read before, unchanged: this reading stands in place of the earlier"
            )
        if self.other:
            told.append(f"warning: {_some(self.other)} read before with other contents: the events of both are kept; "
                        "interestlake undo takes the earlier run back")  # fmt: skip
        if self.elsewhere:
            told.append(f"warning: {_some([f'{file} (source {name})' for file, name in self.elsewhere])} read before "
                        f"under another name: are they people of {self.source}, too? A mapping's `source` says whose "
                        "they are")  # fmt: skip
        return told


def read_again(lake: Lake, source: str, inputs: tuple[str, ...]) -> Again:
    """The files below `inputs`, held to ops.files. One small Spark job where that table stands."""
    left = all_left()
    marks = {file.name: file_mark(lake.spark, file.path, left) for file in list_files(lake.spark, inputs)}
    if not lake.exists(TABLE):
        return Again(source, marks)
    mine, held = F.col("source") == source, F.col("mark").isin(list(marks.values()))
    rows = lake.read(TABLE).where(mine | held).collect()
    known = {row["file"]: row["mark"] for row in rows if row["source"] == source}
    same = tuple(sorted(file for file, mark in marks.items() if known.get(file) == mark))
    other = tuple(sorted(file for file, mark in marks.items() if known.get(file, mark) != mark))
    elsewhere = tuple(sorted((row["file"], row["source"]) for row in rows if row["source"] != source))
    return Again(source, marks, same, other, elsewhere, bool(known) and set(known) <= set(same))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")
