"""`interestlake ask`: a request in, a list with reasons out."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from logging import Logger
from typing import TYPE_CHECKING, Any

from ...core.config import load_params, parse_override
from ...core.counted import counted
from ...core.errors import BadInput, Unreadable
from ...core.params.all import Params
from ...core.storage import has_scheme
from .show import as_json, as_text

if TYPE_CHECKING:
    from .answer import Answer
    from .ask import Clock, Intent


def ask(options: argparse.Namespace, log: Logger, start_spark: Callable) -> None:
    """Answer one request on standard output. start_spark() -> a context of (session, Future of what it loads beside).

    Faults of the request come before the seconds that Spark needs.
    """
    from .ask import MAX_CHARACTERS, Clock, checked

    clock = Clock()
    request = sys.stdin.read(MAX_CHARACTERS * 8) if options.request == "-" else options.request
    checked(request)
    if options.top < 1:
        raise BadInput.of("length of the list", found=options.top, expected=">= 1", where="--top")
    if not has_scheme(options.lake) and not os.path.isdir(options.lake):
        raise BadInput.of(
            f"lake {options.lake}",
            found="none there",
            where="--lake",
            expected="a lake that `interestlake run` has made",
        )
    params = load_params(options.conf_dir, dict(parse_override(one) for one in options.set))
    uri = options.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
    models = tuned_models(options, uri)
    try:
        made, intent, index, opened = _here(options, params, request, clock, models, uri)
    except Unreadable as why:
        log.info("not answered from the lake's files: %s", why)
        made, intent, index, opened = _by_spark(options, params, request, clock, models, uri, start_spark)
    if options.json:
        print(json.dumps(as_json(request, made, intent, index, models[0] is not None), indent=1))
    else:
        print(as_text(made, intent, index))
    log.info(
        "%s, %s; opened in %.1f s, answered in %.2f s",
        counted(index.catalogue.item_count, "item"),
        counted(made.candidates, "candidate"),
        opened,
        clock.seconds - opened,
    )
    if options.tracking_uri:
        _track(options, made, intent, opened, clock.seconds)


def _here(
    options: argparse.Namespace, params: Params, request: str, clock: "Clock", models: tuple[Any, Any], uri: str | None
):
    from ...core.plain_lake import PlainLake
    from ...privacy.meant import meant
    from ...privacy.plain_person import PlainPeople
    from .ask import open_plain_asking

    lake, key_file = PlainLake(options.lake), params.ingest.pseudonym_key_file
    # told before the items are read
    user = meant(PlainPeople(lake), options.user, key_file) if options.user else None
    asking = open_plain_asking(lake, params, *models, options.max_gigabytes, tracking_uri=uri)
    opened = clock.seconds
    return *asking.ask(request, user, options.top, options.include_seen), asking.index, opened


def _by_spark(
    options: argparse.Namespace, params: Params, request: str, clock: "Clock", models: tuple[Any, Any], uri: str | None,
    start_spark: Callable,
):  # fmt: skip
    with start_spark() as (spark, modules):
        from ...core.lake import Lake
        from ...privacy.person import find_person
        from .ask import open_asking

        modules.result()
        lake, key_file = Lake(spark, options.lake), params.ingest.pseudonym_key_file
        user = find_person(lake, options.user, key_file) if options.user else None
        asking = open_asking(lake, params, *models, options.max_gigabytes, tracking_uri=uri)
        opened = clock.seconds
        return *asking.ask(request, user, options.top, options.include_seen), asking.index, opened


def tuned_models(options: argparse.Namespace, uri: str | None) -> tuple:
    """What --intents and --tagger name, None for each that is not given."""
    if not (options.intents or options.tagger):
        return None, None
    from ...text.tuning.intents import IntentModel
    from ...text.tuning.tagger import TaggerModel
    from .ask import load_tuned

    return load_tuned(options.intents, IntentModel, uri), load_tuned(options.tagger, TaggerModel, uri)


def _track(options: argparse.Namespace, made: "Answer", intent: "Intent | None", opened: float, seconds: float) -> None:
    from ...core.tracking import one_run

    parsed = made.parsed
    params = {"top": options.top, "with_user": bool(options.user), "intents": options.intents or "none",
            "tagger": options.tagger or "none", "intent": "none" if intent is None else intent.name}  # fmt: skip
    figures = {
        "wanted": len(parsed.wanted), "excluded": len(parsed.excluded), "ranges": len(parsed.ranges),
        "examples": len(parsed.seeds), "words": len(parsed.terms), "dropped": len(made.dropped),
        "candidates": made.candidates, "items": len(made.hits), "seconds_open": opened, "seconds": seconds,
    }  # fmt: skip
    if intent is not None:
        figures |= {"intent_confidence": intent.confidence, "out_of_scope": float(intent.out_of_scope)}
    with one_run(options.tracking_uri, "ask", params, params) as tracker, tracker.stage("ask", {}):
        tracker.log_metrics(figures)
