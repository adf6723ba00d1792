"""Source "lastfm": play counts, artists and friends of HetRec 2011 Last.fm; or the plays of Last.fm 1K or 360K."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from .contract import Loaded, Request, collect_groups
from .entities import entity_facts
from .files import InputFile, list_files, match, require
from .formats import separated
from .lastfm_plays import LINES, edition, load_plays
from .lines import read_lines
from .rules import EventFields, filled, judge, judge_events, judge_items
from .settle import Settled, settle

PLAYS = ("userID", "artistID", "weight")
ARTISTS = ("id", "name", "url", "pictureURL")
FRIENDS = ("userID", "friendID")
TAGS = ("tagID", "tagValue")
# what people tagged, by file: the publisher gives the same assignments with a time and with a day
TAGGED = {
    "user_taggedartists-timestamps.dat": ("userID", "artistID", "tagID", "timestamp"),
    "user_taggedartists.dat": ("userID", "artistID", "tagID", "day", "month", "year"),
}


def load(request: Request) -> Loaded:
    """user_artists.dat and artists.dat, and where present user_friends.dat, kg/ and tags. One Spark job per file.

    Events: one play per person and artist, value = play count, no time; tags with their time, named by tags.dat, of
    the first file of TAGGED that is there. The files are separated by tabs, with or without a header line; lines that
    are not UTF-8 are read as ISO-8859-1. Items: artist name and picture. Raises BadInput for tags without tags.dat.
    Where there is no user_artists.dat but a file of the 1K or 360K collection, that one (`lastfm_plays.load_plays`).
    """
    files = list_files(request.spark, request.inputs)
    expect_files(files)
    one_file = edition(files)
    if one_file and not match(files, "user_artists.dat"):
        return load_plays(request, files, one_file)
    plays = _settled(request, match(files, "user_artists.dat"), PLAYS, _plays())
    if plays.record_count == 0:
        raise BadInput.of("user_artists.dat", found="no usable play", expected="at least one", where="--input")
    artists = _settled(request, match(files, "artists.dat"), ARTISTS, _artists())
    links = match(files, "user_friends.dat")
    friends = [_settled(request, links, FRIENDS, _friends())] if links else []
    tagged, names = _tagged(request, files)
    return collect_groups(
        request.spark,
        events=[plays, *tagged],
        items=[artists, *names],
        friends=friends,
        facts=entity_facts(request, files),
    )


def expect_files(files: tuple[InputFile, ...]) -> None:
    """BadInput where no collection is whole: plays with artists, and with the tags' names where there are tags."""
    if edition(files) and not match(files, "user_artists.dat"):
        return
    require(files, "plays", "user_artists.dat", *LINES)
    require(files, "artists", "artists.dat")
    if match(files, *TAGGED):
        require(files, "names of tags", "tags.dat")


def _tagged(request: Request, files: tuple[InputFile, ...]) -> tuple[list[Settled], list[Settled]]:
    """Tag events, and what is wrong with the tags' names; both empty where nothing was tagged."""
    file = next((file for file in TAGGED if match(files, file)), None)
    if file is None:
        return [], []
    names = _settled(request, match(files, "tags.dat"), TAGS, _tag_names())
    spoken = names.records.groupBy("tag_id").agg(F.min("tag").alias("tag"))
    lines = _lines(request, match(files, file), TAGGED[file]).withColumn("tag_id", F.trim(_field("tagID")))
    named = lines.join(F.broadcast(spoken), "tag_id", "left").transform(_tags(by_day="day" in TAGGED[file]))
    return [settle(named, match(files, file), request.max_quarantine_share)], [names.with_records(None)]


def _settled(
    request: Request, files: tuple[InputFile, ...], names: tuple[str, ...], judged: Callable[[DataFrame], DataFrame]
) -> Settled:
    return settle(_lines(request, files, names).transform(judged), files, request.max_quarantine_share)


def _lines(request: Request, files: tuple[InputFile, ...], names: tuple[str, ...]) -> DataFrame:
    return read_lines(request.spark, files, fallback="ISO-8859-1").transform(separated("\t", *names, header=True))


def _field(name: str) -> Column:
    return F.col("fields")[name]


def _plays():
    return judge_events(EventFields(_field("userID"), _field("artistID"), F.lit("play"), value=_field("weight")))


def _tags(by_day: bool):
    when = F.concat_ws("-", _field("year"), _field("month"), _field("day")) if by_day else _field("timestamp")
    unit = "iso" if by_day else "millis"
    tagged = EventFields(
        _field("userID"), _field("artistID"), F.lit("tag"), text=F.col("tag"), timestamp=when, time_unit=unit
    )
    return judge_events(tagged)


def _tag_names():
    tag_id, tag = filled(_field("tagID")), filled(_field("tagValue"))
    rules = [(tag_id.isNull(), "missing tag id: expected text"), (tag.isNull(), "missing tag: expected text")]
    return judge({"tag_id": tag_id, "tag": tag}, rules)


def _artists():
    return judge_items(
        _field("id"), title=_field("name"), attributes={"page": _field("url")}, image_url=_field("pictureURL")
    )


def _friends():
    user_id, friend_id = filled(_field("userID")), filled(_field("friendID"))
    rules = [
        (user_id.isNull(), "missing user id: expected text"),
        (friend_id.isNull(), "missing friend id: expected text"),
    ]
    return judge({"user_id": user_id, "friend_id": friend_id}, rules)
