"""The acoustic nets: log-mel features in, CTC scores of toneless syllables out every 40 ms.

Two designs share stem and head:
- "conv": depthwise-separable convolution blocks with squeeze-excitation, the middle of the net at an
  80 ms step (two thirds of its weights), joined again with a skip at 40 ms;
- "conformer": self-attention and convolution at a 40 ms step.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

import units


def frames_out(lens):
    """Output steps for input frames: two convolutions of stride two."""
    return torch.div(torch.div(lens + 1, 2, rounding_mode="floor") + 1, 2, rounding_mode="floor")


def mask_of(lens, size):
    """[N, 1, T] float mask of valid steps."""
    return (torch.arange(size, device=lens.device)[None, :] < lens[:, None]).to(torch.float32).unsqueeze(1)


def masked_mean(x, mask):
    """Mean over valid steps of [N, C, T]."""
    return (x * mask).sum(2, keepdim=True) / mask.sum(2, keepdim=True).clamp(min=1.0)


class Squeeze(nn.Module):
    """Gates channels by their mean over the clip."""

    def __init__(self, width):
        super().__init__()
        self.down = nn.Conv1d(width, width // 8, 1)
        self.up = nn.Conv1d(width // 8, width, 1)

    def forward(self, x, mask):
        return x * torch.sigmoid(self.up(F.relu(self.down(masked_mean(x, mask)))))


class ConvBlock(nn.Module):
    """Depthwise convolution, then a two-layer pointwise net, squeeze-excitation, residual."""

    def __init__(self, width, kernel, dropout, widen=3):
        super().__init__()
        self.depth = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.wide = nn.Conv1d(width, widen * width, 1)
        self.narrow = nn.Conv1d(widen * width, width, 1, bias=False)
        self.norm_out = nn.BatchNorm1d(width)
        self.squeeze = Squeeze(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask):
        y = self.norm(self.depth(x * mask))
        y = self.narrow(F.relu(self.wide(y)))
        return x + self.dropout(self.squeeze(self.norm_out(y), mask))


class Stem(nn.Module):
    """Per-clip mean removal and two strided convolutions: 10 ms frames to 40 ms steps."""

    def __init__(self, width):
        super().__init__()
        self.first = nn.Conv1d(80, width, 5, stride=2, padding=2)
        self.norm = nn.BatchNorm1d(width)
        self.second = nn.Conv1d(width, width, 5, stride=2, padding=2, groups=4)
        self.mix = nn.Conv1d(width, width, 1)
        self.norm_out = nn.BatchNorm1d(width)

    def forward(self, x, lens):
        x = x.transpose(1, 2)
        mask = mask_of(lens, x.size(2))
        x = (x - masked_mean(x, mask)) * mask * 0.4
        half = mask[:, :, ::2]
        x = F.relu(self.norm(self.first(x))) * half
        x = F.relu(self.norm_out(self.mix(self.second(x))))
        return x, half[:, :, ::2]


class ConvBody(nn.Module):
    """Blocks at 40 ms, more at 80 ms, back to 40 ms with a skip."""

    def __init__(self, width, dropout, before=2, middle=7, after=2):
        super().__init__()
        self.before = nn.ModuleList(ConvBlock(width, 11, dropout) for _ in range(before))
        self.down = nn.Conv1d(width, width, 3, stride=2, padding=1, groups=width)
        self.middle = nn.ModuleList(ConvBlock(width, 9 + 2 * i, dropout) for i in range(middle))
        self.up = nn.Conv1d(width, width, 1)
        self.after = nn.ModuleList(ConvBlock(width, 11, dropout) for _ in range(after))

    def forward(self, x, mask):
        for block in self.before:
            x = block(x, mask)
        low = mask[:, :, ::2]
        y = self.down(x * mask)
        for block in self.middle:
            y = block(y, low)
        y = self.up(y * low)
        y = torch.stack([y, y], dim=3).flatten(2)[:, :, : x.size(2)]
        x = x + y
        for block in self.after:
            x = block(x, mask)
        return x * mask


class ConformerBlock(nn.Module):
    """Half feed-forward, attention, convolution, half feed-forward."""

    def __init__(self, width, heads, kernel, dropout):
        super().__init__()
        feed = lambda: nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.SiLU(),
                                     nn.Dropout(dropout), nn.Linear(4 * width, width), nn.Dropout(dropout))
        self.heads = heads
        self.feed_in, self.feed_out = feed(), feed()
        self.norm_attend, self.norm_conv, self.norm_out = (nn.LayerNorm(width) for _ in range(3))
        self.qkv, self.join = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.gate = nn.Conv1d(width, 2 * width, 1)
        self.depth = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm_depth = nn.BatchNorm1d(width)
        self.point = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def attend(self, x, mask):
        n, t, c = x.shape
        q, k, v = self.qkv(self.norm_attend(x)).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(2, 3) / math.sqrt(c // self.heads) + (mask.unsqueeze(1) - 1) * 1e4
        return self.dropout(self.join((scores.softmax(3) @ v).transpose(1, 2).reshape(n, t, c)))

    def forward(self, x, mask):
        x = x + 0.5 * self.feed_in(x)
        x = x + self.attend(x, mask)
        y = F.glu(self.gate(self.norm_conv(x).transpose(1, 2) * mask), dim=1)
        y = self.point(F.silu(self.norm_depth(self.depth(y * mask))))
        x = x + self.dropout(y.transpose(1, 2))
        return self.norm_out(x + 0.5 * self.feed_out(x))


class ConformerBody(nn.Module):
    """Blocks with sinusoidal positions."""

    def __init__(self, width, dropout, layers=6, heads=4):
        super().__init__()
        self.blocks = nn.ModuleList(ConformerBlock(width, heads, 15, dropout) for _ in range(layers))
        self.register_buffer("rates", torch.exp(torch.arange(0, width, 2) * (-math.log(1e4) / width)), False)

    def forward(self, x, mask):
        x = x.transpose(1, 2)
        angles = torch.arange(x.size(1), device=x.device, dtype=torch.float32)[:, None] * self.rates[None, :]
        x = x + torch.cat([angles.sin(), angles.cos()], 1)[None]
        for block in self.blocks:
            x = block(x, mask)
        return x.transpose(1, 2) * mask


class Head(nn.Module):
    """Syllable scores whose weights are a sum of the initial's, the final's and the syllable's own."""

    def __init__(self, width):
        super().__init__()
        pairs = [units.split(s) for s in units.SYLLABLES]
        self.register_buffer("initial_of", torch.tensor([units.INITIALS.index(i) for i, _ in pairs]), False)
        self.register_buffer("final_of", torch.tensor([units.FINALS.index(f) for _, f in pairs]), False)
        small = lambda rows: nn.Parameter(torch.randn(rows, width) / math.sqrt(width))
        self.initials, self.finals, self.blank = small(len(units.INITIALS)), small(len(units.FINALS)), small(1)
        self.own = nn.Parameter(torch.zeros(len(units.SYLLABLES), width))
        self.bias = nn.Parameter(torch.zeros(len(units.TOKENS)))

    def weight(self):
        """The merged matrix [tokens, width]."""
        return torch.cat([self.blank, self.initials[self.initial_of] + self.finals[self.final_of] + self.own])

    def forward(self, x):
        return F.linear(x, self.weight(), self.bias)


class Net(nn.Module):
    """Stem, body, head; forward gives log-probabilities [N, T/4, tokens] and their lengths."""

    def __init__(self, design="conv", width=256, dropout=0.1):
        super().__init__()
        self.settings = {"design": design, "width": width, "dropout": dropout}
        self.stem = Stem(width)
        self.body = ConvBody(width, dropout) if design == "conv" else ConformerBody(width, dropout)
        self.norm = nn.BatchNorm1d(width)
        self.head = Head(width)
        self.halves = nn.Linear(width, len(units.HALVES))

    def hidden(self, x, lens):
        """The last hidden layer [N, T/4, width]."""
        y, mask = self.stem(x, lens)
        return self.norm(self.body(y, mask)).transpose(1, 2)

    def forward(self, x, x_lens):
        return self.head(self.hidden(x, x_lens)).log_softmax(2), frames_out(x_lens)

    def both(self, x, x_lens):
        """Syllable and half-syllable log-probabilities, for training."""
        h = self.hidden(x, x_lens)
        return self.head(h).log_softmax(2), self.halves(h).log_softmax(2), frames_out(x_lens)


def parameters_of(net):
    """How many weights the deployed net has."""
    return sum(p.numel() for p in net.parameters())
