import unittest

from fanbench import figures
from fanbench.figures import METRICS, full_part, micros, multiple, of_variant, skipped, thousands, written


def run(turn, variant, rig=None, **found):
    return {"cell": "c", "round": turn, "variant": variant, "quick": False, "figures": found, "rig": rig or {}}


LIMIT = next(metric for metric in METRICS if metric.key == "limit")
CPU = next(metric for metric in METRICS if metric.key == "limitCpu")


class FiguresTest(unittest.TestCase):
    def test_median_and_range_are_over_rounds(self):
        runs = [run(1, "a", limit=30), run(2, "a", limit=10), run(3, "a", limit=11), run(1, "b", limit=99)]
        self.assertEqual(of_variant(runs, "a", "limit"), {"median": 11, "least": 10, "most": 30})
        self.assertIsNone(of_variant(runs, "a", "other"))
        self.assertIsNone(of_variant(runs, "c", "limit"))

    def test_multiple_compares_figures_of_the_same_round(self):
        # The machine was ten times slower in round 2: the multiples are the same.
        runs = [run(1, "floor", limit=100), run(1, "a", limit=50), run(2, "floor", limit=10), run(2, "a", limit=5), run(3, "a", limit=9)]
        self.assertEqual(multiple(runs, "a", "floor", "limit"), 0.5)
        self.assertIsNone(multiple(runs, "a", "none", "limit"))
        self.assertIsNone(multiple([run(1, "floor", lost=0), run(1, "a", lost=1)], "a", "floor", "lost"))

    def test_full_part_of_half_the_rounds_is_the_limit(self):
        runs = [run(1, "a", {"limit": "load"}, limit=1), run(2, "a", limit=1), run(3, "a", limit=1)]
        self.assertIsNone(full_part(runs, "a", "limit"))
        runs.append(run(4, "a", {"limit": "load"}, limit=1))
        self.assertEqual(full_part(runs, "a", "limit"), "load")

    def test_rate_of_the_floor_is_the_rigs(self):
        runs = [run(1, "floor", limit=100, limitCpu=1), run(1, "fast", limit=96, limitCpu=1), run(1, "slow", limit=90, limitCpu=1)]
        self.assertTrue(LIMIT.limited(runs, "fast", "floor"))
        self.assertFalse(LIMIT.limited(runs, "slow", "floor"))
        self.assertFalse(LIMIT.limited(runs, "floor", "floor"))
        self.assertFalse(CPU.limited(runs, "fast", "floor"))
        self.assertTrue(LIMIT.limited([run(1, "floor", {"limit": "nodes"}, limit=100)], "floor", "floor"))

    def test_reason_of_missing_figures_is_found(self):
        runs = [run(1, "a", limit=1), {"cell": "c", "round": 1, "variant": "b", "figures": {}, "skipped": "no cc"}]
        self.assertIsNone(skipped(runs, "a"))
        self.assertEqual(skipped(runs, "b"), "no cc")
        self.assertIsNone(of_variant(runs, "b", "limit"))

    def test_figures_are_short(self):
        for value, text in ((9.4, "9"), (950, "950"), (9500, "9.5 k"), (95_000, "95 k"), (1_234_567, "1.23 M")):
            self.assertEqual(thousands(value), text)
        for value, text in ((0.123, "0.12 µs"), (12.34, "12.3 µs"), (123.4, "123 µs")):
            self.assertEqual(micros(value), text)
        self.assertEqual(figures.duration(999), "999 µs")
        self.assertEqual(figures.duration(1500), "1.5 ms")
        self.assertEqual(figures.memory(1536), "1.5 KiB")
        for value, text in ((0.0123, "0.012 ×"), (0.5, "0.50 ×"), (34.5, "34 ×")):
            self.assertEqual(figures.times(value), text)
        self.assertEqual(written({"median": 2000, "least": 1000, "most": 3000}, thousands), "2.0 k [1.0 k, 3.0 k]")
        self.assertEqual(written({"median": 2000, "least": 1999, "most": 2001}, thousands), "2.0 k")


if __name__ == "__main__":
    unittest.main()
