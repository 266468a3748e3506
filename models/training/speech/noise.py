"""Things that spoil speech, all made here: music, crowd and machine noise, rooms, other throats."""
import os

import numpy as np
import scipy.signal

from fbank import fbank

RATE = 16000


def room(rng):
    """An impulse response: direct sound, a few early reflections, a decaying diffuse tail."""
    decay = rng.uniform(0.1, 0.6)
    size = int(RATE * decay)
    tail = rng.standard_normal(size) * np.exp(-6.9 * np.arange(size) / size) * rng.uniform(0.02, 0.12)
    tail[: int(RATE * rng.uniform(0.002, 0.02))] = 0
    for _ in range(int(rng.integers(2, 7))):
        tail[int(rng.integers(20, min(size, 800)))] += rng.uniform(-0.5, 0.5)
    tail[0] = 1.0
    return tail.astype(np.float32)


def vary(wave, rng):
    """The clip as another throat, pace and room would give it: resampled, filtered, reverberated, clipped."""
    factor = float(np.exp(rng.uniform(np.log(0.87), np.log(1.28))))
    down = int(round(100 * factor))
    wave = scipy.signal.resample_poly(wave, 100, down).astype(np.float32)
    if rng.random() < 0.6:
        wave = scipy.signal.fftconvolve(wave, room(rng))[: len(wave)]
    if rng.random() < 0.5:
        tilt = rng.uniform(-0.5, 0.5)
        wave = scipy.signal.lfilter([1.0, tilt], [1.0], wave)
    if rng.random() < 0.2:
        wave = scipy.signal.sosfilt(scipy.signal.butter(4, rng.uniform(3200, 6500), fs=RATE, output="sos"), wave)
    peak = float(np.abs(wave).max()) + 1e-6
    wave = wave * (np.exp(rng.uniform(np.log(0.05), np.log(0.9))) / peak)
    if rng.random() < 0.1:
        wave = np.clip(wave * 3, -0.6, 0.6)
    return np.asarray(wave, dtype=np.float32)


def tone(hz, seconds, rng, kind):
    """One note with harmonics and an envelope."""
    t = np.arange(int(seconds * RATE)) / RATE
    partials = rng.integers(3, 9)
    wave = sum(np.sin(2 * np.pi * hz * k * t + rng.uniform(0, 6.28)) / k ** rng.uniform(0.8, 1.8)
               for k in range(1, partials + 1) if hz * k < 7800)
    if kind == "pluck":
        return wave * np.exp(-t * rng.uniform(3, 9))
    ramp = np.minimum(1, np.minimum(t, t[::-1]) / 0.05)
    return wave * ramp * (1 + 0.1 * np.sin(2 * np.pi * 5.5 * t))


def drum(rng, kind):
    """One beat: a thump, a snare or a hat."""
    t = np.arange(int(0.2 * RATE)) / RATE
    if kind == "kick":
        return np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 30)))) * np.exp(-t * 22)
    hiss = rng.standard_normal(len(t)) * np.exp(-t * (18 if kind == "snare" else 60))
    return np.diff(hiss, prepend=0) if kind == "hat" else hiss * 0.6


def music(seconds, rng):
    """A loop of chords, bass, melody and drums at a random tempo in a random key."""
    out = np.zeros(int((seconds + 2) * RATE))
    beat = 60 / rng.uniform(75, 150)
    scale = np.array([0, 2, 4, 7, 9] if rng.random() < 0.5 else [0, 2, 3, 5, 7, 8, 10])
    root = 220 * 2 ** (rng.integers(-6, 6) / 12)
    drums, melody = rng.random() < 0.75, rng.random() < 0.8
    kind = "pluck" if rng.random() < 0.5 else "pad"
    def put(wave, at, gain):
        start = min(len(out), int(at * RATE))
        end = min(len(out), start + len(wave))
        out[start:end] += gain * wave[: end - start]
    bar = 0
    while bar * 4 * beat < seconds:
        degree = int(rng.choice([0, 3, 4, 1]))
        for step in (0, 2, 4):
            note = root * 2 ** ((scale[(degree + step) % len(scale)] + 12 * ((degree + step) // len(scale))) / 12)
            put(tone(note, 4 * beat, rng, "pad"), bar * 4 * beat, 0.15)
        for quarter in range(4):
            at = (bar * 4 + quarter) * beat
            put(tone(root / 2 * 2 ** (scale[degree % len(scale)] / 12), beat, rng, "pluck"), at, 0.4)
            if melody and rng.random() < 0.8:
                put(tone(root * 2 * 2 ** (rng.choice(scale) / 12), beat * rng.choice([0.5, 1]), rng, kind), at, 0.3)
            if drums:
                put(drum(rng, "kick" if quarter % 2 == 0 else "snare"), at, 0.8)
                put(drum(rng, "hat"), at + beat / 2, 0.4)
        bar += 1
    return out[: int(seconds * RATE)]


def hiss(seconds, rng):
    """Coloured noise whose level wanders, sometimes with mains hum or clapping."""
    size = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(size))
    freqs = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 20)
    wave = np.fft.irfft(spectrum * freqs ** rng.uniform(-1.2, 0.2), size)
    wave /= wave.std() + 1e-9
    wander = np.interp(np.arange(size), np.linspace(0, size, 12), rng.uniform(0.3, 1.0, 12))
    wave *= wander
    if rng.random() < 0.3:
        t = np.arange(size) / RATE
        wave += sum(np.sin(2 * np.pi * 50 * k * t) / k for k in (1, 2, 3, 5)) * rng.uniform(0.2, 1)
    if rng.random() < 0.3:
        claps = np.zeros(size)
        claps[rng.integers(0, size, int(seconds * rng.uniform(2, 60)))] = rng.uniform(1, 4)
        burst = rng.standard_normal(600) * np.exp(-np.arange(600) / rng.uniform(60, 200))
        wave += scipy.signal.fftconvolve(claps, burst)[:size]
    return wave


def write(folder, pieces=180, seconds=12.0):
    """Filter banks of music (first half) and noise (second half), as one float16 block [pieces, T, 80]."""
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(os.path.join(folder, "feats.npy")):
        return
    rng = np.random.default_rng(7)
    out = []
    for piece in range(pieces):
        wave = music(seconds, rng) if piece < pieces // 2 else hiss(seconds, rng)
        wave = wave / (np.sqrt(np.mean(wave ** 2)) + 1e-9) * 0.05
        out.append(fbank(wave.astype(np.float32)).astype(np.float16))
    np.save(os.path.join(folder, "feats.npy"), np.stack(out))
