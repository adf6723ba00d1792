# Databricks notebook source
# MAGIC %md
# MAGIC # 3 · Interest graph
# MAGIC **build_interests** turns categories, tags, keywords and topics into one vocabulary of interests and says how
# MAGIC strongly each item carries them; a person's map follows from the items of the person's history.
# MAGIC
# MAGIC **build_graph** links items, and interests, that the same people chose. Edge weights measure association
# MAGIC beyond popularity. GraphFrames then finds components, communities and PageRank; a truncated SVD gives low-rank
# MAGIC vectors.
# MAGIC
# MAGIC Parameters: those of `01_ingest_and_prepare`, with the same `lake` and `run_id`.

# COMMAND ----------

# DBTITLE 1,Parameters and session
from interestlake.cli.notebook import Notebook

notebook = Notebook.open(globals())
for name, value in notebook.parameters.items():
    print(f"{name:<14}{value or '-'}")

# COMMAND ----------

# DBTITLE 1,Run both stages
figures = notebook.run("build_interests", "build_graph")
for stage, values in figures.items():
    print(stage, values)

# COMMAND ----------

# MAGIC %md
# MAGIC ## The vocabulary by kind

# COMMAND ----------

notebook.show(notebook.table("silver.interests").groupBy("kind").count().orderBy("kind"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## The strongest links between interests

# COMMAND ----------

edges = notebook.table("graph.interest_edges")
notebook.show(edges.orderBy(edges.weight.desc(), "src", "dst"), 12)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Communities
# MAGIC The largest ones, each under the interest that names it.

# COMMAND ----------

sizes = notebook.table("graph.interest_nodes").groupBy("community").count()
notebook.show(sizes.orderBy(sizes["count"].desc(), "community"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## One person's interest map

# COMMAND ----------

interest_map = notebook.table("gold.interest_map")
person = interest_map.agg({"user_id": "min"}).first()[0]
of_person = interest_map.where(interest_map.user_id == person)
strongest = of_person.orderBy(of_person.strength.desc(), "interest_id")
notebook.show(strongest.select("interest_id", "strength", "share", "evidence"))
