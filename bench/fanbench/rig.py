"""Nodes, a manager and a load: one measurement at a time."""

import json
import statistics
import subprocess
import time

from fanbench.process import FANBENCH, Program, Unavailable, cpu_seconds, http, resident_bytes, wait_until

# A delivery this long after the last call means that a queue had built up.
LATEST_SECONDS = 0.3
# The load must have kept its own pace, or the run is no measurement of the manager at that rate.
KEPT_PACE = 0.97
QUIET_SECONDS = 0.3
DRAIN_SECONDS = 30


class Rig:
    """A rig that ends its programs with its with statement."""

    def __init__(self, implementation, nodes, size):
        self.implementation, self.count, self.size = implementation, nodes, size
        self.nodes = Program("nodes", [FANBENCH, "nodes", "--count", str(nodes), "--mode", implementation.nodes_mode])
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

    def load(self, seconds, rate=0, size=None):
        command = [FANBENCH, "load", "--to", self.manager.grpc, "--size", str(size or self.size),
                   "--duration", f"{seconds}s", "--rate", str(rate)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=seconds + 120)
        return json.loads(done.stdout)

    def warm_up(self, least_seconds, most_seconds):
        """Runs a closed loop until its rate stops growing; returns the best rate in broadcasts a second.

        The time that a JVM's compiler needs depends on the other load of the processors.
        """
        began, best = time.monotonic(), 0.0
        while True:
            rate = self.load(min(2, least_seconds))["sentPerSecond"]
            spent = time.monotonic() - began
            if spent >= most_seconds or (spent >= least_seconds and rate < best * 1.1):
                break
            best = max(best, rate)
        self.drain()
        return max(best, rate)

    def measure(self, seconds, rate=0, size=None):
        """Runs one load and returns its figures; the manager's CPU time is in microseconds per delivery."""
        self.drain()
        self.reset()
        cpu_before, compilers_before = cpu_seconds(self.manager.pid)
        load = self.load(seconds, rate, size)
        self.drain()
        cpu, compilers = cpu_seconds(self.manager.pid)
        nodes = self.stats()
        delivered = nodes["messages"]
        cpu, compilers = cpu - cpu_before, compilers - compilers_before
        return {
            "rate": rate, "sent": load["sent"], "sentPerSecond": load["sentPerSecond"],
            "failed": load["failed"] + load["open"], "errors": load["errors"],
            "delivered": delivered, "lost": load["sent"] * self.count - delivered,
            "lateSeconds": max(0.0, (nodes["lastNs"] - load["lastSentNs"]) / 1e9) if delivered else 0.0,
            "cpuMicros": (cpu - compilers) / max(delivered, 1) * 1e6,
            "cpuMicrosWithCompilers": cpu / max(delivered, 1) * 1e6,
            "endToEndUs": nodes["latencyUs"], "callUs": load["latencyUs"],
        }

    def resident_at_rest(self):
        self.implementation.free_memory(self.manager.pid)
        time.sleep(1)
        return resident_bytes(self.manager.pid)


def is_without_loss(measured):
    return (measured["lost"] == 0 and measured["failed"] == 0 and measured["lateSeconds"] <= LATEST_SECONDS
            and measured["sentPerSecond"] >= KEPT_PACE * measured["rate"])


def highest_without_loss(rig, guess, seconds, most_runs, say=lambda text: None):
    """Returns the measurement at the highest rate found without loss.

    The search goes from the guess up or down, further each time, until one rate passes and one
    fails. It then halves the interval until both are 5 % apart, or the runs are used up.
    """
    passed, failed_rate, rate, step = None, None, guess, 1.2
    for _ in range(most_runs):
        measured = rig.measure(seconds, round(rate, 1))
        good = is_without_loss(measured)
        say(f"{rate:.0f}/s {'passes' if good else 'does not'}")
        if good:
            passed = measured
        else:
            failed_rate = rate
        if passed is None or failed_rate is None:
            rate = rate * step if good else rate / step
            step = min(step * step, 2)
        elif failed_rate / passed["rate"] < 1.05:
            break
        else:
            rate = (passed["rate"] * failed_rate) ** 0.5
    if passed is None:
        raise Unavailable(f"{rig.implementation.name} lost messages down to {failed_rate:.0f}/s")
    return passed


def median_and_range(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}
