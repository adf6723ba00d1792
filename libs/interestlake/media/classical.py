"""Features that need no weights: colour and texture of pictures, timbre of sounds. numpy in, one vector out."""

import numpy as np

VERSION = 1  # part of the model id: raise it when a number below or a formula changes
HSV_BINS = (12, 3, 3)
LBP_RINGS = ((8, 1), (16, 2))  # points, radius
HOG_CELLS, HOG_ORIENTATIONS = 4, 9
MFCC, CONTRAST_BANDS, LOWEST_BAND_HZ = 20, 5, 200.0
WINDOW_SECONDS, HOP_SECONDS = 0.064, 0.016
CEPSTRUM_DB, CONTRAST_DB = 100.0, 10.0  # bring cepstra and contrasts to the size of 1


def picture_features(rgb: np.ndarray, size: int) -> np.ndarray:
    """(height, width, 3) uint8 -> (280,) float32 of unit length, three blocks of equal length.

    The picture is scaled to size x size. Blocks: square roots of the shares of 12 x 3 x 3 HSV bins (Swain and Ballard,
    1991); square roots of the shares of rotation invariant uniform local binary patterns on two rings (Ojala et al.,
    2002); histograms of oriented gradients on 4 x 4 cells (Dalal and Triggs, 2005). A flat picture has no gradients:
    its third block is zeros.
    """
    from skimage.color import rgb2gray, rgb2hsv
    from skimage.feature import hog, local_binary_pattern
    from skimage.transform import resize

    scaled = resize(rgb, (size, size), anti_aliasing=True)  # (size, size, 3) float64 in [0, 1]
    grey = rgb2gray(scaled)
    hsv = rgb2hsv(scaled).reshape(-1, 3)
    colour = np.histogramdd(hsv, bins=HSV_BINS, range=((0, 1),) * 3)[0].ravel()
    bytes_grey = np.round(grey * 255).astype(np.uint8)
    rings = [
        np.bincount(local_binary_pattern(bytes_grey, *ring, "uniform").astype(int).ravel(), minlength=ring[0] + 2)
        for ring in LBP_RINGS
    ]
    texture = np.concatenate([ring / ring.sum() for ring in rings])
    cell = size // HOG_CELLS
    edges = hog(grey[: cell * HOG_CELLS, : cell * HOG_CELLS], HOG_ORIENTATIONS, (cell, cell), (1, 1))
    blocks = (np.sqrt(colour), np.sqrt(texture), edges)
    return (np.concatenate([_unit(block) for block in blocks]) / np.sqrt(len(blocks))).astype(np.float32)


def sound_features(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """(samples,) float32 mono -> (72,) float32, cepstra in units of 100 dB, contrasts of 10 dB.

    Mean and deviation over time of 20 mel cepstra (Davis and Mermelstein, 1980), mean size of their step from frame to
    frame, mean and deviation of the spectral contrast of 5 octave bands and the rest (Jiang et al., 2002). Windows of
    64 ms every 16 ms; a shorter sound is one padded window.
    """
    import librosa

    window, hop = int(WINDOW_SECONDS * sample_rate), int(HOP_SECONDS * sample_rate)
    padded = np.pad(samples, (0, max(0, window - len(samples))))
    spectrum = np.abs(librosa.stft(padded, n_fft=window, hop_length=hop))
    mel = librosa.feature.melspectrogram(S=spectrum**2, sr=sample_rate, n_fft=window)
    cepstra = librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=MFCC)  # (20, frames)
    contrast = librosa.feature.spectral_contrast(
        S=spectrum, sr=sample_rate, n_fft=window, fmin=LOWEST_BAND_HZ, n_bands=CONTRAST_BANDS
    )  # (6, frames)
    step = np.abs(np.diff(cepstra, axis=1)).mean(axis=1) if cepstra.shape[1] > 1 else np.zeros(MFCC)
    timbre = np.concatenate([cepstra.mean(axis=1), cepstra.std(axis=1), step]) / CEPSTRUM_DB
    peaks = np.concatenate([contrast.mean(axis=1), contrast.std(axis=1)]) / CONTRAST_DB
    return np.concatenate([timbre, peaks]).astype(np.float32)


def settings(kind: str, size: int, sample_rate: int, max_seconds: float) -> str:
    """Everything that shapes a vector of the kind, as one line, for the model id."""
    if kind == "image":
        shaping = (size, HSV_BINS, LBP_RINGS, HOG_CELLS, HOG_ORIENTATIONS)
    else:
        shaping = (sample_rate, max_seconds, MFCC, CONTRAST_BANDS, LOWEST_BAND_HZ, WINDOW_SECONDS, HOP_SECONDS)
    return f"{VERSION} {shaping}"


def _unit(block: np.ndarray) -> np.ndarray:
    norm = np.linalg.norm(block)
    return block / norm if norm > 1e-12 else np.zeros_like(block)
