"""ingest and prepare against a lake: contracts, repetition, faults."""

from pathlib import Path

import pytest

from interestlake.core.errors import BadInput
from interestlake.stages.ingest import INGEST
from interestlake.stages.prepare import PREPARE

SILVER = ("silver.users", "silver.items", "silver.interactions", "silver.documents", "silver.friends", "silver.facts")
WORLD = {"source": "sample", "seed": 11, "overrides": {"ingest.sample_users": 40}}


def table(context, name):
    frame = context.lake.read(name).toPandas()
    return frame.sort_values(list(frame.columns[:3]), key=lambda column: column.astype(str)).reset_index(drop=True)


@pytest.fixture(scope="module")
def prepared(spark, tmp_path_factory):
    """(context of the second run, figures of the first, figures of the second) over one small world."""
    import logging

    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.stage import StageContext

    root = str(tmp_path_factory.mktemp("world"))
    params, log = load_params(None, WORLD["overrides"]), logging.getLogger("interestlake")
    figures, contexts = [], []
    for run_id in ("first", "second"):
        options = RunOptions(lake=root, run_id=run_id, source="sample", seed=11)
        context = StageContext(spark, Lake(spark, root), None, params, options, log)
        figures.append({**INGEST.run(context), **PREPARE.run(context)})
        contexts.append(context)
    return contexts[0], contexts[1], figures


def test_a_second_run_changes_no_row(prepared):
    first, second, figures = prepared
    assert figures[0] == figures[1]
    for name in (*INGEST.writes, *PREPARE.writes):
        # the generated world is read from no files
        assert first.written[name].rows > 0 or name == "ops.files", name
        if not name.startswith("truth."):
            assert second.written[name].rows == 0, name


def test_figures_count_what_was_planted(prepared):
    first, _, figures = prepared
    dirt = dict(table(first, "truth.dirt").itertuples(index=False))
    assert figures[0]["duplicates_dropped"] == dirt["duplicate"] == 2
    assert figures[0]["quarantined"] == sum(dirt.values()) - 2 == len(table(first, "bronze.quarantine"))
    assert figures[0]["events"] == len(table(first, "bronze.events"))
    assert figures[0]["pairs"] == len(table(first, "silver.interactions"))


def test_silver_is_whole_and_consistent(prepared):
    context = prepared[0]
    users, items, pairs = (table(context, name) for name in ("silver.users", "silver.items", "silver.interactions"))
    assert sorted(users.user_index) == list(range(len(users)))
    assert sorted(items.item_index) == list(range(len(items)))
    assert set(pairs.user_id) == set(users.user_id)
    assert set(items.item_id) == set(table(context, "truth.items").item_id)
    assert (items.user_count == 0).sum() >= 8
    train = pairs[pairs.split == "train"]
    assert train.groupby("user_id").size().to_dict() == users.set_index("user_id").item_count.to_dict()
    counted = items[items.user_count > 0].set_index("item_id").user_count.to_dict()
    assert train.groupby("item_id").size().to_dict() == counted
    assert (pairs.groupby("user_id").weight.max() == 1).all() and (pairs.weight > 0).all()
    merged = pairs.merge(users[["user_id", "user_index"]], on=["user_id", "user_index"])
    assert len(merged.merge(items[["item_id", "item_index"]], on=["item_id", "item_index"])) == len(pairs)


def test_no_text_of_a_held_out_pair_is_for_training(prepared):
    context = prepared[0]
    split = {(row.user_id, row.item_id): row.split for row in table(context, "silver.interactions").itertuples()}
    said = table(context, "silver.documents").query("kind != 'item'")
    assert len(said) > 50
    order = ("train", "validation", "test")
    later = [order.index(row.split) - order.index(split.get((row.user_id, row.item_id), "train"))
             for row in said.itertuples()]  # fmt: skip
    assert min(later) == 0 < max(later) and later.count(0) > 0.9 * len(later)
    pairs = table(context, "silver.interactions")
    choices = table(context, "bronze.events").query("event_type != 'tag'").merge(pairs, on=["user_id", "item_id"])
    begins = choices[choices.split != "train"].groupby("user_id").event_ts.min()
    read = said[said.split == "train"].merge(begins.rename("begins"), on="user_id")
    assert len(read) and (read.event_ts <= read.begins).all()
    assert {"train", "test"} <= set(said.split)


def test_texts_are_clean_and_masked(prepared):
    text = table(prepared[0], "silver.documents").text
    assert text.str.contains(r"\[email\] or call \[phone\]").any()
    assert not text.str.contains(r"@|555-010|<br|&amp;|  ").any()
    bronze = table(prepared[0], "bronze.events").text.dropna()
    assert not bronze.str.contains("@|555-010").any()


def test_people_are_pseudonyms_everywhere(prepared):
    context = prepared[0]
    known = set(table(context, "bronze.events").user_id)
    assert all(len(user) == 32 and int(user, 16) >= 0 for user in known)
    for name in ("truth.user_interests", "truth.sentiment", "silver.users", "silver.friends"):
        assert set(table(context, name).user_id) <= known


def test_friends_are_symmetric(prepared):
    friends = {(row.user_id, row.friend_id) for row in table(prepared[0], "silver.friends").itertuples()}
    assert friends and {(right, left) for left, right in friends} == friends


