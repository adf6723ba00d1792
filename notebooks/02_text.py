# Databricks notebook source
# MAGIC %md
# MAGIC # 2 · Text
# MAGIC **annotate** runs the Spark NLP pipeline over each distinct text: sentences, tokens, word pairs, YAKE
# MAGIC keywords, sentiment polarity; then tf-idf and LDA topics over all of them.
# MAGIC
# MAGIC **embed** gives each distinct text one unit-length vector. Texts are told apart by the hash of their content:
# MAGIC equal texts are embedded once, and a later run embeds only what is new.
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
figures = notebook.run("annotate", "embed")
for stage, values in figures.items():
    print(stage, values)

# COMMAND ----------

# MAGIC %md
# MAGIC ## One text, taken apart

# COMMAND ----------

documents = notebook.table("silver.documents").select("text_hash", "kind", "text").dropDuplicates(["text_hash"])
features = notebook.table("silver.text_features").select("text_hash", "tokens", "keywords", "polarity_label")
notebook.show(documents.join(features, "text_hash").orderBy("text_hash").drop("text_hash"))

# COMMAND ----------

# MAGIC %md
# MAGIC ## Topics
# MAGIC Each is named by its three strongest terms; every text has a mixture over them that sums to 1.

# COMMAND ----------

notebook.show(notebook.table("silver.topics").select("topic_id", "name").orderBy("topic_id"), 20)

# COMMAND ----------

# MAGIC %md
# MAGIC ## Vectors by model and engine

# COMMAND ----------

notebook.show(notebook.table("silver.embeddings").groupBy("model_id", "engine").count())
