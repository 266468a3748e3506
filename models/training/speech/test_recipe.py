"""Tests of the recipe's own parts: python3 -m unittest (in this folder); needs numpy, scipy, torch, onnx."""
import os
import tempfile
import unittest

import numpy as np
import torch

import batches
import noise
import score
import units
from fbank import BANKS, fbank, frame_count, frames_of
from model import Net, frames_out


class Units(unittest.TestCase):
    def test_every_syllable_has_its_own_initial_and_final(self):
        pairs = [units.split(s) for s in units.SYLLABLES]
        self.assertEqual(len(set(pairs)), len(units.SYLLABLES))
        self.assertEqual(len(set(units.SYLLABLES)), len(units.SYLLABLES))

    def test_spellings_are_brought_together(self):
        self.assertEqual(units.plain("lüe4"), "lve")
        self.assertEqual(units.plain("LV4"), "lv")
        self.assertEqual(units.plain("jv2"), "ju")
        self.assertIsNone(units.plain("xyz1"))
        self.assertEqual([units.tone(s) for s in ("ma1", "ma5", "ma", "men0")], [1, 5, 5, 5])

    def test_sounds_written_i_are_told_apart(self):
        self.assertEqual([units.split(s)[1] for s in ("si", "shi", "xi", "yi", "yue", "xue")],
                         ["ii", "iii", "i", "i", "ve", "ve"])


class Features(unittest.TestCase):
    def test_counts_and_mirrored_edges(self):
        for samples in (80, 159, 240, 16000, 16079, 16080):
            wave = np.arange(samples, dtype=np.float32)
            self.assertEqual(len(frames_of(wave)), frame_count(samples))
        frames = frames_of(np.arange(1000, dtype=np.float32))
        self.assertEqual(frames[0][:121].tolist(), list(range(119, -1, -1)) + [0])
        self.assertEqual(frame_count(79), 0)
        self.assertEqual(fbank(np.zeros(10)).shape, (0, 80))

    def test_a_tone_peaks_in_its_band(self):
        wave = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
        self.assertEqual(int(fbank(wave)[50].argmax()), int(BANKS[32].argmax()))


class Nets(unittest.TestCase):
    def test_padding_does_not_change_a_clip(self):
        for design, width in (("conv", 64), ("conformer", 64)):
            torch.manual_seed(1)
            net = Net(design, width).eval()
            x = torch.randn(1, 123, 80)
            alone, steps = net(x, torch.tensor([123]))
            padded, steps_padded = net(torch.cat([x, torch.randn(1, 70, 80)], 1), torch.tensor([123]))
            self.assertEqual(steps.item(), alone.size(1))
            self.assertEqual(steps.item(), steps_padded.item())
            self.assertLess((alone - padded[:, : alone.size(1)]).abs().max().item(), 1e-3, design)
        self.assertEqual(frames_out(torch.tensor([1, 4, 5, 8, 9])).tolist(), [1, 1, 2, 2, 3])

    def test_export_and_shrink_keep_the_answer(self):
        import onnx
        from onnx import numpy_helper

        import export
        torch.manual_seed(2)
        net = Net("conv", 64).eval()
        with tempfile.TemporaryDirectory() as folder:
            big, small = os.path.join(folder, "a.onnx"), os.path.join(folder, "b.onnx")
            export.to_onnx(net, big)
            export.shrink(big, small)
            self.assertLess(os.path.getsize(small), 0.5 * os.path.getsize(big))
            weights = {i.name: numpy_helper.to_array(i) for i in onnx.load(small).graph.initializer}
            original = {i.name: numpy_helper.to_array(i) for i in onnx.load(big).graph.initializer}
            shrunk = [n[:-3] for n in weights if n.endswith(".i8")]
            self.assertGreater(len(shrunk), 10)
            for name in shrunk:
                node = next(n for n in onnx.load(small).graph.node if n.output[0] == name)
                axis = next(a.i for a in node.attribute if a.name == "axis")
                scale = weights[name + ".scale"].reshape([-1 if i == axis else 1 for i in range(original[name].ndim)])
                self.assertLessEqual(np.abs(weights[name + ".i8"] * scale - original[name]).max(), scale.max() * 0.51)


class Data(unittest.TestCase):
    def test_distance(self):
        self.assertEqual(score.distance("kitten", "sitting"), 3)
        self.assertEqual(score.distance([], [1, 2]), 2)

    def test_greedy_merges_repeats_and_keeps_doubles(self):
        ma, de = units.INDEX["ma"], units.INDEX["de"]
        self.assertEqual(score.collapse([0, ma, ma, 0, ma, de, de, 0]), ["ma", "ma", "de"])

    def test_isolated_speech_is_shared_out_over_its_syllables(self):
        feats = np.full((100, 80), -15.0)
        feats[30:80] = -4.0
        spans = batches.spread(feats, ["ma", "de"])
        self.assertEqual([s for s, _, _ in spans], ["ma", "de"])
        self.assertEqual([round(v) for _, a, b in spans for v in (a, b)], [35, 51, 60, 76])
        self.assertEqual(batches.spread(feats, ["ma"] * 7), [])

    def test_batches_carry_the_sounding_syllable(self):
        x = np.zeros((100, 80), dtype=np.float32)
        out = batches.collate([(x, ["ma", "de"], [("ma", 36, 52)]), (x[:60], ["ni"], [])])
        frames = out[6]
        self.assertEqual(frames.shape, (2, 25))
        self.assertEqual(np.flatnonzero(frames[0] >= 0).tolist(), [9, 10, 11, 12, 13])
        self.assertEqual(set(frames[0][9:14]), {units.INDEX["ma"] - 1})
        self.assertTrue((frames[1] == -1).all())
        self.assertEqual(out[3].tolist(), [2, 1])

    def test_noise_is_buried_at_the_asked_ratio(self):
        rng = np.random.default_rng(3)
        speech, other = rng.normal(0, 1, (200, 80)), rng.normal(-5, 1, (200, 80))
        mixed = batches.bury(speech, other, 10)
        added = (np.exp(mixed) - np.exp(speech)).mean() / np.exp(speech).mean()
        self.assertAlmostEqual(10 * np.log10(added), -10, places=3)

    def test_varied_audio_is_sound(self):
        wave = np.sin(np.arange(16000) / 9).astype(np.float32) * 0.4
        for seed in range(8):
            out = noise.vary(wave, np.random.default_rng(seed))
            self.assertTrue(np.isfinite(out).all())
            self.assertLess(abs(len(out) / 16000 - 1), 0.3)


if __name__ == "__main__":
    unittest.main()
