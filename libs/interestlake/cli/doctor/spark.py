"""Looks at what a start of Spark needs: its jars, a proxy that Java knows of, the cluster's master."""

import re
import socket
from pathlib import Path
from urllib.parse import urlparse

from ...core.class_path import resolved_jars
from ...core.session import graphframes_jar
from .check import Check, Given

MAVEN = ("repo1.maven.org", 443)
SECONDS = 3
PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def jars(given: Given) -> Check:
    """Whether the jars of the profile are on this machine, or can be fetched."""
    fix = "`make setup` fetches them once; or set spark.jars.ivySettings to a repository that answers"
    asked = [one for one in given.settings.get("spark.jars.packages", "").split(",") if one]
    if asked and graphframes_jar() is None:
        return Check("jars", "no GraphFrames jar beside pyspark", "install with the packages of requirements.lock")
    if resolved_jars(given.settings):
        return Check("jars", f"{len(resolved_jars(given.settings))} on this machine")
    missing = [one for one in asked if not _fetched(one, given)]
    if not missing:
        return Check("jars", f"{len(asked)} packages of the profile, fetched before" if asked else "none to be fetched")
    if _proxy(given):  # which the next line says more of
        return Check("jars", f"{', '.join(missing)} not fetched yet; the first start of Spark does so")
    if not _answers(*MAVEN):
        return Check("jars", f"{', '.join(missing)} not fetched, and {MAVEN[0]} does not answer", fix)
    return Check("jars", f"{', '.join(missing)} not fetched yet; the first start of Spark does so (300 MB)")


def proxy(given: Given) -> Check:
    """A proxy of the environment, which Java does not read."""
    named = _proxy(given)
    if not named:
        return Check("proxy", "none")
    address = urlparse(given.environ[named] if "://" in given.environ[named] else f"http://{given.environ[named]}")
    told = " ".join(
        [given.environ.get("JAVA_TOOL_OPTIONS", ""), given.settings.get("spark.driver.extraJavaOptions", "")]
    )
    asked = [one for one in given.settings.get("spark.jars.packages", "").split(",") if one]
    if "proxyHost" in told or resolved_jars(given.settings) or all(_fetched(one, given) for one in asked):
        return Check(
            "proxy", f"{named} is {address.hostname}:{address.port}; nothing is fetched without it, or Java knows"
        )
    fix = f"set JAVA_TOOL_OPTIONS='-Dhttps.proxyHost={address.hostname} -Dhttps.proxyPort={address.port or 443}'"
    return Check("proxy", f"{named} is set, which Java does not read, and jars are to be fetched", fix)


def master(given: Given) -> Check:
    """The cluster's master, where the profile names one."""
    url = given.settings.get("spark.master", "")
    if not url.startswith("spark://"):
        return Check("cluster", f"{url or 'of the platform'}: no master to reach")
    for place in url.removeprefix("spark://").split(","):
        name, _, port = place.partition(":")
        if not _answers(name, int(port or 7077)):
            fix = f"infra/standalone/start.sh starts one here; others: spark.master of --profile {given.profile}"
            return Check("cluster", f"no master answers at {place}", fix)
    return Check("cluster", f"{url} answers")


LOOKS = (jars, proxy, master)


def _proxy(given: Given) -> str | None:
    return next((name for name in PROXIES if given.environ.get(name)), None)


def _fetched(package: str, given: Given) -> bool:
    """Whether Ivy has a package's jar in its folder, by the name that it gives it."""
    folder = Path(given.settings.get("spark.jars.ivy") or Path(given.environ.get("HOME", "~")).expanduser() / ".ivy2")
    return (folder / "jars" / f"{re.sub(':', '_', package, count=1).replace(':', '-')}.jar").is_file()


def _answers(name: str, port: int) -> bool:
    try:
        with socket.create_connection((name, port), timeout=SECONDS):
            return True
    except OSError:
        return False
