"""A small hand-made lake as rows per table: films, interests in six communities, one person with a known list."""

import random
from datetime import datetime, timedelta

FILMS = {
    "dark comedy": ("Fargo", "The Big Lebowski", "In Bruges", "Burn After Reading", "Dr. Strangelove", "Snatch"),
    "space": ("Alien", "Moon", "Interstellar", "2001: A Space Odyssey", "Gattaca", "Contact", "Sunshine"),
    "family": ("Toy Story", "Finding Nemo", "Babe", "The Iron Giant", "Paddington", "Up", "Spirited Away"),
    "noir": ("Chinatown", "Laura", "Double Indemnity", "The Third Man", "L.A. Confidential", "Touch of Evil"),
    "romance": ("Before Sunrise", "Amélie", "Casablanca", "Notting Hill", "In the Mood for Love", "Brooklyn"),
    "war": ("Apocalypse Now", "Das Boot", "Platoon", "The Thin Red Line", "Paths of Glory", "Come and See"),
}
COMMUNITIES = {
    "dark comedy": "dark comedy|black humour|Coen brothers|cult film|quirky|satire|crime gone wrong|dialogue|irony"
    "|heist|money / crime / kidnapping|deadpan|hitman",
    "space": "Sci-Fi|space|artificial intelligence|time travel|dystopia|mindfuck|aliens|philosophical|Stanley Kubrick"
    "|ship / crew / planet|future|loneliness|robots|space station|hard science fiction",
    "family": "Animation|Children|Pixar|talking animals|friendship|feel-good|toys|adventure|Studio Ghibli|coming of age"
    "|boy / friend / home|whimsical|Disney|bittersweet",
    "noir": "Film-Noir|black and white|femme fatale|detective|betrayal|1940s|voice-over|murder|Orson Welles|Los Angeles"
    "|police / case / city|corruption",
    "romance": "Romance|bittersweet love|Paris|New York|strangers|melancholy|letters|slow burn|Wong Kar-wai"
    "|love / night / train|wedding|immigration",
    "war": "War|World War II|Vietnam|anti-war|based on a true story|submarine|trench warfare|soldiers|insanity"
    "|army / front / men|Francis Ford Coppola",
}
KINDS = ("category", "tag", "tag", "keyword", "tag", "keyword", "tag", "tag", "keyword", "topic")
MODELS = {
    "fused": 0.2314, "ease": 0.2187, "als": 0.2021, "item_knn": 0.1954, "user_knn": 0.1893, "graph_filter": 0.1712,
    "transitions": 0.1588, "text": 0.0921, "social": 0.0844, "popularity": 0.1127,
}  # fmt: skip
RUN, OTHER_RUN = "films-1", "films-0"
PERSON = "5c1d9e0a7b3f4426a8e1c2d3f4a5b6c7"
START = datetime(2019, 3, 1)


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.lower())


def items():
    found = [(title, theme) for theme, titles in FILMS.items() for title in titles]
    return [
        (f"m{i}", i, title, f"A film of {theme}." if i % 3 else None, ["Drama", theme.capitalize()], 3 + i % 7)
        for i, (title, theme) in enumerate(found)
    ]


def interests():
    rows = []
    for names in COMMUNITIES.values():
        for place, name in enumerate(names.split("|")):
            kind = "topic" if "/" in name else "category" if name[0].isupper() and place == 0 else KINDS[place % 10]
            rows.append((f"{kind}:{_slug(name)}", kind, name, 40 - 2 * place))
    return rows


def _groups():
    ids = iter(interests())
    return [[next(ids)[0] for _ in names.split("|")] for names in COMMUNITIES.values()]


