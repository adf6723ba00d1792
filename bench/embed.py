"""The embedding engines beside sentence-transformers: one run, the same cores and texts, in turns."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from interestlake.text.encoder_files import find_encoder

from .embedding.ceiling import ceilings
from .embedding.contenders import ALONE, MAX_TOKENS, PEER, PEER_INT8, SPARK
from .embedding.quality import quality
from .embedding.texts import Texts, load_texts
from .embedding.worker import Worker

CALIBRATION_TEXTS = 300
GOALS = (
    ("near-exact, Spark included", "spark openvino bf16", 4.0, lambda q: q.min_cosine >= 0.999),
    ("fast, Spark included", "spark openvino int8", 6.0,
     lambda q: q.mean_cosine >= 0.997 and q.same_top >= 0.95 and q.ndcg_change >= -0.003),
    ("Spark NLP exact", "spark spark_nlp f32", 2.0, lambda q: q.min_cosine >= 0.999),
    ("Spark NLP fast", "spark spark_nlp int8", 3.0, lambda q: True),
)  # fmt: skip


def tokens_of(texts: list[str]) -> int:
    """Word pieces that are read of `texts`, marks included."""
    from interestlake.text.engines.tokens import Tokens

    return int(Tokens(find_encoder("", MAX_TOKENS).path, MAX_TOKENS).windows(texts).lengths.sum())


def compare(texts: Texts, workers: list[Worker], rounds: int, folder: Path) -> dict[str, list[dict]]:
    """`rounds` timed runs of every worker in turns, the order reversed every other round; the first is not timed."""
    documents, queries = folder / "documents.json", folder / "queries.json"
    documents.write_text(json.dumps(texts.documents))
    queries.write_text(json.dumps(texts.queries))
    runs: dict[str, list[dict]] = {worker.name: [] for worker in workers}
    for worker in workers:  # the first pass warms up and leaves the vectors
        name = worker.name.replace(" ", "-")
        worker.run(str(documents), str(folder / f"{name}.documents.npy"))
        if worker.fault is None:
            worker.run(str(queries), str(folder / f"{name}.queries.npy"))
    able = [worker for worker in workers if worker.fault is None]
    for turn in range(rounds):
        for worker in able[:: 1 if turn % 2 else -1]:
            runs[worker.name].append(worker.run(str(documents)))
    return runs


def report(
    texts: Texts, workers: list[Worker], runs: dict[str, list[dict]], folder: Path, most: dict[str, float]
) -> None:
    """One line per contender, then each goal as hit or miss beside what the number format allows (`most` tokens/s)."""
    tokens = tokens_of(texts.documents)
    count = len(texts.documents)
    print(f"\n{texts.name}: {count:,} texts, {tokens:,} tokens, {tokens / count:.0f} a text")
    print(
        f"  {'':<32}{'rows/s':>8}{'tokens/s':>10}{'ratio':>7}{'(min-max)':>13}{'CPU ratio':>10}{'waste':>7}"
        f"{'peak GB':>8}{'cosine':>9}{'min':>8}{'top 10':>8}{'nDCG@10':>9}{'change':>9}"
    )

    def vectors(name: str, kind: str) -> np.ndarray:
        return np.load(folder / f"{name.replace(' ', '-')}.{kind}.npy")

    reference = vectors(PEER, "documents"), vectors(PEER, "queries")
    found = {}
    for worker in workers:
        name = worker.name
        if worker.fault:
            print(f"  {name:<32}left out: {worker.fault}")
            continue
        pairs = list(zip(runs[PEER], runs[name], strict=True))
        ratios = [peer["seconds"] / ours["seconds"] for peer, ours in pairs]
        cpu = median(peer["cpu_seconds"] / max(ours["cpu_seconds"], 1e-9) for peer, ours in pairs)
        seconds = median(run["seconds"] for run in runs[name])
        waste = next((f"{run['waste']:.1%}" for run in runs[name] if run["waste"] is not None), "-")
        good = quality(vectors(name, "documents"), vectors(name, "queries"), *reference, texts.items)
        found[name] = median(ratios), good
        peak = max(run["peak_bytes"] for run in runs[name]) / 1e9
        spread = f"({min(ratios):.2f}-{max(ratios):.2f})"
        speed = f"{count / seconds:>8.0f}{tokens / seconds:>10,.0f}{median(ratios):>7.2f}{spread:>13}{cpu:>10.2f}"
        near = f"{good.mean_cosine:>9.5f}{good.min_cosine:>8.4f}{good.same_top:>8.3f}{good.ndcg:>9.4f}"
        print(f"  {name:<32}{speed}{waste:>7}{peak:>8.2f}{near}{good.ndcg_change:>+9.2%}", flush=True)
    peer_tokens = tokens / median(run["seconds"] for run in runs[PEER])
    print(
        "  matrix products alone on these cores: "
        + ", ".join(f"{name} {rate:,.0f} tokens/s = {rate / peer_tokens:.2f} x" for name, rate in most.items())
    )
    for goal, name, least, near in GOALS:
        if name in found:
            ratio, good = found[name]
            close = near(good)
            word = "hit" if ratio >= least and close else "MISS"
            highest = most[name.split()[-1]] / peer_tokens
            print(
                f"  {goal}: {ratio:.2f} x, goal {least:.0f}, at most {highest:.2f} by the products alone; vectors "
                f"{'near enough' if close else 'too far'}: {word}"
            )


def main(argv: list[str] | None = None) -> int:
    """0 whatever the times: a noisy machine is no fault."""
    parser = argparse.ArgumentParser(prog="python -m bench.embed", description=__doc__)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count())
    parser.add_argument("--sets", nargs="+", default=["short", "long"], choices=["short", "long"])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="contenders beside the peer, e.g. 'openvino bf16'")
    parser.add_argument("--scaling", action="store_true", help="1 and 2 workers of a standalone cluster instead")
    parser.add_argument("--growth", nargs="*", type=int, metavar="TEXTS", help="instead, the embed stage around a stub "
                        "of an engine at these sizes (100000 300000; 1000000 takes ten minutes)")  # fmt: skip
    parser.add_argument("--slice", type=int, default=100_000, help="with --growth: texts of a slice")
    parser.add_argument("--annotate", action="store_true", help="with --growth: the stage annotate, too")
    options = parser.parse_args(argv)
    if options.growth is not None:
        from .embedding.growth import growth

        return growth(options.growth or [100_000, 300_000], options.slice, options.annotate)
    if options.scaling:
        from .embedding.scaling import scaling

        return scaling(options.texts, options.rounds)
    wanted = [PEER, *(options.only or [PEER_INT8, *ALONE, *SPARK])]
    print(
        f"{psutil.cpu_count()} cores, {options.threads} threads, load {psutil.getloadavg()[0]:.1f}, {options.rounds} "
        "rounds in turns; ratio: median over the rounds of sentence-transformers' seconds / its own; CPU ratio: the "
        "same of processor seconds",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # other texts than those that are measured
        calibration = load_texts("short", options.texts + CALIBRATION_TEXTS).documents[options.texts :]
        (folder / "calibration.json").write_text(json.dumps(calibration))
        workers = [Worker(name, options.threads, folder) for name in wanted]
        try:
            for name in options.sets:
                texts = load_texts(name, options.texts)
                runs = compare(texts, workers, options.rounds, folder)
                report(texts, workers, runs, folder, ceilings(find_encoder("", MAX_TOKENS).path, options.threads))
        finally:
            for worker in workers:
                worker.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
