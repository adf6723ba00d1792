"""Facts mined from public texts: counts, and a seeded sample to check by hand: `python -m bench.knowledge_mining`.

Digital Music's product descriptions and reviews, Musical Instruments' reviews; no Spark, the same patterns.
"""

import ast
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from interestlake.knowledge.mine import compiled, finds
from interestlake.knowledge.relations import read_relations
from interestlake.text.clean import clean

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
SAMPLE = 20
SETS = {
    "Digital Music descriptions": ("amazon-digital-music-head/meta_Digital_Music.head.json.gz", "description"),
    "Digital Music reviews": ("amazon-digital-music-head/reviews_Digital_Music_5.head.json.gz", "reviewText"),
    "Musical Instruments reviews": ("amazon-musical-instruments-5core/Musical_Instruments_5.json.gz", "reviewText"),
}


def texts(path: Path, field: str) -> Iterator[tuple[str, str]]:
    """(product, text) of every line that can be read."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                record = ast.literal_eval(line) if "meta" in path.name else json.loads(line)
            except (ValueError, SyntaxError):
                continue
            if text := clean(record.get(field)):
                yield record["asin"], text


def main() -> None:
    patterns = compiled(read_relations("conf/knowledge/relations.yml"))
    for name, (file, field) in SETS.items():
        read, found = 0, []
        for product, text in texts(SHARED / file, field):
            read += 1
            found += [(product, *find) for find in finds(text, patterns)]
        counts = Counter(predicate for _, predicate, *_ in found)
        told = ", ".join(f"{predicate} {count:,}" for predicate, count in counts.most_common())
        print(f"{name}: {read:,} texts, {len(found):,} finds: {told}")
        for product, predicate, object, worth, words in random.Random(42).sample(found, min(SAMPLE, len(found))):
            print(f"  {product}  {predicate:<11}{object!r:<40}{worth:.2f}  {words}")


if __name__ == "__main__":
    main()
