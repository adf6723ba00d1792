"""A small generated world in the shape of each domain recipe, and whether what is listed keeps the recipe's rails."""