def interest_nodes_and_edges():
    chance = random.Random(7)
    weights: dict[tuple[str, str], float] = {}
    groups = _groups()
    for group in groups:
        for i, a in enumerate(group):
            for j, b in enumerate(group[:i]):
                if chance.random() < 3.2 / (1 + min(i, j)) / 2:
                    weights[min(a, b), max(a, b)] = round(0.15 + 0.75 * chance.random() / (1 + 0.15 * j), 4)
            a, b = group[0], group[i]
            if i:
                weights[min(a, b), max(a, b)] = round(0.4 + 0.5 * chance.random(), 4)
    for i, group in enumerate(groups):
        for other in groups[:i]:
            a, b = chance.choice(group[:5]), chance.choice(other[:5])
            weights[min(a, b), max(a, b)] = round(0.08 + 0.2 * chance.random(), 4)
    total: dict[str, list[float]] = {}
    for (a, b), weight in weights.items():
        total.setdefault(a, []).append(weight)
        total.setdefault(b, []).append(weight)
    everything = sum(map(sum, total.values()))
    nodes = [
        (a, len(total[a]), sum(total[a]), "category:a", f"{min(group)}", sum(total[a]) / everything)
        for group in groups
        for a in group
    ]
    return nodes, [(a, b, weight, 3) for (a, b), weight in weights.items()]


def interest_map():
    chance = random.Random(11)
    dark, space, family, noir, *_ = _groups()
    chosen = dark[:11] + space[:8] + noir[:5] + family[3:5]
    rows = []
    for i, interest in enumerate(chosen):
        begin = START + timedelta(days=chance.randrange(0, 400))
        end = begin + timedelta(days=chance.randrange(0, 900))
        evidence = [f"m{(i * 3 + j) % 13}" for j in range(3)]
        rows.append((PERSON, interest, round(1 / (1 + 0.14 * i), 4), 1 / len(chosen), 12 - i % 9, evidence, begin, end))
    return rows


def recommendations():
    three = ("ease", 0.44), ("als", 0.31), ("graph_filter", 0.25)
    mixes = three, (("text", 0.5), ("item_knn", 0.5)), (("user_knn", 1.0),)
    seen = {f"m{i}" for i in range(13)}
    unseen = [item for item in items() if item[0] not in seen]
    rows = []
    for rank, item in enumerate(unseen[::3][:10], 1):
        evidence = [f"m{rank % 6}", f"m{6 + rank % 5}"]
        titles = [items()[int(e[1:])][2] for e in evidence]
        reason = f"Because you chose {titles[0]} and {titles[1]}: the same people chose this one too."
        mix = mixes[rank % 3]
        score = 0.981 - 0.043 * rank
        rows.append((PERSON, rank, item[0], score, list(mix), evidence, "together", evidence, None, None, reason, RUN))
    told = ([("popularity", 1.0)], [], "popular", [], None, None, "Many people chose it.", RUN)
    return rows + [(f"{i:032x}", 1, "m2", 0.5, *told) for i in (1, 2)]


def metrics():
    rows = []
    others = ("map", 0.52), ("recall", 0.83), ("precision", 0.71), ("hit_rate", 2.6), ("coverage", 1.9)
    for place, (model, base) in enumerate(MODELS.items()):
        for k, factor in ((5, 0.86), (10, 1.0), (20, 1.17)):
            for segment, users, lift in (("all", 268, 1.0), ("warm", 214, 1.06), ("cold", 54, 0.72)):
                bend = 1.6 if segment == "cold" and model == "popularity" else 1.0
                value = round(base * factor * lift * bend, 4)
                rows.append((RUN, "test", segment, model, "ndcg", k, value, users))
                rows += [(RUN, "test", segment, model, m, k, round(value * f, 4), users) for m, f in others]
                rows.append((RUN, "test", segment, model, "novelty", k, 6.2 + 0.31 * place, users))
                rows.append((RUN, "test", segment, model, "diversity", k, 0.61 + 0.02 * ((place * 5) % 7), users))
    rows.append((OTHER_RUN, "test", "all", "fused", "ndcg", 10, 0.9999, 268))
    rows.append((RUN, "validation", "all", "fused", "ndcg", 10, 0.8888, 268))
    rows.append((RUN, "test", "all", "interest_map", "interest_lift", 0, 1.847, 221))
    rows.append((RUN, "release", "all", "fused", "reason_distinct", 0, 0.973, 300))
    return [(*row, 0.0061) for row in rows]


