"""Generators by path and by endpoint write under the checker: a sentence without support is rejected."""

import http.server
import json
import threading

import pytest

from interestlake.core.errors import BadInput
from interestlake.serving.summaries.compose import Statement
from interestlake.serving.summaries.generator import from_endpoint, from_folder, make_generator
from interestlake.serving.summaries.reading import introduce, read_profile
from interestlake.serving.summaries.safety import make_judge
from interestlake.serving.summaries.support import rewritten, supported_by

from .test_compose import encode

GIVEN = [
    Statement("summary", "The motor is loud in the morning.", "review", 2, (("r0", 0, 33),)),
    Statement("summary", "It has three speeds and a glass jar.", "item", 1, (("own", 30, 66),)),
    Statement("summary", "The lid does not close.", "review", 1, (("r4", 0, 23),)),
]


@pytest.mark.parametrize(
    ("sentence", "places"),
    [
        ("The motor is loud in the morning.", [0]),
        ("In the morning the motor is loud.", [0]),
        ("It has three speeds and a jar.", [1]),
        ("The lid does not close.", [2]),
        ("The motor is quiet in the evening.", []),
        ("It has 5 speeds and a glass jar.", []),
        ("The motor is not loud in the morning.", []),
        ("The Bosch motor is loud in the morning.", []),
        ("Buy it today.", []),
        ("The motor is loud in the morning, write to a@b.org.", []),
    ],
)
def test_support(sentence, places):
    assert supported_by(sentence, GIVEN, encode, make_judge()) == places


@pytest.fixture
def endpoint():
    """A local server that answers chat completions with one true and one invented sentence; keeps what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            text = "In the morning the motor is loud. It won a prize in 2020."
            body = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
            self.send_response(200 if "v1" in self.path else 500)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *values):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_an_endpoint_rewrites_under_the_checker(endpoint):
    address, asked = endpoint
    text = from_endpoint(f"{address}/v1", "tiny")([s.text for s in GIVEN])
    kept, rejected = rewritten(text, GIVEN, encode, make_judge())
    assert [(s.text, s.spans) for s in kept] == [("In the morning the motor is loud.", (("r0", 0, 33),))]
    assert rejected == ["It won a prize in 2020."]
    path, body = asked[0]
    assert path == "/v1/chat/completions" and body["model"] == "tiny" and body["temperature"] == 0
    assert all(s.text in body["messages"][0]["content"] for s in GIVEN)
    with pytest.raises(BadInput, match="500"):
        from_endpoint(address, "tiny")(["x"])
    with pytest.raises(BadInput, match="--endpoint"):
        from_endpoint("ftp://x", "tiny")


@pytest.fixture(scope="module", params=["causal", "seq2seq"])
def tiny(request, tmp_path_factory):
    """A random model of a few thousand weights with a word-level tokenizer, saved as a transformers folder."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    folder = tmp_path_factory.mktemp(request.param)
    words = ["<pad>", "</s>", "<unk>", "the", "motor", "is", "loud", "purple", "."]
    base = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    base.pre_tokenizer = pre_tokenizers.Whitespace()
    names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=base, **names).save_pretrained(folder)
    torch.manual_seed(0)
    if request.param == "causal":
        model = GPT2LMHeadModel(
            GPT2Config(vocab_size=9, n_positions=128, n_embd=16, n_layer=1, n_head=2, bos_token_id=1, eos_token_id=1)
        )
    else:
        config = T5Config(
            vocab_size=9,
            d_model=16,
            d_kv=8,
            d_ff=16,
            num_layers=1,
            num_heads=2,
            decoder_start_token_id=0,
            pad_token_id=0,
            eos_token_id=1,
        )
        model = T5ForConditionalGeneration(config)
    model.save_pretrained(folder)
    return str(folder)


def test_a_random_model_writes_and_nothing_it_invents_is_kept(tiny):
    generate = from_folder(tiny)
    text = generate([s.text for s in GIVEN])
    assert text == generate([s.text for s in GIVEN])
    kept, _ = rewritten(text, GIVEN, encode, make_judge())
    assert all(supported_by(s.text, GIVEN, encode, make_judge()) for s in kept)


def test_generators_that_are_not_there(tmp_path):
    assert make_generator(None, None, None) is None
    with pytest.raises(BadInput, match="--generator"):
        make_generator(str(tmp_path), None, None)
    with pytest.raises(BadInput, match="one of them"):
        make_generator("a", "http://b", None)


def test_introduction_and_profile_count_what_they_say():
    items = [
        {
            "item_id": f"i{n}",
            "title": f"T{n}",
            "categories": ["Jazz"] if n < 4 else ["Wood"],
            "evidence": ["e1"] if n < 3 else ["e2"],
            "evidence_titles": ["E1"] if n < 3 else ["E2"],
        }
        for n in range(5)
    ]
    lines = introduce(items, ["jazz"])
    assert lines[0].text == "5 of 5 are about Jazz and Wood."
    assert lines[1].text == "5 of them speak to what you chose before: “E1” and “E2”."
    assert (lines[2].text, lines[2].rests_on) == ("1 goes beyond what you hold, such as “T4”.", ("i4",))
    held = [
        {
            "interest_id": f"tag:{name}",
            "kind": "tag",
            "name": name,
            "share": share,
            "item_count": n,
            "first_day": "2020-01-01",
            "trend": trend,
        }
        for name, share, n, trend in [("jazz", 0.5, 9, "rising"), ("wood", 0.3, 1, "fading"), ("ink", 0.2, 2, None)]
    ]
    read = read_profile(held)
    assert [line.text for line in read] == [
        "jazz leads with 9 items, held since 2020-01-01.",
        "Next come wood (1) and ink (2).",
        "jazz is rising.",
        "wood is fading.",
    ]
    assert read[1].rests_on == ("tag:wood", "tag:ink")
    assert read_profile([])[0].rests_on == ()
