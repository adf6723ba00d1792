"""Classical features tell what they should and nothing else; encoders by path give what transformers gives."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from interestlake.core.errors import BadInput
from interestlake.core.params.all import EmbedMedia
from interestlake.media.classical import HSV_BINS, picture_features, sound_features
from interestlake.media.decode import Unusable, kind_of, picture, sound
from interestlake.media.encoders import decode, find_encoders, load_encoder, probe

from . import planted


def test_a_plain_red_picture_fills_one_colour_bin():
    red = np.zeros((20, 30, 3), np.uint8)
    red[..., 0] = 255
    vector = picture_features(red, 64)
    colour, edges = vector[: np.prod(HSV_BINS)], vector[-144:]
    assert np.flatnonzero(colour).tolist() == [0 * 9 + 2 * 3 + 2]  # first hue, full saturation, full value
    assert colour.max() == pytest.approx(1 / np.sqrt(3), abs=1e-6) and not edges.any()


def test_edges_point_where_the_stripes_do():
    stripes = np.repeat(np.tile([0, 0, 255, 255], 16)[None, :, None], 64, axis=0).repeat(3, axis=2).astype(np.uint8)
    upright, lying = picture_features(stripes, 64)[-144:], picture_features(stripes.transpose(1, 0, 2), 64)[-144:]
    bins = upright.reshape(16, 9).sum(axis=0).argmax(), lying.reshape(16, 9).sum(axis=0).argmax()
    assert abs(bins[0] - bins[1]) in (4, 5)  # a quarter turn of nine bins over a half turn


def test_a_louder_sound_moves_the_first_cepstrum_alone():
    quiet = np.random.default_rng(0).normal(0, 0.01, 8000).astype(np.float32)
    low, high = sound_features(quiet, 16_000), sound_features(10 * quiet, 16_000)
    assert high[0] - low[0] == pytest.approx(20 * np.sqrt(128) / 100, abs=1e-3)  # +20 dB in each of 128 mel bands
    assert np.abs(high[1:20] - low[1:20]).max() < 1e-3


@pytest.mark.parametrize("maker", [planted.picture, planted.sound])
def test_levels_are_told_apart(maker):
    encoder = find_encoders(EmbedMedia())["image" if maker is planted.picture else "audio"]
    decoded = [decode(encoder, maker(level, seed)) for seed in range(8) for level in range(3)]
    vectors = load_encoder(encoder, 1, None).encode(decoded)
    deviation = vectors.std(axis=0)
    vectors = (vectors - vectors.mean(axis=0)) / np.maximum(deviation, 0.25 * deviation.max())
    distance = ((vectors[:, None] - vectors[None]) ** 2).sum(axis=2) + np.eye(24) * 1e9
    assert (distance.argmin(axis=1) % 3 == np.arange(24) % 3).mean() >= 0.9


def test_decoding_is_what_the_libraries_give():
    stereo = np.stack([np.full(1000, 0.5), np.full(1000, -0.25)], axis=1)
    file = io.BytesIO()
    import soundfile

    soundfile.write(file, stereo, 16_000, format="FLAC")
    assert kind_of(file.getvalue()) == "audio"
    assert sound(file.getvalue(), 16_000, 0.05) == pytest.approx(np.full(800, 0.125), abs=1e-3)
    assert len(sound(file.getvalue(), 8_000, 30)) == 500
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    file = io.BytesIO()
    half.save(file, "WEBP", lossless=True)
    assert kind_of(file.getvalue()) == "image" and (picture(file.getvalue()) == 255).all()
    for broken in (b"", b"hello there", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(Unusable, match="expected"):
            kind_of(broken) and picture(broken)
    with pytest.raises(Unusable, match="unreadable sound"):
        sound(b"RIFF0000WAVEjunk", 16_000, 1)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of tiny encoders with random weights: ViT, CLIP and wav2vec2."""
    from transformers import (
        CLIPConfig,
        CLIPModel,
        ViTConfig,
        ViTModel,
        Wav2Vec2Config,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2Model,
    )
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    root = tmp_path_factory.mktemp("encoders")
    torch.manual_seed(0)
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    sides = {"image_size": 32, "patch_size": 8}
    clip = CLIPConfig(text_config={**small, "vocab_size": 50}, vision_config={**small, **sides}, projection_dim=12)
    wave = Wav2Vec2Config(
        **small,
        conv_dim=(16, 16),
        conv_stride=(5, 4),
        conv_kernel=(10, 8),
        vocab_size=10,
        num_feat_extract_layers=2,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    made = {
        "vit": (ViTModel(ViTConfig(**small, **sides)), ViTImageProcessorPil(size={"height": 32, "width": 32})),
        "clip": (
            CLIPModel(clip),
            CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}),
        ),
        "wave": (Wav2Vec2Model(wave), Wav2Vec2FeatureExtractor()),
    }
    for name, (model, reader) in made.items():
        model.save_pretrained(root / name)
        reader.save_pretrained(root / name)
    return {name: (str(root / name), model.eval(), reader) for name, (model, reader) in made.items()}


def test_vectors_by_path_are_those_of_transformers(models):
    pictures = [picture(planted.picture(level, level)) for level in range(3)]
    heard = [sound(planted.sound(level, level), 16_000, 0.1 + 0.1 * level) for level in range(3)]
    expected = {}
    with torch.inference_mode():
        for name in ("vit", "clip"):
            _, model, reader = models[name]
            inputs = reader(images=pictures, return_tensors="pt")
            if name == "vit":
                expected[name] = model(**inputs).last_hidden_state.mean(dim=1)
            else:
                pooled = model.vision_model(**inputs).pooler_output
                expected[name] = model.visual_projection(pooled)
        _, model, reader = models["wave"]
        each = [reader(samples, sampling_rate=16_000, return_tensors="pt") for samples in heard]
        expected["wave"] = torch.cat([model(**inputs).last_hidden_state.mean(dim=1) for inputs in each])
    for name, wanted in expected.items():
        kind = "audio" if name == "wave" else "image"
        option = "audio_path" if kind == "audio" else "vision_path"
        encoder = find_encoders(EmbedMedia(**{option: models[name][0]}))[kind]
        found = load_encoder(encoder, 1, None).encode(heard if kind == "audio" else pictures)
        np.testing.assert_allclose(found, torch.nn.functional.normalize(wanted, dim=1).numpy(), atol=1e-5)
        assert probe(encoder) == found.shape[1]


def test_model_ids_follow_what_shapes_a_vector(models):
    def id_of(kind, **changed):
        return find_encoders(EmbedMedia(**changed))[kind].model_id

    assert id_of("image") != id_of("image", picture_size=32) and id_of("image") == id_of("image", max_seconds=3)
    assert id_of("audio") != id_of("audio", max_seconds=3) and id_of("audio") == id_of("audio", picture_size=32)
    vit, clip = (id_of("image", vision_path=models[name][0]) for name in ("vit", "clip"))
    assert vit.startswith("vit-") and clip.startswith("clip-") and vit[-12:] != clip[-12:]


def test_an_encoder_of_the_wrong_kind_is_explained(models):
    with pytest.raises(BadInput, match="--audio"):
        probe(find_encoders(EmbedMedia(audio_path=models["vit"][0]))["audio"])
    with pytest.raises(BadInput, match="turns one image.*--vision"):
        probe(find_encoders(EmbedMedia(vision_path=models["wave"][0]))["image"])
    with pytest.raises(BadInput, match="no folder"):
        find_encoders(EmbedMedia(vision_path="nowhere"))
