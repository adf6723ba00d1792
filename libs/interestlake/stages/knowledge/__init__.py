"""The knowledge commands: each one stage over an existing lake, outside the default pipeline."""
