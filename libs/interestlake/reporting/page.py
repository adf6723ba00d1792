"""Page -> one HTML text that loads nothing: styles, script and drawings are inside it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..recommending.write_reason import listed
from . import wording
from .content import Missing, Page
from .drawing import Drawing, draw

WIDE, NARROW = (800, 640), (380, 600)
NARROW_NODES = 60


@dataclass(frozen=True)
class Drawings:
    wide: Drawing
    narrow: Drawing


@cache
def _environment() -> Environment:
    loader = PackageLoader("interestlake.reporting")
    environment: Any = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    for name in (
        "clipped",
        "grain_label",
        "kind_label",
        "metric_label",
        "model_label",
        "percent",
        "seconds",
        "shortened",
        "signed_percent",
        "source_label",
        "ways",
        "whole",
    ):
        environment.filters[name] = getattr(wording, name)
    environment.filters["listed"] = listed
    environment.tests["missing"] = lambda part: isinstance(part, Missing)
    environment.globals["MEASURES"] = wording.MEASURES
    return environment


def fill(template: str, **values) -> str:
    """A template with its values, escaped."""
    return _environment().get_template(template).render(**values)


def render(page: Page) -> str:
    """The page as HTML; every value of the lake is escaped. The same page gives the same text. No Spark job."""
    drawings = None
    if not isinstance(page.graph, Missing):
        drawings = Drawings(
            draw(page.graph, "wide", *WIDE, font=11.5, seed=page.seed),
            draw(page.graph.cut(NARROW_NODES), "narrow", *NARROW, font=11.5, seed=page.seed),
        )
    return fill("report.html", page=page, drawings=drawings)
