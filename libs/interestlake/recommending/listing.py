"""The registry as a list: what each model needs, where it fits, what a fit costs here, what the last run made of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from pyspark.sql import functions as F

from ..core.lake import Lake
from ..core.only_row import only_row
from ..core.params.all import Recommend
from ..core.stage import expect_lake
from ..interactions.inputs import Inputs
from ..interactions.lake_inputs import item_facts
from ..models.costs import BY_ITEMS, MAX_NCF_PAIRS
from ..models.model import Model, Size
from ..models.ncf import NCF
from ..models.registry import MODELS
from .chosen_tables import CHOSEN

NEEDED = ("silver.interactions", "silver.items", "silver.documents", "silver.friends", "silver.facts")


@dataclass(frozen=True)
class Data:
    """What models would meet: size of the train pairs, and which of models.model.NEEDS there is."""

    size: Size
    brings: frozenset[str]


@dataclass(frozen=True)
class Listed:
    """One model of the registry.

    runs_on: "one machine", and "Spark" where the lake has a way for it past one machine; fits: most of a search;
    gigabytes, seconds: of one fit on these data, None without data; lacks: why it cannot be fitted on them, () where it
    can; validation, weight, left_out: of the last run, None where there is none or it left the model out.
    """

    name: str
    granularity: str
    needs: tuple[str, ...]
    runs_on: tuple[str, ...]
    when_named: bool
    fits: int
    gigabytes: float | None = None
    seconds: float | None = None
    lacks: tuple[str, ...] = ()
    validation: float | None = None
    weight: float | None = None
    left_out: str | None = None


def listing(
    data: Data | None, last: Mapping[str, Mapping], models: Iterable[Model] = MODELS, bounds: Recommend | None = None
) -> list[Listed]:
    """A row per model, in the registry's order; last: name -> {validation, weight, left_out} of `last_run`; bounds: of
    a run on the lake, None = none."""
    return [_listed(model, data, last.get(model.name, {}), bounds) for model in models]


def _listed(model: Model, data: Data | None, last: Mapping, bounds: Recommend | None) -> Listed:
    runs_on = ("one machine", "Spark") if model.on_spark else ("one machine",)
    fits = model.budget if model.grids else 1
    plain = Listed(
        model.name,
        model.granularity,
        model.needs,
        runs_on,
        model.when_named,
        fits,
        validation=last.get("validation"),
        weight=last.get("weight"),
        left_out=last.get("left_out"),
    )
    if data is None:
        return plain
    cost = model.cost(data.size)
    lacks = [f"no {need}" for need in model.needs if need not in data.brings]
    if model.name == NCF.name and data.size.people * data.size.items > MAX_NCF_PAIRS:
        lacks.append(f"more than {MAX_NCF_PAIRS:,} person x item pairs")
    gigabytes = cost.bytes / 2**30
    if bounds and data.size.pairs > bounds.max_pairs:
        if not (model.on_spark or model.name in BY_ITEMS):
            lacks.append(f"more than recommend.max_pairs={bounds.max_pairs:,} pairs")
    elif bounds and gigabytes > bounds.max_fit_gigabytes:
        lacks.append(f"would hold more than recommend.max_fit_gigabytes={bounds.max_fit_gigabytes:g}")
    return replace(plain, gigabytes=gigabytes, seconds=cost.seconds, lacks=tuple(lacks))


def data_of_files(inputs: Inputs) -> Data:
    """Of a benchmark's files. No text is encoded: words are taken to be there where texts are."""
    train = inputs.train
    liked = train.users[train.weights > 0]
    texts = bool((inputs.items != "").to_numpy().any())
    facts = inputs.facts is not None and bool(inputs.facts.nnz)
    return Data(Size.of(train), _brings(
        times=train.timed, sequences=bool((liked[1:] == liked[:-1]).any()), friends=inputs.friends is not None,
        texts=texts, words=texts, facts=facts,
    ))  # fmt: skip


