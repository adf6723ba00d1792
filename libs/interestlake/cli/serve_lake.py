"""`interestlake serve`: one lake's answers over HTTP until the process is told to end."""

import argparse
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ..core.config import RunOptions, load_params, new_run_id, parse_override
from ..core.errors import BadInput, Unreadable
from ..core.journal import FOLDER
from ..core.moved_store import default_tracking_uri, settle_store
from ..core.params.all import Params
from ..core.plain_lake import PlainLake
from ..core.progress import PROGRESS
from ..core.storage import has_scheme
from ..privacy.meant import Person
from ..privacy.plain_person import expect_plain
from ..serving.requests import DEFAULT_K
from ..serving.service.access import Access, new_key, read_access
from ..serving.service.figures import Figures
from ..serving.service.mirror import follow, own_store
from ..serving.service.noting import Noting
from ..serving.service.saying import Saying
from ..serving.service.sqlite_store import SqliteStore
from .serve import Clicks

LOG = logging.getLogger("interestlake")
NEEDED, NEEDED_FROM = ("silver.users", "silver.items"), "interestlake run --until recommend"
CHAMPION, NO_MODEL = "models:/interestlake.ranker@champion", "none"
HERE = ("127.0.0.1", "localhost", "::1")
MOST_AT_ONCE, KEEP_ALIVE_S, GRACE_S = 256, 15, 20


def serve_lake(arguments: argparse.Namespace, log: logging.Logger, start: Callable) -> None:
    """Serve until SIGTERM or Ctrl-C, after which requests that were begun are answered. Spark starts with the first
    feedback alone.

    Raises BadInput for a lake, store, model or key file at fault, and for a host that others reach without keys, or
    without a certificate where no proxy in front is said to have one.
    """
    if arguments.new_key:
        if not arguments.keys:
            raise BadInput.of("keys", found="no file", expected="where the key's hash goes", where="--keys")
        print(new_key(arguments.keys, arguments.new_key))
        return
    access = read_access(arguments.keys)
    _expect_guarded(arguments, access)
    params = load_params(arguments.conf_dir, dict(parse_override(one) for one in arguments.set))
    lake = PlainLake(arguments.lake)
    try:
        expect_plain(lake, NEEDED, NEEDED_FROM)
    except Unreadable as why:
        raise BadInput.of(f"lake {arguments.lake}", found=f"files that cannot be read without Spark ({why})",
                          expected="a lake on a disk or an object store that Delta's own reader opens",
                          where="--lake") from why  # fmt: skip
    uri = arguments.tracking_uri or default_tracking_uri(arguments.lake)
    settle_store(uri)  # of a lake that was moved, too
    root = arguments.lake if has_scheme(arguments.lake) else os.path.realpath(arguments.lake)
    with closing(SqliteStore(_store_of(arguments), root)) as store:
        try:
            _run(arguments, params, lake, store, access, uri, start)
        except Unreadable as why:
            raise BadInput.of(f"lake {arguments.lake}", found=str(why), expected="files that can be read",
                              where="--lake (interestlake doctor --lake says more)") from why  # fmt: skip


def _run(
    arguments: argparse.Namespace, params: Params, lake: PlainLake, store: SqliteStore, access: Access, uri: str,
    start: Callable,
) -> None:  # fmt: skip
    import uvicorn

    from ..serving.service.answers import Answers
    from ..serving.service.app import Parts, service
    from ..serving.service.words import Words

    listening = _listening(arguments.host, arguments.port)
    began = time.perf_counter()
    changed = follow(lake, store)
    LOG.info("the store holds the lake: %d tables read in %.1f s", len(changed), time.perf_counter() - began)
    released = _released(arguments, uri)
    figures = Figures()
    figures.serve(released.now.version if released else None)
    figures.followed.set_to_current_time()
    words = None if arguments.no_ask else Words(arguments.lake, store, params, uri)
    noting = _noting(arguments, params)
    writes = None if arguments.read_only else Writes(arguments, params, lake, store, uri, start, figures, noting)
    saying = Saying(writes.say) if writes else None
    answers = Answers(store, released, saying, params.ingest.pseudonym_key_file, noting)

    def ready() -> bool:
        return store.there("silver.users") and (words is None or words.ready())

    app = service(Parts(answers, access, figures, words, ready))
    server = uvicorn.Server(uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE_S, timeout_graceful_shutdown=GRACE_S, ssl_certfile=arguments.certificate,
        ssl_keyfile=arguments.private_key,
    ))  # fmt: skip
    ended = threading.Event()

    def keep_up() -> None:
        own = PlainLake(arguments.lake)  # versions that one thread has seen are not another's
        while not ended.wait(arguments.refresh):
            try:
                if noting:
                    noting.turn()
                if moved := follow(own, store):
                    LOG.info("the lake has changed (%s): the store follows", ", ".join(moved))
                figures.followed.set_to_current_time()
                if released and released.look():
                    figures.serve(released.now.version)
                if words:
                    words.renew()
            except Exception as fault:  # a lake that is away is back later; until then the store answers
                LOG.warning("the store stays as it is: %s", " ".join(str(fault).split()))

    following = threading.Thread(target=keep_up, name="follow", daemon=True)
    following.start()
    scheme = "https" if arguments.certificate else "http"
    LOG.info("/docs describes every route; Ctrl-C or SIGTERM ends it, when what was begun is answered")
    print(f"{scheme}://{arguments.host}:{listening.getsockname()[1]}", flush=True)
    try:
        with PROGRESS.rest():
            server.run(sockets=[listening])
    finally:
        ended.set()
        if saying:
            saying.close()
        if writes:
            writes.close()
        if noting:
            noting.close()
        following.join(GRACE_S)


