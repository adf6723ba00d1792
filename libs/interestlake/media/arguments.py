"""The options of `interestlake embed-media` and `train-media`. Nothing slow is imported here."""

import argparse

COMMANDS = ("embed-media", "train-media")


def add_parsers(commands: argparse._SubParsersAction, common) -> None:
    """Both commands; `common` adds the options that every command on a lake has."""
    embed = commands.add_parser(COMMANDS[0], help="vectors of the pictures and sounds of items")
    common(embed)
    embed.add_argument("--media", required=True, metavar="PLACE", help="CSV item_id,path[,kind]; a folder ITEM.png or "
                       "ITEM/any.wav; or Parquet with item_id, bytes[, kind]")
    train = commands.add_parser(COMMANDS[1], help="a model of text, pictures and sounds together, beside each alone")
    common(train)
    for parser in (embed, train):
        parser.add_argument("--vision", metavar="DIR", help="transformers folder of the picture encoder "
                            "(embed_media.vision_path; default: classical features)")
        parser.add_argument("--audio", metavar="DIR", help="transformers folder of the sound encoder "
                            "(embed_media.audio_path; default: classical features)")


def overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """--vision and --audio as parameters."""
    given = {"embed_media.vision_path": arguments.vision, "embed_media.audio_path": arguments.audio}
    return {name: value for name, value in given.items() if value is not None}
