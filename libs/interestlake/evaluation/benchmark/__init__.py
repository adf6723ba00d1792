"""Many models on given train and test files: parameters and fusion picked on validation, one table, best first."""
