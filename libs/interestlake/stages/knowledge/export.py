"""knowledge-export: the facts that hold as one RDF file, streamed through the driver."""

import os
from pathlib import Path

from ...core.errors import BadInput
from ...core.stage import Stage, StageContext
from ...core.storage import has_scheme
from ...knowledge.terms import write
from ...knowledge.validity import holding

FIELDS = ("subject", "predicate", "object", "object_type")


def _export(context: StageContext) -> dict[str, float]:
    params = context.params.knowledge
    if not params.output or has_scheme(params.output):
        found = params.output or "none"
        raise BadInput.of("output", found=found, expected="a file on this machine", where="--output")
    facts = context.read("silver.facts").transform(holding(params.as_of)).select(*FIELDS).orderBy(*FIELDS[:3])
    target = Path(params.output)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(part, "wb") as file:
            count = write(facts.toLocalIterator(prefetchPartitions=True), params.format, params.base, file)
        os.replace(part, target)
    except (ValueError, SyntaxError) as fault:
        raise BadInput.of(
            f"facts as {params.format}",
            found=str(fault),
            expected="terms that the format can write",
            where="--format (nt takes every address) or --base",
        ) from fault
    finally:
        part.unlink(missing_ok=True)
    return {"triples": count, "bytes": target.stat().st_size}


KNOWLEDGE_EXPORT = Stage(
    name="knowledge_export",
    summary="the facts that hold as N-Triples, Turtle or RDF/XML",
    reads=("silver.facts",),
    writes=(),
    section="knowledge",
    run=_export,
)
