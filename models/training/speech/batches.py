"""Training batches: clips of several sets, joined, stretched, bent, buried in noise and masked."""
import json
import os

import numpy as np

import units

# Share of audio drawn from each set: while warming up, and afterwards.
WARM = {"syllables": 0.15, "words": 0.45, "synth-train": 0.2, "cv3-train": 0.2}
FULL = {"syllables": 0.03, "words": 0.1, "synth-train": 0.17, "cv3-train": 0.7}


class Clips:
    """One prepared set: labels and memory-mapped features in every variant."""

    def __init__(self, folder):
        with open(os.path.join(folder, "index.json"), encoding="utf-8") as handle:
            self.index = json.load(handle)
        self.variants = []
        for variant in range(9):
            path = os.path.join(folder, f"feats-{variant}")
            if os.path.exists(path + ".npy"):
                self.variants.append((np.memmap(path + ".f16", dtype=np.float16, mode="r").reshape(-1, 80),
                                      np.load(path + ".npy")))

    def __len__(self):
        return len(self.index)

    def frames(self, clip):
        return int(self.variants[0][1][clip + 1] - self.variants[0][1][clip])

    def features(self, clip, variant=0):
        block, offsets = self.variants[variant]
        return np.asarray(block[offsets[clip]:offsets[clip + 1]], dtype=np.float32)

    def syllables(self, clip):
        return self.index[clip]["syllables"]


def stretch(feats, factor):
    """Another tempo: frames interpolated along time."""
    at = np.linspace(0, len(feats) - 1, max(2, int(len(feats) / factor)))
    low = at.astype(np.int64)
    part = (at - low)[:, None].astype(np.float32)
    return feats[low] * (1 - part) + feats[np.minimum(low + 1, len(feats) - 1)] * part


def bend(feats, factor):
    """Another throat: mel bands interpolated along frequency."""
    at = np.clip(np.arange(80) * factor, 0, 79)
    low = at.astype(np.int64)
    part = (at - low).astype(np.float32)
    return feats[:, low] * (1 - part) + feats[:, np.minimum(low + 1, 79)] * part


def bury(feats, other, snr_db):
    """Adds another sound's power at this signal-to-noise ratio."""
    loud = np.log(np.exp(feats).mean() + 1e-10)
    gain = loud - np.log(np.exp(other).mean() + 1e-10) - snr_db * np.log(10) / 10
    return np.logaddexp(feats, other + gain)


def spread(feats, syllables):
    """Where each syllable of an isolated clip is sounding: (syllable, first frame, end) of the middle of its
    even share of the loud stretch; nothing when no stretch is loud enough to hold them."""
    loud = np.sort(feats, axis=1)[:, 40:].mean(axis=1)
    heard = np.flatnonzero(loud > loud.max() - 5.0)
    if len(heard) == 0 or heard[-1] - heard[0] < 8 * len(syllables):
        return []
    share = (heard[-1] + 1 - heard[0]) / len(syllables)
    return [(s, heard[0] + (i + 0.2) * share, heard[0] + (i + 0.85) * share) for i, s in enumerate(syllables)]


def mask(feats, rng):
    """SpecAugment: bands and spans set to the clip's mean."""
    fill = feats.mean(axis=0)
    for _ in range(2):
        width = rng.integers(0, 16)
        start = rng.integers(0, 80 - width)
        feats[:, start:start + width] = fill[start:start + width]
    for _ in range(int(len(feats) / 150) + 1):
        width = rng.integers(0, 26)
        start = rng.integers(0, max(1, len(feats) - width))
        feats[start:start + width] = fill
    return feats


