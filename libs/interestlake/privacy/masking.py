"""E-mail addresses, card and phone numbers in free text -> [email], [card], [phone]."""

from pyspark.sql import Column
from pyspark.sql import functions as F

EMAIL = r"(?i)[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}"
# issuer prefixes of the large card schemes, then groups of digits: an ISBN or a catalogue number does not fit
CARD = (
    r"(?<![\w-])(?:(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6(?:011|5\d{2}))(?:[ -]?\d{4}){3}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![\w-])"
)
# a plus and 8 to 15 digits, or 3-3-4 digits with separators
PHONE = (
    r"(?<![\w.])(?:\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?<=\d)"
    r"|(?:\+?1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?!\w)"
)


def mask(text: Column) -> Column:
    """String column -> the same text with contact and payment details replaced by their kind. Null stays null."""
    masked = F.regexp_replace(text, EMAIL, "[email]")
    masked = F.regexp_replace(masked, CARD, "[card]")
    return F.regexp_replace(masked, PHONE, "[phone]")
