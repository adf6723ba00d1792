"""A YAML mapping -> which files hold what, in which columns. Every fault is reported at once."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from ..core.errors import BadInput
from .rules import EVENT_TYPES, TIME_UNITS

FORMATS = ("csv", "jsonl", "parquet", "ntriples")
FIELDS = {
    "events": ("user_id", "item_id", "event_type", "value", "text", "timestamp"),
    "items": ("item_id", "title", "description", "categories", "image_url"),
    "friends": ("user_id", "friend_id"),
    "facts": ("subject", "predicate", "object", "subject_item_id"),
}
REQUIRED = {
    "events": ("user_id", "item_id"),
    "items": ("item_id",),
    "friends": ("user_id", "friend_id"),
    "facts": ("subject", "predicate", "object"),
}
KEYS = {
    "events": ("files", "format", "delimiter", "columns", "event_type", "event_type_names", "time_unit"),
    "items": ("files", "format", "delimiter", "columns", "categories_separator", "attributes"),
    "friends": ("files", "format", "delimiter", "columns"),
    "facts": ("files", "format", "delimiter", "columns", "base", "item_prefix"),
}

NAMES = ("source", "identity", "catalogue")
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"


@dataclass(frozen=True)
class Group:
    """One kind of record: the files that hold it and the source's column behind each field."""

    files: tuple[str, ...]
    format: str
    columns: dict[str, str] = field(default_factory=dict)
    delimiter: str = ","
    event_type: str | None = None
    event_type_names: dict[str, str] = field(default_factory=dict)
    time_unit: str = "seconds"
    categories_separator: str = "|"
    attributes: tuple[str, ...] = ()
    base: str = ""
    item_prefix: str = ""


@dataclass(frozen=True)
class Mapping:
    """The groups of a table source; only events must be there.

    source: its name in the lake; sources of one `identity` share their people, of one `catalogue` their items.
    """

    events: Group
    items: Group | None = None
    friends: Group | None = None
    facts: Group | None = None
    source: str = ""
    identity: str = ""
    catalogue: str = ""


def read_mapping(path: str | None) -> Mapping:
    """The mapping of a YAML file, `source` its name without ending where it gives none, the other two as `source`.

    Raises BadInput where it is missing, not YAML, or at fault.
    """
    if path is None:
        raise BadInput.of("mapping", found="none", expected="a YAML file (see conf/mappings)", where="--mapping")
    if not Path(path).is_file():
        raise BadInput.of(
            "mapping", found=f"no file {path}", expected="a YAML file (see conf/mappings)", where="--mapping"
        )
    try:
        loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput.of(
            f"mapping {path}", found=" ".join(str(error).split()), expected="readable YAML", where="the file"
        ) from error
    mapping = parse_mapping(loaded, path)
    source = mapping.source or re.sub(r"[^A-Za-z0-9._-]+", "-", Path(path).stem).lstrip("._-") or "table"
    return replace(mapping, source=source, identity=mapping.identity or source, catalogue=mapping.catalogue or source)


def parse_mapping(loaded: object, origin: str) -> Mapping:
    """{"events": {"files": ..., "columns": {...}}, ...} -> Mapping; `origin` is named in the fault."""
    if not isinstance(loaded, dict) or "events" not in loaded:
        raise BadInput.of(
            f"mapping {origin}",
            found=type(loaded).__name__,
            expected="a section 'events' with 'files' and 'columns'",
            where="the file",
        )
    faults = [f"{name}: unknown section; expected {', '.join((*FIELDS, *NAMES))}" for name in loaded
              if name not in (*FIELDS, *NAMES)]  # fmt: skip
    names = {name: loaded[name] for name in NAMES if name in loaded}
    faults += [f"{name}={value!r}: expected letters, digits, dots, dashes" for name, value in names.items()
               if not (isinstance(value, str) and re.fullmatch(NAME, value))]  # fmt: skip
    groups = {name: _group(name, loaded[name], faults) for name in FIELDS if name in loaded}
    if faults:
        raise BadInput(f"mapping {origin}: {len(faults)} fault(s)\n  " + "\n  ".join(faults))
    return Mapping(**groups, **names)


def _group(section: str, values: object, faults: list[str]) -> Group | None:
    if not isinstance(values, dict):
        faults.append(f"{section}: found {type(values).__name__}; expected `name: value` lines")
        return None
    before = len(faults)
    faults += [
        f"{section}.{key}: unknown name; expected {', '.join(KEYS[section])}"
        for key in values
        if key not in KEYS[section]
    ]
    files, form = values.get("files"), values.get("format")
    files = [files] if isinstance(files, str) else files
    if not isinstance(files, list) or not files or not all(isinstance(name, str) for name in files):
        faults.append(f"{section}.files={files!r}: expected a file name or pattern, or a list of them")
    if form not in FORMATS or (form == "ntriples") > (section == "facts"):
        known = FORMATS if section == "facts" else FORMATS[:-1]
        faults.append(f"{section}.format={form!r}: expected one of {', '.join(known)}")
    columns = values.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns.values()):
        faults.append(f"{section}.columns={columns!r}: expected `field: column` lines")
        columns = {}
    faults += [
        f"{section}.columns.{name}: unknown field; expected {', '.join(FIELDS[section])}"
        for name in columns
        if name not in FIELDS[section]
    ]
    if form != "ntriples":
        faults += [f"{section}.columns.{name}: missing" for name in REQUIRED[section] if name not in columns]
    _check_details(section, values, columns, faults)
    if len(faults) > before:
        return None
    rest = {key: value for key, value in values.items() if key not in ("files", "format", "columns", "attributes")}
    return Group(tuple(files), form, columns, attributes=tuple(values.get("attributes", ())), **rest)


def _check_details(section: str, values: dict, columns: dict, faults: list[str]) -> None:
    for key in ("delimiter", "categories_separator", "base", "item_prefix"):
        if key in values and not isinstance(values[key], str):
            faults.append(f"{section}.{key}={values[key]!r}: expected text")
    if "delimiter" in values and isinstance(values["delimiter"], str) and len(values["delimiter"]) != 1:
        faults.append(f"{section}.delimiter={values['delimiter']!r}: expected one character")
    attributes = values.get("attributes", [])
    if not isinstance(attributes, list) or not all(isinstance(name, str) for name in attributes):
        faults.append(f"{section}.attributes={attributes!r}: expected a list of columns")
    if section != "events":
        return
    given, names = values.get("event_type"), values.get("event_type_names", {})
    if (given is None) == ("event_type" not in columns):
        faults.append("events: expected either events.event_type (a constant) or events.columns.event_type")
    if given is not None and given not in EVENT_TYPES:
        faults.append(f"events.event_type={given!r}: expected one of {', '.join(EVENT_TYPES)}")
    if not isinstance(names, dict) or not set(names.values()) <= set(EVENT_TYPES):
        faults.append(f"events.event_type_names={names!r}: expected `source's name: one of {', '.join(EVENT_TYPES)}`")
    if values.get("time_unit", "seconds") not in TIME_UNITS:
        faults.append(f"events.time_unit={values['time_unit']!r}: expected one of {', '.join(TIME_UNITS)}")
