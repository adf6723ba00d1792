"""A tuned model of texts made smaller or faster: int8, fewer weights, fewer heads, fewer layers (docs/compress.md)."""
