"""Free text as people see it: no markup, no control characters, one kind of white space, Unicode NFC."""

import html
import re
import unicodedata

TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,500}|!--.{0,2000}?--)>", re.DOTALL)
INVISIBLE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200b\u2060\ufeff\ufffd]")
SPACE = re.compile(r"\s+")


def clean(text: str | None) -> str | None:
    """Unescaped, without tags and control characters, white space collapsed, NFC; None where nothing is left."""
    if text is None:
        return None
    bare = INVISIBLE.sub("", TAG.sub(" ", html.unescape(text)))
    return SPACE.sub(" ", unicodedata.normalize("NFC", bare)).strip() or None