class Writes:
    """What people say, written by Spark, which starts with the first; one after the other."""

    def __init__(
        self, arguments: argparse.Namespace, params: Params, lake: PlainLake, store: SqliteStore, uri: str,
        start: Callable, figures: Figures, noting: Noting | None,
    ):  # fmt: skip
        options = RunOptions(arguments.lake, new_run_id(), tracking_uri=uri)
        self._clicks = Clicks(Person("", None), params, options, start=start)
        self._lake, self._store, self._figures, self._noting = lake, store, figures, noting

    def say(self, user_id: str, does: str, kind: str, thing: str) -> str:
        """-> what was done; the store knows it by then."""
        ended = "failed"
        try:
            if does == "forget" and self._noting:
                self._noting.close()  # so that the forgetting finds what was noted until now
            index = self._store.of("silver.users", ["user_index"], {"user_id": [user_id]})
            person = Person(user_id, index[0]["user_index"] if index else None)
            message, _ = self._clicks.say(does, kind, thing, person)
            follow(self._lake, self._store)
            ended = "done"
            return message
        finally:
            self._figures.written.labels(ended).inc()

    def close(self) -> None:
        self._clicks.__exit__()


def _noting(arguments: argparse.Namespace, params: Params) -> Noting | None:
    if arguments.read_only:
        return None
    if has_scheme(arguments.lake):
        LOG.warning("lists and events are not noted: a journal needs a lake on this machine's disk")
        return None
    if params.serve.explore and params.recommend.top_k < 2 * DEFAULT_K:
        LOG.warning("serve.explore draws from the rows below a list: lists of recommend.top_k=%d have none below %d; "
                    "run with recommend.top_k=%d", params.recommend.top_k, DEFAULT_K, 2 * DEFAULT_K)  # fmt: skip
    return Noting(Path(os.path.realpath(arguments.lake)) / FOLDER, params.serve.explore)


def _released(arguments: argparse.Namespace, uri: str):
    from ..core.registered import served_folder, version_of
    from ..serving.ranker import Ranker
    from ..serving.service.released import Released

    if arguments.model == NO_MODEL:
        return None
    address = arguments.model or CHAMPION
    try:
        return Released(lambda: version_of(address, uri), lambda _: Ranker.load(served_folder(address, uri)))
    except BadInput as fault:
        if arguments.model:
            raise
        LOG.warning("no ranker is released (%s): lists are served as they stand in the lake", fault)
        return None


def _store_of(arguments: argparse.Namespace) -> str:
    if arguments.store:
        return arguments.store
    if (own := own_store(arguments.lake)) is None:
        raise BadInput.of("online store", found=f"none for a lake at {arguments.lake}",
                          expected="a file on this machine", where="--store")  # fmt: skip
    return str(own)


def _expect_guarded(arguments: argparse.Namespace, access: Access) -> None:
    if bool(arguments.certificate) != bool(arguments.private_key):
        raise BadInput.of(
            "certificate", found="one of two files", expected="both", where="--certificate, --private-key"
        )
    if arguments.host in HERE:
        return
    if not access.keys:
        raise BadInput.of(f"host {arguments.host}", found="no keys, so that whoever reaches it may ask for anybody",
                          expected="a file of keys", where="--keys FILE (--new-key NAME makes one)")  # fmt: skip
    if not arguments.certificate and not arguments.behind_proxy:
        raise BadInput.of(f"host {arguments.host}", found="no certificate, so that keys would be sent in the clear",
                          expected="a certificate, here or in front",
                          where="--certificate, or --behind-proxy")  # fmt: skip


def _listening(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # else a body waits 40 ms for its headers to be acknowledged; accepted sockets take it over
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as fault:
        found = (fault.strerror or str(fault)).lower()
        raise BadInput.of(f"address {host}:{port}", found=found, expected="a free port of this machine",
                          where="--host, --port") from fault  # fmt: skip
