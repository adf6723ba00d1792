# Databricks notebook source
# MAGIC %md
# MAGIC # 1 · Ingest and prepare
# MAGIC **ingest** reads a source into bronze, one row per record: events, items, friends and facts. User ids become
# MAGIC keyed hashes on the way in. A record that does not parse or breaks a rule goes to `bronze.quarantine` with
# MAGIC file, line and reason; its text is not kept.
# MAGIC
# MAGIC **prepare** makes silver from bronze: one row per person and item with a weight in [0,1], kept row numbers for
# MAGIC factorisation, cleaned and masked texts, and the split into train, validation and test.
# MAGIC
# MAGIC | parameter | meaning | default |
# MAGIC | --- | --- | --- |
# MAGIC | `lake` | root folder or prefix of the Delta tables | `out/notebooks` |
# MAGIC | `run_id` | name of the run; the same in all notebooks; the same id again changes nothing | `notebook` |
# MAGIC | `source` | `sample`, `table`, or a collection of [docs/sources.md](../docs/sources.md) | `sample` |
# MAGIC | `input` | folders or files of the source, parted by blanks | none |
# MAGIC | `mapping` | YAML column mapping of the source `table` | none |
# MAGIC | `seed` | seed of every random step | 42 |
# MAGIC | `users` | people in the generated world of `sample` | 300 |
# MAGIC | `conf` | configuration folder; empty = built-in defaults | empty |
# MAGIC | `set` | parameters as `section.name=value`, parted by blanks | none |
# MAGIC | `tracking_uri` | MLflow store; empty = `MLFLOW_TRACKING_URI`, else sqlite in the lake | empty |
# MAGIC
# MAGIC Widgets in a workspace, `INTERESTLAKE_<NAME>` in the environment elsewhere.

# COMMAND ----------

# DBTITLE 1,Parameters and session
from interestlake.cli.notebook import Notebook

notebook = Notebook.open(globals())
for name, value in notebook.parameters.items():
    print(f"{name:<14}{value or '-'}")

# COMMAND ----------

# DBTITLE 1,Run both stages
figures = notebook.run("ingest", "prepare")
for stage, values in figures.items():
    print(stage, values)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What came in
# MAGIC Events by type, then what was refused and why.

# COMMAND ----------

events = notebook.table("bronze.events")
notebook.show(events.groupBy("event_type").count().orderBy("event_type"))

# COMMAND ----------

notebook.show(notebook.table("bronze.quarantine").groupBy("file", "reason").count().orderBy("file", "reason"), 20)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What the models will see
# MAGIC The split is by person and time unless `prepare.split` says otherwise: nobody's future is in train.

# COMMAND ----------

interactions = notebook.table("silver.interactions")
notebook.show(interactions.groupBy("split").count().orderBy("split"))
notebook.show(interactions.orderBy("user_id", "position"))

# COMMAND ----------

notebook.show(notebook.table("silver.items").orderBy("item_index"))
