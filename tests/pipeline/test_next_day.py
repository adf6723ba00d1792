"""A lake that got its events in two loads holds, up to the graph, the rows of one that got them all at once."""

import csv
import random
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from interestlake.core.lake import Lake
from interestlake.core.pipeline import run_stages
from interestlake.core.schemas.all import ALL
from interestlake.stages.annotate import ANNOTATE
from interestlake.stages.build_graph import BUILD_GRAPH
from interestlake.stages.build_interests import BUILD_INTERESTS
from interestlake.stages.embed import EMBED
from interestlake.stages.ingest import INGEST
from interestlake.stages.prepare import PREPARE

PEOPLE, ITEMS, GROUPS = 40, 24, 4
STAGES = (INGEST, PREPARE, ANNOTATE, EMBED, BUILD_INTERESTS, BUILD_GRAPH)
DAY, NEWEST = 86_400, 1_700_000_000
WORDS = (
    ("soup", "bread", "oven"),
    ("tent", "trail", "river"),
    ("chess", "pawn", "clock"),
    ("violin", "choir", "opera"),
)
OURS = ("user_id", "item_id", "event_type", "value", "text", "timestamp")
MAPPING = {
    "source": "shop",
    "events": {"files": "events*.csv", "format": "csv", "time_unit": "seconds",
               "columns": {name: name for name in OURS}},
    "items": {"files": "items*.csv", "format": "csv",
              "columns": {"item_id": "i", "title": "title", "categories": "shelf"}},
}  # fmt: skip
FAST = {
    "annotate.lda_topics": 4,
    "annotate.lda_iterations": 3,
    "annotate.min_document_count": 2,
    "graph.hub_interests": 3,
}
# what a row is named by, or counted up to as people came; the rows of one load and of two are equal but for these
COUNTERS = {"run_id", "user_index", "item_index", "event_id", "file", "line"}
TABLES = sorted(name for stage in STAGES for name in stage.writes if name.split(".")[0] not in ("ops", "truth"))


# of each text that was ever there: the former wording of the corrected review stays
KEPT = ("silver.text_features", "silver.embeddings")


def rows_of_days():
    """[(user, item, type, value, text, seconds)]: reviews of the first 30 days, then what comes the day after."""
    random.seed(3)
    first = []
    for user in range(PEOPLE):
        for place in range(8):
            item = random.randrange(ITEMS // GROUPS) * GROUPS + (
                user % GROUPS if place < 6 else random.randrange(GROUPS)
            )
            words = random.choices(WORDS[item % GROUPS], k=5)
            at = NEWEST - random.randrange(2, 30) * DAY + random.randrange(DAY)
            first.append((f"u{user}", f"i{item}", "review", 3 + place % 3, f"A {' '.join(words)} for everybody.", at))
    later = [(f"u{user}", f"i{(user * 5 + 1) % ITEMS}", "view", "", "", NEWEST - user) for user in range(6)]
    later += [("u3", "i7", "view", "", "", NEWEST - 40 * DAY)]  # late: of before all that is there
    later += [("new", f"i{item}", "review", 5, "A new chess clock and a pawn.", NEWEST - item) for item in (2, 6, 99)]
    user, item, kind, value, text, at = first[0]
    return first, [*later, (user, item, kind, value + 1, f"{text} Corrected.", at)]


def write_events(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([OURS, *rows])


@pytest.fixture(scope="module")
def loads(spark, tmp_path_factory):
    """.grown: a lake loaded twice; .anew: one that was given everything at once."""
    root = tmp_path_factory.mktemp("days")
    folder = root / "in"
    folder.mkdir()
    (root / "shop.yml").write_text(yaml.safe_dump(MAPPING))
    first, later = rows_of_days()
    shelves = ("Cooking", "Outdoors", "Games", "Music")

    def load(lake, run_id):
        from interestlake.core.config import RunOptions, load_params

        options = RunOptions(lake=str(root / lake), run_id=run_id, source="table", mapping=str(root / "shop.yml"),
                             inputs=(str(folder),), tracking_uri=f"sqlite:///{root / lake}.db")  # fmt: skip
        run_stages(spark, STAGES, load_params(None, FAST), options)
        return Lake(spark, options.lake)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERESTLAKE_PSEUDONYM_KEY", "a key of more than sixteen bytes")
        write_events(folder / "events-1.csv", first)
        items = [(f"i{item}", f"Title {item}", shelves[item % GROUPS]) for item in range(ITEMS)]
        with open(folder / "items-1.csv", "w", newline="") as file:
            csv.writer(file).writerows([("i", "title", "shelf"), *items])
        load("grown", "one")
        before = {name: Lake(spark, str(root / "grown")).version(name) for name in TABLES}
        write_events(folder / "events-2.csv", later)
        with open(folder / "items-2.csv", "w", newline="") as file:
            csv.writer(file).writerows([("i", "title", "shelf"), ("i99", "Title 99", "Games")])
        return SimpleNamespace(grown=load("grown", "two"), anew=load("anew", "one"), before=before)


def flat(value) -> tuple[list, list[float]]:
    """A column's value -> (what is not a fraction, the fractions), in their order."""
    if isinstance(value, float):
        return [], [value]
    if isinstance(value, dict):
        value = sorted(value.items())
    if not isinstance(value, list | tuple):
        return [value], []
    parts = [flat(part) for part in value]
    return [one for plain, _ in parts for one in plain], [one for _, numbers in parts for one in numbers]


def rows_of(lake, name):
    """key -> (plain values, fractions) of each row, without COUNTERS."""
    rows = lake.read(name).collect()
    key = [column for column in ALL[name].key if column not in COUNTERS] or [
        "user_id",
        "item_id",
        "event_type",
        "event_ts",
    ]
    return {tuple(row[column] for column in key):
            flat([row[column] for column in row.__fields__ if column not in COUNTERS]) for row in rows}  # fmt: skip


@pytest.mark.commands
@pytest.mark.parametrize("name", TABLES)
def test_two_loads_leave_the_rows_of_one(loads, name):
    """Fractions to 1e-4: sums are free in their order, and an encoder's digits follow the batch."""
    one, two = rows_of(loads.anew, name), rows_of(loads.grown, name)
    assert one.keys() <= two.keys()
    assert len(two) - len(one) == (1 if name in KEPT else 0)
    for key, (plain, numbers) in one.items():
        assert plain == two[key][0], key
        np.testing.assert_allclose(two[key][1], numbers, atol=1e-4, err_msg=str(key))


@pytest.mark.commands
def test_the_second_load_writes_what_it_touches(loads):
    """Of 320 pairs that were there the one that was corrected is written, beside those that came."""
    changes = loads.grown.read_changes("silver.interactions", loads.before["silver.interactions"] + 1)
    kinds = {row["_change_type"]: row["count"] for row in changes.groupBy("_change_type").count().collect()}
    assert kinds["insert"] <= 11 + 1 and kinds.get("delete", 0) == 0
