"""What the lake holds of a person deleted, also from history; then their next list.

reads   silver.{users, items, interactions, friends, objections, documents}, gold.interest_map,
        models.{recommender, fusion}
calls   serving.person_page.object.forget, recommending.relist.Relister
writes  bronze.{events, friends, served}, silver.{users, user_numbers, interactions, documents, friends, objections,
        embeddings, text_features, text_sentiment, text_clusters, sentiment_labels, term_weights, document_topics,
        mentions}, graph.user_vectors, models.{lists, als_user_factors, training_examples, user_features,
        two_tower_user_vectors, media_examples, media_user_vectors}, gold.{recommendations, reasons,
        counterfactuals, interest_map, interest_profiles, interest_clusters, expansions, next_interests, people,
        experts, groups, knowledge_ranking, knowledge_matches}, truth.{user_interests, sentiment}
The same as `interestlake forget`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.person import FORGET

    return FORGET


if __name__ == "__main__":
    sys.exit(run_job("forget", stage, sys.argv[1:]))
