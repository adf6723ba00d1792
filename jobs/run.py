"""Every stage of the pipeline, or a cut of it by --from and --until, under one run id; a finished stage is skipped.

reads   the source's files, then what the stages before have written
calls   core.claim.claim_run, core.pipeline.run_stages
writes  ops.{runs, stages}, and by stage, as the job of each says what it calls
        ingest: ops.{sources, files}, bronze.{events, items, friends, facts, quarantine}, truth.{user_interests, items,
        trends, sentiment, dirt}
        prepare: silver.{users, user_numbers, items, interactions, documents, friends, facts}
        annotate: silver.{text_features, sentiment_labels, term_weights, topics, document_topics}
        embed: silver.embeddings
        build_interests: silver.{interests, item_interests}, gold.interest_map
        build_graph: graph.{item_edges, item_transitions, item_nodes, interest_edges, interest_transitions,
        interest_nodes, interest_pagerank, item_vectors, user_vectors}
        train_als: models.{als_user_factors, als_item_factors, als_fit}
        train_two_tower: models.{training_examples, item_features, user_features, two_tower_user_vectors,
        two_tower_item_vectors}
        recommend: models.{chosen, fusion, fusion_weights, lists, recommender}, gold.recommendations
        evaluate: gold.{metrics, against_champion}
        report: a page, <lake>/reports/<run id>.html
        promote: alias champion in the registry
The same as `interestlake run`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stages():
    """What runs; imported while Spark starts."""
    from interestlake.stages.order import STAGES

    return STAGES


if __name__ == "__main__":
    sys.exit(run_job("run", stages, sys.argv[1:]))
