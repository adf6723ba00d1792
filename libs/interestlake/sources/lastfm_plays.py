"""Source "lastfm", the 1K and 360K collections: one file of plays, each line with its artist."""

from pyspark.sql import functions as F

from .contract import Loaded, Request, collect_groups, completed
from .files import InputFile, match
from .formats import separated
from .lines import read_lines
from .rules import EventFields, filled, judge_events
from .settle import settle

TIMED, COUNTED = "userid-timestamp-artid*.tsv", "usersha1-artmbid-artname-plays*.tsv"
# the lines of each, by the pattern of its file
LINES = {
    TIMED: ("user", "timestamp", "artist_id", "artist", "track_id", "track"),
    COUNTED: ("user", "artist_id", "artist", "plays"),
}


def edition(files: tuple[InputFile, ...]) -> str | None:
    """Which of LINES is among the files; None where neither is."""
    return next((pattern for pattern in LINES if match(files, pattern)), None)


def load_plays(request: Request, files: tuple[InputFile, ...], pattern: str) -> Loaded:
    """1K: one play per line, with its time; 360K: one per person and artist, value = plays, no time. One Spark job.

    Items: artists, by MusicBrainz id, by name where a line has none. Lines that are not UTF-8 are read as ISO-8859-1.
    """
    chosen = match(files, pattern)
    name = filled(F.col("fields")["artist"])
    artist = F.coalesce(filled(F.col("fields")["artist_id"]), name)
    user, kind = F.col("fields")["user"], F.lit("play")
    if pattern == TIMED:
        fields = EventFields(user, artist, kind, timestamp=F.col("fields")["timestamp"], time_unit="iso")
    else:
        fields = EventFields(user, artist, kind, value=F.col("fields")["plays"])
    lines = read_lines(request.spark, chosen, fallback="ISO-8859-1").transform(separated("\t", *LINES[pattern]))
    plays = settle(lines.transform(judge_events(fields, title=name)), chosen, request.max_quarantine_share)
    artists = plays.records.groupBy("item_id").agg(
        F.min("file").alias("file"), F.min("line").alias("line"), F.max("title").alias("title")
    )
    artists = artists.transform(completed("items"))
    return collect_groups(
        request.spark, events=[plays.with_records(plays.records.drop("title"))], items=[plays.beside(artists)]
    )