@pytest.mark.commands
def test_new_events_keep_the_numbers_of_known_people(prepared, spark, stage_context, tmp_path):
    folder = tmp_path / "input"
    folder.mkdir()
    mapping = tmp_path / "m.yml"
    mapping.write_text(
        "events: {files: e.csv, format: csv, event_type: like, time_unit: iso, "
        "columns: {user_id: u, item_id: i, timestamp: t}}"
    )
    (folder / "e.csv").write_text("u,i,t\nzoe,5,2020-01-01\nzoe,6,2020-01-02\nben,5,2020-01-03\n")
    known = {}
    for run, more in (("one", ""), ("two", "amy,1,2020-02-01\nzoe,1,2020-02-02\n")):
        with open(folder / "e.csv", "a") as file:
            file.write(more)
        context = stage_context(run_id=run, source="table", inputs=(str(folder),), mapping=str(mapping))
        INGEST.run(context), PREPARE.run(context)
        users = table(context, "silver.users").set_index("user_id").user_index.to_dict()
        items = table(context, "silver.items").set_index("item_id").item_index.to_dict()
        assert {key: users[key] for key in known} == known
        known = users
    assert sorted(users.values()) == [0, 1, 2]
    assert items == {"5": 0, "6": 1, "1": 2}


def test_a_source_without_time_is_split_by_hash_and_says_so(stage_context, write_plays, caplog):
    context = stage_context(source="lastfm", inputs=(write_plays(5, 10),), overrides={"prepare.test_share": 0.2})
    INGEST.run(context)
    with caplog.at_level("INFO", logger="interestlake"):
        PREPARE.run(context)
    assert "keeps no time of choices: split 'hash'" in caplog.text
    pairs = table(context, "silver.interactions")
    assert pairs.split.value_counts().to_dict() == {"train": 35, "test": 10, "validation": 5}
    assert pairs.first_ts.isna().all()


def test_times_of_tags_alone_put_no_choice_before_another(stage_context, write_plays, caplog):
    folder = Path(write_plays(5, 10))
    (folder / "tags.dat").write_text("7\tnew wave\n")
    (folder / "user_taggedartists.dat").write_text("1\t3\t7\t1\t4\t2009\n")
    context = stage_context(source="lastfm", inputs=(str(folder),), overrides={"prepare.test_share": 0.2})
    INGEST.run(context)
    with caplog.at_level("INFO", logger="interestlake"):
        PREPARE.run(context)
    assert "keeps no time of choices: split 'hash'" in caplog.text
    pairs = table(context, "silver.interactions")
    assert list(pairs[pairs.first_ts.notna()].item_id) == ["3"]
    documents = table(context, "silver.documents")
    assert list(documents[documents.kind == "tag"].text) == ["new wave"]


@pytest.mark.commands
def test_a_pair_that_new_parameters_leave_out_is_gone_and_its_person_keeps_the_number(stage_context, write_likes):
    likes = {"ann": "12345", "ben": "1", "cat": "1234"}
    folder, mapping = write_likes([(u, i, d) for u, items in likes.items() for d, i in enumerate(items)])
    source = {"source": "table", "inputs": (folder,), "mapping": mapping}
    first = stage_context(run_id="one", **source)
    INGEST.run(first), PREPARE.run(first)
    before = table(first, "silver.interactions")
    numbers = table(first, "silver.users").set_index("user_id").user_index.to_dict()
    assert len(before) == 10 and len(numbers) == 3
    second = stage_context(run_id="two", overrides={"prepare.min_user_events": 2, "prepare.test_share": 0.3}, **source)
    PREPARE.run(second)
    pairs, users = table(second, "silver.interactions"), table(second, "silver.users")
    assert len(pairs) == 9 and len(users) == 2 and set(pairs.user_id) == set(users.user_id)
    assert sorted((pairs.split == "test").groupby(pairs.user_id).sum()) == [1, 2]
    assert (table(second, "silver.items").user_count.sum()) == (pairs.split == "train").sum()
    again = stage_context(run_id="three", **source)
    PREPARE.run(again)
    assert table(again, "silver.users").set_index("user_id").user_index.to_dict() == numbers
    assert table(again, "silver.interactions").equals(before)


@pytest.fixture
def write_likes(tmp_path):
    """write_likes([(user, item, day)]) -> (input folder, mapping file)."""

    def make(rows, name="likes"):
        folder, mapping = tmp_path / name, tmp_path / f"{name}.yml"
        folder.mkdir(exist_ok=True)
        lines = [f"{user},{item},2020-01-{day + 1:02d}" for user, item, day in rows]
        (folder / "e.csv").write_text("\n".join(["u,i,t", *lines]))
        mapping.write_text(
            "events: {files: e.csv, format: csv, event_type: like, time_unit: iso, "
            "columns: {user_id: u, item_id: i, timestamp: t}}"
        )
        return str(folder), str(mapping)

    return make


@pytest.fixture
def write_plays(tmp_path):
    def make(users, artists):
        folder = tmp_path / "plays"
        folder.mkdir()
        plays = [
            f"{user}\t{artist}\t{user * artist}\n" for user in range(1, users + 1) for artist in range(1, artists + 1)
        ]
        (folder / "user_artists.dat").write_text("".join(plays))
        (folder / "artists.dat").write_text(
            "".join(f"{artist}\tArtist {artist}\t\t\n" for artist in range(1, artists + 2))
        )
        return str(folder)

    return make


def test_nothing_left_to_train_on_is_one_message(stage_context, write_plays):
    context = stage_context(source="lastfm", inputs=(write_plays(2, 3),), overrides={"prepare.min_user_events": 4})
    INGEST.run(context)
    with pytest.raises(BadInput, match="interactions: found 0 pairs.*min_user_events"):
        PREPARE.run(context)
    assert not any(context.lake.exists(name) for name in SILVER)


def test_no_source_is_one_message_and_nothing_is_written(stage_context):
    context = stage_context()
    with pytest.raises(BadInput, match="expected one of movielens"):
        INGEST.run(context)
    assert not any(context.lake.exists(name) for name in INGEST.writes)
