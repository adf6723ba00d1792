"""One person's page from a lake, as text."""

from ...core.lake import Lake
from ...core.params.all import Params
from ...core.schemas.all import ALL
from ...privacy.person import Person
from ...reporting.gather import OptionalTables
from ...reporting.own_page import gather_own, render_own


def page_of(
    lake: Lake, person: Person, params: Params, shown_lake: str, token: str | None = None, seed: int = 42
) -> str:
    """The page as HTML; tables that this version does not know, or that are not there, are gaps on it."""
    tables = OptionalTables(lambda name: name in ALL and lake.exists(name), lake.read)
    page = gather_own(tables, person.user_id, params.recommend.top_k, shown_lake, seed)
    return render_own(page, shown_lake, token)
