"""What people write about over time, how they feel about it, and when that leaves its usual course."""
