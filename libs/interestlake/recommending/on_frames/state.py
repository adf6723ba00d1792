"""What a fitted recommender holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ...interactions.pace import in_sequence
from ...interactions.pairs import Pairs
from ...interactions.side_information import SideInformation
from ...models.fitted import Fitted
from ...models.registry import BY_NAME
from ..blocks import Catalogue
from ..codes import codes_of
from ..fusion import Fusion
from ..pool import people_per_item
from ..recommender import ItemInterests
from ..recommender import Recommender as Explaining
from .ids import Ids
from .read import Read


@dataclass(frozen=True)
class State:
    """users: of known.user_ids[1:], the first being nobody; fitted: the models that can change a list, in the order of
    fusion.names; texts: (I, d) unit vectors, None without; titles (I,): ids where there are none; chosen:
    see `kept.plain`."""

    users: Ids
    items: Ids
    known: Pairs
    fusion: Fusion
    fitted: Mapping[str, Fitted]
    titles: np.ndarray
    friends: sp.csr_matrix | None
    texts: np.ndarray | None
    chosen: dict

    @property
    def models(self) -> list[Fitted]:
        return [self.fitted[name] for name in self.fusion.names]

    @property
    def vectors(self) -> dict[str, np.ndarray]:
        return {name: values for one in self.models for name, values in one.vectors.items()}

    @cached_property
    def explaining(self) -> Explaining:
        """The same as lists of a lake are explained by."""
        count = self.known.shape[1]
        catalogue = Catalogue(self.known.item_ids, self.titles, np.arange(count))
        nothing = ItemInterests(sp.csr_matrix((count, 0), dtype=np.float32), np.empty(0, object), np.empty(0, object))
        names = self.fusion.names
        return Explaining(
            catalogue, people_per_item(self.known).astype(np.float32), self.fitted, self.fusion,
            codes_of(names, in_sequence(self.known)), {name: BY_NAME[name].granularity for name in names},
            nothing,
        )  # fmt: skip


def of_fit(
    read: Read, known: Pairs, side: SideInformation, fusion: Fusion, fitted: Mapping[str, Fitted], chosen: dict
) -> State:
    """The state of a fit; models that cannot change a list are let go."""
    fusion = fusion.over(fusion.speaking)
    given = read.inputs.items["title"].to_numpy(object)
    titles = np.where(given == "", known.item_ids, given)
    speaking = {name: fitted[name] for name in fusion.names}
    return State(read.users, read.items, known, fusion, speaking, titles, side.friends, side.text, chosen)
