"""The same command answered from the lake's files and by Spark."""

from contextlib import contextmanager

from interestlake.core.errors import Unreadable

AT_ONCE = ("interestlake.cli.exploring.list_at_once.at_once", "interestlake.cli.exploring.who_at_once.at_once",
           "interestlake.cli.exploring.profile_at_once.at_once",
           "interestlake.cli.exploring.reasons_at_once.at_once")  # fmt: skip


@contextmanager
def by_spark(monkeypatch):
    """Within, no command is answered from the files."""

    def unreadable():
        raise Unreadable("the test says so")

    with monkeypatch.context() as patch:
        for address in AT_ONCE:
            patch.setattr(address, unreadable)
        yield


@contextmanager
def without_spark(monkeypatch):
    """Within, a command that starts Spark fails."""

    def no_spark(*given):
        raise AssertionError("Spark was started")

    with monkeypatch.context() as patch:
        patch.setattr("interestlake.cli.dispatch._started", no_spark)
        yield


def faults(caplog):
    """What was said of faults."""
    return [message for message in caplog.messages if message.startswith("error")]