def data_of_lake(lake: Lake) -> Data:
    """Of a lake's train pairs, as a run would collect them; texts are those that somebody has encoded.

    Raises BadInput for a lake without them. Runs up to seven small Spark jobs, and collects nothing but counts.
    """
    expect_lake(lake, NEEDED, "interestlake run --until prepare")
    pairs, items, documents = (lake.read(name) for name in NEEDED[:3])
    train = pairs.where("split = 'train'")
    people = train.groupBy("user_id").agg(F.count("*").alias("pairs"))
    squared = F.sum(F.col("pairs").cast("double") ** 2)
    row = only_row(people.agg(F.sum("pairs"), F.count("*"), F.max("pairs"), squared))
    count, users, longest, together = (value or 0 for value in row)
    chosen = train.groupBy("item_id").agg(F.count("*").alias("people"))
    chosen, repeated = only_row(chosen.agg(F.count("*"), F.count_if(F.col("people") > 1)))
    texts = False
    if lake.exists("silver.embeddings"):
        encoded = lake.read("silver.embeddings").select("text_hash")
        texts = not documents.where("kind = 'item'").join(encoded, "text_hash", "left_semi").isEmpty()
    words = "length(title) > 0 OR length(description) > 0"
    size = Size(count, users, items.count(), chosen, repeated, float(together))
    return Data(size, _brings(
        times=count > 0 and pairs.where("first_ts IS NULL").isEmpty(), sequences=longest > 1,
        friends=not lake.read("silver.friends").isEmpty(), texts=texts, words=not items.where(words).isEmpty(),
        facts=not lake.read("silver.facts").transform(item_facts(items)).isEmpty(),
    ))  # fmt: skip


def _brings(times: bool, sequences: bool, friends: bool, texts: bool, words: bool, facts: bool) -> frozenset[str]:
    """Of models.model.NEEDS: what is made of texts and facts is there where they are."""
    there = {"times": times, "sequences": sequences, "friends": friends, "texts": texts, "words": words,
             "content": texts or words or facts, "facts": facts, "shared facts": facts}  # fmt: skip
    return frozenset(need for need, given in there.items() if given)


def last_run(lake: Lake) -> dict[str, dict]:
    """name -> {validation, weight, left_out} of models.chosen, {} for a lake without. Runs one Spark job."""
    if not lake.exists(CHOSEN):
        return {}
    rows = lake.read(CHOSEN).select("model", "validation", "weight", "left_out").collect()
    return {row["model"]: row.asDict() for row in rows}


def as_json(rows: Sequence[Listed]) -> list[dict]:
    """Plain values of every row."""
    return [asdict(row) for row in rows]


def as_table(rows: Sequence[Listed]) -> str:
    """Lines of at most 120 characters where no reason is longer; columns that no row has anything for are left out."""
    columns = {
        "model": [f"{row.name}{' (when named)' if row.when_named else ''}" for row in rows],
        "granularity": [row.granularity for row in rows],
        "needs": [", ".join(row.needs) or "-" for row in rows],
        "runs on": [", ".join(row.runs_on) for row in rows],
        "fits": [str(row.fits) for row in rows],
        "GB": [_number(row.gigabytes, "{:.3f}") for row in rows],
        "s a fit": [_number(row.seconds, "{:.1f}") for row in rows],
        "here": ["" if row.gigabytes is None else "no" if row.lacks else "yes" for row in rows],
        "validation": [_number(row.validation, "{:.4f}") for row in rows],
        "weight": [_number(row.weight, "{:.3f}") for row in rows],
    }
    shown = {head: cells for head, cells in columns.items() if any(cells)}
    right = {"fits", "GB", "s a fit", "validation", "weight"}
    widths = {head: max(len(head), *map(len, cells)) for head, cells in shown.items()}

    def line(cells: Iterable[str]) -> str:
        padded = (cell.rjust(widths[head]) if head in right else cell.ljust(widths[head])
                  for head, cell in zip(shown, cells, strict=True))  # fmt: skip
        return "  ".join(padded).rstrip()

    reasons = [(row.name, row.left_out or "; ".join(row.lacks)) for row in rows if row.left_out or row.lacks]
    below = [f"left out: {name:<14} {reason}" for name, reason in reasons]
    return "\n".join([line(shown), *map(line, zip(*shown.values(), strict=True)), *below])


def _number(value: float | None, form: str) -> str:
    return "" if value is None or value != value else form.format(value)
