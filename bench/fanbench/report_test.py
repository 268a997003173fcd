import io
import json
import os
import tempfile
import unittest

from fanbench import cells, tables
from fanbench.picture import picture
from fanbench.process import spent
from fanbench.results import Results
from fanbench.rig import figures

CELL = next(cell for cell in cells.CELLS if cell.name == "unary-100")


class ReportTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "figures.jsonl")
        self.out = io.StringIO()
        self.results = Results(self.path, self.out)

    def add(self, turn, variant, rig=None, cell="unary-100", **found):
        self.results.add(cell, turn, variant, False, {"figures": found, "rig": rig or {}})

    def test_lines_are_read_as_they_were_written(self):
        self.add(1, "unary", limit=1.5)
        self.assertEqual(Results(self.path).lines, self.results.lines)
        self.assertEqual(json.loads(self.out.getvalue()), self.results.lines[0])
        self.results.begin("other")
        self.assertEqual(len(self.results.runs("unary-100")), 1)
        self.results.begin("unary-100")
        self.assertEqual(Results(self.path).lines, [])

    def test_cell_is_complete_with_each_variant_in_each_round(self):
        for turn in (1, 2):
            self.add(turn, "floor", limit=1)
        self.add(1, "unary", limit=1)
        self.assertFalse(self.results.is_complete("unary-100", ["floor", "unary"], 2))
        self.assertTrue(self.results.is_complete("unary-100", ["floor", "unary"], 1))
        self.results.add("unary-100", 2, "unary", True, {"figures": {}})
        self.assertFalse(self.results.is_complete("unary-100", ["floor", "unary"], 2))

    def test_table_has_the_floor_beside_everything(self):
        for turn, share in ((1, 1), (2, 2)):
            self.add(turn, "floor", {"limit": "load"}, limit=1_000_000 * share, limitCpu=0.5)
            self.add(turn, "unary", limit=400_000 * share, limitCpu=1.5)
        self.results.add("unary-100", 1, "go", False, {"figures": {}, "rig": {}, "skipped": "no Go"})
        lines = tables.cell_table(CELL, self.results.runs("unary-100")).split("\n")
        self.assertEqual(lines[:6], [
            "### 10 nodes, 100 B", "",
            "|  | floor | PushFanout |",
            "| --- | --- | --- |",
            "| without loss, deliveries/s | 1.50 M [1.00 M, 2.00 M] † | 600 k [400 k, 800 k] · **0.40 ×** |",
            "| without loss, CPU for a delivery | 0.50 µs | 1.50 µs · **3.00 ×** |"])
        self.assertIn("† the rig is the limit: the load had no more processor time.", lines)
        self.assertIn("Left out: Go (no Go).", lines)
        self.assertRegex(lines[-1], r"^2 rounds, \d{4}-\d\d-\d\d, commit `\w*`\.$")

    def test_turn_keeps_the_figures_that_it_has(self):
        def measure(turn):
            turn.note({"cores": {"load": 1.0, "nodes": 0.1, "manager": 0.2}}, "closedCalls", closedCalls=7)
            raise cells.Unavailable("no rate without loss")

        said = []
        cell = cells.Cell("unary-100", "a title", cells.variants(cells.FLOOR), measure)
        cell.run(cells.Pace(quick=True), self.results, said.append)
        line = self.results.lines[0]
        self.assertEqual(line["figures"], {"closedCalls": 7})
        self.assertEqual(line["rig"], {"closedCalls": "load"})
        self.assertEqual(line["skipped"], "no rate without loss")
        self.assertEqual(said, ["unary-100, round 1 of 1: floor", "  left out: no rate without loss"])
        table = tables.cell_table(cell, self.results.lines)
        self.assertIn("| closed loop, broadcasts/s | 7 † |", table)
        self.assertIn("Left out: floor (no rate without loss).", table)

    def test_page_has_the_cells_in_their_order(self):
        self.assertEqual(tables.all_tables(self.results), "Nothing has been measured yet.")
        self.add(1, "floor", cell="fleet", cpuMicros=3)
        self.add(1, "floor", limit=3)
        self.results.add("jmh", 1, "", True, {"scores": [
            {"benchmark": "A.b", "unit": "ns/op", "median": 2, "least": 1, "most": 3}]})
        page = tables.all_tables(self.results)
        heads = [line for line in page.split("\n") if line.startswith("### ")]
        self.assertEqual(heads, ["### 10 nodes, 100 B", "### 1,000 nodes, 100 B, 50 broadcasts a second", "### Parts of it"])
        self.assertIn("| `A.b` | 2 [1, 3] | ns/op |", page)
        self.assertIn("in a quick run that is no measurement", page)

    def test_picture_has_a_bar_for_each_figure(self):
        self.add(1, "floor", limit=1000)
        self.add(1, "go-gogc800", limit=500)
        drawn = picture(self.results)
        self.assertEqual(drawn.count("<rect"), 2)
        self.assertIn(">Go, GOGC=800</text>", drawn)
        self.assertIn('fill="#66727f"', drawn)

    def test_every_variant_has_a_label_and_a_floor(self):
        for cell in cells.CELLS:
            names = [variant.name for variant in cell.variants]
            self.assertEqual(len(names), len(set(names)), cell.name)
            for variant in cell.variants:
                self.assertIn(variant.name, cells.LABELS)
                self.assertIn(variant.floor, names, cell.name)

    def test_each_round_begins_with_another_variant(self):
        self.assertEqual([cells.order("abc", turn) for turn in range(4)], ["abc", "bca", "cab", "abc"])

    def test_figures_of_a_load_are_of_its_deliveries(self):
        load = {"sent": 100, "sentPerSecond": 50.0, "seconds": 2.0, "offeredSeconds": 1.0, "failed": 1, "open": 2,
                "errors": {}, "lastSentNs": 4_000_000_000, "cpuSeconds": 0.5, "latencyUs": {}}
        nodes = {"messages": 800, "firstNs": 2_000_000_000, "lastNs": 6_000_000_000, "latencyUs": {}}
        found = figures(50, 10, load, nodes, manager=0.9, compilers=0.1, nodes_cpu=0.2)
        self.assertEqual(found["lost"], 200)
        self.assertEqual(found["failed"], 3)
        self.assertEqual(found["goodput"], 200)
        self.assertEqual(found["lateSeconds"], 2)
        self.assertEqual(found["offeredPerSecond"], 100)
        self.assertAlmostEqual(found["cpuMicros"], 1000)
        self.assertAlmostEqual(found["cpuMicrosWithCompilers"], 1125)
        self.assertEqual(found["cores"], {"manager": 0.2, "load": 0.125, "nodes": 0.05})

    def test_compilers_are_taken_from_all_threads(self):
        before = {1: ("java", 1.0), 2: ("C2 CompilerThre", 5.0), 3: ("ended", 1.0)}
        after = {1: ("java", 1.5), 2: ("C2 CompilerThre", 7.0), 4: ("C1 CompilerThre", 0.25)}
        self.assertEqual(spent(before, after), (2.75, 2.25))


if __name__ == "__main__":
    unittest.main()
