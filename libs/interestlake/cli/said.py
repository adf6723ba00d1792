"""A command line as it may be shown to whoever goes on with a run that was killed."""

import re
import shlex
from collections.abc import Sequence

NAMING = ("--user",)  # what is forgotten would outlive itself in the lake's folder


def said_again(name: str, words: Sequence[str], run_id: str) -> str:
    """`interestlake ...` under this run id, without passwords in addresses; a bare name where they name a person."""
    if any(word.split("=")[0] in NAMING for word in words):
        words = [name]
    # a password may hold '@' and '/', and may stand behind the address
    masked = [re.sub(r"(?i)(?<=[?&;])(pass\w*|pwd|secret|token|key)=[^&;\s]*", r"\1=...", word) for word in words]
    masked = [re.sub(r"(?<=://)\S+(?=@)", "...", word) for word in masked]
    own = any(word.split("=")[0] == "--run-id" for word in masked)
    return shlex.join(["interestlake", *masked, *([] if own else ["--run-id", run_id])])
