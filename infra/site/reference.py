"""Reference pages made from the code: commands from their parsers, parameters from conf, tables from the schemas."""

import argparse
import re
import sys
from pathlib import Path

import yaml
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "libs"))

from interestlake.cli.parser import build_parser  # noqa: E402
from interestlake.cli.table import COMMANDS, GROUPS  # noqa: E402
from interestlake.core.schemas.all import ALL  # noqa: E402

LAYERS = {
    "bronze": "what was read, row for row",
    "silver": "cleaned, numbered, put into words and vectors",
    "graph": "edges, nodes and low-rank vectors",
    "models": "factors, choices and weights",
    "gold": "what people and reports see",
    "ops": "runs, stages, files",
    "truth": "what the generated world planted",
}


def commands() -> str:
    """Every command by its group, with what `--help` prints."""
    parser = build_parser()
    own = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction)).choices
    lines = ["# Commands", "", "As `interestlake COMMAND --help` prints them."]
    for group, about in GROUPS.items():
        lines += ["", f"## {group.capitalize()}", "", about.capitalize() + "."]
        for command in (one for one in COMMANDS if one.group == group):
            lines += ["", f"### {command.name}", "", "```text", own[command.name].format_help().rstrip(), "```"]
    return "\n".join(lines) + "\n"


def parameters() -> str:
    """Every parameter with its default, and what its line in conf/params says."""
    lines = ["# Parameters", "", "Set one by `--set section.name=value`, many by a folder of your own: `--conf DIR`."]
    for file in sorted((ROOT / "conf" / "params").glob("*.yml")):
        text = file.read_text(encoding="utf-8")
        lines += ["", f"## {file.stem}", "", "```yaml", text.rstrip(), "```"]
        assert isinstance(yaml.safe_load(text), dict), file
    return "\n".join(lines) + "\n"


def tables() -> str:
    """Every table by its layer: columns with type, null rule and meaning, key, how it is written."""
    lines = ["# Tables", "", "Delta tables of a lake: `<lake>/<layer>/<name>`."]
    for layer, about in LAYERS.items():
        lines += ["", f"## {layer.capitalize()}", "", about.capitalize() + "."]
        for table in (one for one in ALL.values() if one.layer == layer):
            key = ", ".join(f"`{name}`" for name in table.key)
            lines += [
                "",
                f"### {table.name}",
                "",
                f"{_cell(table.meaning)}",
                "",
                f"Key: {key}. Written by: {table.mode}.",
            ]
            lines += [f"Rule {name}: `{condition}`." for name, condition in table.checks]
            lines += ["", "| column | type | null | meaning |", "|---|---|---|---|"]
            for column in table.columns:
                null = "may be" if column.nullable else ""
                lines.append(f"| `{column.name}` | `{column.type}` | {null} | {_cell(column.meaning)} |")
    assert {table.layer for table in ALL.values()} <= set(LAYERS)
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def on_page_markdown(markdown: str, page, **_) -> str:
    """mkdocs' event: a link to a file of the checkout, which the site does not have, becomes its name."""
    folder = (ROOT / "docs" / page.file.src_uri).parent

    def named(link: re.Match) -> str:
        text, path = link.groups()
        if (folder / path.partition("#")[0]).resolve().is_relative_to(ROOT / "docs"):
            return link.group()
        if not (folder / path).exists():
            raise PluginError(f"{page.file.src_uri}: found a link to {path}; expected a file of the checkout")
        return text if text.startswith("`") else f"`{text}`"

    return re.sub(r"\[([^\]]+)\]\(((?:\.\./)+[^)]+)\)", named, markdown)


def on_files(files: Files, config, **_) -> Files:
    """mkdocs' event: adds the three pages to the site's files."""
    for name, content in (("commands", commands()), ("parameters", parameters()), ("tables", tables())):
        files.append(File.generated(config, f"reference/{name}.md", content=content))
    return files
