# Databricks notebook source
# MAGIC %md
# MAGIC # 6 · Report and promote
# MAGIC **report** writes one self-contained HTML page of the run: figures beside the baselines, the interest graph
# MAGIC with its communities, one person's map and list, timings and lineage.
# MAGIC
# MAGIC **promote** moves the alias `champion` to this run's models where the gate's metric holds. Where it does not,
# MAGIC the cell ends with `GateRefused` and the champion stays; every table and the report are complete all the same.
# MAGIC
# MAGIC Parameters: those of `01_ingest_and_prepare`, with the same `lake` and `run_id`.

# COMMAND ----------

# DBTITLE 1,Parameters and session
from interestlake.cli.notebook import Notebook

notebook = Notebook.open(globals())
for name, value in notebook.parameters.items():
    print(f"{name:<14}{value or '-'}")

# COMMAND ----------

# DBTITLE 1,Write the report
figures = notebook.run("report")
print(figures["report"])

# COMMAND ----------

# MAGIC %md
# MAGIC ## What ran, how long, and on which table versions

# COMMAND ----------

stages = notebook.table("ops.stages")
of_run = stages.where(stages.run_id == notebook.parameters["run_id"])
notebook.show(of_run.select("stage", "seconds", "rows", "versions").orderBy("stage"), 12)

# COMMAND ----------

# DBTITLE 1,Ask the gate
figures = notebook.run("promote")
print(figures["promote"])
