"""One file per stage, wiring only; order.py lists them as the data flows."""
