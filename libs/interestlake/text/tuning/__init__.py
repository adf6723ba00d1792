"""Fine-tuning of the shipped encoder on labelled text: intents, sentiment, entities. No Spark."""
