# Databricks notebook source
# MAGIC %md
# MAGIC # 5 · Recommend and evaluate
# MAGIC **recommend** lets every source propose and score items, fits the shares of the sources on validation data per
# MAGIC segment of people, and writes each person's list with the share of every source and a reason in words. Seen
# MAGIC items are left out; people without history get a list too.
# MAGIC
# MAGIC **evaluate** holds each model's list against the test split and writes one row per figure, baselines included.
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
figures = notebook.run("recommend", "evaluate")
for stage, values in figures.items():
    print(stage, values)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What each source counts for

# COMMAND ----------

weights = notebook.table("models.fusion_weights")
notebook.show(weights.orderBy("segment", weights.weight.desc(), "source"), 20)

# COMMAND ----------

# MAGIC %md
# MAGIC ## One person's list, with reasons

# COMMAND ----------

recommendations = notebook.table("gold.recommendations")
person = recommendations.agg({"user_id": "min"}).first()[0]
of_person = recommendations.where(recommendations.user_id == person).orderBy("rank")
notebook.show(of_person.select("rank", "item_id", "score", "reason"), 10)

# COMMAND ----------

# MAGIC %md
# MAGIC ## nDCG@10 on the test split, all people

# COMMAND ----------

metrics = notebook.table("gold.metrics")
of_run = metrics.where(metrics.run_id == notebook.parameters["run_id"])
ndcg = of_run.where("split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10")
notebook.show(ndcg.select("model", "value", "users").orderBy(ndcg.value.desc(), "model"), 20)
