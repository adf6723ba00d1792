"""One recommendation taken apart: structured reasons, sources and granularities, counterfactual, SHAP, gradients."""

import numpy as np
import pandas as pd
from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.moved_store import default_tracking_uri
from ...core.only_row import only_row
from ...core.present import present
from ...core.registered import registered_torch_model
from ...core.stage import StageContext
from ...privacy.meant import Person
from ...privacy.person import find_person
from ..granularity import alpha_of, lambda_of
from ..objected import kept_shares
from ..personal import evidence_of
from ..relist import Relister, can_relist
from .faithful import person_rows
from .surrogate import explain_score

TWO_TOWER = "interestlake.two_tower"


def explain_one(context: StageContext, user: str, item_id: str) -> None:
    """Print why `item_id` has its score for `user`. About 25 small Spark jobs; one person's rows are collected."""
    lake = context.lake
    if not can_relist(lake):
        raise BadInput.of(f"lake {lake.root}", found="no models", expected="a finished recommend", where="--lake")
    person = find_person(lake, user, context.params.ingest.pseudonym_key_file)
    relister = Relister(context)
    recommender = relister.recommender
    catalogue = recommender.catalogue
    column = int(catalogue.columns_of([item_id])[0])
    if column < 0:
        expected = "an item_id of silver.items"
        raise BadInput.of(f"item {item_id!r}", found="none of that id", expected=expected, where="--item")
    block = relister.row(person)
    said_no = _without_refusal(block, int(catalogue.index_of_column[column]))
    row = block.iloc[0].to_dict()
    mine = (F.col("user_id") == person.user_id) & (F.col("item_id") == item_id)
    listed = lake.read("gold.recommendations").where(mine).first()
    print(f"{catalogue.titles[column]} ({item_id}) for {person.user_id[:8]}")
    print(listed["reason"] if listed else "Not in the present list.")
    if said_no:
        print("This person asked not to see it: it is never listed, and is taken apart here as if they had not.")
    batch = recommender.batch(block)
    pool = recommender.pool(block, batch)
    at = np.flatnonzero(pool.columns == column)
    if not len(at):
        print("No source proposes it: score 0.")
        return
    interests = recommender.interests
    left = kept_shares(pool, block, catalogue, interests.weights, interests.ids)
    parts = recommender.fusion.shares(pool, at)
    print(f"\nscore {float(recommender.fusion.scores(pool, left)[at[0]]):.6f}")
    given = {source: float(part) for source, part in zip(recommender.names, parts[0], strict=True)}
    _table("sources", given, "{:.1%}")
    alpha = alpha_of(given)
    _table("granularities, alpha", alpha, "{:.1%}")
    _table("lambda", lambda_of(alpha), "{:.3f}")
    if lake.exists("gold.reasons"):
        print("\nreasons")
        for reason in lake.read("gold.reasons").where(mine).orderBy("kind", "path").collect():
            print(f"  {reason['kind']:<16}{reason['statement']}")
    [spoken] = evidence_of(batch, 0, next(block.itertuples(index=False)), np.array([column]), recommender, parts)
    evidence = [int(c) for c in spoken.columns]
    if listed:
        rec = listed.asDict() | {"evidence": list(listed["evidence"])}
        contrast = person_rows(
            row | {"user_id": person.user_id, "listed": [rec]}, recommender, context.params.recommend.top_k
        )[0]
        print(f"\nwithout the stated reason ({contrast[3]}): {contrast[5]:.6f} instead of {contrast[4]:.6f}")
        print(contrast[7] or "Up to three removals of evidence keep it in the list.")
    values, nothing, everything = explain_score(row, column, evidence, recommender, context.options.seed)
    titles = dict(zip(catalogue.item_ids, catalogue.titles, strict=True))
    _table(
        f"Kernel SHAP from {nothing:.4f} to {everything:.4f}",
        {titles.get(name, name): value for name, value in values.items()},
        "{:+.4f}",
    )
    _gradients(context, person, item_id, row)


def _without_refusal(block: pd.DataFrame, item_index: int) -> bool:
    """Take one item out of the person's objections, in place; whether it was among them."""
    refused = False
    for name in ("barred", "refused"):
        if name in block.columns and np.ndim(block.at[0, name]):
            left = [int(i) for i in block.at[0, name] if int(i) != item_index]
            refused |= len(left) < len(block.at[0, name])
            block.at[0, name] = left
    return refused


def _table(title: str, values: dict[str, float], form: str) -> None:
    print(f"\n{title}")
    for name, value in sorted(values.items(), key=lambda pair: (-abs(pair[1]), pair[0])):
        print(f"  {name[:56]:<58}{form.format(value):>10}")


def _gradients(context: StageContext, person: Person, item_id: str, row: dict) -> None:
    """Integrated gradients of the registered two-tower model, where the store still has it."""
    import torch

    from .attribution import attribute, by_history, rebuilt

    uri = context.options.tracking_uri or default_tracking_uri(context.options.lake)
    model = registered_torch_model(uri, TWO_TOWER)
    if model is None:
        print(f"\nno attribution: {uri} has no readable {TWO_TOWER}")
        return
    items = context.read("silver.items").select("item_id", "item_index")
    features = context.read("models.item_features").select("item_index", "text_vector")
    history = [] if row["items"] is None else [int(i) for i in row["items"]]
    target = only_row(items.where(F.col("item_id") == item_id))["item_index"]
    vectors = {
        r["item_index"]: r["text_vector"]
        for r in features.where(F.col("item_index").isin([*history, target])).collect()
    }
    width = len(vectors[target])
    model = rebuilt(model.state_dict(), context.params.two_tower.temperature)
    attribution = attribute(model, present(person.user_index), target, width)
    _table(
        f"integrated gradients of the two-tower score {attribution.score:.4f} (from {attribution.baseline:.4f}, "
        f"completeness error {attribution.error:.1e})",
        attribution.parts,
        "{:+.4f}",
    )
    if history:
        added = by_history(attribution, torch.tensor([vectors[i] for i in history]), torch.tensor(list(row["weights"])))
        names = {
            r["item_index"]: r["title"]
            for r in context.read("silver.items").where(F.col("item_index").isin(history)).collect()
        }
        best = sorted(zip(history, added.tolist(), strict=True), key=lambda pair: -abs(pair[1]))[:5]
        _table("of it through the text of", {names[i]: value for i, value in best}, "{:+.4f}")
