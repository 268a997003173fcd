"""Nodes, a manager and a load: one measurement at a time."""

import json
import subprocess
import time

from fanbench.managers import certificate
from fanbench.process import FANBENCH, Program, http, resident_bytes, spent, thread_seconds, wait_until

QUIET_SECONDS = 0.3
DRAIN_SECONDS = 30
CONNECTIONS = 2


class Rig:
    """A rig that ends its programs with its with statement."""

    def __init__(self, implementation, nodes, size):
        self.implementation, self.count, self.size = implementation, nodes, size
        self.certificate = ["--certificate", certificate()] if implementation.tls else []
        command = [FANBENCH, "nodes", "--count", str(nodes), "--mode", implementation.nodes_mode]
        self.nodes = Program("nodes", command + self.certificate)
        try:
            listening = self.nodes.first_line()
            self.control = "http://" + listening["control"]
            self.manager = implementation.start(listening["nodes"])
        except BaseException:
            self.nodes.stop()
            raise

    def __enter__(self):
        try:
            wait_until("every node is reached", self.reaches_all, pause=0.2)
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.manager.stop()
        self.nodes.stop()

    def reaches_all(self):
        """Returns whether one broadcast reaches all nodes; earlier ones do not count."""
        self.reset()
        self.load(rate=100, seconds=0.01)
        self.drain()
        return self.stats()["least"] >= 1

    def stats(self):
        return json.loads(http(self.control + "/stats"))

    def reset(self):
        http(self.control + "/reset", post=True)

    def drain(self):
        """Waits until the nodes receive no further message."""
        end = time.monotonic() + DRAIN_SECONDS
        seen, since = -1, time.monotonic()
        while time.monotonic() < min(end, since + QUIET_SECONDS):
            now = self.stats()["messages"]
            if now != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.05)

    def load(self, seconds, rate=0, size=None, connections=CONNECTIONS):
        command = [FANBENCH, "load", "--to", self.manager.grpc, "--size", str(size or self.size),
                   "--duration", f"{seconds}s", "--rate", str(rate), "--connections", str(connections), *self.certificate]
        if self.implementation.token:
            command += ["--token", self.implementation.token]
        done = subprocess.run(command, check=True, capture_output=True, timeout=seconds + 120)
        return json.loads(done.stdout)

    def warm_up(self, least_seconds, most_seconds):
        """Runs a closed loop until its rate stops growing.

        The time that a JVM's compiler needs depends on the other load of the processors.
        """
        began, best = time.monotonic(), 0.0
        while True:
            rate = self.load(min(2, least_seconds))["sentPerSecond"]
            spent_seconds = time.monotonic() - began
            if spent_seconds >= most_seconds or (spent_seconds >= least_seconds and rate < best * 1.1):
                break
            best = max(best, rate)
        self.drain()

    def measure(self, seconds, rate=0, size=None, connections=CONNECTIONS):
        """Runs one load and returns its figures."""
        self.drain()
        self.reset()
        before = [thread_seconds(pid) for pid in (self.manager.pid, self.nodes.pid)]
        load = self.load(seconds, rate, size, connections)
        self.drain()
        after = [thread_seconds(pid) for pid in (self.manager.pid, self.nodes.pid)]
        (manager, compilers), (nodes, _) = (spent(*each) for each in zip(before, after))
        return figures(rate, self.count, load, self.stats(), manager, compilers, nodes)

    def resident_at_rest(self):
        self.implementation.free_memory(self.manager.pid)
        time.sleep(1)
        return resident_bytes(self.manager.pid)


def figures(rate, count, load, nodes, manager, compilers, nodes_cpu):
    """Returns the figures of one load; the manager's CPU time is in microseconds per delivery."""
    delivered = nodes["messages"]
    span = (nodes["lastNs"] - nodes["firstNs"]) / 1e9
    seconds = max(load["seconds"], span)
    return {
        "rate": rate, "sent": load["sent"], "sentPerSecond": load["sentPerSecond"],
        "offeredPerSecond": load["sent"] / max(load["offeredSeconds"], 1e-9),
        "failed": load["failed"] + load["open"], "errors": load["errors"],
        "delivered": delivered, "lost": load["sent"] * count - delivered,
        "goodput": delivered / span if span > 0 else 0.0,
        "lateSeconds": max(0.0, (nodes["lastNs"] - load["lastSentNs"]) / 1e9) if delivered else 0.0,
        "cpuMicros": (manager - compilers) / max(delivered, 1) * 1e6,
        "cpuMicrosWithCompilers": manager / max(delivered, 1) * 1e6,
        "cores": {"manager": (manager - compilers) / seconds, "load": load["cpuSeconds"] / seconds, "nodes": nodes_cpu / seconds},
        "endToEndUs": nodes["latencyUs"], "callUs": load["latencyUs"],
    }
