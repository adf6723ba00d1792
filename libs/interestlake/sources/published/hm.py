"""Source "hm": purchases and articles of H&M Personalized Fashion Recommendations."""

from pyspark.sql import functions as F

from ..rules import EventFields, judge_events, judge_items
from .layout import Edition, Fields, Part

CATEGORIES = ("index_group_name", "product_group_name", "product_type_name", "garment_group_name")
ATTRIBUTES = {
    "colour": "colour_group_name",
    "appearance": "graphical_appearance_name",
    "department": "department_name",
    "section": "section_name",
}
UNKNOWN = "Unknown"


def _transactions(given: Fields):
    """A line is one piece: three lines of one article in a day are three purchases. The time is a day."""
    bought = EventFields(
        given["customer_id"], given["article_id"], F.lit("purchase"), timestamp=given["t_dat"], time_unit="iso"
    )
    return judge_events(bought)


def _articles(given: Fields):
    categories = F.array(*(F.when(given[name] != UNKNOWN, given[name]) for name in CATEGORIES))
    attributes = {name: given[column] for name, column in ATTRIBUTES.items()}
    return judge_items(given["article_id"], given["prod_name"], given["detail_desc"], categories, attributes)


PARTS = {
    "transactions": Part(
        ("transactions_train.csv",), ("t_dat", "customer_id", "article_id"), _transactions, "events", needed=True
    ),
    "articles": Part(
        ("articles.csv",),
        ("article_id", "prod_name", "detail_desc", *CATEGORIES, *ATTRIBUTES.values()),
        _articles,
        "items",
        without="articles have no name and no categories",
    ),
}
LAYOUT = (Edition(PARTS),)
