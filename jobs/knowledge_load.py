"""RDF files become facts, as a delta.

reads   silver.items; RDF files, silver.facts where it is there
calls   knowledge.rdf.read_triples, knowledge.deltas.changes_of, knowledge.check.issues
writes  silver.{facts, fact_changes, fact_issues}, bronze.quarantine
The same as `interestlake knowledge-load`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.knowledge.load import KNOWLEDGE_LOAD

    return KNOWLEDGE_LOAD


if __name__ == "__main__":
    sys.exit(run_job("knowledge-load", stage, sys.argv[1:]))
