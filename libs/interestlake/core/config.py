"""conf/params/*.yml and --set overrides -> one frozen Params; every fault is reported at once."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .counted import counted
from .errors import BadInput, nearest
from .params.all import SECTIONS, Params, section_fields
from .params.kinds import of_rows
from .yaml_file import parse_yaml, read_yaml

PACKAGED = str(Path(__file__).parents[1] / "conf")  # in the wheel; in a checkout a link to its conf
EXPERIMENT = "experiment"  # the source of a run that reads an experiment
FEEDBACK = "feedback"  # the source of a refit's run
JOURNAL = "journal"  # the source of a run that takes what services noted
KNOWLEDGE = "knowledge"  # the source of a knowledge command's run
LOGS = "logs"  # the source of a run that values a policy by logs
MEDIA = "media"  # the source of a run that embeds pictures and sounds
MONITOR = "monitor"  # the source of a run that watches
REQUEST = "request"  # the source of a run that does what one person asks for
ROLLBACK = "rollback"  # the source of a run that puts back what another one released
SUPPORT = "support"  # the source of a run that reads tickets
UNDO = "undo"  # the source of a run that takes another one back
# sources that bring no people of their own
NO_PEOPLE = (EXPERIMENT, FEEDBACK, JOURNAL, KNOWLEDGE, LOGS, MEDIA, MONITOR, REQUEST, ROLLBACK, SUPPORT, UNDO,
             "as ingested")  # fmt: skip


def new_run_id() -> str:
    """The id of a run that was given none: UTC time to the microsecond, for two may start within a second."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S-%f")


@dataclass(frozen=True)
class RunOptions:
    """What one command line says, beside the parameters.

    fresh: stages run although nothing that they rest on has changed.
    request: what one person asks for. It shapes the run's fingerprint, and no table and no tracking store names it:
    what is forgotten would outlive itself there. wait_s: seconds to wait for another run on the lake to end.
    command: the command line that begins the run again, for whoever finds it killed.
    """

    lake: str
    run_id: str
    seed: int = 42
    source: str | None = None
    inputs: tuple[str, ...] = ()
    mapping: str | None = None
    tracking_uri: str | None = None
    report_dir: str | None = None
    request: Any = None
    fresh: bool = False
    wait_s: float = 0.0
    command: str = ""


LARGEST = 1e300  # magnitude of a number in a configuration


def _fault(value: Any, spec: Any, expected_type: type) -> str | None:
    """What is wrong with one value, as "expected ...", or None."""
    meta = spec.metadata
    if expected_type is dict:
        return _table_fault(value, meta)
    if meta.get("free"):
        texts = isinstance(value, (list, tuple)) and all(isinstance(v, str) and v.strip() for v in value)
        return None if texts else "expected a list of texts"
    if expected_type is tuple:
        if not isinstance(value, (list, tuple)) or not value:
            return "expected a list that is not empty"
        inner = type(spec.default[0])
        wrong = [v for v in value if not isinstance(v, inner)]
        if wrong:
            return f"expected a list of {inner.__name__}, got {wrong[0]!r}"
        unknown = [v for v in value if meta.get("options") and v not in meta["options"]]
        low = [v for v in value if meta.get("low") is not None and v < meta["low"]]
        if unknown:
            return f"expected names out of {', '.join(meta['options'])}"
        return f"expected values >= {meta['low']}" if low else None
    if expected_type in (int, float):
        allowed = (int,) if expected_type is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            return f"expected {'a whole number' if expected_type is int else 'a number'}"
        low, high = meta.get("low"), meta.get("high")
        if abs(value) > LARGEST:  # infinite, or nothing that a double can hold
            return f"expected a number from {-LARGEST:g} to {LARGEST:g}"
        if (low is not None and value < low) or (high is not None and value > high) or value != value:
            return f"expected {'' if low is None else f'>= {low}'}{'' if high is None else f' and <= {high}'}".strip()
        return None
    if not isinstance(value, expected_type):
        return f"expected {'true or false' if expected_type is bool else 'text'}"
    if meta.get("options") and value not in meta["options"]:
        return f"expected one of {', '.join(meta['options'])}"
    return None


def _table_fault(value: Any, meta: Mapping[str, Any]) -> str | None:
    if not isinstance(value, dict):
        return "expected `name: number` lines"
    unknown = [key for key in value if key not in meta["keys"]]
    if unknown:
        return f"expected names out of {', '.join(meta['keys'])}, got {unknown[0]!r}"
    low, high = meta["low"], meta["high"]
    for key, one in value.items():
        numeric = isinstance(one, (int, float)) and not isinstance(one, bool) and one == one
        if not numeric or (low is not None and one < low) or (high is not None and one > high):
            return f"expected a number >= {low}{'' if high is None else f' and <= {high}'} for {key}, got {one!r}"
    return None


