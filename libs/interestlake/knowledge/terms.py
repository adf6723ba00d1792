"""RDF 1.1 terms (W3C 2014) by pyoxigraph <-> the text columns of silver.facts. No Spark here."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any
from urllib.parse import quote

import pyoxigraph as ox

FORMATS = {"nt": ox.RdfFormat.N_TRIPLES, "ttl": ox.RdfFormat.TURTLE, "rdfxml": ox.RdfFormat.RDF_XML}
SUFFIXES = {".nt": "nt", ".ttl": "ttl", ".turtle": "ttl", ".rdf": "rdfxml", ".xml": "rdfxml", ".owl": "rdfxml"}
TEXT, IRI, BLANK = "text", "iri", "blank"
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
SAFE = ":/?#[]@!$&'()*+,;=%~"  # RFC 3987: everything else that is no letter or digit is escaped
Fields = tuple[str, str, str, str]
Parsed = tuple[Fields | None, int, str | None]


def parse(content: bytes, kind: str, base: str, blank: Callable[[str], str]) -> Iterator[Parsed]:
    """A document -> (subject, predicate, object, object_type) and None, or None, the line and what is wrong there.

    Addresses under `base` lose it and relative ones are read against it; `blank` names a blank node. The parser goes on
    after a fault where the format lets it: at the next line of N-Triples, after the statement in Turtle; RDF/XML ends.
    """
    triples = ox.parse(content, format=FORMATS[kind], base_iri=base if SCHEME.match(base) else None)
    last = 0
    while True:
        try:
            quad = next(triples)
        except StopIteration:
            return
        except (SyntaxError, ValueError) as fault:
            line = int(getattr(fault, "lineno", None) or 1)
            if line != last:  # what follows on a faulty line is its echo
                yield None, line, f"broken triple: {_reason(fault)}"
            last = line
            if kind == "rdfxml":
                return
            continue
        if not isinstance(quad.object, ox.NamedNode | ox.BlankNode | ox.Literal):
            yield None, 1, "quoted triple: expected an address, a blank node or text as object"
            continue
        if isinstance(quad.object, ox.Literal) and not quad.object.value:
            yield None, 1, "empty object: expected an address or text"
            continue
        yield _fields(quad, base, blank), 0, None


def _reason(fault: Exception) -> str:
    said = str(fault.args[0] if fault.args else fault).split(": ", 1)
    return re.sub(r" \(line \d+\)$", "", said[-1])[:200]


def _fields(triple: Any, base: str, blank: Callable[[str], str]) -> Fields:
    def short(node: Any) -> str:
        if isinstance(node, ox.BlankNode):
            return blank(node.value)
        return node.value.removeprefix(base) or node.value

    subject, predicate, object = triple.subject, triple.predicate, triple.object
    if isinstance(object, ox.Literal):
        kind = f"@{object.language}" if object.language else object.datatype.value
        return short(subject), short(predicate), object.value, TEXT if kind == XSD_STRING else kind
    return short(subject), short(predicate), short(object), BLANK if isinstance(object, ox.BlankNode) else IRI


def triple_of(subject: str, predicate: str, object: str, object_type: str | None, base: str) -> ox.Triple:
    """The columns of a fact -> a triple. An object of unknown type is text where it holds white space, else an address.

    Raises ValueError where a term cannot be written.
    """
    kind = object_type or (TEXT if re.search(r"\s", object) else IRI)
    if kind in (IRI, BLANK):
        value = _node(object, base)
    elif kind == TEXT:
        value = ox.Literal(object)
    elif kind.startswith("@"):
        value = ox.Literal(object, language=kind[1:])
    else:
        value = ox.Literal(object, datatype=ox.NamedNode(kind))
    return ox.Triple(_node(subject, base), ox.NamedNode(_address(predicate, base)), value)


def _node(value: str, base: str):
    return ox.BlankNode(value[2:]) if value.startswith("_:") else ox.NamedNode(_address(value, base))


def _address(value: str, base: str) -> str:
    whole = value if SCHEME.match(value) else base + value
    return quote(whole, safe=SAFE)


def write(rows: Iterable[Fields], kind: str, base: str, file: IO[bytes]) -> int:
    """Rows (subject, predicate, object, object_type) -> a document in the open binary `file`; returns the triples."""
    count = 0

    def triples():
        nonlocal count
        for row in rows:
            count += 1
            yield triple_of(*row, base)

    ox.serialize(triples(), file, format=FORMATS[kind])
    return count
