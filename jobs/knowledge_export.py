"""The facts that hold as one RDF file.

reads   silver.facts
calls   knowledge.validity.holding, knowledge.terms.write
writes  the file --output
The same as `interestlake knowledge-export`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.knowledge.export import KNOWLEDGE_EXPORT

    return KNOWLEDGE_EXPORT


if __name__ == "__main__":
    sys.exit(run_job("knowledge-export", stage, sys.argv[1:]))
