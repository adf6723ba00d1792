"""Vectors of the pictures and sounds of items.

reads   silver.media_embeddings; the place --media
calls   sources.media.read_media, media.embed.embed_media
writes  silver.{media_embeddings, media}, bronze.quarantine
The same as `interestlake embed-media`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.embed_media import EMBED_MEDIA

    return EMBED_MEDIA


if __name__ == "__main__":
    sys.exit(run_job("embed-media", stage, sys.argv[1:]))