class Batches:
    """An endless source of padded batches of about the same number of frames."""

    def __init__(self, sets, shares, frames, seed):
        self.clips = {name: Clips(os.path.join(sets, name)) for name in shares if os.path.exists(
            os.path.join(sets, name, "feats-0.npy"))}
        self.noise = np.load(os.path.join(sets, "noise", "feats.npy"), mmap_mode="r")
        self.set_shares(shares)
        self.frames, self.rng = frames, np.random.default_rng(seed)

    def set_shares(self, shares):
        """Changes the mixture (shares are of audio, turned into draws by mean clip length)."""
        self.names = list(self.clips)
        mean = {n: sum(c.frames(i) for i in range(0, len(c), 17)) / len(range(0, len(c), 17)) * (4 if n in (
            "words", "syllables") else 1) for n, c in self.clips.items()}
        draws = np.array([shares[n] / mean[n] for n in self.names])
        self.draws = draws / draws.sum()

    def pick(self):
        """A list of (set, clip): one clip, or a few isolated ones to be joined."""
        name = self.names[self.rng.choice(len(self.names), p=self.draws)]
        count = int(self.rng.integers(1, 8)) if name in ("words", "syllables") else 1
        clips = self.clips[name]
        return [(name, int(c)) for c in self.rng.integers(0, len(clips), count)]

    def length(self, parts):
        return sum(self.clips[name].frames(clip) for name, clip in parts)

    def example(self, parts):
        """Features and syllables of one example, augmented."""
        rng, feats, syllables, spans, at = self.rng, [], [], [], 0
        for name, clip in parts:
            clips = self.clips[name]
            feats.append(clips.features(clip, rng.integers(0, len(clips.variants))))
            syllables += clips.syllables(clip)
            if name in ("words", "syllables"):
                spans += [(s, at + a, at + b) for s, a, b in spread(feats[-1], clips.syllables(clip))]
            at += len(feats[-1])
        x = np.concatenate(feats)
        if rng.random() < 0.6:
            x = stretch(x, rng.uniform(0.85, 1.25))
        pace = len(x) / at
        spans = [(s, a * pace, b * pace) for s, a, b in spans]
        if rng.random() < 0.4:
            x = bend(x, rng.uniform(0.92, 1.08))
        chance = rng.random()
        if chance < 0.4:
            piece = np.asarray(self.noise[rng.integers(0, len(self.noise))], dtype=np.float32)
            x = bury(x, np.resize(np.roll(piece, rng.integers(0, len(piece)), axis=0), x.shape), rng.uniform(3, 25))
        elif chance < 0.5:
            name, clip = self.pick()[0]
            other = self.clips[name].features(clip)
            x = bury(x, np.resize(other, x.shape), rng.uniform(12, 25))
        return mask(x, rng).astype(np.float32), syllables, spans

    def pool(self):
        """Many picks sorted by length and cut into batches, in random order."""
        picks = sorted((self.pick() for _ in range(1200)), key=self.length)
        cut, batch, longest = [], [], 0
        for parts in picks:
            longest = max(longest, self.length(parts))
            if batch and longest * (len(batch) + 1) > self.frames:
                cut.append(batch)
                batch, longest = [], self.length(parts)
            batch.append(parts)
        cut.append(batch)
        return [cut[i] for i in self.rng.permutation(len(cut))]

    def __iter__(self):
        while True:
            for batch in self.pool():
                yield collate([self.example(parts) for parts in batch])


def collate(examples):
    """Padded features, lengths, flat targets of both unit kinds with their lengths, and per 40 ms step the
    syllable sounding there (its number without the blank), -1 where nobody knows."""
    examples = [e for e in examples if len(e[0]) // 4 > 2 * len(e[1]) + 1] or examples[:1]
    longest = max(len(x) for x, _, _ in examples)
    feats = np.full((len(examples), longest, 80), -23.0, dtype=np.float32)
    frames = np.full((len(examples), (longest + 3) // 4), -1, dtype=np.int64)
    for row, (x, _, spans) in enumerate(examples):
        feats[row, : len(x)] = x
        for syllable, first, end in spans:
            frames[row, int(np.ceil(first / 4)):int(end / 4) + 1] = units.INDEX[syllable] - 1
    whole = [units.encode(s) for _, s, _ in examples]
    half = [[h for y in s for h in units.halves(y)] for _, s, _ in examples]
    flat = lambda rows: np.array([v for row in rows for v in row], dtype=np.int64)
    sizes = lambda rows: np.array([len(row) for row in rows], dtype=np.int64)
    lengths = np.array([len(x) for x, _, _ in examples])
    return feats, lengths, flat(whole), sizes(whole), flat(half), sizes(half), frames
