"""`python -m bench.recipes [NAME ...]`: each recipe as whole commands on a generated world; are its rails kept?"""

import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from interestlake.core.config import load_params
from interestlake.core.lake import Lake
from interestlake.core.session import build_session

from .desk import BUNGLER, write_desk
from .market import JUMPS, write_market
from .rails import violations
from .worlds import SHAPES, make_world, write_files

OUT = Path("out/bench/recipes")
SMALL = ["--set", "tune.quick=true", "--set", "two_tower.epochs=2", "--set", "annotate.lda_topics=4"]
PEOPLE, ITEMS = 160, 96


def interestlake(*arguments: str) -> float:
    """Run the command; its wall seconds. Raises CalledProcessError where it fails."""
    began = time.perf_counter()
    subprocess.run(["interestlake", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def run_shape(name: str) -> float:
    """The whole pipeline under a recipe, up to the lists."""
    data, mapping = write_files(make_world(name, PEOPLE, ITEMS), OUT / name)
    return interestlake(
        "run",
        "--source",
        "table",
        "--mapping",
        str(mapping),
        "--input",
        str(data),
        "--recipe",
        name,
        "--lake",
        str(OUT / name / "lake"),
        "--run-id",
        "r1",
        "--until",
        "recommend",
        *SMALL,
    )


def judge_shape(spark, name: str) -> str:
    """How many rows of everyone's lists break a rail."""
    lake, lists, known = Lake(spark, str(OUT / name / "lake")), defaultdict(list), defaultdict(list)
    for row in lake.read("gold.recommendations").orderBy("user_id", "rank").collect():
        lists[row["user_id"]].append(row["item_id"])
    for row in lake.read("silver.interactions").select("user_id", "item_id").collect():
        known[row["user_id"]].append(row["item_id"])
    guard = load_params("conf", recipe=name).guard
    broken = +violations(make_world(name, PEOPLE, ITEMS), guard, lists, known)
    rows = sum(map(len, lists.values()))
    return f"{len(lists)} lists, {rows} rows, {sum(broken.values())} break a rail {dict(broken) or ''}"


def run_support() -> float:
    """The desk of 600 past and 96 new tickets."""
    files = write_desk(OUT / "support", past=600, new=96)
    return interestlake(
        "support",
        "--recipe",
        "support",
        "--lake",
        str(OUT / "support" / "lake"),
        "--run-id",
        "r1",
        *(
            part
            for option, name in (("--tickets", "past"), ("--articles", "articles"), ("--new", "new"))
            for part in (option, str(files[name]))
        ),
    )


def judge_support(spark) -> str:
    """How often the planted agent and article are first, and how often the bungler is shown."""
    rows = Lake(spark, str(OUT / "support" / "lake")).read("gold.support").collect()
    first = [row for row in rows if row["rank"] == 1]
    right = {
        kind: [
            row["id"].split("-")[1] == row["ticket_id"].split("-")[0]
            for row in first
            if row["kind"] == kind and not row["ticket_id"].startswith("off")
        ]
        for kind in ("agent", "answer")
    }
    told = ", ".join(f"{kind} right {sum(hits)} of {len(hits)}" for kind, hits in right.items())
    return f"{told}; bungler shown {sum(row['id'] == BUNGLER for row in rows)} times"


def run_finance() -> float:
    """Posts about tickers: ingest to annotate, then the trend."""
    data, mapping = write_market(OUT / "finance")
    given = ("--recipe", "finance", "--lake", str(OUT / "finance" / "lake"))
    seconds = interestlake(
        "run",
        "--source",
        "table",
        "--mapping",
        str(mapping),
        "--input",
        str(data),
        "--run-id",
        "r1",
        "--until",
        "annotate",
        *SMALL,
        *given,
    )
    return seconds + interestlake("trend", "--run-id", "r2", *given)


def judge_finance(spark) -> str:
    """The alarms beside the planted jumps."""
    rows = Lake(spark, str(OUT / "finance" / "lake")).read("gold.trends").where("alarm IS NOT NULL")
    ordered = rows.orderBy("period_start", "id").collect()
    found = [f"{row['name']} {row['period_start']:%m-%d} {row['alarm']}" for row in ordered]
    return f"planted {JUMPS}; alarms: {'; '.join(found) or 'none'}"


def main(names: list[str]) -> None:
    """Run what is asked for (all without names), then judge it in one session."""
    runs = {name: (lambda name=name: run_shape(name)) for name in SHAPES}
    runs |= {"support": run_support, "finance": run_finance}
    wanted, seconds = names or list(runs), {}
    for name in wanted:
        shutil.rmtree(OUT / name, ignore_errors=True)
        (OUT / name).mkdir(parents=True)
        seconds[name] = runs[name]()
        print(f"{name:<10} ran in {seconds[name]:.0f} s", flush=True)
    spark = build_session("conf", "local")
    for name in wanted:
        told = {"support": judge_support, "finance": judge_finance}.get(name)
        print(f"{name:<10} {told(spark) if told else judge_shape(spark, name)}", flush=True)
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
