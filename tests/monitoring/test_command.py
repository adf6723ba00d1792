"""Two shops' files through ingest, then the command: what was planted is named, with exit 3, a page and a message."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from interestlake.cli.main import main

from .world import LAST, bot, client_sends_nulls, dead_source, generated, vocabulary_shift

MAPPING = """source: {name}
catalogue: both
identity: both
events:
  files: events.csv
  format: csv
  columns: {{user_id: user_id, item_id: item_id, event_type: event_type, value: value, text: text, timestamp: event_ts}}
  time_unit: iso
items:
  files: items.csv
  format: csv
  columns: {{item_id: item_id, title: item_id, categories: categories}}
"""
PLANTED = {"volume of second/view", "refused of first", "one_person of first", "words of first"}


@pytest.fixture(scope="module")
def watched(spark, tmp_path_factory):
    """The lake of a world in which a source died, a client sends nulls, a bot came and texts changed, all on LAST."""
    root = tmp_path_factory.mktemp("monitor")
    events, items = generated()
    for plant in (dead_source, client_sends_nulls, bot, vocabulary_shift):
        events = plant(events, items)
    for name, own in events.groupby("source"):
        folder = root / name
        folder.mkdir()
        own = own.assign(event_ts=own["event_ts"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        own.drop(columns="source").to_csv(folder / "events.csv", index=False)
        items.assign(categories=items["categories"].str[0]).to_csv(folder / "items.csv", index=False)
        (root / f"{name}.yml").write_text(MAPPING.format(name=name))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(spark, "stop", lambda: None)
            patch.setenv("INTERESTLAKE_PSEUDONYM_KEY", "a key of more than sixteen bytes")
            assert main(["ingest", "--source", "table", "--mapping", str(root / f"{name}.yml"), "--input", str(folder),
                         "--lake", str(root / "lake"), "--run-id", f"in-{name}"]) == 0  # fmt: skip
    return root / "lake"


@pytest.fixture(autouse=True)
def one_session(spark, monkeypatch):
    """The session outlives the command."""
    monkeypatch.setattr(spark, "stop", lambda: None)


@pytest.mark.commands
def test_what_was_planted_is_named_and_told(watched, capsys, monkeypatch):
    told = []

    class Receives(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Receives) as server:
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        monkeypatch.setenv("INTERESTLAKE_ALERT_URL", f"http://127.0.0.1:{server.server_port}/hook")
        assert main(["monitor", "--lake", str(watched)]) == 3
        thread.join()
    printed = capsys.readouterr().out
    assert printed.startswith(f"{LAST}: ")
    assert all(f"\n  {one}: " in printed for one in PLANTED)
    assert told[0]["day"] == str(LAST) and PLANTED <= {
        f"{one['figure']} of {one['subject']}" for one in told[0]["alarms"]
    }
    page = (watched / "reports" / "monitor.html").read_text()
    assert "bot, or an account shared by many" in page
    assert "u9999999" not in page + printed + json.dumps(told)


@pytest.mark.commands
def test_a_day_before_is_quiet_and_a_second_look_replaces_the_first(watched, capsys, spark):
    from interestlake.core.lake import Lake

    call = ["monitor", "--lake", str(watched), "--day", "2024-01-14", "--days", "2"]
    assert main(call) == main(call) == 0
    assert "0 alarms" in capsys.readouterr().out
    rows = Lake(spark, str(watched)).read("gold.monitor").where("day = '2024-01-14'")
    assert rows.count() == rows.select("figure", "subject").distinct().count() > 50


@pytest.mark.commands
@pytest.mark.parametrize("day", ["yesterday", "2024-13-01"])
def test_a_day_that_is_none_is_a_line(watched, day, caplog, capsys):
    with caplog.at_level(logging.ERROR):
        assert main(["monitor", "--lake", str(watched), "--day", day]) == 2
    said = caplog.text + capsys.readouterr().err
    assert "--day" in said and day in said
