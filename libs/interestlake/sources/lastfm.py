"""Source "lastfm": play counts, artists and friends of HetRec 2011 Last.fm, with a knowledge graph where present."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from ..errors import BadInput
from .contract import Loaded, Request, collect_groups
from .entities import entity_facts
from .files import InputFile, list_files, match, require
from .formats import separated
from .lines import read_lines
from .rules import EventFields, filled, judge, judge_events, judge_items
from .settle import Settled, settle

PLAYS = ("userID", "artistID", "weight")
ARTISTS = ("id", "name", "url", "pictureURL")
FRIENDS = ("userID", "friendID")


def load(request: Request) -> Loaded:
    """user_artists.dat and artists.dat, and where present user_friends.dat and kg/. One Spark job per file.

    Events: one play per person and artist, value = play count, no time. The files are separated by tabs, with or
    without a header line; lines that are not UTF-8 are read as ISO-8859-1. Items: artist name and picture.
    """
    files = list_files(request.spark, request.inputs)
    plays = _settled(request, require(files, "plays", "user_artists.dat"), PLAYS, _plays())
    if plays.record_count == 0:
        raise BadInput.of("user_artists.dat", found="no usable play", expected="at least one", where="--input")
    artists = _settled(request, require(files, "artists", "artists.dat"), ARTISTS, _artists())
    links = match(files, "user_friends.dat")
    friends = [_settled(request, links, FRIENDS, _friends())] if links else []
    return collect_groups(
        request.spark, events=[plays], items=[artists], friends=friends, facts=entity_facts(request, files)
    )


def _settled(request: Request, files: tuple[InputFile, ...], names: tuple[str, ...], judged) -> Settled:
    lines = read_lines(request.spark, files, fallback="ISO-8859-1").transform(separated("\t", *names, header=True))
    return settle(lines.transform(judged), files, request.max_quarantine_share)


def _field(name: str) -> Column:
    return F.col("fields")[name]


def _plays():
    return judge_events(EventFields(_field("userID"), _field("artistID"), F.lit("play"), value=_field("weight")))


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
