"""Error rates and speed of an exported model, through the recogniser the product uses.

Usage: evaluate.py --cache CACHE_DIR --node NODE --model MODEL.onnx [--clips N] [--out FILE.json]
Sets: cv3-dev (unseen speakers, by high and low voice), synth-test (unseen sentences, unseen espeak voices),
synth-test with music mixed in at 10 dB.
"""
import argparse
import json
import os
import subprocess

import numpy as np
import soundfile

import noise
from score import distance

RATE = 16000
PER_CALL = 300


def waves(cache, name, clips, music_db=None):
    """Writes the chosen clips as WAV files once; returns (path, entry) pairs."""
    folder = os.path.join(cache, "sets", name)
    with open(os.path.join(folder, "index.json"), encoding="utf-8") as handle:
        index = json.load(handle)
    pcm = np.memmap(os.path.join(folder, "pcm.i16"), dtype=np.int16, mode="r")
    out_dir = os.path.join(cache, "eval", name + (f"-music{music_db}" if music_db else ""))
    os.makedirs(out_dir, exist_ok=True)
    step = max(1, len(index) // clips) if clips else 1
    pairs = []
    for clip in range(0, len(index), step):
        path, entry = os.path.join(out_dir, f"{clip}.wav"), index[clip]
        if not os.path.exists(path):
            wave = pcm[entry["at"]:entry["at"] + entry["samples"]].astype(np.float32) / 32768
            if music_db:
                tune = noise.music(len(wave) / RATE + 0.1, np.random.default_rng([99, clip]))[: len(wave)]
                gain = np.sqrt(np.mean(wave ** 2) / (np.mean(tune ** 2) + 1e-12)) * 10 ** (-music_db / 20)
                wave = wave + gain * tune
                wave = wave / max(1.0, float(np.abs(wave).max()) * 1.01)
            soundfile.write(path, wave, RATE, subtype="PCM_16")
        pairs.append((path, entry))
    return pairs


def recognise(node, model, pairs):
    """One result per pair."""
    here = os.path.dirname(os.path.abspath(__file__))
    tokens = os.path.join(os.path.dirname(model), "tokens.txt")
    for start in range(0, len(pairs), PER_CALL):
        part = pairs[start:start + PER_CALL]
        out = subprocess.run([node, os.path.join(here, "recognise.mjs"), model, tokens, *[p for p, _ in part]],
                             check=True, capture_output=True, text=True).stdout
        for (_, entry), line in zip(part, out.strip().split("\n")):
            yield entry, json.loads(line)


def measure(node, model, pairs):
    """Syllable error overall and by voice, and the real-time factor on one thread."""
    errors, totals, audio, spent = {}, {}, 0.0, 0.0
    for entry, result in recognise(node, model, pairs):
        wrong = distance([t for t in result["tokens"]], entry["syllables"])
        for key in ("all", entry["voice"]):
            errors[key] = errors.get(key, 0) + wrong
            totals[key] = totals.get(key, 0) + len(entry["syllables"])
        audio, spent = audio + result["audioMs"], spent + result["spentMs"]
    rates = {key: round(errors[key] / totals[key], 4) for key in errors}
    return {"clips": len(pairs), "syllables": totals["all"], "error": rates, "rtf": round(spent / audio, 4)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", required=True)
    parser.add_argument("--node", default="node")
    parser.add_argument("--model", required=True)
    parser.add_argument("--clips", type=int, default=0, help="about how many clips of each set; all by default")
    parser.add_argument("--out")
    options = parser.parse_args()
    report = {"model": os.path.basename(options.model), "bytes": os.path.getsize(options.model)}
    for label, name, music in (("cv3-dev", "cv3-dev", None), ("synth-test", "synth-test", None),
                               ("synth-test-music-10dB", "synth-test", 10)):
        report[label] = measure(options.node, options.model, waves(options.cache, name, options.clips, music))
        print(label, json.dumps(report[label]), flush=True)
    if options.out:
        with open(options.out, "w") as out:
            json.dump(report, out, indent=1)


if __name__ == "__main__":
    main()
