"""The key of pseudonyms, and one id under it. Plain Python: a served model needs no Spark to know a person."""

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ..core.errors import BadInput

KEY_VARIABLE = "INTERESTLAKE_PSEUDONYM_KEY"
SAMPLE_KEY = b"generated people are nobody"
BLOCK_BYTES, PSEUDONYM_DIGITS, LEAST_KEY_BYTES = 64, 32, 16
SEPARATOR = "\u001f"  # between the identity and the id, so that no two pairs are one text
MARKED = b"interestlake: which pseudonym key"
LOG = logging.getLogger("interestlake")


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The key padded to the hash's block and mixed with RFC 2104's two constants; a longer key is hashed first."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def pseudonym(people: str, user_id: str, key: bytes) -> str:
    """`pseudonyms.pseudonymise` of one id."""
    return hmac.new(key, f"{people}{SEPARATOR}{user_id}".encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]


def key_mark(key: bytes) -> str:
    """64 hex digits that tell one key from another and nothing else: HMAC-SHA256 of a constant under the key."""
    return hmac.new(key, MARKED, hashlib.sha256).hexdigest()


def pseudonym_key(source: str, key_file: str, environ: Mapping[str, str] = os.environ) -> bytes:
    """The key of a source: public for "sample", else the variable INTERESTLAKE_PSEUDONYM_KEY, else the key file.

    A missing key file is made with 32 random bytes (as hex digits) that only its owner can read. Raises BadInput
    for a key of fewer than 16 bytes. The key itself is never logged.
    """
    if source == "sample":
        return SAMPLE_KEY
    if KEY_VARIABLE in environ:
        return _long_enough(environ[KEY_VARIABLE].encode(), f"variable {KEY_VARIABLE}")
    path = Path(key_file).expanduser()
    if not path.exists():
        _make(path)
    return _long_enough(path.read_bytes().strip(), f"key file {path}")


def expect_key(key_file: str, environ: Mapping[str, str] = os.environ) -> None:
    """BadInput for a key that is there and too short; one that is not there is made later, or needed and missed."""
    path = Path(key_file).expanduser()
    if KEY_VARIABLE in environ or path.exists():
        pseudonym_key("other", key_file, environ)


def kept_key(source: str, key_file: str, environ: Mapping[str, str] = os.environ) -> bytes:
    """`pseudonym_key` of people who are pseudonyms already: a missing key file is no reason to make another key.

    Raises BadInput where there is neither the variable nor the file, or where the key is too short.
    """
    path = Path(key_file).expanduser()
    if source != "sample" and KEY_VARIABLE not in environ and not path.exists():
        expected, where = "the key that ingest used", f"{KEY_VARIABLE} or ingest.pseudonym_key_file"
        raise BadInput.of(
            "pseudonym key", found=f"no variable {KEY_VARIABLE}, no file {path}", expected=expected, where=where
        )
    return pseudonym_key(source, key_file, environ)


def _long_enough(key: bytes, what: str) -> bytes:
    if len(key) < LEAST_KEY_BYTES:
        found = f"a key of {len(key)} bytes" if key else "no key"
        raise BadInput.of(what, found=found, expected=f"at least {LEAST_KEY_BYTES} bytes, drawn at random",
                          where=f"{KEY_VARIABLE} or the file")  # fmt: skip
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)  # fails where another process was first; its key then counts
        LOG.info("      made a pseudonym key in %s; keep it: other keys give other user ids", path)
    except FileExistsError:
        LOG.info("      found the pseudonym key in %s", path)
    finally:
        draft.unlink()
