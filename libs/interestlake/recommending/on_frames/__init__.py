"""The recommender for Python: pandas or Spark frames of pairs in, frames of lists out, no lake."""
