"""A generated support desk: four subjects, an agent who knows each, one who answers everything badly, and articles."""

import csv
from pathlib import Path

import numpy as np

SUBJECTS = {
    "billing": ("invoice", "refund", "credit card charge", "payment", "tax on the bill"),
    "login": ("password", "sign in", "two factor code", "locked account", "reset link"),
    "shipping": ("parcel", "delivery date", "courier", "tracking number", "damaged box"),
    "printer": ("paper jam", "ink cartridge", "wireless printing", "scanner", "blurry pages"),
}
FRAMES = (
    "I have a problem with the {a} and the {b}.",
    "My {a} does not work, please look at the {b}.",
    "Since yesterday the {a} is wrong; what about the {b}?",
    "Help: {a}, and also {b}.",
)
BUNGLER = "agent-bungler"
OFF = "Will penguins dance under the moon of Saturn tonight?"


def write_desk(folder: Path, past: int = 120, new: int = 24, seed: int = 3) -> dict[str, Path]:
    """past.csv, articles.csv, new.csv; the subject of every ticket is the beginning of its id."""
    generator, names = np.random.default_rng(seed), list(SUBJECTS)

    def text(subject: str) -> str:
        a, b = generator.choice(SUBJECTS[subject], 2, replace=False)
        return str(generator.choice(FRAMES)).format(a=a, b=b)

    rows = {
        "past": [("ticket_id", "text", "agent_id", "article_id", "solved", "timestamp")],
        "articles": [("article_id", "title", "text")],
        "new": [("ticket_id", "text")],
    }
    for n in range(past):
        subject = names[n % len(names)]
        bungled = generator.random() < 0.4
        agent = BUNGLER if bungled else f"agent-{subject}"
        article = "" if bungled or generator.random() < 0.3 else f"kb-{subject}"
        rows["past"].append(
            (
                f"{subject}-{n:04}",
                f"{text(subject)} Write to me{n}@mail.example",
                agent,
                article,
                0 if bungled else 1,
                1_700_000_000 + 3600 * n,
            )
        )
    for subject, words in SUBJECTS.items():
        rows["articles"].append((f"kb-{subject}", f"About {subject}", f"What to do about {', '.join(words)}."))
    for n in range(new):
        subject = names[n % len(names)]
        rows["new"].append((f"{subject}-new{n:03}", text(subject)))
    rows["new"].append(("off-0", OFF))
    paths = {}
    for name, lines in rows.items():
        paths[name] = folder / f"{name}.csv"
        with open(paths[name], "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
    return paths
