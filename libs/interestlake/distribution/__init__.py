"""p(item | person): a softmax over the catalogue from what the person's history says in words (docs/distribution.md)."""
