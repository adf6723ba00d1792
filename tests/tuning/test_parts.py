"""The parts by themselves: spans and decoding, thresholds, batches, rates, the adversarial step and the average."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from interestlake.core.errors import BadInput
from interestlake.text.tuning import soup
from interestlake.text.tuning.batches import Pieces, blurred, shuffled, swapped, thinned
from interestlake.text.tuning.encoder import CosineHead, Encoder, LinearHead, class_means, class_weights
from interestlake.text.tuning.fit import Average, History, Kept, WorstStep, fit, rate_at
from interestlake.text.tuning.outlier_scores import choose_threshold, is_rejected
from interestlake.text.tuning.plan import Plan, with_epochs
from interestlake.text.tuning.spans import allowed_moves, decode, entity_scores, spans_of
from interestlake.text.tuning.tagger import SHAPES, shape_of

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("O O", set()),
        ("B-a I-a O", {("a", 0, 2)}),
        ("B-a B-a I-a", {("a", 0, 1), ("a", 1, 3)}),
        ("I-a I-a", {("a", 0, 2)}),
        ("B-a I-b I-b", {("a", 0, 1), ("b", 1, 3)}),
        ("O B-b", {("b", 1, 2)}),
    ],
)
def test_spans_follow_conlleval(tags, spans):
    assert spans_of(tags.split()) == spans


def test_entity_f1_counts_whole_entities():
    true = [["B-a", "I-a", "O", "B-b"], ["B-a", "O"]]
    found = [["B-a", "O", "O", "B-b"], ["B-a", "B-b"]]
    scores = entity_scores(true, found)
    # of 3 true and 4 found entities, 2 are the same
    assert scores["all"] == {"precision": 0.5, "recall": pytest.approx(2 / 3), "f1": pytest.approx(4 / 7), "support": 3}
    assert scores["a"]["f1"] == scores["a"]["precision"] == 0.5
    assert scores["b"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}


@pytest.mark.parametrize("seed", range(10))
def test_decoding_is_the_best_of_all_valid_sequences(seed):
    scores = np.random.default_rng(seed).normal(size=(4, len(TAGS)))

    def valid(path):
        before = ["O", *(TAGS[tag] for tag in path)]
        return all(not tag.startswith("I-") or last[1:] == tag[1:] and last != "O"
                   for last, tag in zip(before, before[1:], strict=False))  # fmt: skip

    paths = [path for path in itertools.product(range(len(TAGS)), repeat=4) if valid(path)]
    best = max(paths, key=lambda path: sum(scores[word, tag] for word, tag in enumerate(path)))
    assert decode(scores, allowed_moves(TAGS)) == list(best)


def test_a_threshold_keeps_its_share_and_takes_the_score_that_rejects_most():
    draw = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 100)
    logits = draw.normal(size=(300, 3))
    logits[np.arange(300), labels] += 6
    logits[labels == 2, :2] = draw.normal(size=(100, 2)) * 0.1  # an outlier is near no class
    chosen = choose_threshold(logits, labels, keep=0.95)
    inside = labels < 2
    right = inside & (logits[:, :2].argmax(1) == labels)
    rejected = is_rejected(logits, chosen)
    assert (right & ~rejected).sum() == np.ceil(0.95 * right.sum())
    assert chosen.dev_recall[chosen.score] == max(chosen.dev_recall.values()) == rejected[~inside].mean() > 0.9
    assert choose_threshold(logits[inside], labels[inside], 0.95).dev_recall == {}


def test_batches_hold_each_row_once_within_the_budget():
    draw = np.random.default_rng(3)
    lengths = draw.integers(2, 40, 500).tolist()
    found = shuffled(range(500), lengths, 16, 200, np.random.default_rng(1))
    assert sorted(row for batch in found for row in batch) == list(range(500))
    assert all(len(batch) * max(lengths[row] for row in batch) <= 200 and len(batch) <= 16 for batch in found)
    assert found == shuffled(range(500), lengths, 16, 200, np.random.default_rng(1))
    padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in found)
    assert padded < 1.2 * sum(lengths)


def test_word_dropout_spares_the_ends():
    piece = [101, *range(1000, 2000), 102]
    kept = thinned(piece, 0.3, np.random.default_rng(0))
    assert kept[0] == 101 and kept[-1] == 102 and 600 < len(kept) < 800
    lost = blurred(piece, 0.3, 100, np.random.default_rng(0))
    assert len(lost) == len(piece) and (lost[0], lost[-1]) == (101, 102) and 200 < lost.count(100) < 400


def test_rate_rises_then_falls_to_nothing():
    rates = [rate_at(step, 100, 0.1) for step in range(100)]
    assert rates[0] == 0.1 and max(rates) == rates[9] == rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True) and rates[-1] < 0.001


def test_small_sets_get_more_passes():
    epochs = [with_epochs(Plan(), rows, 95_000, 4, 40).epochs for rows in (100, 10_000, 15_400, 1_000_000)]
    assert epochs == [40, 10, 6, 4]
    assert with_epochs(Plan(epochs=3), 100, 95_000, 4, 40).epochs == 3


def test_a_cosine_head_starts_as_the_nearest_class_mean():
    draw = torch.Generator().manual_seed(0)
    vectors, labels = torch.randn(60, 8, generator=draw), torch.arange(60) % 3
    means = class_means(vectors, labels, 3)
    nearest = (torch.nn.functional.normalize(vectors, dim=1) @ torch.nn.functional.normalize(means, dim=1).T).argmax(1)
    assert torch.equal(CosineHead(means, 20.0)(vectors).argmax(1), nearest)


def test_class_weights_make_classes_equal():
    labels = torch.tensor([0] * 9 + [1])
    weights = class_weights(labels, 3)
    assert (weights[0] * 9).item() == pytest.approx((weights[1] * 1).item()) and weights[2] == 1


@pytest.mark.parametrize("words", [False, True])
def test_the_worst_step_raises_the_loss_by_its_length(encoder, words):
    model = Encoder(str(encoder), words=words).eval()
    worst = WorstStep(model, 1.0)
    ids, mask = torch.tensor([[2, 9, 10, 3]]), torch.ones(1, 4, dtype=torch.long)
    seen = []

    def loss_of():
        seen.append(model.pooled(ids, mask)[:, 0].sum())
        return seen[-1]

    loss_of().backward()
    worst.backward(loss_of)
    assert worst.vectors.shape == (1, 4, 32) and seen[1] > seen[0]
    worst.remove()
    assert torch.allclose(model.pooled(ids, mask)[:, 0].sum(), seen[0])


@pytest.mark.parametrize("words", [False, True])
def test_word_vectors_move_only_where_that_is_asked_for(encoder, words):
    model, head = Encoder(str(encoder), words=words), LinearHead(32, 2)
    vectors = model.bert.get_input_embeddings().weight
    before = vectors.detach().clone()
    ids, mask = torch.tensor([[2, 9, 10, 3]]), torch.ones(1, 4, dtype=torch.long)

    def loss_of(ids, mask):
        return head(model.pooled(ids, mask))[:, 0].sum()

    plan = Plan(epochs=1, learning_rate=0.01, weight_decay=0.5)
    fit(model, head, lambda draw: [0], lambda batch, draw: (ids, mask), loss_of, lambda: 0.0, plan, 1)
    moved = (vectors != before).any(dim=1).nonzero().flatten().tolist()
    assert moved == ([2, 3, 9, 10] if words else [])  # no other word shrinks


def test_the_average_lags_and_comes_back():
    weight = torch.nn.Parameter(torch.zeros(1))
    average = Average([weight], 0.5)
    for value in (1.0, 1.0, 1.0):
        weight.data.fill_(value)
        average.update()
    average.swap()
    assert 0.5 < weight.item() <= 1.0
    average.swap()
    assert weight.item() == 1.0


def test_a_loss_that_is_no_number_stops_with_one_message(encoder):
    model, head = Encoder(str(encoder)), LinearHead(32, 2)

    def loss_of(vectors):
        return head(vectors).sum() * float("nan")

    plan = Plan(epochs=1)
    with pytest.raises(BadInput, match="a loss of nan in epoch 1"):
        fit(model, head, lambda draw: [0], lambda batch, draw: (torch.ones(1, 32),), loss_of, lambda: 0.0, plan, 1)


def test_words_know_their_first_piece(encoder):
    ids, firsts = Pieces(str(encoder), 8).of_words([["Ana", "xyz", "\u200b", "met", "in", "rome"]])
    # [CLS] ana x ##y ##z met in [SEP]: rome lies past eight pieces, the third word has none
    assert len(ids[0]) == 8 and firsts[0] == [1, 2, -1, 5, 6, -1]


@pytest.mark.parametrize(
    ("word", "shape"),
    [("rome", "lower"), ("Rome", "Title"), ("NASA", "UPPER"), ("iPhone", "miXed"), ("3pm", "lower"), ("42", "digit"),
     ("@ana", "@"), ("#rome", "#"), ("http://x.y", "link"), ("!", "mark"), ("A", "Title")],
)  # fmt: skip
def test_shapes(word, shape):
    assert SHAPES[shape_of(word)] == shape


def test_a_swap_moves_pieces_and_changes_none():
    generator, piece = np.random.default_rng(2), [101, *range(20), 102]
    found = [swapped(piece, 0.3, generator) for _ in range(200)]
    assert all(one[0] == 101 and one[-1] == 102 and sorted(one) == sorted(piece) for one in found)
    moved = np.mean([np.not_equal(one, piece)[1:-1].mean() for one in found])
    assert 0.2 < moved < 0.3 and swapped([101, 102], 0.9, generator) == [101, 102]


@pytest.mark.parametrize(("newest", "settled"), [(False, [2, 4]), (True, [3, 4])])
def test_the_mean_of_the_best_epochs_is_kept_only_where_dev_agrees(newest, settled):
    weight = torch.nn.Parameter(torch.zeros(1))
    mean = 5.5 if newest else 3.0
    for agrees in (True, False):
        kept = Kept(2, newest)
        for epoch, (figure, value) in enumerate([(0.1, 9.0), (0.8, 2.0), (0.5, 7.0), (0.8, 4.0)], 1):
            weight.data.fill_(value)
            kept.offer(epoch, figure, [weight])
        answer = kept.settle([weight], lambda agrees=agrees: float((weight.item() == mean) == agrees))
        assert answer == (settled if agrees else [])
        assert weight.item() == (mean if agrees else 4.0)


def test_seeds_whose_weights_help_on_dev_are_averaged(monkeypatch):
    weight = torch.nn.Parameter(torch.full((1,), 0.5))
    ends = {42: 2.0, 43: 9.0, 44: 4.0}

    def planted(encoder, head, batches, prepare, loss_of, dev_figure, plan, steps):
        assert weight.item() == 0.5 and encoder.in_half  # every training starts where the first one did
        weight.data.fill_(ends[plan.seed])
        encoder.in_half = False
        return History(dev=[float(plan.seed)], best_epoch=1, seconds=2.0)

    monkeypatch.setattr(soup, "fit", planted)
    encoder = SimpleNamespace(in_half=True, groups=lambda head, plan: [{"params": [weight]}])
    plan = Plan(seeds=3)
    found = soup.fit_seeds(encoder, None, None, None, None, lambda: -((weight.item() - 3) ** 2), plan, 1)
    # 42 and 44 tie, their mean is better, the mean with 43 is worse
    assert weight.item() == 3.0 and found.averaged_seeds == [42, 44] and found.dev == [42.0]
    assert found.seconds == 6.0 and found.dev_by_seed == {42: -1.0, 43: -36.0, 44: -1.0}
