"""A tiny BERT with a made vocabulary, and texts whose intent, sentiment and entities are planted."""

import csv
import json
import random
from pathlib import Path

INTENTS = {
    "pay_bill": ("pay", "bill", "owe"),
    "book_table": ("book", "table", "dine"),
    "ask_weather": ("rain", "weather", "sunny"),
    "play_song": ("play", "song", "music"),
}
OUTSIDE = ("zebra", "comet", "volcano", "atom")
FILLERS = ("please", "can", "you", "the", "now", "my", "for", "me", "today", "want")
GOOD, BAD = ("great", "lovely", "fine"), ("awful", "dull", "poor")
PEOPLE, PLACES = ("ana", "bo", "cleo", "dov"), ("rome", "oslo", "lima", "bern")
KNOWN = (*sum(INTENTS.values(), ()), *OUTSIDE, *FILLERS, *GOOD, *BAD, *PEOPLE, *PLACES, "in", "met", "film")
WORDS = sorted(set(KNOWN))


def tiny_bert(folder: Path) -> Path:
    """A BERT of two layers and width 32, weights drawn from a fixed seed, in the files that an encoder needs."""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True, exist_ok=True)
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *"abcdefghijklmnopqrstuvwxyz"]
    pieces += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True).save(str(folder / "tokenizer.json"))
    torch.manual_seed(5)
    config = BertConfig(vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
                        intermediate_size=64, max_position_embeddings=256, initializer_range=0.05)  # fmt: skip
    BertModel(config).save_pretrained(folder)
    assert json.loads((folder / "config.json").read_text())["model_type"] == "bert"
    return folder


def write_csv(path: Path, column: str, rows) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", column])
        writer.writerows(rows)
    return path


def intent_rows(count: int, seed: int, outside: int = 0) -> list[tuple[str, str]]:
    """`count` texts: fillers and two of their intent's words; and `outside` texts of other words, labelled oos."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        intent = sorted(INTENTS)[number % len(INTENTS)]
        words = draw.sample(FILLERS, draw.randint(1, 4)) + draw.sample(INTENTS[intent], 2)
        rows.append((_mixed(words, draw), intent))
    for _ in range(outside):
        rows.append((_mixed(draw.sample(FILLERS, draw.randint(1, 3)) + draw.sample(OUTSIDE, 2), draw), "oos"))
    return rows


def sentiment_rows(count: int, seed: int) -> list[tuple[str, str]]:
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        label, words = (("1", GOOD), ("0", BAD))[number % 2]
        rows.append((_mixed([*draw.sample(FILLERS, 3), "film", draw.choice(words)], draw), label))
    return rows


def tagged_lines(count: int, seed: int, separator: str = "\t") -> str:
    """Sentences such as `Ana Bo met me in Rome` with their BIO tags."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        people = draw.sample(PEOPLE, draw.randint(1, 2))
        lines += [f"{name.title()}{separator}{'BI'[bool(place)]}-person" for place, name in enumerate(people)]
        lines += [f"{word}{separator}O" for word in ("met", *draw.sample(FILLERS, 2), "in")]
        lines += [f"{draw.choice(PLACES).title()}{separator}B-location", ""]
    return "\n".join(lines) + "\n"


def _mixed(words: list[str], draw: random.Random) -> str:
    return " ".join(draw.sample(words, len(words)))
