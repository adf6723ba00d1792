"""One JSON object posted to an address that somebody watches."""

import json
import logging
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlparse

from .errors import BadInput

LOG = logging.getLogger("interestlake")
HERE = ("localhost", "127.0.0.1", "::1")
SECONDS = 10


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Elsewhere is somebody else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def expect_webhook(address: str, where: str) -> None:
    """Raises BadInput but for an https address; http is for this machine alone: what is told is not public."""
    parts = urlparse(address)
    if parts.scheme == "https" and parts.hostname or parts.scheme == "http" and parts.hostname in HERE:
        return
    found = f"{parts.scheme or 'no'} scheme" if parts.hostname or not parts.scheme else "no host"
    raise BadInput.of("webhook", found=found, expected="https://HOST/..., or http:// on this machine", where=where)


def tell(address: str, told: Mapping, where: str) -> bool:
    """Post `told`; whether it was taken. A receiver that is down is a warning: what was found stands in the lake.

    The address, which may hold a token, is in no message.
    """
    expect_webhook(address, where)
    request = urllib.request.Request(address, json.dumps(told).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=SECONDS):
            return True
    except OSError as down:
        LOG.warning("warning: the webhook was not told: %s", getattr(down, "reason", None) or type(down).__name__)
        return False
