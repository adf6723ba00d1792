"""What verbalised facts add to titles: `python -m bench.knowledge_texts --train T --test E --items I --facts F --out D`

Runs `interestlake benchmark` on texts alone, three times: the titles; the titles with their facts as sentences; the
titles and the facts as a plain list of words. Nothing but the column `text` of the items file differs.
"""

import argparse
import json
from pathlib import Path

import pandas as pd

from interestlake.cli.main import main as interestlake
from interestlake.knowledge.relations import read_relations
from interestlake.knowledge.verbalise import item_sentences

MODELS = "text,words,content"


def texts_of(items: pd.DataFrame, facts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Ways of writing -> item_id, title, text."""
    relations = read_relations("conf/knowledge/relations.yml")
    by_item = {item: rows.groupby("predicate")["object"].agg(list).to_dict() for item, rows in facts.groupby("subject")}
    blank = items[["item_id", "title"]].assign(text="")
    said = [item_sentences("", by_item.get(item, {}), relations) for item in items["item_id"]]
    bare = [
        " ".join(object for objects in by_item.get(item, {}).values() for object in objects)
        for item in items["item_id"]
    ]
    return {"titles": blank, "sentences": blank.assign(text=said), "words": blank.assign(text=bare)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("train", "test", "items", "facts", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--protocol", default="cold-items")
    options = parser.parse_args()
    items, facts = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in (options.items, options.facts))
    out = Path(options.out)
    figures = {}
    for way, frame in texts_of(items, facts).items():
        (out / way).mkdir(parents=True, exist_ok=True)
        frame.to_csv(out / way / "items.csv", index=False)
        code = interestlake(
            [
                "benchmark",
                "--train",
                options.train,
                "--test",
                options.test,
                "--protocol",
                options.protocol,
                "--items",
                str(out / way / "items.csv"),
                "--models",
                MODELS,
                "--out",
                str(out / way),
            ]
        )
        if code:
            raise SystemExit(code)
        figures[way] = json.loads((out / way / "metrics.json").read_text())["models"]
    print(f"{'nDCG@10 by':<14}" + "".join(f"{way:>12}" for way in figures))
    for model in ("text", "words", "content", "fused"):
        print(f"{model:<14}" + "".join(f"{found[model]['ndcg@10']:>12.4f}" for found in figures.values()))


if __name__ == "__main__":
    main()
