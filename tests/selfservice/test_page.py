"""The page: whole without a table or two, escaped, served with a token only, and clicked in a real browser."""

import http.client
import json
import threading

import pytest
from pyspark.sql import functions as F

from interestlake.cli.serve import Clicks
from interestlake.core.plain_lake import PlainLake
from interestlake.core.spark_rows import SparkRows
from interestlake.privacy.person import find_person
from interestlake.reporting.own_map import choose
from interestlake.reporting.own_page import gather_own, render_own
from interestlake.serving.person_page.page import page_of
from interestlake.serving.person_page.server import PageServer

from ..recommending.planted import user_id

pytestmark = pytest.mark.commands
LISTS = "gold.recommendations"
EXPANSIONS = ("user_id string, interest string, kind string, label string, confidence double, surprise double, "
              "source string, path array<string>, run_id string")  # fmt: skip
PROFILES = ("user_id string, interest string, kind string, label string, strength double, confidence double, "
            "share double, events bigint, slope double, slope_error double, trend string")  # fmt: skip


@pytest.fixture(scope="module")
def server(world):
    person, context = find_person(world.lake, user_id(7), "no-key-file"), world.context
    clicks, plain = (
        Clicks(person, context.params, context.options, running=world.lake.spark),
        PlainLake(world.lake.root),
    )

    def page(token):
        plain.moved()
        return page_of(plain, person.user_id, 5, context.options.lake, context.options.seed, token)

    made = PageServer(0, page, clicks.say)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def ask(server, method, path, body=None, **headers):
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    told = answer.status, answer.read().decode()
    line.close()
    return told


def shelf_of(lake, spark, **frames):
    return SparkRows(
        lambda name: name in frames or (not name.startswith("gold.ex") and lake.exists(name)),
        lambda name: frames.get(name) if name in frames else lake.read(name),
    )


def test_page_shows_profile_and_expansions_where_they_are(world, spark):
    expansions = spark.createDataFrame(
        [(user_id(8), "tag:jazz", "tag", "jazz </script>", 0.8, 0.4, "context", ["gardens", "jazz"], "r")], EXPANSIONS
    )
    profiles = spark.createDataFrame(
        [(user_id(8), "tag:gardens", "tag", "gardens", 1.0, 0.9, 1.0, 9, 0.5, 0.1, "rising")], PROFILES
    )
    shelf = shelf_of(world.lake, spark, **{"gold.expansions": expansions, "gold.interest_profiles": profiles})
    page = gather_own(shelf, user_id(8), 5)
    text = render_own(page, "LAKE")
    assert page.details["tag:gardens"]["trend"] == "rising" and page.expansions[0].path == ("gardens", "jazz")
    assert "jazz &lt;/script&gt;" in text and text.count("</script>") == 2
    assert text == render_own(gather_own(shelf, user_id(8), 5), "LAKE")
    bare = render_own(gather_own(shelf_of(world.lake, spark), user_id(8), 5), "LAKE")
    assert "Not worked out yet: interests near yours, new to you, will stand here." in bare
    assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text


def test_one_name_is_drawn_once_and_extracted_words_are_few():
    row = {"strength": 0.5, "share": 0.1}
    held = [
        row | {"interest_id": f"{kind}:{name}", "kind": kind, "name": name}
        for kind, name in [("tag", "jazz"), ("category", "Jazz"), ("topic", "a b c"), ("keyword", "JAZZ")]
    ]
    held += [row | {"interest_id": f"keyword:{i}", "kind": "keyword", "name": str(i)} for i in range(40)]
    chosen = choose(held)
    assert [r["interest_id"] for r in chosen if r["name"].casefold() == "jazz"] == ["category:Jazz"]
    assert len(chosen) == 13


def test_the_server_answers_only_its_own_page(server):
    body = json.dumps({"do": "not_interested", "kind": "item", "id": "item-00"})
    assert ask(server, "GET", "/")[0] == 403
    assert ask(server, "GET", f"/?token={server.token}")[0] == 200
    assert ask(server, "GET", f"/?token={server.token}", Host="evil.example")[0] == 403
    token = {"X-Interestlake-Token": server.token}
    assert ask(server, "POST", "/say", body)[0] == 403
    assert ask(server, "POST", "/say", body, **token, Origin="http://evil.example")[0] == 403
    assert ask(server, "POST", "/say", "{", **token)[0] == 400
    assert ask(server, "POST", "/say", json.dumps({"do": "drop", "kind": "item", "id": "x"}), **token)[0] == 400
    status, told = ask(server, "POST", "/say", json.dumps({"do": "forget", "kind": "interest", "id": "tag:x"}), **token)
    while status == 202:
        status, told = ask(server, "GET", f"/said?ticket={json.loads(told)['ticket']}", **token)
    assert status == 422 and "none of that id" in told


def wanted(lake):
    rows = lake.read(LISTS).where(F.col("user_id") == user_id(7)).orderBy("rank").collect()
    return [row["item_id"] for row in rows]


SHOWN = (
    "[...document.querySelectorAll('#listed .suggestions > li')].filter((r) => r.style.display !== 'none')"
    ".map((r) => r.dataset.id)"
)


