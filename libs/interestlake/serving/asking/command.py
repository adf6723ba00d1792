"""`interestlake ask`: a request in, a list with reasons out."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from logging import Logger

from ...core.config import load_params, parse_override
from ...core.errors import BadInput
from ...core.storage import has_scheme
from .show import as_json, as_text


def ask(options: argparse.Namespace, log: Logger, start_spark: Callable) -> None:
    """Answer one request on standard output. start_spark() -> a context of (session, Future of what it loads beside).

    Faults of the request come before the seconds that Spark needs.
    """
    from .ask import MAX_CHARACTERS, Clock, checked, load_tuned, open_asking

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
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_models, options, uri, load_tuned)
        with start_spark() as (spark, modules):
            from ...core.lake import Lake
            from ...privacy.person import find_person

            modules.result()
            intents, tagger = loading.result()
            lake, key_file = Lake(spark, options.lake), params.ingest.pseudonym_key_file
            # told before the items are read
            user = find_person(lake, options.user, key_file) if options.user else None
            asking = open_asking(lake, params, intents, tagger, options.max_gigabytes, tracking_uri=uri)
            opened = clock.seconds
            made, intent = asking.ask(request, user, options.top, options.include_seen)
    if options.json:
        print(json.dumps(as_json(request, made, intent, asking.index, intents is not None), indent=1))
    else:
        print(as_text(made, intent, asking.index))
    log.info(
        "%d items, %d candidates; opened in %.1f s, answered in %.2f s",
        asking.index.catalogue.item_count,
        made.candidates,
        opened,
        clock.seconds - opened,
    )
    if options.tracking_uri:
        _track(options, made, intent, opened, clock.seconds)


def _models(options: argparse.Namespace, uri: str | None, load):
    if not (options.intents or options.tagger):
        return None, None
    from ...text.tuning.intents import IntentModel
    from ...text.tuning.tagger import TaggerModel

    return load(options.intents, IntentModel, uri), load(options.tagger, TaggerModel, uri)


def _track(options: argparse.Namespace, made, intent, opened: float, seconds: float) -> None:
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
