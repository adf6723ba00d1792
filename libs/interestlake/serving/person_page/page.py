"""One person's page from a lake, as text."""

from ...core.schemas.all import ALL
from ...core.stage import StageContext
from ...privacy.person import Person
from ...reporting.gather import OptionalTables
from ...reporting.own_page import gather_own, render_own


def page_of(context: StageContext, person: Person, token: str | None = None) -> str:
    """The page as HTML; tables that this version does not know, or that are not there, are gaps on it.

    token: of a server that its buttons speak to; None = they collect commands instead.
    """
    lake, options = context.lake, context.options
    tables = OptionalTables(lambda name: name in ALL and lake.exists(name), context.read)
    page = gather_own(tables, person.user_id, context.params.recommend.top_k, options.seed)
    return render_own(page, options.lake, token)