@pytest.mark.parametrize("width", [1280, 390])
def test_clicks_write_to_the_lake_and_change_the_list(server, browser, world, width):
    changes = server.changes
    browser.open(server.address, width)
    before = browser.js(SHOWN)
    assert before == wanted(world.lake)
    assert browser.js("document.documentElement.scrollWidth") <= width
    browser.click("#listed .act")
    assert browser.js(SHOWN) == before[1:], "gone at once"
    browser.wait("document.getElementById('say').textContent.includes('Your list is new')")
    after = browser.js(SHOWN)
    assert after == wanted(world.lake) and before[0] not in after and len(after) == len(before)
    browser.click("#undo")
    browser.wait("document.getElementById('say').textContent.startsWith('Taken back')")
    assert browser.js(SHOWN) == before == wanted(world.lake)
    assert server.changes == changes + 2 and browser.faults == []
    assert all(address.startswith(f"http://127.0.0.1:{server.server_port}/") or address.startswith("data:")
               for address in browser.asked)  # fmt: skip


def test_the_map_is_walked_by_keys_and_forgetting_asks_first(server, browser, world):
    browser.open(server.address, 1280)
    browser.js("document.querySelector('.canvas .wide circle').focus()")
    browser.key("Enter")
    assert browser.js("document.querySelector('#panel h3').textContent") == "jazz"
    assert browser.js("document.activeElement.textContent") == "Not interested"
    seen = browser.js("document.querySelector('#yours [data-row=item]').dataset.id")
    browser.click("#yours [data-row=item] .act")
    assert browser.js("document.getElementById('ask').open && document.activeElement.id") == "no"
    browser.key("Escape")
    pair = (F.col("user_id") == user_id(7)) & (F.col("item_id") == seen)
    assert world.lake.read("silver.interactions").where(pair).count() == 1
    browser.click("#yours [data-row=item] .act")
    browser.click("#yes")
    browser.wait("document.getElementById('say').textContent.includes('Your list is new')")
    assert world.lake.read("silver.interactions").where(pair).count() == 0
    assert seen not in browser.js("[...document.querySelectorAll('#yours [data-row=item]')].map((r) => r.dataset.id)")
    assert browser.faults == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_collects_the_commands_instead(call, browser, tmp_path, width):
    out = tmp_path / "page.html"
    assert call("profile", "--user", user_id(6), "--out", str(out)) == (0, f"{out}\n")
    browser.open(out.as_uri(), width)
    first = browser.js(SHOWN)[0]
    browser.click("#listed .act")
    assert first not in browser.js(SHOWN)
    command = browser.js("document.getElementById('commands').textContent")
    assert command.startswith("interestlake feedback --lake ") and command.endswith(f"--not-interested {first}")
    browser.click("#undo")
    assert browser.js(SHOWN)[0] == first
    assert browser.faults == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_phone_shows_the_list_first_and_ten_on_one_line(call, browser, tmp_path, width):
    out = tmp_path / "page.html"
    call("profile", "--user", user_id(6), "--out", str(out))
    browser.open(out.as_uri(), width)
    list_top, map_top = (
        browser.js(f"document.getElementById('{name}').getBoundingClientRect().top") for name in ("listed", "map")
    )
    assert (list_top < map_top) == (width < 600)
    assert browser.js("""(() => { const rank = document.querySelector('.rank'), high = rank.offsetHeight;
        rank.textContent = '10'; return rank.offsetHeight === high; })()""")
    assert browser.js("document.documentElement.scrollWidth") <= width


def test_names_and_contrast_for_readers_who_do_not_see_it(call, browser, tmp_path):
    """Every control has a name, ids are unique, and text stands out by 4.5 to 1 (WCAG 2, level AA) in both schemes."""
    out = tmp_path / "page.html"
    call("profile", "--user", user_id(6), "--out", str(out))
    for scheme in ("light", "dark"):
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.open(out.as_uri(), 1280)
        nameless = browser.js("""[...document.querySelectorAll('button, a, circle, summary')].filter((p) =>
            !(p.getAttribute('aria-label') || p.textContent.trim())).length""")
        assert nameless == 0
        assert (
            browser.js("""(() => { const ids = [...document.querySelectorAll('[id]')].map((p) => p.id);
            return ids.length - new Set(ids).size; })()""")
            == 0
        )
        low = browser.js(CONTRAST)
        assert low == [], (scheme, low)


CONTRAST = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (text) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (part) => { for (; part; part = part.parentElement) {
    const c = rgba(getComputedStyle(part).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255]; };
  const says = (part) => [...part.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const parts = [...document.querySelectorAll('p, b, small, button, h1, h2, h3, li, span, a, summary, dt, dd')];
  return parts.filter((part) => part.getClientRects().length && says(part)).map((part) => {
    const pair = [light(rgba(getComputedStyle(part).color)), light(ground(part))].sort((x, y) => y - x);
    return [part.className || part.tagName, Math.round((pair[0] + .05) / (pair[1] + .05) * 100) / 100];
  }).filter(([, v]) => v < 4.5);
})()"""
