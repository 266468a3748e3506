"""Greedy decoding and error rates."""
import numpy as np
import torch

import units


def distance(a, b):
    """Edit distance of two sequences."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        left, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, left + (x != y))
    return row[-1]


def collapse(best):
    """Frame-wise best tokens to syllables: repeats merged, blanks dropped."""
    out, last = [], -1
    for token in best:
        if token != last and token != units.BLANK:
            out.append(units.TOKENS[token])
        last = token
    return out


def greedy(net, clips, chosen, spoil=None, frames=12000):
    """Yields (clip, syllables) for the chosen clips."""
    order = sorted(chosen, key=clips.frames)
    net.eval()
    at = 0
    with torch.no_grad():
        while at < len(order):
            size = 1
            while at + size < len(order) and clips.frames(order[at + size]) * (size + 1) <= frames:
                size += 1
            part = order[at:at + size]
            feats = [spoil(clips.features(c), c) if spoil else clips.features(c) for c in part]
            x = np.full((size, max(map(len, feats)), 80), -23.0, dtype=np.float32)
            for row, f in enumerate(feats):
                x[row, : len(f)] = f
            scores, lens = net(torch.from_numpy(x), torch.tensor([len(f) for f in feats]))
            for row, clip in enumerate(part):
                yield clip, collapse(scores[row, : lens[row]].argmax(1).tolist())
            at += size


def error_rate(net, clips, chosen=None, spoil=None):
    """Syllable error rate over the chosen clips (all by default)."""
    errors = total = 0
    for clip, found in greedy(net, clips, list(chosen if chosen is not None else range(len(clips))), spoil):
        errors += distance(found, clips.syllables(clip))
        total += len(clips.syllables(clip))
    return errors / max(1, total)
