"""The look-up of a person: ids that are beginnings of others' pseudonyms, two sources, keys that are gone."""

import os
import random
import re
from types import SimpleNamespace

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.lake import Lake
from interestlake.core.schemas.all import ALL
from interestlake.privacy.keys import KEY_VARIABLE, SAMPLE_KEY, key_mark, pseudonym
from interestlake.privacy.names import LEAST_DIGITS, Keys, Origin, beginning_of, by_pseudonym, by_source_id, readings
from interestlake.privacy.near import MOST_SPELLINGS, spellings
from interestlake.privacy.objections import TABLE as OBJECTIONS
from interestlake.privacy.person import find_person

from ..test_architecture import MODULES

KEY = os.environ[KEY_VARIABLE].encode()
SHOPS = ("shop-a", "shop-b")
KEYS = Keys(tuple((Origin(shop, shop, shop, "", key_mark(KEY)), KEY) for shop in SHOPS))
STRANGE = ("o'hara", 'say "hi"', "50%", "a_b", "Zoë", "日本", "a\\b", "x y", "x" * 300, "A3EBHHCZO6V2A4", "shop-b:7",
           "0026")  # fmt: skip
TAKEN = 12  # people whose id is a beginning of somebody's pseudonym


def put(lake, name, rows):
    schema = ", ".join(f"{column.name} {column.type}" for column in ALL[name].columns)
    lake.spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """.lake of two shops, .people: {(shop, id): pseudonym}, .gone: the pseudonym of somebody forgotten."""
    own = [str(number) for number in range(60)]
    ids = {"shop-a": [*own, *STRANGE], "shop-b": [str(number) for number in range(40, 90)]}
    for number in range(TAKEN):  # of lengths from one that is no beginning to a whole pseudonym
        length = (2, 4, 7, 8, 9, 12, 16, 20, 24, 28, 31, 32)[number]
        ids["shop-a"].append(pseudonym("shop-a", str(number), KEY)[:length])
    people = {(shop, one): pseudonym(shop, one, KEY) for shop in SHOPS for one in ids[shop]}
    lake = Lake(spark, str(tmp_path_factory.mktemp("people") / "lake"))
    put(lake, "ops.runs", [("r", "table", 42, "f")])
    put(lake, "ops.sources", [(shop, shop, shop, "", key_mark(KEY)) for shop in SHOPS])
    put(lake, "silver.users", [(one, n, 3, None, None) for n, one in enumerate(people.values())])
    gone = pseudonym("shop-a", "gone", KEY)
    put(lake, OBJECTIONS, [(gone, "everything", "forget", "mark", "r")])
    return SimpleNamespace(lake=lake, people=people, gone=gone)


def meant(wanted, people):
    """The one person that the rules give, None where they give nobody or several."""
    holders = {found for (shop, one), found in people.items() if wanted in (one, f"{shop}:{one}")}
    if holders:
        return holders.pop() if len(holders) == 1 else None
    if wanted in people.values():
        return wanted
    begun = [one for one in people.values() if one.startswith(wanted)]
    return begun[0] if len(begun) == 1 and len(wanted) >= LEAST_DIGITS else None


def asked(people):
    """Names of every kind, right and wrong."""
    yield from STRANGE
    yield from [one for shop, one in people if shop == "shop-a"][-TAKEN::3]
    whole = people["shop-a", "8"]  # one person's id is its first 24 digits
    yield from (whole[:length] for length in (7, 8, 24, 31))
    yield from ("26", "45", "shop-a:45", "shop-b:26", " 7", "%", whole.upper(), "0" * 8)


def decided(wanted, people):
    """What the look-up says of `wanted` where its rows are picked in Python."""
    read = readings(wanted, KEYS)
    begins = beginning_of(wanted) or "none"
    exact = {wanted, *(one.user_id for one in read)}
    known = {one: 1 for one in people.values() if one in exact or one.startswith(begins)}
    try:
        return by_source_id(wanted, read, KEYS, known, "--user") or by_pseudonym(wanted, KEYS, known, "--user", dict)
    except BadInput as fault:
        assert re.search(r"found .*; expected .*; set it in --user", str(fault)), fault
        return None


def test_of_many_names_each_is_that_person_or_nobody():
    """Ids of 5,000 people, 1,000 of whom have the beginning of another's pseudonym for an id."""
    draw = random.Random(7)
    people = {("shop-a", str(n)): pseudonym("shop-a", str(n), KEY) for n in range(4_000)}
    for n in range(1_000):
        one = people["shop-a", str(n)][: draw.randint(1, 32)]
        people["shop-a", one] = pseudonym("shop-a", one, KEY)
    people |= {("shop-b", str(n)): pseudonym("shop-b", str(n), KEY) for n in range(3_900, 4_100)}
    names = [one for _, one in people][::7] + [f"{shop}:{one}" for shop, one in people][::11]
    names += [one[: draw.randint(1, 32)] for one in people.values()][::5]
    assert len(names) > 2_000
    wrong = {one: found for one in names if (found := decided(one, people)) != meant(one, people)}
    assert wrong == {}


def test_whoever_is_named_is_that_person_or_nobody(world):
    answers = {}
    for wanted in dict.fromkeys(asked(world.people)):
        expected = meant(wanted, world.people) or meant(
            wanted.lower(), {k: v for k, v in world.people.items() if len(wanted) == 32 and v == wanted.lower()}
        )
        try:
            answers[wanted] = (find_person(world.lake, wanted, "no file").user_id, expected)
        except BadInput as fault:
            answers[wanted] = (None, expected)
            assert re.search(r"found .*; expected .*; set it in --user", str(fault)), fault
    assert {wanted: pair for wanted, pair in answers.items() if pair[0] != pair[1]} == {}
    assert sum(found is None for found, _ in answers.values()) == 6


