import unittest

from fanbench.search import CLOSE_ENOUGH, highest_without_loss, is_without_loss, rig_limit


def measured(rate, lost=0, failed=0, late=0.0, kept=1.0):
    return {"rate": rate, "lost": lost, "failed": failed, "lateSeconds": late, "sentPerSecond": kept * rate}


class Manager:
    """A manager that loses messages above a limit."""

    def __init__(self, limit):
        self.limit, self.rates = limit, []

    def measure(self, rate):
        self.rates.append(rate)
        return measured(rate, lost=int(rate > self.limit))


class SearchTest(unittest.TestCase):
    def test_loss_of_any_kind_fails_a_rate(self):
        self.assertTrue(is_without_loss(measured(100)))
        for bad in (measured(100, lost=1), measured(100, failed=1), measured(100, late=0.31), measured(100, kept=0.96)):
            self.assertFalse(is_without_loss(bad), bad)

    def test_limit_is_found_from_any_guess(self):
        for guess in (1000, 9000, 10_000, 11_000, 60_000):
            manager = Manager(10_000)
            best = highest_without_loss(manager.measure, guess, most_runs=20)
            self.assertLessEqual(best["rate"], 10_000)
            self.assertGreater(best["rate"], 10_000 / CLOSE_ENOUGH, guess)
            self.assertLess(len(manager.rates), 14, guess)

    def test_highest_passing_rate_counts_when_the_runs_are_used_up(self):
        manager = Manager(10_000)
        best = highest_without_loss(manager.measure, 1000, most_runs=3)
        self.assertEqual(best["rate"], max(manager.rates))
        self.assertEqual(len(manager.rates), 3)

    def test_no_rate_without_loss_is_none(self):
        said = []
        self.assertIsNone(highest_without_loss(Manager(0).measure, 100, most_runs=4, say=said.append))
        self.assertEqual(said[0], "100/s does not")
        self.assertEqual(len(said), 4)

    def test_full_part_is_the_limit_and_not_the_manager(self):
        def cores(load, nodes, manager):
            return {"load": load, "nodes": nodes, "manager": manager}

        self.assertEqual(rig_limit(cores(0.95, 0.3, 0.5), 4), "load")
        self.assertEqual(rig_limit(cores(0.2, 0.9, 0.5), 4), "nodes")
        self.assertEqual(rig_limit(cores(0.6, 0.6, 0.75), 2), "processors")
        self.assertIsNone(rig_limit(cores(0.5, 0.5, 1.0), 2))
        self.assertIsNone(rig_limit(cores(0.5, 0.5, 0.5), 2))


if __name__ == "__main__":
    unittest.main()