def _exponent(value: object) -> object:
    # YAML 1.1 takes 1e-5, without a point, for text
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+[eE][+-]?\d+", value.strip()):
        return float(value)
    return value


def _section(name: str, values: object, file: str, origins: dict[str, str], faults: list[str]):
    specs = {spec.name: spec for spec in section_fields(name)}
    if values is None:
        values = {}
    if not isinstance(values, dict):
        faults.append(f"{file}: found {type(values).__name__}; expected `name: value` lines")
        values = {}
    values_of: dict[str, Any] = {}
    for key, value in values.items():
        where = origins.get(key, file)
        if key not in specs:
            faults.append(f"{key} ({where}): unknown name; expected one of {', '.join(specs)}{nearest(key, specs)}")
            continue
        spec = specs[key]
        if isinstance(spec.default, float):
            value = _exponent(value)
        kind = dict if spec.default is MISSING else type(spec.default)
        fault = _fault(value, spec, kind)
        if fault:
            faults.append(f"{key}={value!r} ({where}): {fault}")
            continue
        values_of[key] = tuple(value) if isinstance(value, list) else kind(value)
    return SECTIONS[name](**values_of)


def conf_folder(given: str | None = None) -> str:
    """The configuration's folder: `given`, else ./conf where it is there, else the one that the package brings."""
    if given:
        return given
    return "conf" if os.path.isdir("conf/params") else PACKAGED


def conf_file(path: str) -> str:
    """`path`, or, where nothing is there and it begins with conf/, that file of the package's configuration."""
    if os.path.exists(path) or not path.startswith("conf/"):
        return path
    packaged = Path(conf_folder()).parent / path
    return str(packaged) if packaged.is_file() else path


def load_params(
    conf_dir: str | None, overrides: dict[str, object] | None = None, recipe: str | None = None,
    flags: Mapping[str, str] | None = None,
) -> Params:  # fmt: skip
    """Params from `conf_dir`/params/<section>.yml, then `recipe`, then `overrides` ("als.rank" -> 16); else defaults.

    recipe: a name below `conf_dir`/recipes, or the path of such a file: one YAML with `section: {name: value}`.
    flags: override -> the option that set it, where that is not --set.
    Raises BadInput once with every unknown name, wrong type and value out of range.
    """
    faults: list[str] = []
    values: dict[str, Any] = {name: {} for name in SECTIONS}
    origins: dict[str, dict[str, str]] = {name: {} for name in SECTIONS}
    origin: dict[str, str] = {name: f"conf/params/{name}.yml" for name in SECTIONS}
    folder = Path(conf_dir) / "params" if conf_dir else None
    if conf_dir == PACKAGED and folder is not None and not folder.is_dir():
        folder = None  # a checkout whose links were not copied; its files say the defaults
    if folder is not None and not folder.is_dir():
        raise BadInput.of("configuration", found=f"no folder {folder}", expected="YAML files", where="--conf")
    for path in sorted(folder.glob("*.yml")) if folder else ():
        if path.stem not in SECTIONS:
            faults.append(f"{path}: unknown section; expected one of {', '.join(SECTIONS)}"
                          f"{nearest(path.stem, SECTIONS)}")  # fmt: skip
            continue
        try:
            loaded = read_yaml(path, str(path))
        except BadInput as error:
            faults.append(str(error))
            continue
        values[path.stem], origin[path.stem] = loaded, str(path)
    layers = [(dotted, value, path) for path, dotted, value in _recipe(conf_dir, recipe, faults)]
    layers += [(dotted, value, (flags or {}).get(dotted, "--set")) for dotted, value in (overrides or {}).items()]
    for dotted, value, where in layers:
        section, _, key = dotted.partition(".")
        if section not in SECTIONS or not key:
            faults.append(f"--set {dotted}: expected SECTION.NAME=VALUE with a section out of {', '.join(SECTIONS)}"
                          f"{nearest(section, SECTIONS)}")  # fmt: skip
        elif isinstance(values[section], dict) or values[section] is None:
            values[section] = {**(values[section] or {}), key: value}
            origins[section][key] = where
    sections = {name: _section(name, values[name], origin[name], origins[name], faults) for name in SECTIONS}
    _cross_checks(sections, faults)
    if faults:
        raise BadInput(f"configuration: {counted(len(faults), 'fault')}\n  " + "\n  ".join(faults))
    return Params(**sections)