def test_a_beginning_is_said_back_and_an_id_is_not(world, caplog):
    caplog.set_level("INFO", logger="interestlake")
    whole = world.people["shop-b", "88"]
    assert find_person(world.lake, whole[:10], "no file").user_id == whole
    assert f"user '{whole[:10]}' read as the pseudonym {whole[:16]}" in caplog.text
    caplog.clear()
    assert find_person(world.lake, "88", "no file").user_id == whole and caplog.text == ""


@pytest.mark.parametrize(("wanted", "near"), [
    ("x  y", "near it: shop-a:x y"), ("zoë", "shop-a:Zoë"), ("shop_a:55", "near it: shop-a:55"), ("590", "shop-a:59"),
    ("A3EBHHCZO6V2A5", "near it: shop-a:A3EBHHCZO6V2A4;"), ("O'Hara ", "near it: shop-a:o'hara"), ("0089", "shop-b:89"),
])  # fmt: skip
def test_nobody_is_told_the_nearest(world, wanted, near):
    with pytest.raises(BadInput, match="found nobody; near it: .*; expected .*interestlake who") as fault:
        find_person(world.lake, wanted, "no file")
    assert near in str(fault.value)


def test_digits_that_are_too_few_name_the_pseudonyms_that_begin_so(world):
    whole = world.people["shop-b", "77"]
    with pytest.raises(BadInput, match=f"near it: .*pseudonym {whole[:16]}.*8 or more"):
        find_person(world.lake, whole[:6], "no file")


@pytest.mark.parametrize("wanted", ["", "\udcff", "a" * 100_000])
def test_what_is_no_id_is_one_short_line(world, wanted):
    with pytest.raises(BadInput, match="found (no id|nobody|'.udcff')") as fault:
        find_person(world.lake, wanted, "no file")
    assert len(str(fault.value)) < 400


def test_the_forgotten_are_told_so_and_can_be_forgotten_again(world):
    for wanted in ("gone", "shop-a:gone", world.gone, world.gone[:9]):
        with pytest.raises(BadInput, match="everything of this person forgotten"):
            find_person(world.lake, wanted, "no file")
        assert find_person(world.lake, wanted, "no file", forgotten_too=True).user_index is None


def test_without_the_key_pseudonyms_are_read_and_ids_are_told_why_not(world, monkeypatch, caplog, tmp_path):
    monkeypatch.delenv(KEY_VARIABLE)
    caplog.set_level("INFO", logger="interestlake")
    missing = str(tmp_path / "key")
    with pytest.raises(BadInput, match=f"no pseudonym key to read ids of shop-a, shop-b with: no variable "
                                       f"{KEY_VARIABLE}, no file .*; set it in --user .*{KEY_VARIABLE}"):  # fmt: skip
        find_person(world.lake, "26", missing)
    assert not os.path.exists(missing)
    whole = world.people["shop-a", "3"]
    assert find_person(world.lake, whole, missing).user_id == whole and caplog.text == ""
    assert find_person(world.lake, world.people["shop-b", "80"][:12], missing).user_id == world.people["shop-b", "80"]
    assert "no pseudonym key" in caplog.text


def test_an_id_that_a_source_without_its_key_may_have_too_is_not_taken(lake, monkeypatch):
    put(
        lake,
        "ops.sources",
        [("sample", "sample", "sample", "", key_mark(SAMPLE_KEY)), ("shop-a", "shop-a", "shop-a", "", key_mark(KEY))],
    )
    made = pseudonym("sample", "26", SAMPLE_KEY)
    put(lake, "silver.users", [(made, 0, 3, None, None)])
    assert find_person(lake, "26", "no file").user_id == made
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(BadInput, match="found sample:26 .*, and no pseudonym key to read ids of shop-a .*sample:26,"):
        find_person(lake, "26", "no file")
    assert find_person(lake, "sample:26", "no file").user_id == made


def test_a_lake_of_bronze_alone_is_told_what_comes_next(lake):
    put(lake, "ops.runs", [("r", "table", 42, "f")])
    with pytest.raises(BadInput, match="found no silver.users; expected .*`interestlake run --until prepare`"):
        find_person(lake, "26", "no file")


def test_spellings_are_few_and_near():
    assert {"26", "u26", "u0000026", "0026"} <= set(spellings("026")) and "026" not in spellings("026")
    assert {"6", "2", "62", "27", "126"} <= set(spellings("26")) and {"8", "77", "07"} <= set(spellings(" 7"))
    assert all(len(spellings(text)) <= MOST_SPELLINGS for text in ("a" * 64, "Ab1" * 20, "x" * 10_000, "", "日本"))
    assert beginning_of("A" * 8) == "a" * 8
    assert not any(map(beginning_of, ("a" * 7, "g" * 8, "a" * 33, "٣" * 8)))


def test_nothing_else_compares_beginnings_of_ids():
    beside = {"person.py", "near.py"}
    prefixed = re.compile(r"user_id\"?\)?\.startswith|substring\(\"user_id\"")
    assert [path.name for path in MODULES if prefixed.search(path.read_text("utf-8")) and path.name not in beside] == []
