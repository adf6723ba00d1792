"""A YAML mapping -> which files hold what, in which columns. Every fault is reported at once."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..core.counted import counted
from ..core.errors import BadInput, nearest
from ..core.present import present
from ..core.yaml_file import read_yaml
from .dialect import PLAIN, Dialect, java_encoding
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
TEXT = ("files", "format", "columns", "delimiter", "quote", "escape", "encoding", "header", "names")
KEYS = {
    "events": (*TEXT, "event_type", "event_type_names", "time_unit", "decimal"),
    "items": (*TEXT, "categories_separator", "attributes"),
    "friends": TEXT,
    "facts": (*TEXT, "base", "item_prefix"),
    "rows": (*TEXT, "time_unit", "decimal"),  # of a command over rows of its own, see rows_of_file
}
DIALECT = ("delimiter", "quote", "escape", "encoding", "header", "names")

NAMES = ("source", "identity", "catalogue")
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"


@dataclass(frozen=True)
class Group:
    """One kind of record: the files that hold it and the source's column behind each field.

    dialect: how CSV is written; of JSON lines, the encoding. decimal: the sign in `value`, "." or ",".
    """

    files: tuple[str, ...]
    format: str
    columns: dict[str, str] = field(default_factory=dict)
    dialect: Dialect = PLAIN
    event_type: str | None = None
    event_type_names: dict[str, str] = field(default_factory=dict)
    time_unit: str = "seconds"
    decimal: str = "."
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
    loaded = read_yaml(path, f"mapping {path}", as_written=True)
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
    sections = (*FIELDS, *NAMES)
    faults = [f"{name}: unknown section; expected {', '.join(sections)}{nearest(str(name), sections)}"
              for name in loaded if name not in sections]  # fmt: skip
    names = {name: loaded[name] for name in NAMES if name in loaded}
    faults += [f"{name}={value!r}: expected letters, digits, dots, dashes" for name, value in names.items()
               if not (isinstance(value, str) and re.fullmatch(NAME, value))]  # fmt: skip
    groups: dict[str, Any] = {
        name: parse_group(name, loaded[name], faults, FIELDS[name], REQUIRED[name]) for name in FIELDS if name in loaded
    }
    if faults:
        raise BadInput(f"mapping {origin}: {counted(len(faults), 'fault')}\n  " + "\n  ".join(faults))
    return Mapping(**groups, **names)


def parse_group(
    section: str, values: object, faults: list[str], fields: Collection[str], required: Collection[str]
) -> Group | None:
    """One section of a mapping; its columns may name `fields` and must name `required`. Where it is at fault, None, and
    its faults are added."""
    if not isinstance(values, dict):
        faults.append(f"{section}: found {type(values).__name__}; expected `name: value` lines")
        return None
    before = len(faults)
    faults += [
        f"{section}.{key}: unknown name; expected {', '.join(KEYS[section])}{nearest(str(key), KEYS[section])}"
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
        f"{section}.columns.{name}: unknown field; expected {', '.join(fields)}{nearest(str(name), fields)}"
        for name in columns
        if name not in fields
    ]
    if form != "ntriples":
        faults += [f"{section}.columns.{name}: missing" for name in required if name not in columns]
    _check_details(section, values, columns, faults)
    if len(faults) > before:
        return None
    rest = {key: value for key, value in values.items()
            if key not in ("files", "format", "columns", "attributes", *DIALECT)}  # fmt: skip
    attributes = tuple(values.get("attributes", ()))
    return Group(tuple(files or ()), form or "", columns, _dialect(values), attributes=attributes, **rest)


def _dialect(values: dict) -> Dialect:
    given = {key: values[key] for key in ("delimiter", "quote", "escape") if key in values}
    names = tuple(values["names"]) if "names" in values else None
    return Dialect(**given, encoding=present(java_encoding(values.get("encoding", "UTF-8"))), names=names)


def _check_dialect(section: str, values: dict, faults: list[str]) -> None:
    said = [key for key in DIALECT if key in values]
    reads = {"csv": DIALECT, "jsonl": ("encoding",)}.get(str(values.get("format")), ())
    faults += [f"{section}.{key}: not of the format {values.get('format')}" for key in said if key not in reads]
    delimiter, quote, escape = values.get("delimiter", ","), values.get("quote", '"'), values.get("escape", "")
    if not isinstance(delimiter, str) or not delimiter or any(sign in delimiter for sign in "\r\n"):
        faults.append(f"{section}.delimiter={delimiter!r}: expected one character or several")
    for key, sign in (("quote", quote), ("escape", escape)):
        if not isinstance(sign, str) or len(sign) > 1 or sign in ("\r", "\n") or (sign and sign == delimiter):
            faults.append(f"{section}.{key}={sign!r}: expected one character other than the delimiter, or ''")
    encoding = values.get("encoding", "UTF-8")
    if not isinstance(encoding, str) or java_encoding(encoding) is None:
        faults.append(f"{section}.encoding={encoding!r}: expected one like UTF-8, ISO-8859-1, windows-1252 or GBK")
    header, names = values.get("header"), values.get("names")
    if header not in (None, "none") or (header == "none") != (names is not None):
        faults.append(f"{section}.header={header!r}, names={names!r}: expected `header: none` with `names: [...]`, "
                      "every column in order, or neither where the files have a header")  # fmt: skip
    texts = isinstance(names, list) and names and all(isinstance(name, str) for name in names)
    if names is not None and not (texts and len(set(names)) == len(names)):
        faults.append(f"{section}.names={names!r}: expected a list of distinct names")


def _check_details(section: str, values: dict, columns: dict, faults: list[str]) -> None:
    for key in ("categories_separator", "base", "item_prefix"):
        if key in values and not isinstance(values[key], str):
            faults.append(f"{section}.{key}={values[key]!r}: expected text")
    _check_dialect(section, values, faults)
    attributes = values.get("attributes", [])
    if not isinstance(attributes, list) or not all(isinstance(name, str) for name in attributes):
        faults.append(f"{section}.attributes={attributes!r}: expected a list of columns")
    if section not in ("events", "rows"):
        return
    if values.get("time_unit", "seconds") not in TIME_UNITS:
        faults.append(f"{section}.time_unit={values['time_unit']!r}: expected one of {', '.join(TIME_UNITS)}")
    if values.get("decimal", ".") not in (".", ","):
        faults.append(f"{section}.decimal={values['decimal']!r}: expected '.' or ','")
    if section == "rows":
        return
    given, names = values.get("event_type"), values.get("event_type_names", {})
    if (given is None) == ("event_type" not in columns):
        faults.append("events: expected either events.event_type (a constant) or events.columns.event_type")
    if given is not None and given not in EVENT_TYPES:
        faults.append(f"events.event_type={given!r}: expected one of {', '.join(EVENT_TYPES)}")
    if not isinstance(names, dict) or any(name not in EVENT_TYPES for name in names.values()):
        faults.append(f"events.event_type_names={names!r}: expected `source's name: one of {', '.join(EVENT_TYPES)}`")
