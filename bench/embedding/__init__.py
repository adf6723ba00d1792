"""Parts of `make bench-embed` and `make bench-embed-gpu`: texts, contenders, quality."""
