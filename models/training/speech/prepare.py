"""Data into memory-mapped form: decoded audio, syllable labels, filter banks, synthetic speech, noise.

Usage: prepare.py --data SPEECH_DIR --cache CACHE_DIR --node NODE --pinyin PINYIN_DIR [--step STEP]
SPEECH_DIR holds the tar and tsv files of the README; CACHE_DIR takes everything made here (about 4 GB).
Every step is skipped when its result is there, so a stopped run can simply be started again.
"""
import argparse
import csv
import json
import os
import re
import subprocess
import tarfile
from multiprocessing import Pool

import numpy as np
import soundfile

import noise
import synth
import units
from fbank import BINS, fbank
from labels import label

RATE = 16000
MAX_SECONDS = 15.0
SPEAKER_CAP = 250


def unpack(data, cache):
    """Unpacks the tar files once."""
    for name in ("cv3-train", "cv3-dev", "words", "syllables"):
        if not os.path.isdir(os.path.join(cache, "raw", name)):
            with tarfile.open(os.path.join(data, f"{name}.tar")) as tar:
                tar.extractall(os.path.join(cache, "raw"))


def common_voice(data, cache, name, options):
    """Rows (path, speaker, voice, toned syllables, text) of one Common Voice part."""
    with open(os.path.join(data, f"{name}.tsv"), encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    pinyin = label([row["sentence"] for row in rows], options)
    out, seen = [], {}
    for row, syllables in zip(rows, pinyin):
        if not syllables or re.search(r"[A-Za-z0-9]", row["sentence"]):
            continue
        seen[row["speaker"]] = seen.get(row["speaker"], 0) + 1
        if name == "cv3-train" and seen[row["speaker"]] > SPEAKER_CAP:
            continue
        voice = "high" if row["f0"] and float(row["f0"]) > 165 else "low"
        out.append((os.path.join(cache, "raw", name, row["file"]), row["speaker"], voice, syllables, row["sentence"]))
    return out


def isolated(cache, name, options):
    """Rows of the isolated words (named by Hanzi) or syllables (named by pinyin)."""
    folder, out, words = os.path.join(cache, "raw", name), [], []
    for file in sorted(os.listdir(folder)):
        stem = file[len("cmn-"):-len(".opus")]
        if name == "syllables":
            if units.plain(stem) and not stem.startswith("_"):
                out.append((os.path.join(folder, file), name, "high", [stem], stem))
        elif re.fullmatch(r"[㐀-鿿]+", stem):
            words.append((file, stem))
    if name == "words":
        for (file, stem), syllables in zip(words, label([w for _, w in words], options)):
            if len(syllables) == len(stem):
                out.append((os.path.join(folder, file), name, "high", syllables, stem))
    return out


def decode(rows, folder):
    """Decodes clips into one int16 file with an index; clips too long or unreadable are left out."""
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(os.path.join(folder, "index.json")):
        return
    index, at = [], 0
    with open(os.path.join(folder, "pcm.i16"), "wb") as out:
        for source, speaker, voice, syllables, text in rows:
            plain = [units.plain(s) for s in syllables]
            if None in plain:
                continue
            samples = source() if callable(source) else soundfile.read(source, dtype="float32")[0]
            seconds = len(samples) / RATE
            if seconds > MAX_SECONDS or seconds < 0.2 or len(plain) / seconds > 11:
                continue
            peak = float(np.abs(samples).max())
            if peak < 1e-3:
                continue
            ints = np.clip(samples * (0.5 / peak) * 32767, -32768, 32767).astype(np.int16)
            out.write(ints.tobytes())
            index.append({"at": at, "samples": len(ints), "speaker": speaker, "voice": voice,
                          "syllables": plain, "tones": [units.tone(s) for s in syllables], "text": text})
            at += len(ints)
    with open(os.path.join(folder, "index.json.part"), "w", encoding="utf-8") as out:
        json.dump(index, out, ensure_ascii=False)
    os.replace(os.path.join(folder, "index.json.part"), os.path.join(folder, "index.json"))


def features_of(job):
    """Features of one clip in one variant; variant 0 is the clip as it is."""
    folder, at, samples, seed, variant = job
    pcm = np.memmap(os.path.join(folder, "pcm.i16"), dtype=np.int16, mode="r")
    wave = pcm[at:at + samples].astype(np.float32) / 32768
    if variant:
        wave = noise.vary(wave, np.random.default_rng([seed, variant]))
    return fbank(wave).astype(np.float16)


def featurise(folder, variants, workers):
    """Writes feats-V.f16 and feats-V.npy (offsets, in frames) for each variant."""
    with open(os.path.join(folder, "index.json"), encoding="utf-8") as handle:
        index = json.load(handle)
    for variant in variants:
        path = os.path.join(folder, f"feats-{variant}")
        if os.path.exists(path + ".npy"):
            continue
        offsets = [0]
        jobs = [(folder, e["at"], e["samples"], i, variant) for i, e in enumerate(index)]
        with Pool(workers) as pool, open(path + ".f16", "wb") as out:
            for feats in pool.imap(features_of, jobs, chunksize=32):
                out.write(feats.tobytes())
                offsets.append(offsets[-1] + len(feats))
        np.save(path + ".npy", np.array(offsets))
        print(f"{path}: {offsets[-1]} frames of {BINS}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--node", default="node")
    parser.add_argument("--pinyin", default=".", help="folder whose node_modules holds pinyin-pro")
    parser.add_argument("--step", default="all")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    cache, sets = options.cache, os.path.join(options.cache, "sets")
    wanted = lambda step: options.step in ("all", step)
    if wanted("unpack"):
        unpack(options.data, cache)
    if wanted("isolated"):
        for name in ("syllables", "words"):
            decode(isolated(cache, name, options), os.path.join(sets, name))
            featurise(os.path.join(sets, name), (0, 1, 2), options.workers)
    if wanted("dev"):
        decode(common_voice(options.data, cache, "cv3-dev", options), os.path.join(sets, "cv3-dev"))
        featurise(os.path.join(sets, "cv3-dev"), (0,), options.workers)
    if wanted("train"):
        decode(common_voice(options.data, cache, "cv3-train", options), os.path.join(sets, "cv3-train"))
        featurise(os.path.join(sets, "cv3-train"), (0, 1, 2), options.workers)
    if wanted("noise"):
        noise.write(os.path.join(sets, "noise"))
    if wanted("synth"):
        for name, variants in (("synth-train", (0, 1)), ("synth-test", (0,))):
            decode(synth.rows(name, options), os.path.join(sets, name))
            featurise(os.path.join(sets, name), variants, options.workers)


if __name__ == "__main__":
    main()