def _recipe(conf_dir: str | None, recipe: str | None, faults: list[str]) -> list[tuple[str, str, object]]:
    """(path, "section.name", value) of every line of a recipe; what is wrong with its form goes to `faults`."""
    if recipe is None:
        return []
    path = _recipe_path(conf_dir, recipe)
    try:
        loaded = read_yaml(path, str(path)) or {}
    except BadInput as error:
        faults.append(str(error))
        return []
    if not isinstance(loaded, dict):
        faults.append(f"{path}: found {type(loaded).__name__}; expected sections")
        return []
    lines = []
    for section, values in loaded.items():
        if section == "about":
            continue
        if section not in SECTIONS:
            faults.append(f"{section} ({path}): unknown section; expected one of {', '.join(SECTIONS)}"
                          f"{nearest(str(section), SECTIONS)}")  # fmt: skip
        elif not isinstance(values, dict):
            faults.append(f"{section} ({path}): found {type(values).__name__}; expected `name: value` lines")
        else:
            lines += [(str(path), f"{section}.{key}", value) for key, value in values.items()]
    return lines


def _recipe_path(conf_dir: str | None, recipe: str) -> Path:
    folder = Path(conf_dir or "conf") / "recipes"
    path = Path(recipe) if recipe.endswith((".yml", ".yaml")) else folder / f"{recipe}.yml"
    if not path.is_file():
        recipes = sorted(file.stem for file in folder.glob("*.yml"))
        near = nearest(recipe, recipes)
        expected = f"one of {', '.join(recipes)}, or a YAML file{near}" if recipes else "the path of a YAML file"
        raise BadInput.of("recipe", found=f"no file {path}", expected=expected, where="--recipe")
    return path


def _cross_checks(sections: dict, faults: list[str]) -> None:
    prepare, promote, evaluate = sections["prepare"], sections["promote"], sections["evaluate"]
    if prepare.validation_share + prepare.test_share >= 0.7:
        faults.append(
            f"validation_share+test_share={prepare.validation_share + prepare.test_share} (conf/params/prepare.yml): "
            "expected < 0.7, or nothing is left to train on"
        )
    bad = [pair for pair in sections["guard"].blocked_attributes if not all(pair.partition("="))]
    if bad:
        faults.append(f"blocked_attributes={bad} (conf/params/guard.yml or the recipe): expected name=value")
    if sections["topics"].k == 1:
        faults.append("k=1 (conf/params/topics.yml or --k): expected 2 or more, or 0 for as many as the lake's LDA has")
    if promote.k not in evaluate.ks:
        expected = f"expected one of ks={list(evaluate.ks)} (conf/params/evaluate.yml)"
        faults.append(f"k={promote.k} (conf/params/promote.yml): {expected}")


def parse_override(assignment: str) -> tuple[str, object]:
    """ "als.rank=16" -> ("als.rank", 16); the value is read as YAML."""
    name, equals, value = assignment.partition("=")
    if not equals:
        raise BadInput.of("--set", found=repr(assignment), expected="SECTION.NAME=VALUE", where="--set")
    return name.strip(), parse_yaml(value, f"--set {assignment}", "--set")


def cut(order: Sequence[str], first: str | None, last: str | None) -> slice:
    """Where the names from `first` to `last`, both included, stand in `order`; BadInput as in pipeline.select."""
    for flag, name in (("--from", first), ("--until", last)):
        if name is not None and name not in order:
            expected = f"one of {', '.join(order)}{nearest(name, order)}"
            raise BadInput.of(f"{flag}", found=repr(name), expected=expected, where=flag)
    start = order.index(first) if first else 0
    end = order.index(last) if last else len(order) - 1
    if start > end:
        raise BadInput.of("--from and --until", found=f"{first} after {last}", expected="--from first", where="--from")
    return slice(start, end + 1)


def flat(params: Params) -> dict[str, object]:
    """{"als.rank": 32, ...}, for logging."""
    return {f"{s}.{k}": v for s, section in asdict(params).items() for k, v in section.items()}


def flat_of_rows(params: Params) -> dict[str, object]:
    """`flat` without what no row depends on: a run goes on with another value of it."""
    sections = {one.name: of_rows(getattr(params, one.name)) for one in fields(params)}
    return {f"{s}.{k}": v for s, section in sections.items() for k, v in section.items()}
