# Databricks notebook source
# MAGIC %md
# MAGIC # 4 · Models
# MAGIC **train_als** factorises the weighted user-item matrix by ALS for implicit feedback, on Spark or, where the
# MAGIC pairs fit one executor, by the library `implicit` there.
# MAGIC
# MAGIC **train_two_tower** trains a PyTorch model on ids, text vectors and graph vectors. Petastorm streams the
# MAGIC examples from a fixed snapshot of the Delta table; the rows of each epoch are counted against the table, and a
# MAGIC shortfall stops the run.
# MAGIC
# MAGIC Both are logged and registered in MLflow with signature and input example, under the alias `challenger`.
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
figures = notebook.run("train_als", "train_two_tower")
for stage, values in figures.items():
    print(stage, values)

# COMMAND ----------

# MAGIC %md
# MAGIC ## What training read
# MAGIC The snapshot that Petastorm streams, pairs of row numbers with their weight.

# COMMAND ----------

notebook.show(notebook.table("models.training_examples").orderBy("user_index", "item_index"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## What training left
# MAGIC Vectors of people and items; their dot product is the score.

# COMMAND ----------

notebook.show(notebook.table("models.als_item_factors").orderBy("item_index"), 3)
notebook.show(notebook.table("models.two_tower_item_vectors").orderBy("item_index"), 3)
