"""p(item | person): a softmax over the catalogue by what a history says in words (docs/distribution.md)."""
