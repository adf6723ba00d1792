"""What a run of a given size will take, before it is started."""
