"""An answer as text for people, and as JSON for programs."""

from .answer import Answer, Hit
from .ask import Intent
from .index import AskIndex

NO_MODEL = "no intent model was given (--intents)"
RANKINGS = {
    "als": "chosen by people like you",
    "seeds": "chosen by the people of the example",
    "alike": "of the example's kind",
}


def as_json(request: str, made: Answer, intent: Intent | None, index: AskIndex, with_intents: bool) -> dict:
    """Everything an answer holds, in plain types."""
    parsed, items = made.parsed, index.catalogue
    return {
        "request": request,
        "intent": None if intent is None else vars(intent),
        "intent_note": "" if with_intents else NO_MODEL,
        "understood": {
            "wanted": [[{"kind": one.kind, "name": one.name} for one in group] for group in parsed.wanted],
            "excluded": [{"kind": one.kind, "name": one.name} for one in parsed.excluded],
            "ranges": [{"field": one.field, "words": one.words, "low": _bound(one.low), "high": _bound(one.high),
                        "refused": one.refused} for one in parsed.ranges],
            "like": [{"item_id": str(items.item_ids[c]), "title": str(items.titles[c])} for c in parsed.seeds],
            "tags": [one.name for one in parsed.soft],
            "words": parsed.terms,
        },
        "dropped": made.dropped,
        "notes": made.notes,
        "candidates": made.candidates,
        "items": [{
            "rank": rank,
            "item_id": str(items.item_ids[hit.column]),
            "title": str(items.titles[hit.column]),
            "score": hit.score,
            "parts": hit.parts,
            "words": hit.words,
            "similarity": hit.similarity,
            "constraints": hit.constraints,
            "interests": hit.interests,
            "means": hit.means,
            "reason": reason(hit),
        } for rank, hit in enumerate(made.hits, 1)],
    }  # fmt: skip


def _bound(value: float) -> float | None:
    return None if value in (float("inf"), float("-inf")) else value


def reason(hit: Hit) -> str:
    """One line: constraints held, words found, nearness of meaning, what of the profile spoke for it."""
    said = list(hit.constraints)
    if hit.words:
        said.append(f"says {', '.join(hit.words)}")
    said += ["“{}” read as {}".format(*meant.split(": ", 1)) for meant in hit.means]
    if hit.similarity > 0:
        said.append(f"near in meaning ({hit.similarity:.2f})")
    if hit.interests and "interests" in hit.parts:
        said.append(f"your interest in {' and '.join(hit.interests)}")
    said += [text for name, text in RANKINGS.items() if name in hit.strong]
    return "; ".join(said) or "much chosen"


def as_text(made: Answer, intent: Intent | None, index: AskIndex) -> str:
    """What was understood, then the list, one line of reasons under each item."""
    parsed = made.parsed
    understood = [" or ".join(dict.fromkeys(f"{one.kind} {one.name}" for one in group)) for group in parsed.wanted]
    understood += [one.words for one in parsed.ranges]
    understood += [f"like {index.catalogue.titles[column]}" for column in parsed.seeds]
    understood += [f"tag {name}" for name in dict.fromkeys(one.name for one in parsed.soft)]
    excluded = dict.fromkeys(f"{one.kind} {one.name}" for one in parsed.excluded)
    understood += [f"not {name}" for name in excluded]
    lines = [f"intent      {_intent(intent)}",
             f"understood  {'; '.join(understood) or 'no constraint'}",
             f"words       {', '.join(parsed.terms) or 'none'}"]  # fmt: skip
    if made.dropped:
        lines.append(f"dropped     no item holds everything: left out {', '.join(map(repr, made.dropped))}")
    lines += [f"note        {note}" for note in made.notes]
    if not made.hits:
        lines.append("no item fits")
    for rank, hit in enumerate(made.hits, 1):
        title, item_id = index.catalogue.titles[hit.column], index.catalogue.item_ids[hit.column]
        lines.append(f"{rank:>3}  {hit.score:.4f}  {title}  [{item_id}]")
        lines.append(f"             {reason(hit)}")
    return "\n".join(lines)


def _intent(intent: Intent | None) -> str:
    if intent is None:
        return NO_MODEL
    if intent.out_of_scope:
        return f"out of scope (nearest: {intent.name}, {intent.confidence:.2f})"
    return f"{intent.name} ({intent.confidence:.2f})"
