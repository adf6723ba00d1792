"""What embed-media and train-media print when they are done."""

from collections.abc import Mapping

COLUMNS = ("new_people", "new_items", "new_people_and_items")


def media_table(figures: Mapping[str, float]) -> str:
    """Figures of either command -> lines of text."""
    if "files" in figures:
        names = ("files", "contents", "embedded", "quarantined")
        return "  ".join(f"{name} {int(figures[name]):,}" for name in names)
    trials = [name for name in COLUMNS if f"people.{name}" in figures]
    if not trials:
        return "nobody is left to judge by: too few people or items for train_media.held_out_share"
    width = max(len(name) for name in COLUMNS) + 2
    labels = [key.removesuffix(f".{trials[0]}.ndcg_10") for key in figures if key.endswith(f".{trials[0]}.ndcg_10")]
    lines = [f"{'nDCG@10 / recall@10':<20}" + "".join(f"{name.replace('_', ' '):>{width}}" for name in trials)]
    for label in labels:
        cells = (
            f"{figures[f'{label}.{trial}.ndcg_10']:.4f} / {figures[f'{label}.{trial}.recall_10']:.4f}"
            for trial in trials
        )
        lines.append(f"{label.replace('_', ' '):<20}" + "".join(f"{cell:>{width}}" for cell in cells))
    lines.append(f"{'people':<20}" + "".join(f"{int(figures[f'people.{trial}']):>{width},}" for trial in trials))
    return "\n".join(lines)