def fusion_weights():
    some = {
        "ease": 0.38,
        "als": 0.24,
        "graph_filter": 0.14,
        "item_knn": 0.1,
        "text": 0.08,
        "user_knn": 0.06,
        "social": 0.0,
    }
    few = {"popularity": 0.55, "text": 0.25, "social": 0.2}
    segments = {"100 and more": some, "20-99": some, "5-19": some, "0-4": few}
    return [(segment, s, w) for segment, shares in segments.items() for s, w in shares.items()]


def stages():
    def row(name, seconds, reads, writes, figures=None):
        return (RUN, name, seconds, writes, {**reads, **{t: 1 for t in writes}}, figures or {}, None)

    events = {"bronze.events": 1, "bronze.items": 1}
    return [
        row("prepare", 9.8, events, {"silver.interactions": 4106, "silver.users": 300, "silver.items": 38}),
        row("ingest", 12.4, {}, {"bronze.events": 4380, "bronze.items": 38, "bronze.quarantine": 7}),
        row("train_als", 8.1, {"silver.interactions": 1}, {"models.als_item_factors": 38}, {"loss": 0.0412}),
        row("build_graph", 31.7, {"silver.interactions": 1}, {"graph.interest_edges": 171, "graph.interest_nodes": 76}),
        row("evaluate", 5.2, {"models.lists": 4}, {"gold.metrics": 722}, {"ndcg@10": 0.2314}),
    ]


def interactions():
    mine = [
        (PERSON, f"m{i}", 0, i, 0.9, 1, i + 1, START + timedelta(days=40 * i), START + timedelta(days=40 * i), "train")
        for i in range(13)
    ]
    return [*mine, (PERSON, "m20", 0, 20, 0.5, 1, 14, START, START + timedelta(days=2000), "test")]


def users():
    later = START + timedelta(days=480)
    return [(PERSON, 0, 13, START, later), (f"{1:032x}", 1, 2, START, later), (f"{2:032x}", 2, 90, START, later)]


def quarantine():
    bad, none = "value: found '{}x'; expected a number in 0.5..5", "user: found nothing; expected an id"
    rows = [("films", "ratings.csv", 10 + i, bad.format(i), START.date()) for i in range(5)]
    return [*rows, *[("films", "ratings.csv", 90 + i, none, None) for i in range(2)]]


def tables() -> dict[str, list[tuple]]:
    """Rows per table in the contract's column order."""
    nodes, edges = interest_nodes_and_edges()
    event = (PERSON, "m1", "rating", 4.0, None, START, "films", "ratings.csv")
    document = ("item", "m1", None, "A film of dark comedy.", None, None, "all")
    return {
        "bronze.events": [(f"e{i}", *event, i + 1) for i in range(60)],
        "bronze.quarantine": quarantine(),
        "silver.users": users(),
        "silver.items": items(),
        "silver.documents": [(f"d{i}", f"h{i}", *document) for i in range(25)],
        "silver.friends": [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")],
        "silver.facts": [("Fargo", "made_by", "Coen brothers", "m0", None, "films", 1.0, None, None)],
        "silver.interests": interests(),
        "silver.interactions": interactions(),
        "graph.interest_nodes": nodes,
        "graph.interest_edges": edges,
        "models.fusion_weights": fusion_weights(),
        "gold.metrics": metrics(),
        "gold.recommendations": recommendations(),
        "gold.interest_map": interest_map(),
        "ops.runs": [(RUN, "movielens", 42, "f" * 64)],
        "ops.stages": stages(),
    }
