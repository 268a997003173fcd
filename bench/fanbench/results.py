"""The figures, in a file that a run adds to and the report is made from."""

import datetime
import json
import os
import platform
import subprocess

from fanbench.process import ROOT

FILE = os.path.join(ROOT, "docs", "performance.json")


class Results:
    def __init__(self, path=FILE):
        self.path = path
        try:
            with open(path, encoding="utf-8") as file:
                self.data = json.load(file)
        except FileNotFoundError:
            self.data = {"cells": {}}

    def rounds(self, cell):
        return self.data["cells"].get(cell, {}).get("rounds", [])

    def begin(self, cell, quick):
        """Returns the rounds of a cell, for additions: rounds of another day or pace are discarded."""
        self.data["cells"][cell] = {**where_and_when(), "quick": quick, "rounds": []}
        return self.data["cells"][cell]["rounds"]

    def is_complete(self, cell, rounds):
        return len(self.rounds(cell)) >= rounds and not self.data["cells"][cell]["quick"]

    def set_jmh(self, scores, quick):
        self.data["jmh"] = {**where_and_when(), "quick": quick, "scores": scores}

    def save(self):
        fresh = self.path + ".new"
        with open(fresh, "w", encoding="utf-8") as file:
            json.dump(self.data, file, indent=1, sort_keys=True)
            file.write("\n")
        os.replace(fresh, self.path)


def where_and_when():
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return {
        "date": datetime.date.today().isoformat(), "commit": commit.stdout.strip(),
        "machine": f"{os.cpu_count()} processors, {platform.system()} {platform.release()}, {processor()}",
    }


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()
