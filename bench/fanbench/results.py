"""The figures, one JSON line for each turn of a variant, in a file that a run adds to and the report is made from."""

import datetime
import json
import os
import platform
import subprocess
import sys

from fanbench.process import ROOT

FILE = os.path.join(ROOT, "docs", "performance.jsonl")
JMH = "jmh"


class Results:
    def __init__(self, path=FILE, out=None):
        self.path, self.out = path, out
        try:
            with open(path, encoding="utf-8") as file:
                self.lines = [json.loads(line) for line in file]
        except FileNotFoundError:
            self.lines = []

    def runs(self, cell):
        return [line for line in self.lines if line["cell"] == cell]

    def begin(self, cell):
        """Discards the runs of a cell: those of another day or pace are no rounds of the same measurement."""
        self.lines = [line for line in self.lines if line["cell"] != cell]
        self.save()

    def add(self, cell, turn, variant, quick, found):
        line = {"cell": cell, "round": turn, "variant": variant, "quick": quick, **where_and_when(), **found}
        self.lines.append(line)
        print(json.dumps(line), file=self.out or sys.stdout, flush=True)
        self.save()

    def is_complete(self, cell, variants, rounds):
        runs = self.runs(cell)
        return not any(run["quick"] for run in runs) and all(
            sum(run["variant"] == variant for run in runs) >= rounds for variant in variants)

    def save(self):
        fresh = self.path + ".new"
        with open(fresh, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in self.lines)
        os.replace(fresh, self.path)


def where_and_when():
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "date": datetime.date.today().isoformat(), "commit": commit.stdout.strip(),
        "machine": f"{len(os.sched_getaffinity(0))} processors, {platform.system()} {platform.release()}, {processor()}",
    }


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()
