"""Synthetic speech: our own live-commerce sentences and Common Voice sentences read by espeak-ng."""
import csv
import os
import re
import subprocess

import numpy as np
import scipy.signal

from labels import label

VOICES = ["f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "Annie", "Alicia", "Andrea",
          "Andy", "Denis", "Hugo", "Lee", "Michael", "Mike", "adam", "anika", "antonio", "belinda", "benjamin",
          "boris", "david", "edward", "grandma", "grandpa", "john", "klatt", "klatt2", "linda", "max", "paul",
          "quincy", "robert", "sandro", "steph", "travis"]
TEST_VOICES = ["m8", "Mario", "aunty", "klatt4", "steph3", "ed"]
READINGS_PER_SENTENCE = 10
PROSE_SENTENCES = 3000


def split(sentences):
    """Sentences for training and, one in eight, for test."""
    return ([s for i, s in enumerate(sentences) if i % 8 != 3], [s for i, s in enumerate(sentences) if i % 8 == 3])


def speak(syllables, voice, speed, pitch):
    """One utterance at 16 kHz from toned pinyin."""
    text = " ".join(re.sub(r"0$", "5", s) for s in syllables)
    raw = subprocess.run(["espeak-ng", "-v", f"cmn-latn-pinyin+{voice}", "-s", str(speed), "-p", str(pitch),
                          "--stdout", text], check=True, capture_output=True).stdout
    samples = np.frombuffer(raw[44:len(raw) - (len(raw) - 44) % 2], dtype=np.int16).astype(np.float32) / 32768
    return scipy.signal.resample_poly(samples, 320, 441).astype(np.float32)


def rows(name, options):
    """Rows for prepare.decode; each source is a function that speaks the sentence."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "sentences.txt"), encoding="utf-8") as handle:
        ours = split([line.strip() for line in handle if line.strip()])
    rng = np.random.default_rng(11 if name == "synth-train" else 12)
    if name == "synth-train":
        with open(os.path.join(options.data, "cv3-train.tsv"), encoding="utf-8") as handle:
            prose = [r["sentence"] for r in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)]
        texts = [(s, VOICES) for s in ours[0] for _ in range(READINGS_PER_SENTENCE)]
        texts += [(str(s), VOICES) for s in rng.permutation(prose)[:PROSE_SENTENCES]]
    else:
        texts = [(s, [v]) for s in ours[1] for v in TEST_VOICES]
    out = []
    for (text, voices), syllables in zip(texts, label([t for t, _ in texts], options)):
        voice = voices[rng.integers(len(voices))]
        speed, pitch = int(rng.integers(150, 290)), int(rng.integers(20, 90))
        source = lambda s=syllables, v=voice, r=speed, p=pitch: speak(s, v, r, p)
        out.append((source, f"espeak-{voice}", voice, syllables, text))
    return out
