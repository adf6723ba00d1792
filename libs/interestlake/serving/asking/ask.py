"""One request answered: checks, intent, parsing, the person, the list. The library side of `interestlake ask`."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import BadInput
from ...core.params.all import Params
from ...core.progress import PROGRESS
from ...privacy.meant import Person, meant
from ...text.cleaned import clean
from ...text.configured import configured_encoder, loaded_encoder
from ...text.kept_vectors import kept_vectors
from .answer import Answer, Weights, answer
from .asker import Asker, read_asker
from .concepts import Concepts, build_concepts, carriers_of
from .index import AskIndex
from .parse import parse
from .plan import NEEDED, NEEDED_FROM

if TYPE_CHECKING:
    from ...core.lake import Lake
    from ...core.plain_lake import PlainLake
    from ...text.tuning.intents import IntentModel
    from ...text.tuning.tagger import TaggerModel

MAX_CHARACTERS = 2000
MAX_GIGABYTES = 4.0


@dataclass(frozen=True)
class Intent:
    """The nearest known intent, its probability in [0,1], and whether the request is out of scope."""

    name: str
    confidence: float
    out_of_scope: bool


@dataclass
class Asking:
    """A lake opened for requests: made once by `open_asking`, then asked any number of times."""

    index: AskIndex
    encode: Callable[[str], np.ndarray]
    person_of: Callable[[str | Person], Asker]
    intents: "IntentModel | None" = None
    tagger: "TaggerModel | None" = None
    weights: Weights = field(default_factory=Weights)
    encode_all: Callable[[list[str]], np.ndarray] | None = None

    @cached_property
    def concepts(self) -> Concepts | None:
        """The lake's names with their vectors, made at the first request; None without `encode_all`."""
        if self.encode_all is None:
            return None
        carriers = carriers_of(self.index.vocabulary)
        with PROGRESS.doing("the lake's names are encoded, once"):
            return build_concepts(carriers, self.encode_all, self.index.catalogue.item_count)

    def ask(
        self, request: str, user: str | Person | None = None, top: int = 10, include_seen: bool = False
    ) -> tuple[Answer, Intent | None]:
        """The list for a request of `user` (as `find_person` reads it; None: nobody's profile), and its intent.

        Raises BadInput for a request that is empty, longer than 2,000 characters, or of which nothing is understood,
        for a `top` below 1, and for a `user` that the lake does not have. Items the person has chosen before are left
        out unless `include_seen`. Spark jobs are those of the person.
        """
        text = checked(request)
        if top < 1:
            raise BadInput.of("length of the list", found=top, expected=">= 1", where="--top")
        tag = (lambda words: self.tagger.tagged([words])[0][0]) if self.tagger else None
        parsed = parse(text, self.index.vocabulary, self.index.bm25, tag)
        if parsed.asks_nothing:
            raise BadInput.of(
                "request",
                found=f"{text[:80]!r}, no word that says what is wanted",
                expected="a topic, a name, a title, a year or a price",
                where="the request",
            )
        person = self.person_of(user) if user else Asker(known=False)
        made = answer(self.index, parsed, self.encode, person, top, self.weights, include_seen,
                      self.concepts)  # fmt: skip
        made.notes += parsed.notes
        if not user:
            made.notes.append("no user given: the list is without a profile")
        elif not len(person.columns):
            made.notes.append("the person has chosen nothing yet: the list is without a profile")
        return made, self._intent(text)

    def _intent(self, text: str) -> Intent | None:
        if self.intents is None:
            return None
        row = self.intents.predict([text]).iloc[0]
        return Intent(str(row["intent"]), float(row["confidence"]), bool(row["out_of_scope"]))


def open_asking(
    lake: "Lake",
    params: Params,
    intents: "IntentModel | None" = None,
    tagger: "TaggerModel | None" = None,
    max_gigabytes: float = MAX_GIGABYTES,
    without: Sequence[str] = (),
    tracking_uri: str | None = None,
) -> Asking:
    """Read the lake's items once by Spark, and load the encoder beside it; see `gather_index` for jobs and errors.

    tracking_uri: where an encoder that `embed.model_path` names by an MLflow URI lies.
    """
    from ...core.stage import expect_lake
    from ...privacy.person import find_person
    from ...text.own_vectors import gpu_per_task
    from .gather import gather_index, gather_person

    expect_lake(lake, NEEDED, NEEDED_FROM)
    files = configured_encoder(params.embed, tracking_uri, gpu_per_task(lake.spark) > 0)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(loaded_encoder, files)
        index = gather_index(lake, files.model_id, max_gigabytes, without)
        encoder = loading.result()

    def person_of(user: str | Person) -> Asker:
        person = user if isinstance(user, Person) else find_person(lake, user, params.ingest.pseudonym_key_file)
        return gather_person(lake, person, index.catalogue)

    return _of_encoder(index, encoder, files.model_id, person_of, intents, tagger)


def open_plain_asking(
    lake: "PlainLake",
    params: Params,
    intents: "IntentModel | None" = None,
    tagger: "TaggerModel | None" = None,
    max_gigabytes: float = MAX_GIGABYTES,
    without: Sequence[str] = (),
    tracking_uri: str | None = None,
) -> Asking:
    """`open_asking` from the lake's files, without Spark. Raises Unreadable where `plain_index` does."""
    from ...privacy.plain_person import PlainPeople, expect_plain
    from .plain_gather import plain_index

    expect_plain(lake, NEEDED, NEEDED_FROM)
    # which of the two forms the run wrote depends on whether its tasks had GPUs
    files = [configured_encoder(params.embed, tracking_uri, on_gpu) for on_gpu in (False, True)]
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(loaded_encoder, files[0])
        index, model_id = plain_index(lake, [one.model_id for one in files], max_gigabytes, without)
        encoder = loading.result()
    if model_id != files[0].model_id:
        encoder = loaded_encoder(files[1])

    def person_of(user: str | Person) -> Asker:
        named = user if isinstance(user, Person) else meant(PlainPeople(lake), user, params.ingest.pseudonym_key_file)
        return read_asker(lake, named.user_id, index.catalogue)

    return _of_encoder(index, encoder, model_id, person_of, intents, tagger)


def _of_encoder(
    index: AskIndex,
    encoder: Any,
    model_id: str,
    person_of: Callable,
    intents: "IntentModel | None",
    tagger: "TaggerModel | None",
) -> Asking:
    encode_all = kept_vectors(encoder.encode, model_id)
    return Asking(index, lambda text: encoder.encode([text])[0], person_of, intents, tagger, encode_all=encode_all)


def checked(request: str) -> str:
    """The request without markup and control characters; BadInput where that is empty or too long."""
    if len(request) > MAX_CHARACTERS:
        raise BadInput.of(
            "request", found=f"{len(request):,} characters", expected=f"at most {MAX_CHARACTERS:,}", where="the request"
        )
    text = clean(request)
    if not text:
        raise BadInput.of("request", found="no text", expected="what is wanted, in words", where="the request")
    return text


def load_tuned(place: str | None, loader: type, tracking_uri: str | None) -> Any:
    """A model that train-intents or train-tagger left, by its folder or by an MLflow URI; None for no place."""
    if not place:
        return None
    from ...text.tuning.place import find_model

    return loader.load(find_model(place, tracking_uri))


class Clock:
    """Seconds since it was made."""

    def __init__(self):
        self.began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began
