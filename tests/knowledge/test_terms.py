"""RDF terms and documents against rdflib, and the faults that a file may hold."""

import io

import pandas as pd
import pytest

from interestlake.knowledge.rdf import judge_document, judge_lines
from interestlake.knowledge.terms import write

rdflib = pytest.importorskip("rdflib")
compare = pytest.importorskip("rdflib.compare")
BASE = "http://x.org/"
TURTLE = """@prefix x: <http://x.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:item1 x:name "Dune"@en, "D\\u00fcne"@de ; x:year 1965 ; x:author x:herbert ; x:note "two\\nlines \\"quoted\\"" .
x:herbert x:born "1920-10-08"^^xsd:date ; x:knows [ x:name "somebody" ] .
<http://elsewhere.org/caf%C3%A9> x:is "a place" .
"""
RDFLIB = {"nt": "nt", "ttl": "turtle", "rdfxml": "xml"}


def graph(text: str, kind: str):
    return rdflib.Graph().parse(data=text, format=RDFLIB[kind])


def rows(frame: pd.DataFrame) -> list[tuple]:
    return list(frame[["subject", "predicate", "object", "object_type"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", ["nt", "ttl", "rdfxml"])
def test_what_is_written_is_the_graph_that_was_read(kind):
    """Turtle -> columns -> each format; rdflib finds the graph of the first text again, blank nodes and all."""
    frame = judge_document("a.ttl", TURTLE.encode(), "ttl", BASE)
    assert frame["reason"].isna().all() and len(frame) == 9
    out = io.BytesIO()
    assert write(rows(frame), kind, BASE, out) == 9
    assert compare.isomorphic(graph(out.getvalue().decode(), kind), graph(TURTLE, "ttl"))


@pytest.mark.parametrize("kind", ["ttl", "rdfxml"])
def test_every_format_reads_to_the_same_columns(kind):
    plain = "\n".join(line for line in TURTLE.splitlines() if "[" not in line)
    expected = rows(judge_document("a.ttl", plain.encode(), "ttl", BASE))
    text = graph(plain, "ttl").serialize(format=RDFLIB[kind])
    assert sorted(rows(judge_document("a", text.encode(), kind, BASE))) == sorted(expected)
    assert ("item1", "year", "1965", "http://www.w3.org/2001/XMLSchema#integer") in expected
    assert ("item1", "author", "herbert", "iri") in expected and ("item1", "name", "Dune", "@en") in expected


def test_faults_of_turtle_have_their_line_and_the_rest_is_read():
    broken = TURTLE.replace('x:is "a place"', "x:is ???") + 'x:a x:b "after" .\n'
    frame = judge_document("a.ttl", broken.encode(), "ttl", BASE)
    assert frame[frame["reason"].notna()]["line"].tolist() == [5]
    assert ("a", "b", "after", "text") in rows(frame)


def lines(*texts: str) -> pd.DataFrame:
    places = {"path": "f.nt", "block": 0, "position": range(len(texts))}
    return pd.DataFrame({**places, "text": texts, "fault": [None] * len(texts)})


def test_lines_are_judged_one_by_one():
    a, b, c = "<http://x.org/a>", "<http://x.org/b>", "<http://x.org/c>"
    frame = judge_lines(
        lines(
            f"{a} {b} {c} .",
            "# said",
            "",
            f"{a} {b} c .",
            f'{a} {b} "it\\u0027s" . # so',
            f"_:n {b} _:m .",
            f"{a} {b} {c} . {c} {b} {a} .",
            f'{a} {b} "" .',
            f'{a} {b} "x"@en-GB .',
        ),
        BASE,
        "m",
    )
    assert frame["skip"].tolist() == [False, True, True, *[False] * 6]
    assert [row for row, reason in enumerate(frame["reason"]) if reason] == [3, 6, 7]
    assert frame["reason"][7].startswith("empty object") and frame["reason"][3].startswith("broken triple")
    good = frame[frame["reason"].isna() & ~frame["skip"]]
    assert rows(good) == [
        ("a", "b", "c", "iri"),
        ("a", "b", "it's", "text"),
        ("_:m-n", "b", "_:m-m", "blank"),
        ("a", "b", "x", "@en-gb"),
    ]


def test_a_batch_without_odd_lines_is_one_parse_with_the_same_rows(monkeypatch):
    from interestlake.knowledge import rdf

    calls = []
    parse = rdf.parse
    monkeypatch.setattr(rdf, "parse", lambda *given: calls.append(1) or parse(*given))
    texts = [f'<http://x.org/s{n}> <http://x.org/p> "v{n}" .' for n in range(500)]
    texts[250] = "nonsense"
    frame = judge_lines(lines(*texts), BASE, "m")
    assert len(calls) == 1 and frame["reason"].notna().sum() == 1 and frame["reason"][250]
    assert frame["object"][499] == "v499"
