"""A lemma dictionary made from an English vocabulary by rule, and the copy of it that ships beside this module."""

from pathlib import Path

DICTIONARY = Path(__file__).with_name("data") / "lemmas.yml"
KEY_DELIMITER, FORM_DELIMITER = ":", " "

IRREGULAR = {
    "be": "am are been being is was were", "begin": "began begun", "bring": "brought", "build": "built",
    "buy": "bought", "catch": "caught", "child": "children", "come": "came", "do": "did does done",
    "draw": "drawn drew", "drive": "driven drove", "fall": "fallen fell", "feel": "felt", "fight": "fought",
    "find": "found", "fly": "flew flown", "foot": "feet", "forget": "forgot forgotten", "get": "got gotten",
    "give": "gave given", "go": "goes gone went", "grow": "grew grown", "have": "had has", "hear": "heard",
    "hide": "hid hidden", "hold": "held", "keep": "kept", "know": "knew known", "lead": "led", "lose": "lost",
    "make": "made", "man": "men", "meet": "met", "mouse": "mice", "pay": "paid", "person": "people", "run": "ran",
    "say": "said", "see": "saw seen", "sell": "sold", "send": "sent", "sing": "sang sung", "sleep": "slept",
    "speak": "spoke spoken", "spend": "spent", "stand": "stood", "steal": "stole stolen", "take": "taken took",
    "teach": "taught", "tell": "told", "think": "thought", "tooth": "teeth", "wear": "wore worn", "win": "won",
    "woman": "women", "write": "written wrote",
}  # fmt: skip
# plural in spelling only, or a word of its own
FIXED = frozenset(
    "always arms bass basis blues business christmas congress customs does gas glasses goods has his james jones "
    "less lens likes mass mars mathematics news pass physics plus politics series species states status this thus "
    "times us various was yes building during evening feeling hearing king living meeting morning nothing opening "
    "painting ring setting sing something spring string thing wedding wing bed feed need red seed shed speed weed "
    "hundred naked sacred wicked".split()
)  # fmt: skip


def build_lemmas(vocabulary: list[str]) -> dict[str, list[str]]:
    """Words -> {lemma: its inflected forms, sorted}; lemmas in alphabetic order.

    Each word gets its plural; -ed and -ing forms only where the vocabulary holds the -s form as well, so that "string"
    is no form of "str". Irregular forms come from the table above and win.
    """
    words = {word for word in vocabulary if word.isascii() and word.isalpha() and len(word) > 2}
    irregular = {form for forms in IRREGULAR.values() for form in forms.split()}
    lemmas = {lemma: set(forms.split()) for lemma, forms in IRREGULAR.items()}
    taken = irregular | FIXED
    for base in sorted(words - irregular):
        plural = _third_person(base)
        if plural in taken or base.endswith(("s", "ing", "ed")) and base not in FIXED:
            continue
        if plural in words:
            forms = {plural} | {form for form in _verb_forms(base, words) if form in words and form not in taken}
        elif len(base) > 3:
            forms = {plural}
        else:
            continue
        lemmas.setdefault(base, set()).update(forms)
        taken |= forms
    inflected = {form for forms in lemmas.values() for form in forms}
    return {lemma: sorted(lemmas[lemma]) for lemma in sorted(lemmas) if lemma not in inflected}


def write_lemmas(lemmas: dict[str, list[str]], path: Path) -> None:
    """One `lemma: form form` a line: YAML, and the two delimiters that the Lemmatizer is told."""
    lines = (f"{lemma}{KEY_DELIMITER} {FORM_DELIMITER.join(forms)}\n" for lemma, forms in lemmas.items())
    path.write_text("".join(lines), encoding="utf-8")


def _third_person(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("x", "ch", "sh", "z")) else "s")


def _verb_forms(base: str, words: set[str]) -> tuple[str, ...]:
    if base.endswith("e"):
        return base + "d", base[:-1] + "ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied", base + "ing"
    doubled = base + base[-1]
    if base + "e" in words:  # "caring" is a form of "care", not of "car"
        return doubled + "ed", doubled + "ing"
    return base + "ed", base + "ing", doubled + "ed", doubled + "ing"
