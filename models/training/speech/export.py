"""Checkpoint to ONNX that sherpa-onnx loads as a zipformer CTC model, in float and with int8 weights.

Usage: export.py CHECKPOINT.pt OUT_DIR
Writes model.onnx, model.int8.onnx, tokens.txt. Inputs x [N, T, 80] (log-mel) and x_lens [N]; outputs
log_probs [N, T/4, tokens] and log_probs_len [N]. The int8 file keeps each large weight as int8 with one
scale per output row and a DequantizeLinear before its use: a quarter of the size, float arithmetic.
"""
import os
import sys

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

import units
from model import Net

META = {"model_type": "zipformer2_ctc", "model_author": "zhibojian", "version": "1", "language": "zh",
        "units": "toneless pinyin syllables", "subsampling_factor": "4", "vocab_size": str(len(units.TOKENS))}
SMALLEST = 2048


class Deployed(torch.nn.Module):
    """The net with its factored head merged into one linear layer and without the training-only layer."""

    def __init__(self, net):
        super().__init__()
        self.net, self.out = net, torch.nn.Linear(net.settings["width"], len(units.TOKENS))
        with torch.no_grad():
            self.out.weight.copy_(net.head.weight())
            self.out.bias.copy_(net.head.bias)

    def forward(self, x, x_lens):
        from model import frames_out
        return self.out(self.net.hidden(x, x_lens)).log_softmax(2), frames_out(x_lens)


def load(path):
    """The averaged net of a checkpoint, ready for use."""
    state = torch.load(path, map_location="cpu")
    net = Net(**state["settings"])
    net.load_state_dict(state["mean"])
    return net.eval(), state


def to_onnx(net, path):
    """Exports with the loader's names and metadata."""
    x, lens = torch.randn(2, 203, 80), torch.tensor([203, 150])
    torch.onnx.export(Deployed(net).eval(), (x, lens), path, opset_version=13,
                      input_names=["x", "x_lens"], output_names=["log_probs", "log_probs_len"],
                      dynamic_axes={"x": {0: "N", 1: "T"}, "x_lens": {0: "N"},
                                    "log_probs": {0: "N", 1: "T_out"}, "log_probs_len": {0: "N"}})
    graph = onnx.load(path)
    for key, value in META.items():
        entry = graph.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(graph, path)


def quantise(array, axis):
    """int8 values and per-row scales along the axis."""
    others = tuple(i for i in range(array.ndim) if i != axis)
    scale = np.maximum(np.abs(array).max(axis=others), 1e-8) / 127
    shape = [-1 if i == axis else 1 for i in range(array.ndim)]
    return np.clip(np.round(array / scale.reshape(shape)), -127, 127).astype(np.int8), scale.astype(np.float32)


def shrink(source, target):
    """Replaces every large float weight by int8 and DequantizeLinear."""
    model = onnx.load(source)
    graph = model.graph
    used_by = {}
    for node in graph.node:
        for place, name in enumerate(node.input):
            used_by.setdefault(name, (node, place))
    added = []
    for initializer in list(graph.initializer):
        if initializer.data_type != onnx.TensorProto.FLOAT:
            continue
        array = numpy_helper.to_array(initializer)
        node, _ = used_by.get(initializer.name, (None, 0))
        if node is None or node.op_type not in ("Conv", "MatMul", "Gemm") or array.size < SMALLEST or array.ndim < 2:
            continue
        axis = 0 if node.op_type == "Conv" else array.ndim - 1
        values, scale = quantise(array, axis)
        name = initializer.name
        graph.initializer.remove(initializer)
        graph.initializer.extend([numpy_helper.from_array(values, name + ".i8"),
                                  numpy_helper.from_array(scale, name + ".scale"),
                                  numpy_helper.from_array(np.zeros(len(scale), np.int8), name + ".zero")])
        added.append(helper.make_node("DequantizeLinear", [name + ".i8", name + ".scale", name + ".zero"], [name], axis=axis))
    nodes = added + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def main():
    checkpoint, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    net, state = load(checkpoint)
    to_onnx(net, os.path.join(folder, "model.onnx"))
    shrink(os.path.join(folder, "model.onnx"), os.path.join(folder, "model.int8.onnx"))
    with open(os.path.join(folder, "tokens.txt"), "w", encoding="utf-8") as out:
        out.write("".join(f"{token} {index}\n" for index, token in enumerate(units.TOKENS)))
    for name in ("model.onnx", "model.int8.onnx"):
        print(name, os.path.getsize(os.path.join(folder, name)))


if __name__ == "__main__":
    main()
