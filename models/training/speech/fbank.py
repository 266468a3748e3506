"""Kaldi-style log-mel filter banks, the same numbers sherpa-onnx computes before a CTC model.

The recogniser's front end is kaldi-native-fbank with: 16 kHz, 25 ms frames every 10 ms, frames
centred on their hop with mirrored edges (snip_edges off), mean removed per frame, pre-emphasis
0.97, the "povey" window (Hann to the power 0.85), 512-point power spectrum, 80 triangular mel
bands from 20 Hz to 7600 Hz, natural log with a floor at float epsilon. No dither, no energy.
"""
import numpy as np
import scipy.fft

SAMPLE_RATE = 16000
FRAME = 400
SHIFT = 160
FFT = 512
BINS = 80
LOW_HZ = 20.0
HIGH_HZ = 8000.0 - 400.0
FLOOR = np.float32(np.finfo(np.float32).eps)


def mel(hz):
    """Frequency in Hz to mel, natural-log form."""
    return 1127.0 * np.log1p(np.asarray(hz, dtype=np.float64) / 700.0)


def mel_banks(low_hz=LOW_HZ, high_hz=HIGH_HZ):
    """Triangles in the mel domain, [257, 80]; the Nyquist bin takes no part."""
    edges = np.linspace(mel(low_hz), mel(high_hz), BINS + 2)
    points = mel(np.arange(FFT // 2) * SAMPLE_RATE / FFT)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    up = (points - left) / (centre - left)
    down = (right - points) / (right - centre)
    banks = np.clip(np.minimum(up, down), 0.0, None)
    return np.vstack([banks, np.zeros((1, BINS))]).astype(np.float32)


WINDOW = (np.power(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1)), 0.85)).astype(np.float32)
BANKS = mel_banks()


def frame_count(samples):
    """How many frames a clip of this many samples gives."""
    return (samples + SHIFT // 2) // SHIFT


def frames_of(wave):
    """Overlapping frames [T, 400] centred on each hop, the clip mirrored at both ends."""
    count = frame_count(len(wave))
    first = SHIFT // 2 - FRAME // 2
    index = np.arange(first, first + (count - 1) * SHIFT + FRAME)
    size = len(wave)
    while index.size and (index.min() < 0 or index.max() >= size):
        index = np.where(index < 0, -index - 1, index)
        index = np.where(index >= size, 2 * size - 1 - index, index)
    padded = np.ascontiguousarray(wave[index])
    return np.lib.stride_tricks.as_strided(
        padded, (count, FRAME), (padded.strides[0] * SHIFT, padded.strides[0]), writeable=False)


def fbank(wave):
    """Log-mel features [T, 80] float32 of a mono 16 kHz clip in -1..1."""
    wave = np.asarray(wave, dtype=np.float32)
    if frame_count(len(wave)) == 0:
        return np.zeros((0, BINS), dtype=np.float32)
    frames = frames_of(wave)
    frames = frames - frames.mean(axis=1, keepdims=True)
    shaped = np.empty_like(frames)
    shaped[:, 1:] = frames[:, 1:] - np.float32(0.97) * frames[:, :-1]
    shaped[:, 0] = frames[:, 0] - np.float32(0.97) * frames[:, 0]
    shaped *= WINDOW
    spectrum = scipy.fft.rfft(shaped, FFT, axis=1)
    power = spectrum.real ** 2 + spectrum.imag ** 2
    return np.log(np.maximum(power.astype(np.float32) @ BANKS, FLOOR))
