"""By which reason code each model speaks in the lists of one data set."""

from collections.abc import Iterable

from ..models.model import NEXT, TOGETHER
from ..models.registry import BY_NAME


def codes_of(names: Iterable[str], in_sequence: bool) -> dict[str, str]:
    """Model -> its reason code. Where histories are no sequence in time (`interactions.pace`), steps within them say no
    more than that the same people chose both."""
    codes = {name: BY_NAME[name].reason for name in names}
    return codes if in_sequence else {name: TOGETHER if code == NEXT else code for name, code in codes.items()}
