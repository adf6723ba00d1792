"""Bytes -> a picture or a sound as an array, or the reason why not. No pyspark here."""

import io

import numpy as np

KINDS = ("image", "audio")
HEAD = 16  # bytes that name a format
SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"fLaC", "audio"),
    (b"OggS", "audio"),
    (b"ID3", "audio"),
    (b"\xff\xfb", "audio"),
    (b"\xff\xf3", "audio"),
)


class Unusable(ValueError):
    """A picture or sound that cannot be used; the message says what was found and what was expected."""


def kind_of(content: bytes) -> str:
    """ "image" or "audio" by the first bytes of the content. Raises Unusable for neither."""
    head = content[:HEAD]
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image" if head[8:12] == b"WEBP" else "audio"
    for sign, kind in SIGNS:
        if head.startswith(sign):
            return kind
    raise Unusable(
        f"first bytes {head[:8].hex() or 'none'}: expected a picture (PNG, JPEG, GIF, BMP, TIFF, WebP) or a "
        "sound (WAV, FLAC, OGG, MP3)"
    )


def picture(content: bytes) -> np.ndarray:
    """-> (height, width, 3) uint8 RGB: the first frame, on white where it is transparent. Raises Unusable."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unusable(f"unreadable picture ({_short(error)}): expected a whole image file") from error
    white = Image.new("RGBA", upright.size, "white")
    return np.asarray(Image.alpha_composite(white, upright).convert("RGB"))


def sound(content: bytes, sample_rate: int, max_seconds: float) -> np.ndarray:
    """-> (samples,) float32 in [-1, 1], mono at `sample_rate` Hz, at most the first `max_seconds`. Raises Unusable."""
    import librosa
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate = file.samplerate
            samples = file.read(int(max_seconds * rate), dtype="float32", always_2d=True)  # (samples, channels)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise Unusable(f"unreadable sound ({_short(error)}): expected a whole audio file") from error
    if not len(samples):
        raise Unusable("a sound without samples: expected at least one")
    mono = np.nan_to_num(samples.mean(axis=1))
    if rate != sample_rate:
        mono = librosa.resample(mono, orig_sr=rate, target_sr=sample_rate, res_type="polyphase")
    return np.ascontiguousarray(mono, np.float32)


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    # an address in memory would make another reason of every try
    text = text.split("<_io")[0].rstrip(" :'") or type(error).__name__
    return text[:120]
