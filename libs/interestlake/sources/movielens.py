"""Source "movielens": ratings, tags and movies of a MovieLens release; plots and a knowledge graph where present."""

from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from ..core.errors import BadInput
from .contract import Loaded, Request, collect_groups, fullest, keep_best
from .dialect import PLAIN
from .entities import entity_facts
from .files import InputFile, list_files, match, require
from .formats import csv, csv_names, first_line, require_columns, separated
from .lines import read_lines
from .records import read_records
from .rules import EventFields, filled, judge_events, judge_items
from .settle import Settled, settle

PLOT_FIELDS = ("id", "title", "year", "rated", "released", "genres", "director", "writer", "actors", "plot", "poster")
NO_GENRE, NO_PLOT = "(no genres listed)", "N/A"
ARTICLE = r"^(.*), (The|A|An|La|Le|Les|Los|Las|El|Il|Das|Der|Die)( \(.*)?$"


def load(request: Request) -> Loaded:
    """ratings.csv and movies.csv, and where present tags.csv, movies_extrainfos.dat and kg/. Three Spark jobs per file.

    Where there is no ratings.csv: ratings.dat, movies.dat and tags.dat of the 1M and 10M releases, without a header and
    quotes; lines that are not UTF-8 are read as ISO-8859-1.

    Events: ratings (stars) and tags. Items: title with the article in front, genres, year from the title; plot,
    poster, director, actors and certificate from the extra file. Facts: kg/kg.txt, its entities as numbers.
    """
    files = list_files(request.spark, request.inputs)
    rating_files, movie_files = expect_files(files)
    read, end = (_csv, "csv") if match(files, "ratings.csv") else (_dat, "dat")
    ratings = read(request, rating_files, ("userId", "movieId", "rating", "timestamp"), _ratings)
    if ratings.record_count == 0:
        raise BadInput.of(f"ratings.{end}", found="no usable rating", expected="at least one", where="--input")
    events, tag_files = [ratings], match(files, f"tags.{end}")
    if tag_files:
        events.append(read(request, tag_files, ("userId", "movieId", "tag", "timestamp"), _tags))
    items = [read(request, movie_files, ("movieId", "title", "genres"), _movies)]
    plot_files = match(files, "movies_extrainfos.dat")
    if plot_files:
        plots = _plots(request, plot_files)
        items = [_with_plots(items[0], plots), plots.with_records(None)]
    return collect_groups(request.spark, events=events, items=items, facts=entity_facts(request, files))


def expect_files(files: tuple[InputFile, ...]) -> tuple[tuple[InputFile, ...], tuple[InputFile, ...]]:
    """Ratings and movies of one form. Raises BadInput where either is not there."""
    ratings = match(files, "ratings.csv") or require(files, "ratings", "ratings.csv", "ratings.dat")
    return ratings, require(files, "movies", f"movies.{'csv' if match(files, 'ratings.csv') else 'dat'}")


def _csv(request: Request, files: tuple[InputFile, ...], columns: tuple[str, ...], rules: Any) -> Settled:
    header = first_line(request.spark, files[0])
    require_columns(csv_names(header), columns, f"file {files[0].name}", "--input")
    lines = read_records(request.spark, files, PLAIN, len(csv_names(header)))
    judged = lines.transform(csv(header)).transform(rules())
    return settle(judged, files, request.max_quarantine_share, header)


def _dat(request: Request, files: tuple[InputFile, ...], columns: tuple[str, ...], rules: Any) -> Settled:
    lines = read_lines(request.spark, files, fallback="ISO-8859-1").transform(separated("::", *columns))
    return settle(lines.transform(rules()), files, request.max_quarantine_share)


def _field(name: str) -> Column:
    return F.col("fields")[name]


def _ratings():
    return judge_events(
        EventFields(
            _field("userId"), _field("movieId"), F.lit("rating"), value=_field("rating"), timestamp=_field("timestamp")
        )
    )


def _tags():
    return judge_events(
        EventFields(
            _field("userId"), _field("movieId"), F.lit("tag"), text=_field("tag"), timestamp=_field("timestamp")
        )
    )


def _movies():
    title, genres = F.trim(_field("title")), _field("genres")
    year = F.regexp_extract(title, r"\((\d{4})\)\s*$", 1)
    return judge_items(
        _field("movieId"),
        title=F.regexp_replace(title, ARTICLE, "$2 $1$3"),
        categories=F.when(genres != NO_GENRE, F.split(genres, r"\|")),
        attributes={"year": year},
    )


def _plots(request: Request, files: tuple[InputFile, ...]) -> Settled:
    lines = read_lines(request.spark, files, fallback="ISO-8859-1")

    def known(name: str) -> Column:
        value = filled(_field(name))
        return F.when(value != NO_PLOT, value)

    attributes = {"director": known("director"), "actors": known("actors"), "rated": known("rated")}
    judged = lines.transform(separated("::", *PLOT_FIELDS)).transform(
        judge_items(_field("id"), description=known("plot"), attributes=attributes, image_url=known("poster"))
    )
    return settle(judged, files, request.max_quarantine_share)


def _with_plots(movies: Settled, plots: Settled) -> Settled:
    """Movies with the plot, picture and attributes of the record with the same id; plots of other movies are left."""
    told = plots.records.transform(keep_best(("item_id",), fullest)).select(
        "item_id",
        F.col("description").alias("plot"),
        F.col("attributes").alias("credits"),
        F.col("image_url").alias("poster"),
    )
    whole = movies.records.join(told, "item_id", "left")
    credits = F.coalesce("credits", F.create_map().cast("map<string,string>"))
    return movies.with_records(
        whole.withColumn("description", F.col("plot"))
        .withColumn("image_url", F.col("poster"))
        .withColumn("attributes", F.map_concat("attributes", credits))
        .drop("plot", "credits", "poster")
    )
