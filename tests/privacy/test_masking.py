from pyspark.sql import functions as F

from interestlake.privacy.masking import mask

MASKED = {
    "mail me at Fern.Hollis+x@mail.example.co.uk, please": "mail me at [email], please",
    "a@b.de and c@d.org": "[email] and [email]",
    "call 555-010-4477 now": "call [phone] now",
    "call (212) 555 0199": "call [phone]",
    "1-800-555-0199": "[phone]",
    "from abroad +44 20 7946 0958.": "from abroad [phone].",
    "+4915112345678": "[phone]",
    "paid with 4111 1111 1111 1111!": "paid with [card]!",
    "5500-0000-0000-0004": "[card]",
    "amex 378282246310005": "amex [card]",
}
KEPT = (
    "the 1995-1996 season and 2001: a space odyssey",
    "ISBN 9780306406157, ASIN B000002LRT",
    "scored 100 000 points in 3.5 hours",
    "at 12.30 on 24.12.2012",
    "1,234,567.89 euros",
    "user@home is not an address",
    "10-12-14 strings, model 1234-5678",
)


def test_contacts_and_cards_are_masked_and_other_numbers_kept(spark):
    expected = {**MASKED, **{text: text for text in KEPT}}
    rows = spark.createDataFrame([(text,) for text in expected], "text string")
    actual = {row.text: row.masked for row in rows.withColumn("masked", mask(F.col("text"))).collect()}
    assert actual == expected


def test_null_stays_null(spark):
    assert spark.createDataFrame([(None,)], "text string").select(mask(F.col("text"))).first()[0] is None
