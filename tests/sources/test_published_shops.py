"""Published layouts of shops and of advertisements, each planted small."""

import datetime as dt

from interestlake.privacy.identity import Origin
from interestlake.sources import load_source
from interestlake.sources.bronze import bronze_events

from .layouts import BAD, EVENT, FACT, ITEM, lines

ARTICLES = (
    "article_id,product_code,prod_name,product_type_name,product_group_name,graphical_appearance_name,"
    "colour_group_name,department_name,index_group_name,section_name,garment_group_name,detail_desc\n"
    "0108775015,0108775,Strap top,Vest top,Garment Upper body,Solid,Black,Jersey Basic,Ladieswear,Womens,Jersey Basic,"
    '"A top, with\nnarrow straps."\n'
)


def test_hm(write, request_for, rows_of):
    bought = ["2018-09-20,c1,0108775015,0.05,2"] * 3 + [
        "2018-09-21,c1,0108775015,0.05,1",
        "someday,c2,0108775015,0.1,2",
    ]
    write("transactions_train.csv", "t_dat,customer_id,article_id,price,sales_channel_id\n" + "\n".join(bought))
    write("customers.csv", "customer_id,FN,Active,age,postal_code\nc1,,,49.0,52043\n")
    write("images/010/0108775015.jpg", b"\xff\xd8")
    loaded = load_source("hm", request_for(write("articles.csv", ARTICLES)))
    first, second = dt.datetime(2018, 9, 20), dt.datetime(2018, 9, 21)
    purchase = ("c1", "0108775015", "purchase", None, None)
    assert rows_of(loaded.events, *EVENT) == [(*purchase, first)] * 3 + [(*purchase, second)]
    kept = loaded.events.transform(bronze_events(Origin("hm", "hm", "hm"), b"a key of 16 bytes"))
    assert rows_of(kept, "item_id", "event_type", "event_ts") == [("0108775015", "purchase", first)] * 3 + [
        ("0108775015", "purchase", second)
    ]
    attributes = {"appearance": "Solid", "colour": "Black", "department": "Jersey Basic", "section": "Womens"}
    categories = ["Ladieswear", "Garment Upper body", "Vest top", "Jersey Basic"]
    assert rows_of(loaded.items, *ITEM) == [
        ("0108775015", "Strap top", "A top, with\nnarrow straps.", categories, attributes, None)
    ]
    assert rows_of(loaded.quarantine, *BAD) == [
        ("transactions_train.csv", 6, "timestamp not readable: expected an ISO 8601 time")
    ]


def test_criteo_attribution(write, request_for, rows_of):
    header = ("timestamp", "uid", "campaign", "conversion", "conversion_timestamp", "conversion_id", "attribution",
              "click", "click_pos", "cat1")  # fmt: skip
    rows = [
        ("0", "20073966", "22589171", "0", "-1", "-1", "0", "0", "-1", "5824233"),  # shown only
        ("2", "24607497", "884761", "0", "-1", "-1", "0", "1", "-1", "30763035"),
        ("90", "28474333", "18975823", "1", "1449193", "3063962", "0", "1", "0", "138937"),
        ("95", "28474333", "18975823", "1", "1449193", "3063962", "0", "0", "1", "138937"),  # the same sale
        ("99", "7306395", "29427842", "1", "-1", "1", "0", "1", "0", "28928366"),
    ]
    folder = write("criteo_attribution_dataset.tsv.gz", lines(header, *rows))
    loaded = load_source("criteo", request_for(folder))
    start = dt.datetime(1970, 1, 1)
    sale = ("28474333", "18975823", "purchase", None, None, start + dt.timedelta(seconds=1449193))
    assert rows_of(loaded.events, *EVENT) == [
        ("24607497", "884761", "view", None, None, start + dt.timedelta(seconds=2)),
        sale,
        sale,
        ("28474333", "18975823", "view", None, None, start + dt.timedelta(seconds=90)),
    ]
    assert loaded.events.transform(bronze_events(Origin("c", "c", "c"), b"a key of 16 bytes")).count() == 3
    assert loaded.items.count() == 0
    assert rows_of(loaded.quarantine, *BAD) == [
        ("criteo_attribution_dataset.tsv.gz", 6, "sale without a time: expected unix seconds, 1970 to 2099")
    ]
    assert loaded.notes[0].startswith("note: Criteo's times count seconds from the first impression")


def test_criteo_search(write, request_for, rows_of):
    def click(sale, delay, product, user="U1", at="1596439471"):
        shades = ["C1", "C2", "-1", "-1", "-1", "-1", "-1"]
        return [
            sale,
            "-1.0",
            delay,
            at,
            "0",
            "0.0",
            "A",
            "D",
            "-1",
            "G",
            "B1",
            *shades,
            "DE",
            product,
            "T1 T2",
            "P",
            user,
        ]

    rows = [click("0", "-1", "00AB"), click("1", "60", "00AB"), click("0", "-1", "-1"), click("1", "5", "CD", at="x")]
    loaded = load_source("criteo", request_for(write("Criteo_Conversion_Search/CriteoSearchData", lines(*rows))))
    clicked = dt.datetime(2020, 8, 3, 7, 24, 31)
    assert rows_of(loaded.events, *EVENT) == [
        ("U1", "00AB", "purchase", None, None, clicked + dt.timedelta(minutes=1)),
        ("U1", "00AB", "view", None, None, clicked),
        ("U1", "00AB", "view", None, None, clicked),
    ]
    assert rows_of(loaded.items, *ITEM) == [("00AB", None, None, ["C1", "C2"], {"brand": "B1"}, None)]
    assert rows_of(loaded.quarantine, "line", "reason") == [
        (3, "missing item id: expected text"),
        (4, "timestamp not readable: expected unix seconds"),
    ]


def test_retailrocket(write, request_for, rows_of):
    done = ["1433221332117,257597,view,355908,", "1433221332117,257597,addtocart,355908,",
            "1433221999827,257597,transaction,355908,4000", "1433221999827,257597,stare,355908,"]  # fmt: skip
    write("events.csv", "timestamp,visitorid,event,itemid,transactionid\n" + "\n".join(done))
    header = "timestamp,itemid,property,value\n"
    write("item_properties_part1.csv", header + "1435460400000,355908,categoryid,1338\n1441508400000,16,888,n7.0 9\n")
    write("item_properties_part2.csv", header + "1439089200000,355908,categoryid,213\n1439089200000,,available,1\n")
    loaded = load_source("retailrocket", request_for(write("category_tree.csv", "categoryid,parentid\n213,16\n16,\n")))
    bought, seen = dt.datetime(2015, 6, 2, 5, 13, 19, 827000), dt.datetime(2015, 6, 2, 5, 2, 12, 117000)
    assert rows_of(loaded.events, *EVENT) == [
        ("257597", "355908", "like", None, None, seen),
        ("257597", "355908", "purchase", None, None, bought),
        ("257597", "355908", "view", None, None, seen),
    ]
    assert rows_of(loaded.items, *ITEM) == [
        ("16", None, None, [], {}, None),  # an item, and no category
        ("355908", None, None, ["category 213"], {}, None),
    ]
    assert rows_of(loaded.facts, *FACT) == [("category 213", "parent category", "category 16", None)]
    assert [(file, line, reason.split(":")[0]) for file, line, reason in rows_of(loaded.quarantine, *BAD)] == [
        ("events.csv", 5, "unknown event type"),
        ("item_properties_part2.csv", 3, "missing item id"),
    ]
