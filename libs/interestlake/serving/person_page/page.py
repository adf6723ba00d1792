"""One person's page from a lake, as text."""

from pathlib import Path

from ...core.errors import BadInput
from ...core.rows import Rows
from ...core.storage import has_scheme
from ...reporting.own_page import gather_own, render_own


def place_of(root: str, user_id: str, out: str | None) -> Path:
    """The file of a person's page: `out`, else one in the lake's reports. Raises BadInput where the lake has no place
    for a file."""
    if not out and has_scheme(root):
        raise BadInput.of("page", found=f"the lake {root}", expected="a local file", where="--out")
    return Path(out or Path(root) / "reports" / f"profile-{user_id[:8]}.html").resolve()


def page_of(rows: Rows, user_id: str, top_k: int, lake: str, seed: int, token: str | None = None) -> str:
    """The page as HTML; tables that are not there are gaps on it. lake: as the page's commands name it.

    token: of a server that its buttons speak to; None = they collect commands instead.
    """
    return render_own(gather_own(rows, user_id, top_k, seed), lake, token)
