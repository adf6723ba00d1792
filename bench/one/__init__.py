"""One recommender on the shared data: a run over a lake beside the benchmark on the files of its split."""
