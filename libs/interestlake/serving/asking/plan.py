"""What the index is made of, and the memory that it takes, whoever reads the lake."""

from ...core.errors import BadInput
from ...core.room import gigabytes

NEEDED = ("bronze.items", "silver.items", "silver.documents", "silver.embeddings", "silver.interests",
          "silver.item_interests", "silver.interactions", "silver.users")  # fmt: skip
# of these the index is made; the others are read of one person
INDEXED = frozenset({*NEEDED, "silver.facts", "models.als_item_factors", "models.als_fit"}) - {
    "silver.interactions", "silver.users"}  # fmt: skip
NEEDED_FROM = "interestlake run --until build_interests"
REVIEWS, CHARACTERS = 20, 600  # reviews of an item that are read, and of each so many characters
VISIBLE_SPLITS = ("train", "all")  # held-out reviews and tags must not shape an item
READABLE_KINDS = ("category", "tag", "keyword")  # a topic's name is a list of terms, no interest a person would name
TEXT_BYTES, NUMBER_BYTES = 2, 4


def expect_room(items: int, dimension: int, characters: int, beside: int, max_gigabytes: float) -> None:
    """Raises BadInput where the index would pass `max_gigabytes`.

    characters: of the texts that are read; beside: rows of facts and of item interests.
    """
    planned = (items * dimension * NUMBER_BYTES * 3 + characters * TEXT_BYTES * 6 + items * 4000) / 2**30
    planned += gigabytes(beside, texts=2, numbers=3)
    if planned > max_gigabytes:
        raise BadInput.of(
            "catalogue",
            found=f"{items} items, {planned:.2f} GB planned in one process",
            expected=f"at most {max_gigabytes} GB",
            where="--max-gigabytes",
        )
