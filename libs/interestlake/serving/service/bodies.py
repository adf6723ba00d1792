"""What a request's body may hold; anything else is refused with the place where it stands."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..asking.ask import MAX_CHARACTERS
from ..requests import DEFAULT_K, MAX_K

MOST_IDS, MOST_HISTORY, MOST_CATEGORIES, LONGEST_ID = 1_000, 5_000, 100, 512
MOST_EVENTS, LATEST = 500, 4_102_444_800.0  # unix seconds of the year 2100, after which no file may be dated either
Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]
Count = Annotated[int, Field(ge=1, le=MAX_K, strict=True)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ListAsked(Body):
    """A list for a person, for a history, or for nobody."""

    user_id: Id | None = Field(None, description="the source's own id, SOURCE:ID, or a whole pseudonym")
    history: list[Id] | None = Field(None, max_length=MOST_HISTORY, description="item ids in order of choice; replaces "
                                     "the known history")  # fmt: skip
    k: Count = DEFAULT_K
    exclude: list[Id] = Field(default_factory=list, max_length=MOST_IDS, description="items that are not listed")
    categories: list[Id] = Field(
        default_factory=list, max_length=MOST_CATEGORIES, description="of which an item has at least one"
    )


class RequestAsked(Body):
    """A request in plain words."""

    request: str = Field(min_length=1, max_length=MAX_CHARACTERS)
    user_id: Id | None = None
    k: Annotated[int, Field(ge=1, le=100, strict=True)] = DEFAULT_K
    include_seen: bool = False


class Feedback(Body):
    """What a person says: not_interested and withdraw of an item or interest, forget of these or of everything."""

    does: Literal["not_interested", "withdraw", "forget"]
    kind: Literal["item", "interest", "everything"]
    id: str = Field("", max_length=LONGEST_ID)


class Event(Body):
    """One thing that a person did."""

    item_id: Id
    event_type: Literal["rating", "play", "view", "purchase", "like"]
    value: float | None = Field(None, ge=0, le=1e9, allow_inf_nan=False, description="of a rating, which needs one, or "
                                "a count")  # fmt: skip
    timestamp: float | None = Field(None, ge=0, le=LATEST, allow_inf_nan=False, description="unix seconds; left out: "
                                    "now")  # fmt: skip

    @model_validator(mode="after")
    def _rated(self) -> "Event":
        if self.event_type == "rating" and self.value is None:
            raise ValueError("a rating needs a value")
        return self


class Events(Body):
    """What a person did, taken all or not at all."""

    events: list[Event] = Field(min_length=1, max_length=MOST_EVENTS)
