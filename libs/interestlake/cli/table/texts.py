"""Texts, pictures and sounds of a lake. The commands that tune an encoder on files are in tuning.py."""

from ...core.config import MEDIA, SUPPORT
from .command import Command, OneStage, Option, as_yaml
from .person import CLOSING
from .shared import NAMED
from .tuning import COMMANDS as TUNING

GROUP, SUMMARIES = "texts", "serving.summaries.command"
INTERESTS = "interestlake run --until build_interests"
MEDIA_ENCODERS = (
    Option(
        "--vision", "transformers folder of the picture encoder (embed_media.vision_path; default: classical features)",
        metavar="DIR", sets="embed_media.vision_path", place=True,
    ),
    Option(
        "--audio", "transformers folder of the sound encoder (embed_media.audio_path; default: classical features)",
        metavar="DIR", sets="embed_media.audio_path", place=True,
    ),
)  # fmt: skip
PICTURES_AND_SOUNDS = Option(
    "--media", "CSV item_id,path[,kind]; a folder ITEM.png or ITEM/any.wav; or Parquet with item_id, bytes[, kind]",
    metavar="PLACE", required=True, file=True,
)  # fmt: skip
TICKETS = (
    Option(
        "--tickets", "past tickets: ticket_id,text,agent_id[,article_id][,solved 0..1][,timestamp]", metavar="CSV",
        required=True, file=True,
    ),
    Option("--articles", "knowledge base: article_id,text[,title]", metavar="CSV", required=True, file=True),
    Option("--new", "new tickets: ticket_id,text", metavar="CSV", required=True, file=True),
)  # fmt: skip
SUMMARISE = (
    Option("--item", "print one item's texts and where each stands (default: all, to the lake)", one_of="what"),
    Option("--user", f"print an introduction to this person's list and a reading of their profile: {NAMED}",
           one_of="what"),
    Option("--sentences", "sentences of a summary (default 4)", int, metavar="N", sets="summarise.sentences"),
    Option("--blocked", "further words that reach no text, one a line", metavar="FILE", sets="summarise.blocked",
           place=True),
    Option(
        "--classifier", "texts -> probabilities of being harmful", metavar="MODULE:FUNCTION",
        sets="summarise.classifier",
    ),
    Option("--generator", "a transformers folder that rewrites --item's summary", metavar="DIR", place=True),
    Option("--endpoint", "an OpenAI-compatible server that does, http://host/v1", metavar="URL"),
    Option("--model", "model name at the endpoint"),
)  # fmt: skip
COMMANDS = (
    Command(
        "topics", GROUP, "LDA and clusters of vectors, named and judged by NPMI",
        "interestlake topics --lake out/lake --k 20",
        OneStage("stages.topics:TOPICS", "stages.topics:topics_table", INTERESTS),
        (Option("--k", "topics of each method (default: as many as the lake's LDA)", as_yaml, metavar="X",
                sets="topics.k"),),
    ),
    Command(
        "sentiment", GROUP, "polarity of texts and mentions, trends, alarms with evidence",
        "interestlake sentiment --lake out/lake --window-days 14",
        OneStage("stages.sentiment:SENTIMENT", "stages.sentiment:sentiment_table", INTERESTS),
        (
            Option("--model", "--out of train-sentiment (default: the Spark NLP tier)", as_yaml, metavar="X",
                   sets="sentiment.model", place=True),
            Option("--window-days", "length of a window that may raise an alarm", as_yaml, metavar="X",
                   sets="sentiment.window_days"),
        ),
    ),
    Command(
        "entities", GROUP, "entities of a trained tagger as nodes beside the interests",
        "interestlake entities --lake out/lake --tagger out/tagger",
        OneStage("stages.entities:ENTITIES_STAGE", "stages.entities:entities_table", INTERESTS),
        (Option("--tagger", "--out of train-tagger", as_yaml, metavar="X", required=True, sets="entities.model",
                place=True),),
    ),
    Command(
        "trend", GROUP, "topics and sentiment over time, and where they leave their course",
        "interestlake trend --lake out/lake --by category",
        OneStage("stages.trend:TREND", f"{CLOSING}:trend", needs=()),
        (Option("--by", "what is followed (trend.by)", choices=("topic", "category", "item"), sets="trend.by"),),
    ),
    Command(
        "summarise", GROUP, "titles, descriptions and summaries made of an item's own texts",
        "interestlake summarise --lake out/lake --item i7",
        OneStage(
            "stages.summarise:SUMMARISE", f"{SUMMARIES}:summaries_table", "interestlake run --until prepare",
            f"{SUMMARIES}:NEEDED", f"{SUMMARIES}:one_item_at_a_time",
            instead=dict.fromkeys(("item", "user"), f"{SUMMARIES}:print_one"),
        ),
        SUMMARISE,
    ),
    Command(
        "support", GROUP, "agents and answers for new tickets, from past ones and articles",
        "interestlake support --lake out/desk --tickets past.csv --articles articles.csv --new new.csv",
        OneStage("stages.support:SUPPORT_DESK", "reporting.counts_table:counts_table", after=None), TICKETS, SUPPORT,
    ),
    Command(
        "embed-media", GROUP, "vectors of the pictures and sounds of items",
        "interestlake embed-media --lake out/lake --media pictures",
        OneStage("stages.embed_media:EMBED_MEDIA", "reporting.media_table:media_table", needs=()),
        (PICTURES_AND_SOUNDS, *MEDIA_ENCODERS), MEDIA,
    ),
    Command(
        "train-media", GROUP, "a model of text, pictures and sounds together, beside each alone",
        "interestlake train-media --lake out/lake",
        OneStage("stages.train_media:TRAIN_MEDIA", "reporting.media_table:media_table", needs=()), MEDIA_ENCODERS,
    ),
    *TUNING,
)  # fmt: skip
