"""Trains, from the last checkpoint when there is one, until stopped.

Usage: train.py --cache CACHE_DIR --name RUN [--design conv|conformer] [--steps N] [--minutes M]
Stop by SIGTERM or by creating CACHE_DIR/RUN/stop: the state is written before leaving.
CACHE_DIR/RUN gets checkpoint.pt (model, average, optimiser, step), best.pt, curve.json; train.pid is in CACHE_DIR.
"""
import argparse
import copy
import json
import os
import queue
import signal
import threading
import time

import numpy as np
import torch
from torch.nn import functional as F

import batches
from model import Net, parameters_of
from score import error_rate

SAVE_SECONDS = 240


def rate_at(step, options):
    """Learning rate: linear warm-up, inverse square root; with --anneal-from, a straight line to zero."""
    base = options.rate * min(step / options.warm, (options.warm / max(step, 1)) ** 0.5)
    if options.anneal_from and step > options.anneal_from:
        start = options.rate * (options.warm / options.anneal_from) ** 0.5
        return start * max(0.01, (options.steps - step) / max(1, options.steps - options.anneal_from))
    return base


def losses(net, batch, device):
    """Both CTC losses per target unit, and the loss of knowing which syllable sounds (blank aside) where we do."""
    x, lens, whole, whole_lens, half, half_lens, frames = (torch.from_numpy(np.asarray(a)).to(device) for a in batch)
    scores, half_scores, steps = net.both(x, lens)
    ctc = lambda p, t, n: F.ctc_loss(p.transpose(0, 1), t, steps, n, reduction="sum", zero_infinity=True) / n.sum()
    known = frames[:, : scores.size(1)] >= 0
    sounding = scores[:, :, 1:][known]
    named = F.cross_entropy(sounding, frames[:, : scores.size(1)][known]) if len(sounding) else scores.sum() * 0
    return ctc(scores, whole, whole_lens), ctc(half_scores, half, half_lens), named


def prefetch(source, stop, depth=4):
    """Makes batches in a thread beside training."""
    ready = queue.Queue(depth)
    def fill():
        for batch in source:
            while not stop.is_set():
                try:
                    ready.put(batch, timeout=1)
                    break
                except queue.Full:
                    pass
            if stop.is_set():
                return
    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield ready.get()


def write_json(path, value):
    with open(path + ".part", "w") as out:
        json.dump(value, out, indent=0)
    os.replace(path + ".part", path)


def average_into(mean, net, step):
    """Exponential average of the weights, slower as training goes on."""
    keep = min(0.9995, (1 + step) / (30 + step))
    for a, b in zip(mean.state_dict().values(), net.state_dict().values()):
        if a.dtype.is_floating_point:
            a.mul_(keep).add_(b, alpha=1 - keep)
        else:
            a.copy_(b)


