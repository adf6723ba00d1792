"""What reaches the driver is bounded: every place that collects is named here with what bounds it.

A new place, or one more in a file, fails until it is bounded and named. `checked` entries are counted or planned before
they are collected; the others are few by what they are.
"""

import ast
from collections import Counter

import pytest

from .test_architecture import LIBRARY, MODULES

COLLECTING = {"toPandas", "collect", "toLocalIterator"}
RUNS, PERSON, FIGURES = "a row for each run or stage", "one person's rows", "a row for each figure, kind or split"
HEAD, SAMPLE, SOURCES = "the head of a list", "a sample of a set number of people", "a row for each source or file"
PARTITIONS, CATALOGUE = "a row for each partition", "checked: recommend.max_item_gigabytes, or what it leaves out"
BOUNDS: dict[str, tuple[int, str]] = {
    "cli/decisions.py": (1, FIGURES),
    "cli/exploring/tell.py": (2, f"{HEAD}, and {FIGURES}"),
    "cli/monitor.py": (1, FIGURES),
    "cli/undo.py": (1, RUNS),
    "core/claim.py": (2, RUNS),
    "core/lake_as_of.py": (1, RUNS),
    "core/merging.py": (1, "at most RANGES rows"),
    "core/spark_rows.py": (1, PERSON),
    "core/unchanged.py": (1, RUNS),
    "core/undo.py": (5, RUNS),
    "evaluation/people_in_arms.py": (1, "a row for each of at most 20 arms and 1,000 days, checked: MOST_ARMS"),
    "graph/communities.py": (1, "half the square of graph.max_communities"),
    "graph/describe.py": (1, HEAD),
    "graph/factorise.py": (1, "checked: graph.svd_max_gigabytes, by the stage build_graph"),
    "graph/features.py": (1, "SCATTERS rows of the square of a text vector's width"),
    "graph/gram.py": (1, f"checked: recommend.ease_max_items; {CATALOGUE}"),
    "graph/neighbourhoods.py": (2, "checked: recommend.max_item_gigabytes, by recommending/fit_tables"),
    "graph/item_texts.py": (1, "checked: graph.svd_max_gigabytes, by the stage build_graph"),
    "interactions/index.py": (1, PARTITIONS),
    "interactions/lake_inputs.py": (5, f"checked: recommend.max_pairs by open_models; {CATALOGUE}"),
    "interactions/quantiles.py": (1, "a row for each day of the data, then ten thousand for each rank"),
    "interactions/sample_holdout.py": (1, SAMPLE),
    "interactions/uneven.py": (2, SOURCES),
    "interests/expansion/build.py": (7, "checked: expand.max_nodes; expand.references people, expand.max_facts facts"),
    "interests/next_interest/histories.py": (1, "checked: upcoming.max_steps, by the stage next_interest"),
    "interests/topic_names.py": (2, "a row for each topic, and for each of their terms"),
    "knowledge/rdf.py": (1, SOURCES),
    "monitoring/released.py": (4, f"{RUNS}, or of the days that are held against"),
    "privacy/identity.py": (2, SOURCES),
    "privacy/person.py": (3, f"{HEAD}, and ids that were asked for"),
    "recommending/chosen_tables.py": (1, "a row for each model"),
    "recommending/explaining/one.py": (3, PERSON),
    "recommending/fit_tables.py": (1, CATALOGUE),
    "recommending/former.py": (2, "checked: recommend.grown of recommend.max_pairs pairs"),
    "recommending/gather.py": (6, CATALOGUE),
    "recommending/gather_guard.py": (3, CATALOGUE),
    "recommending/listing.py": (1, "a row for each model"),
    "recommending/on_frames/read.py": (1, "checked: MAX_PAIRS rows"),
    "recommending/open_models.py": (1, "checked: people with a pair, of recommend.max_pairs"),
    "recommending/people_behind.py": (1, FIGURES),
    "recommending/relist.py": (2, PERSON),
    "recommending/spark_models.py": (2, SAMPLE),
    "recommending/two_runs.py": (2, f"a row for each model, and {HEAD}"),
    "reporting/choose_person.py": (1, HEAD),
    "reporting/closing.py": (2, FIGURES),
    "reporting/flow.py": (3, f"{RUNS}, model or segment"),
    "reporting/head.py": (2, f"{HEAD}, and {FIGURES}"),
    "reporting/interest_graph.py": (3, "report.max_nodes nodes and the edges among them"),
    "reporting/scores.py": (1, FIGURES),
    "reporting/worth.py": (1, FIGURES),
    "serving/asking/gather.py": (4, "checked: ask --max-gigabytes"),
    "serving/person_page/object.py": (1, PERSON),
    "serving/register.py": (1, "recommend.ranker_people people"),
    "serving/who.py": (1, "ids that were asked for"),
    "sources/again.py": (1, SOURCES),
    "sources/records.py": (1, SOURCES),
    "sources/remarks.py": (3, HEAD),
    "sources/settle.py": (1, "a row for each block of a file"),
    "stages/build_graph.py": (1, "checked: graph.svd_max_items"),
    "stages/cross_domain.py": (5, f"checked: expand.max_gigabytes; {FIGURES}"),
    "stages/embed.py": (1, HEAD),
    "stages/embed_media.py": (1, FIGURES),
    "stages/entities.py": (2, HEAD),
    "stages/evaluate.py": (3, f"checked: recommend.max_item_gigabytes; {FIGURES}"),
    "stages/evaluate_expansion.py": (6, f"checked: expand.max_gigabytes; {FIGURES}"),
    "stages/evaluate_interests.py": (1, FIGURES),
    "stages/explain.py": (5, f"{HEAD}, and {FIGURES}"),
    "stages/interests.py": (2, "checked: profiles.bridge_max_nodes"),
    "stages/knowledge/export.py": (1, "a partition at a time, to the file"),
    "stages/knowledge/link.py": (1, FIGURES),
    "stages/knowledge/load.py": (2, FIGURES),
    "stages/knowledge/mine.py": (2, f"{HEAD}, and {FIGURES}"),
    "stages/knowledge/verbalise.py": (2, f"checked: knowledge.max_gigabytes; {HEAD}"),
    "stages/monitor.py": (3, f"checked: MOST_COUNTS; {FIGURES}, of SHOWN_DAYS days"),
    "stages/next_interest.py": (1, FIGURES),
    "stages/people.py": (9, "checked: expand.max_people, expand.max_gigabytes"),
    "stages/prepare.py": (1, FIGURES),
    "stages/promote.py": (1, FIGURES),
    "stages/refit.py": (1, SAMPLE),
    "stages/rollback.py": (1, RUNS),
    "stages/sentiment.py": (3, f"interests.max_interests of each kind; {HEAD}"),
    "stages/summarise.py": (1, FIGURES),
    "stages/support.py": (2, "checked: support.max_new"),
    "stages/topics.py": (5, "a row for each topic"),
    "stages/train_als.py": (1, HEAD),
    "stages/train_media.py": (1, SAMPLE),
    "stages/trend.py": (1, HEAD),
    "text/choose.py": (1, "one row"),
    "text/coherence.py": (1, "a row for each pair of the topics' strongest terms"),
    "text/own_vectors.py": (1, "a row for each encoder"),
    "text/terms.py": (1, "annotate.vocabulary_size terms"),
}  # fmt: skip
# of each `checked` part of a function: what has to stand before the first line that loads
FIRST = {
    "stages/train_two_tower.py": ("_run", "has_room", ("sample_holdout", "_fit", "PairTraining")),
    "stages/train_media.py": ("_run", "check_plan", ("item_content", "pair_matrices", "_sampled_pairs")),
    "stages/build_graph.py": ("low_rank_vectors", "has_room", ("toPandas", "mean_item_texts", "truncated_svd")),
    "stages/interests.py": ("_roles", "check_nodes", ("toPandas",)),
    "stages/people.py": ("_model", "_expect_to_fit", ("toPandas",)),
    "stages/support.py": ("_run", "BadInput.of", ("toPandas",)),
    "stages/next_interest.py": ("_run", "BadInput.of", ("read_steps",)),
    "stages/cross_domain.py": ("_shop", "expect_room", ("toPandas",)),
    "stages/evaluate.py": ("_text_vectors", "has_room", ("toPandas",)),
    "stages/evaluate_expansion.py": ("_little_history", "expect_room", ("toPandas", "_catalogue")),
    "stages/knowledge/verbalise.py": ("_item_vectors", "BadInput.of", ("toPandas",)),
    "interests/expansion/build.py": ("build_model", "BadInput.of", ("toPandas", "_references", "_mediators")),
    "serving/asking/gather.py": ("gather_index", "_check_size", ("toPandas", "_facts", "_als")),
    "recommending/on_frames/read.py": ("here", "BadInput.of", ("toPandas",)),
    "recommending/open_models.py": ("open_models", "with_room", ("collect_catalogue", "collect_frames", "toPandas")),
}  # fmt: skip


def called(node: ast.AST) -> str:
    """`a.b` or `a` of what a call calls."""
    if isinstance(node, ast.Attribute):
        return f"{called(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def test_every_place_that_collects_is_named_with_its_bound():
    there = Counter(
        str(path.relative_to(LIBRARY))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in COLLECTING
    )
    assert dict(there) == {name: sites for name, (sites, _) in BOUNDS.items()}


@pytest.mark.parametrize("name", FIRST)
def test_a_bound_is_checked_before_anything_is_loaded(name):
    function, check, loads = FIRST[name]
    tree = ast.parse((LIBRARY / name).read_text(encoding="utf-8"))
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function)
    uses = [(node.lineno, called(node)) for node in ast.walk(body) if isinstance(node, ast.Attribute | ast.Name)]
    lines = {use: [line for line, one in uses if one == use or one.endswith(f".{use}")] for use in (check, *loads)}
    assert all(lines.values()), lines
    assert min(lines[check]) < min(line for use in loads for line in lines[use])
