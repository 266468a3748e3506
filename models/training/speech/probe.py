"""Writes two tiny ONNX models: one that spells its input features as CTC tokens, one random CTC net.

Usage: probe.py OUT_DIR
The spelling model lets an unmodified recogniser tell us exactly which features it computed: every
feature value becomes two tokens (coarse and fine, 256 levels each); odd and even positions use
different token ranges so that CTC's merging of repeats never swallows one.
"""
import os
import sys

import onnx
import torch

LOW, STEP, LEVELS = -24.0, 0.15, 256


class Speller(torch.nn.Module):
    """Features in, one-hot spelled digits out."""

    def forward(self, x, x_lens):
        flat = (x.reshape(x.size(0), -1) - LOW) / STEP
        coarse = torch.floor(flat)
        fine = torch.floor((flat - coarse) * LEVELS)
        digits = torch.stack([coarse, fine + LEVELS], dim=2).reshape(x.size(0), -1)
        ids = torch.arange(2 * LEVELS, dtype=torch.float32)
        scores = -(digits.unsqueeze(2) - ids).abs()
        scores = torch.cat([torch.full_like(scores[:, :, :1], -1e4), scores], dim=2)
        return scores, x_lens * 160


class Tiny(torch.nn.Module):
    """A random two-layer CTC net, subsampling by four."""

    def __init__(self, vocab):
        super().__init__()
        self.front = torch.nn.Conv1d(80, 32, 5, stride=4, padding=2)
        self.out = torch.nn.Linear(32, vocab)

    def forward(self, x, x_lens):
        y = torch.relu(self.front(x.transpose(1, 2))).transpose(1, 2)
        return torch.log_softmax(self.out(y), dim=2), (x_lens + 3) // 4


def write(model, path, tokens):
    """Exports with the names and metadata the zipformer CTC loader reads."""
    model.eval()
    x, lens = torch.randn(2, 60, 80), torch.tensor([60, 50])
    torch.onnx.export(model, (x, lens), path, opset_version=13,
                      input_names=["x", "x_lens"], output_names=["log_probs", "log_probs_len"],
                      dynamic_axes={"x": {0: "N", 1: "T"}, "x_lens": {0: "N"},
                                    "log_probs": {0: "N", 1: "T"}, "log_probs_len": {0: "N"}})
    graph = onnx.load(path)
    entry = graph.metadata_props.add()
    entry.key, entry.value = "model_type", "zipformer2_ctc"
    onnx.save(graph, path)
    with open(os.path.splitext(path)[0] + ".tokens.txt", "w") as out:
        out.write("".join(f"{t} {i}\n" for i, t in enumerate(tokens)))


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(4)
    write(Speller(), os.path.join(folder, "speller.onnx"), ["<blk>"] + [f"t{i}" for i in range(2 * LEVELS)])
    write(Tiny(50), os.path.join(folder, "tiny.onnx"), ["<blk>"] + [f"s{i}" for i in range(49)])


if __name__ == "__main__":
    main()
