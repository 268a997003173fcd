"""The microbenchmarks, which Maven has compiled with the tests."""

import json
import os
import subprocess

from fanbench.process import ROOT, TARGET, java_home

FULL = ["-f", "1", "-wi", "5", "-w", "1", "-i", "5", "-r", "1"]
QUICK = ["-f", "1", "-wi", "1", "-w", "1", "-i", "1", "-r", "1"]


def run(quick, say):
    """Returns the scores by benchmark."""
    say("microbenchmarks")
    classpath = os.path.join(TARGET, "classpath")
    subprocess.run(["mvn", "-q", "-B", "-ntp", "-Dstyle.color=never", "dependency:build-classpath", "-Dmdep.includeScope=test",
                    f"-Dmdep.outputFile={classpath}"], cwd=ROOT, check=True)
    with open(classpath, encoding="utf-8") as file:
        libraries = file.read().strip()
    out = os.path.join(TARGET, "jmh.json")
    classes = [os.path.join(ROOT, "target", part) for part in ("test-classes", "classes")]
    subprocess.run([os.path.join(java_home(), "bin", "java"), "--sun-misc-unsafe-memory-access=allow",
                    "-cp", ":".join([*classes, libraries]), "org.openjdk.jmh.Main",
                    *(QUICK if quick else FULL), "-rf", "json", "-rff", out],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with open(out, encoding="utf-8") as file:
        return [score(benchmark) for benchmark in json.load(file)]


def score(benchmark):
    metric = benchmark["primaryMetric"]
    samples = [sample for fork in metric["rawData"] for sample in fork]
    name = ".".join(benchmark["benchmark"].split(".")[-2:])
    with_parameters = ", ".join([name, *(f"{key}={value}" for key, value in benchmark.get("params", {}).items())])
    return {"benchmark": with_parameters, "unit": metric["scoreUnit"],
            "median": sorted(samples)[len(samples) // 2], "least": min(samples), "most": max(samples)}
