"""A world where each modality tells one third of what a person wants: texts, pictures and sounds a factor each."""

import io
from itertools import product
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

from interestlake.core.params.all import Embed
from interestlake.text.encoder_files import find_encoder

LEVELS, ITEMS, PEOPLE = 3, 162, 150
RATE, SECONDS = 16_000, 0.5
ENCODER = find_encoder("", Embed().max_tokens).model_id
COLOURS = np.array([(200, 60, 50), (60, 170, 70), (60, 80, 200)])
HERTZ = (220.0, 620.0, 1800.0)


def factors() -> np.ndarray:
    """(ITEMS, 3) levels of text, picture and sound; every combination equally often."""
    return np.array(list(product(range(LEVELS), repeat=3)) * (ITEMS // LEVELS**3))


def picture(level: int, seed: int) -> bytes:
    """32 x 32 PNG: noise of a hue."""
    generator = np.random.default_rng((1, seed))
    noise = generator.normal(0, 45, (32, 32, 3)) + generator.normal(0, 25, 3)
    rgb = np.clip(COLOURS[level] + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


def sound(level: int, seed: int) -> bytes:
    """Half a second of WAV: a tone with two overtones in noise."""
    generator = np.random.default_rng((2, seed))
    time = np.arange(int(RATE * SECONDS)) / RATE
    pitch = HERTZ[level] * generator.uniform(0.85, 1.15)
    tone = sum(np.sin(2 * np.pi * pitch * n * time + generator.uniform(0, 6)) / n for n in (1, 2, 3))
    file = io.BytesIO()
    soundfile.write(file, 0.2 * tone + generator.normal(0, 0.1, len(time)), RATE, format="WAV")
    return file.getvalue()


def text_vector(level: int, seed: int) -> list[float]:
    vector = np.random.default_rng((3, seed)).normal(size=8) * 0.3
    vector[level] += 1.0
    return (vector / np.linalg.norm(vector)).tolist()


def lacking(item: int) -> str | None:
    """Which modality an item has none of: every ninth no picture, every ninth no sound."""
    return {4: "image", 7: "audio"}.get(item * 31 % 9)


def write_files(folder: Path) -> Path:
    """Pictures and sounds, one broken file, one missing, one that is no media -> media.csv with their paths."""
    lines = ["item_id,path,kind"]
    for item, (_, hue, pitch) in enumerate(factors()):
        if lacking(item) != "image":
            (folder / f"p{item}.png").write_bytes(picture(hue, item))
            lines.append(f"i{item:03},p{item}.png,image")
        if lacking(item) != "audio":
            (folder / f"s{item}.wav").write_bytes(sound(pitch, item))
            lines.append(f"i{item:03},s{item}.wav,")
    (folder / "copy.png").write_bytes((folder / "p0.png").read_bytes())
    (folder / "broken.png").write_bytes(picture(0, 0)[:200])
    (folder / "notes.txt").write_text("no picture")
    lines += ["i001,copy.png,", "i002,broken.png,", "i003,absent.png,", "i004,notes.txt,", "i005,,", "i006,p0.png,film"]
    (folder / "media.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "media.csv"


def pairs(seed: int = 5) -> list[tuple[int, int, str]]:
    """(user, item, split): each person wants one level of each factor and chooses mostly what has all three."""
    generator, found, rows = np.random.default_rng(seed), factors(), []
    for user in range(PEOPLE):
        match = (found == generator.integers(0, LEVELS, 3)).sum(axis=1)
        chance = np.where(match == 3, 1.0, np.where(match == 2, 0.02, 0.001))
        chosen = generator.choice(ITEMS, 8, replace=False, p=chance / chance.sum())
        splits = ["train"] * 5 + ["validation"] + ["test"] * 2
        rows += [(user, int(item), split) for item, split in zip(chosen, splits, strict=True)]
    return rows


def write_tables(spark, lake) -> None:
    """What train-media reads beside the media tables, under run id planted."""
    rows = [(f"u{u:03}", f"i{i:03}", u, i, 1.0, 1, n + 1, None, None, s) for n, (u, i, s) in enumerate(pairs())]
    schema = (
        "user_id string, item_id string, user_index int, item_index int, weight double, event_count int, "
        "position int, first_ts timestamp, last_ts timestamp, split string"
    )
    write(spark, lake, "silver.interactions", rows, schema)
    users = [(f"u{u:03}", u, 5, None, None) for u in range(PEOPLE)]
    write(
        spark,
        lake,
        "silver.users",
        users,
        "user_id string, user_index int, item_count int, first_ts timestamp, last_ts timestamp",
    )
    items = [(f"i{i:03}", i, f"item {i}", None, [], 1) for i in range(ITEMS)]
    write(
        spark,
        lake,
        "silver.items",
        items,
        "item_id string, item_index int, title string, description string, categories array<string>, user_count int",
    )
    texts = [(f"d{i}", f"h{i}", "item", f"i{i:03}", None, "text", None, None, "all") for i in range(ITEMS)]
    # a review of an item that tells everything: it must not be read, since a new item has none
    texts += [(f"r{i}", f"r{i}", "review", f"i{i:03}", "u000", "text", None, None, "train") for i in range(ITEMS)]
    write(
        spark,
        lake,
        "silver.documents",
        texts,
        "doc_id string, text_hash string, kind string, item_id string, "
        "user_id string, text string, rating double, event_ts timestamp, split string",
    )
    vectors = [(f"h{i}", ENCODER, "planted", text_vector(level, i)) for i, (level, *_) in enumerate(factors())]
    vectors += [(f"r{i}", ENCODER, "planted", [float("nan")] * 8) for i in range(ITEMS)]
    write(
        spark,
        lake,
        "silver.embeddings",
        vectors,
        "text_hash string, model_id string, engine string, vector array<float>",
    )
    run = [("planted", "table", 42, "f")]
    write(spark, lake, "ops.runs", run, "run_id string, source string, seed int, fingerprint string")


def write(spark, lake, name, rows, schema) -> None:
    # quicker than a write by contract
    spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))
