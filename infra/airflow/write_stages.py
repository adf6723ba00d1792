"""Write dags/interestlake_stages.json from the stage definitions, so that the DAG need not import the library.

`python infra/airflow/write_stages.py` writes; `--check` only compares and exits 1 where the file is out of date.
"""

import argparse
import json
import sys
from pathlib import Path

from interestlake.stages.order import STAGES

TARGET = Path(__file__).parent / "dags" / "interestlake_stages.json"


def stages_json() -> str:
    """[{"name", "summary", "reads", "writes"}, ...] in the order of the flow."""
    rows = [{"name": s.name, "summary": s.summary, "reads": list(s.reads), "writes": list(s.writes)} for s in STAGES]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    arguments = parser.parse_args()
    if not arguments.check:
        TARGET.write_text(stages_json(), encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == stages_json():
        return 0
    print(f"{TARGET}: out of date; expected what python {Path(__file__).name} writes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
