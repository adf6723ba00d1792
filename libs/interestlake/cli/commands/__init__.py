"""Commands over a finished lake, beside the pipeline: one file a group. Nothing slow is imported before one runs."""
