"""Compares our features with those the recogniser computed, clip by clip.

Usage: compare.py NODE WORK_DIR CLIP ... ; NODE is a Node.js with sherpa-onnx-node reachable.
Prints the largest and mean absolute difference; the speller's own step is 0.15/256 = 0.0006.
"""
import json
import os
import subprocess
import sys

import numpy as np
import soundfile

import probe
from fbank import fbank


def spelled(tokens):
    """Turns spelled tokens back into features [T, 80]."""
    ids = np.array([int(t[1:]) for t in tokens], dtype=np.float64).reshape(-1, 2)
    flat = ids[:, 0] + (ids[:, 1] - probe.LEVELS + 0.5) / probe.LEVELS
    return (flat * probe.STEP + probe.LOW).reshape(-1, 80)


def compare(node, work, clips):
    """Writes each clip as 16-bit WAV, asks the recogniser, returns (file, frames, max, mean) rows."""
    here = os.path.dirname(os.path.abspath(__file__))
    probe_dir = os.path.join(work, "probe")
    subprocess.run([sys.executable, os.path.join(here, "probe.py"), probe_dir], check=True)
    waves = []
    for index, clip in enumerate(clips):
        samples, rate = soundfile.read(clip, dtype="float32")
        assert rate == 16000, clip
        path = os.path.join(probe_dir, f"{index}.wav")
        soundfile.write(path, samples[: 2 * rate], rate, subtype="PCM_16")
        waves.append(path)
    out = subprocess.run([node, os.path.join(here, "recognise.mjs"), os.path.join(probe_dir, "speller.onnx"),
                          os.path.join(probe_dir, "speller.tokens.txt"), *waves],
                         check=True, capture_output=True, text=True).stdout
    rows = []
    for line in out.strip().splitlines():
        result = json.loads(line)
        ours = fbank(soundfile.read(result["file"], dtype="float32")[0])
        theirs = spelled(result["tokens"])
        assert theirs.shape == ours.shape, (theirs.shape, ours.shape)
        gap = np.abs(theirs - ours)
        rows.append((result["file"], len(ours), float(gap.max()), float(gap.mean())))
    return rows


if __name__ == "__main__":
    for name, frames, worst, mean in compare(sys.argv[1], sys.argv[2], sys.argv[3:]):
        print(f"{os.path.basename(name)}: {frames} frames, max |d| {worst:.5f}, mean |d| {mean:.5f}")
