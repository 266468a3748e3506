"""Chinese text to toned pinyin through the Node labeller."""
import os
import subprocess


def label(texts, options):
    """A list of toned syllables for each text; options carries .node and .pinyin."""
    here = os.path.dirname(os.path.abspath(__file__))
    out = subprocess.run([options.node, os.path.join(here, "label.mjs")], input="\n".join(texts) + "\n",
                         env={**os.environ, "PINYIN_PRO": os.path.abspath(options.pinyin)},
                         check=True, capture_output=True, text=True).stdout
    lines = [line.split() for line in out.split("\n")[:len(texts)]]
    assert len(lines) == len(texts), (len(lines), len(texts))
    return lines
