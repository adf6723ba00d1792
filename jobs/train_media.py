"""A model of text, pictures and sounds together, beside each alone.

reads   silver.{items, users, interactions, documents, embeddings, media, media_embeddings}
calls   media.media.content_rows, media.media_variants.fit, media.media_variants.compare
writes  models.{media_features, media_examples, media_item_vectors, media_user_vectors}
The same as `interestlake train-media`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.train_media import TRAIN_MEDIA

    return TRAIN_MEDIA


if __name__ == "__main__":
    sys.exit(run_job("train-media", stage, sys.argv[1:]))
