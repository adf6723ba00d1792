"""How many people of a validation are scored at once. No torch here."""

PEOPLE = 256  # against all items
