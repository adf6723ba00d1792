"""The command trend: share and polarity of each topic, category or item by period, with alarms."""

from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..interests.trends.alarms import alarm_line
from ..interests.trends.series import dated, of_categories, of_items, of_topics, trend_series

TRENDS = "gold.trends"


def _run(context: StageContext) -> dict[str, float]:
    params, documents = context.params.trend, context.read("silver.documents")
    if dated(documents).isEmpty():
        raise BadInput.of(
            "silver.documents", found="no review with a time", expected="texts with times to follow", where="--lake"
        )
    if params.by == "topic":
        subjects = of_topics(documents, context.read("silver.document_topics"), context.read("silver.topics"))
    elif params.by == "category":
        subjects = of_categories(documents, context.read("silver.items"))
    else:
        subjects = of_items(documents, context.read("silver.items"))
    series = subjects.transform(trend_series(dated(documents), context.read("silver.text_features"), params))
    marked = series.withColumn("kind", F.lit(params.by)).withColumn("run_id", F.lit(context.options.run_id))
    written = context.write(TRENDS, marked)
    rows = context.lake.read(TRENDS)
    counts = only_row(rows.agg(F.count_distinct("id"), F.count_distinct("period_start"), F.count("alarm")))
    for row in rows.where("alarm IS NOT NULL").orderBy(F.desc("period_start"), "id").limit(20).collect():
        context.log.info("      ALARM %s", alarm_line(row.asDict()))
    return {"subjects": counts[0], "periods": counts[1], "alarms": counts[2], "rows": written.rows}


TREND = Stage(
    name="trend",
    summary="share and polarity over time, with alarms",
    reads=("silver.documents", "silver.text_features"),
    writes=(TRENDS,),
    section="trend",
    run=_run,
)
