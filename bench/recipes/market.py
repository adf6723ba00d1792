"""A generated market: posts about four tickers; one is suddenly talked about, one falls out of favour."""

import json
from pathlib import Path

import numpy as np
import yaml

START, DAYS, PEOPLE = 1_700_006_400, 40, 60  # START is a midnight, UTC
TICKERS = ("AAA", "BBB", "CCC", "DDD")
JUMPS = {"BBB": "attention on day 25", "CCC": "sentiment from day 32"}
GOOD = ("great results and a wonderful outlook", "excellent quarter, very happy with it", "strong growth, love it")
BAD = ("terrible results and an awful outlook", "horrible quarter, very disappointed", "weak sales, hate this one")


def write_market(folder: Path, seed: int = 6) -> tuple[Path, Path]:
    """events.jsonl, items.jsonl and mapping.yml -> (folder of the data, mapping). Posts carry a rating."""
    generator, data = np.random.default_rng(seed), folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "events.jsonl", "w", encoding="utf-8") as file:
        for day in range(DAYS):
            for ticker in TICKERS:
                count = 75 if (ticker, day) == ("BBB", 25) else 20
                sour = ticker == "CCC" and day >= 32
                for n in range(count):
                    good = generator.random() < (0.1 if sour else 0.7)
                    text = f"{generator.choice(GOOD if good else BAD)}, post {day} {n} about {ticker.lower()}"
                    file.write(
                        json.dumps(
                            {
                                "user_id": f"u{generator.integers(PEOPLE)}",
                                "item_id": ticker,
                                "event_type": "review",
                                "value": 5 if good else 1,
                                "timestamp": START + day * 86_400 + n * 60,
                                "text": text,
                            }
                        )
                        + "\n"
                    )
    names = ("user_id", "item_id", "event_type", "value", "timestamp", "text")
    with open(data / "items.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"item_id": ticker, "title": f"{ticker} Corp"}) + "\n" for ticker in TICKERS)
    mapping = {
        "events": {"files": "events.jsonl", "format": "jsonl", "columns": {name: name for name in names}},
        "items": {"files": "items.jsonl", "format": "jsonl", "columns": {"item_id": "item_id", "title": "title"}},
    }
    (folder / "mapping.yml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    return data, folder / "mapping.yml"
