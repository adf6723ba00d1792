"""Text -> unit vectors on one worker: one contract (`Engine`), four implementations. No pyspark here."""