class Run:
    """One training run and its files."""

    def __init__(self, options):
        self.options, self.folder = options, os.path.join(options.cache, options.name)
        os.makedirs(self.folder, exist_ok=True)
        self.device = options.device
        self.step, self.audio_s, self.spent_s, self.best, self.curve = 0, 0.0, 0.0, 9.0, []
        self.net = Net(options.design, options.width, options.dropout).to(self.device)
        self.mean = copy.deepcopy(self.net)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.02)
        path = os.path.join(self.folder, "checkpoint.pt")
        if os.path.exists(path):
            state = torch.load(path, map_location=self.device)
            self.net.load_state_dict(state["net"])
            self.mean.load_state_dict(state["mean"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.step, self.audio_s, self.spent_s, self.best, self.curve = (
                state[k] for k in ("step", "audio_s", "spent_s", "best", "curve"))

    def save(self):
        """Writes the checkpoint and the curve whole or not at all."""
        path = os.path.join(self.folder, "checkpoint.pt")
        torch.save({"settings": self.net.settings, "net": self.net.state_dict(), "mean": self.mean.state_dict(),
                    "optimiser": self.optimiser.state_dict(), "step": self.step, "audio_s": self.audio_s,
                    "spent_s": self.spent_s, "best": self.best, "curve": self.curve}, path + ".part")
        os.replace(path + ".part", path)
        write_json(os.path.join(self.folder, "curve.json"), self.curve)

    def measure(self, dev, synth, loss):
        """Syllable error of the averaged weights on part of the held-out clips."""
        row = {"step": self.step, "hours": round(self.audio_s / 3600, 2), "minutes": round(self.spent_s / 60, 1),
               "loss": round(loss[0], 4), "half_loss": round(loss[1], 4)}
        mean = self.mean.to("cpu")
        row["dev"] = round(error_rate(mean, dev, range(0, len(dev), self.options.every_clip)), 4)
        if synth:
            row["synth"] = round(error_rate(mean, synth, range(0, len(synth), 6)), 4)
        self.mean.to(self.device)
        self.curve.append(row)
        print(json.dumps(row), flush=True)
        if row["dev"] < self.best:
            self.best = row["dev"]
            torch.save({"settings": self.net.settings, "mean": self.mean.state_dict(), "row": row},
                       os.path.join(self.folder, "best.pt"))


def train(options):
    """Runs until the step or time budget, the stop file, or SIGTERM."""
    torch.set_num_threads(options.threads)
    run, stop = Run(options), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open(os.path.join(options.cache, "train.pid"), "w") as out:
        out.write(str(os.getpid()))
    stop_file = os.path.join(run.folder, "stop")
    sets = os.path.join(options.cache, "sets")
    source = batches.Batches(sets, batches.WARM if run.step < options.warm_steps else batches.FULL, options.frames,
                             [options.seed, run.step])
    dev = batches.Clips(os.path.join(sets, "cv3-dev"))
    has_synth = os.path.exists(os.path.join(sets, "synth-test", "feats-0.npy"))
    synth = batches.Clips(os.path.join(sets, "synth-test")) if has_synth else None
    print(f"{options.design}: {parameters_of(run.net):,} weights, from step {run.step}, sets {list(source.clips)}", flush=True)
    started = saved = measured = time.monotonic()
    begun_spent, recent, heard = run.spent_s, [], []
    feed = prefetch(source, stop)
    while not stop.is_set() and not os.path.exists(stop_file) and run.step < options.steps:
        now = time.monotonic()
        if now - started > options.minutes * 60:
            break
        batch = next(feed)
        if run.step == options.warm_steps:
            source.set_shares(batches.FULL)
        run.step += 1
        for group in run.optimiser.param_groups:
            group["lr"] = rate_at(run.step, options)
        run.net.train()
        whole, half, named = losses(run.net, batch, options.device)
        loss = whole + options.half_weight * half + options.named_weight * named
        run.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(run.net.parameters(), 4.0)
        if torch.isfinite(norm):
            run.optimiser.step()
            recent.append((whole.item(), half.item()))
            heard += [named.item()] if named.item() else []
        average_into(run.mean, run.net, run.step)
        run.audio_s += float(batch[1].sum()) / 100
        run.spent_s = begun_spent + time.monotonic() - started
        if run.step % 50 == 0 and recent:
            print(f"step {run.step} loss {np.mean([r[0] for r in recent[-50:]]):.3f} half "
                  f"{np.mean([r[1] for r in recent[-50:]]):.3f} named {np.mean(heard[-30:] or [0]):.3f} {run.audio_s / run.spent_s:.0f}x real time", flush=True)
        if now - measured > options.measure_minutes * 60:
            run.measure(dev, synth, np.mean(recent[-200:], axis=0).tolist())
            measured = time.monotonic()
        if now - saved > SAVE_SECONDS:
            run.save()
            saved = time.monotonic()
    stop.set()
    run.save()
    print(f"left at step {run.step}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", required=True)
    parser.add_argument("--name", default="conv")
    parser.add_argument("--design", default="conv", choices=["conv", "conformer"])
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warm", type=int, default=500)
    parser.add_argument("--warm-steps", type=int, default=1600, help="steps on the easy mixture")
    parser.add_argument("--steps", type=int, default=10 ** 9)
    parser.add_argument("--anneal-from", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--measure-minutes", type=float, default=8)
    parser.add_argument("--every-clip", type=int, default=3)
    parser.add_argument("--frames", type=int, default=5000, help="frames of 10 ms in a batch")
    parser.add_argument("--half-weight", type=float, default=0.4)
    parser.add_argument("--named-weight", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
