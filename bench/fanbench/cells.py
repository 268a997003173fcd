"""The cells of docs/performance.md: each measurement with its variants."""

from fanbench.managers import Go, PushFanout, RawTcp
from fanbench.process import Unavailable
from fanbench.rig import Rig, highest_without_loss, median_and_range

GO = Go("go", gogc=100)
GO_800 = Go("go-gogc800", gogc=800)
UNARY = PushFanout("unary", "delivery.mode=Unary", "workers=50")
STREAM = PushFanout("stream", "delivery.mode=Stream", "workers=1")
RAW_TCP = RawTcp("raw-tcp")

LABELS = {
    "go": "original design, Go", "go-gogc800": "original design, Go, `GOGC=800`", "unary": "PushFanout, unary calls",
    "stream": "PushFanout, streams", "raw-tcp": "raw TCP on the same engine",
}


class Pace:
    """The extent of a run."""

    def __init__(self, quick):
        self.rounds = 1 if quick else 5
        self.seconds = 1 if quick else 3
        self.most_runs = 6 if quick else 10
        self.quick = quick

    def warm_up(self, rig):
        least = rig.implementation.warmup_seconds / (2 if self.quick else 1)
        return rig.warm_up(least, 2 * least if self.quick else 4 * least)


class Cell:
    """A measurement with each variant once in a round, in an order that moves from round to round."""

    def __init__(self, name, title, variants, measure):
        self.name, self.title, self.variants, self.measure = name, title, variants, measure

    def run(self, pace, rounds, results, say):
        """Adds rounds to the existing ones, by variant, until there are enough."""
        while len(rounds) < pace.rounds:
            turn = len(rounds)
            order = self.variants[turn % len(self.variants):] + self.variants[:turn % len(self.variants)]
            done = {}
            for variant in order:
                say(f"{self.name}, round {turn + 1} of {pace.rounds}: {variant.name}")
                try:
                    done[variant.name] = self.measure(variant, pace, rounds, results, say)
                except Unavailable as why:
                    say(f"  skipped: {why}")
                    done[variant.name] = {"skipped": str(why)}
            rounds.append(done)
            yield


class Variant:
    def __init__(self, implementation, nodes=10, size=100, name=None):
        self.implementation, self.nodes, self.size = implementation, nodes, size
        self.name = name or implementation.name

    def rig(self):
        return Rig(self.implementation, self.nodes, self.size)


def limit(cpu_at=()):
    """The highest rate without loss and its CPU, and the CPU at some deliveries a second."""

    def measure(variant, pace, rounds, results, say):
        with variant.rig() as rig:
            capacity = pace.warm_up(rig)
            before = [r[variant.name]["limit"] for r in rounds if "limit" in r[variant.name]]
            guess = median_and_range(before)["median"] / variant.nodes if before else 0.7 * capacity
            best = highest_without_loss(rig, guess, pace.seconds, pace.most_runs, lambda text: say("  " + text))
            metrics = {"limit": best["rate"] * variant.nodes, "cpuMicros": best["cpuMicros"],
                       "cpuMicrosWithCompilers": best["cpuMicrosWithCompilers"], "p99Us": best["endToEndUs"]["p99"]}
            for deliveries in cpu_at:
                at = rig.measure(pace.seconds, deliveries / variant.nodes)
                metrics[f"cpuMicrosAt{deliveries}"] = at["cpuMicros"]
            return metrics

    return measure


def latency_at_half_of_gos_limit(variant, pace, rounds, results, say):
    limits = [r["go-gogc800"]["limit"] for r in results.rounds("unary-100") if "limit" in r.get("go-gogc800", {})]
    if not limits:
        raise Unavailable("run the cell unary-100 first: its limit of Go is needed")
    deliveries = median_and_range(limits)["median"] / 2
    with variant.rig() as rig:
        pace.warm_up(rig)
        at = rig.measure(pace.seconds, deliveries / variant.nodes)
        return {"deliveries": deliveries, "p50Us": at["endToEndUs"]["p50"], "p99Us": at["endToEndUs"]["p99"],
                "p999Us": at["endToEndUs"]["p999"], "cpuMicros": at["cpuMicros"], "lost": at["lost"]}


def cpu_at(deliveries):
    def measure(variant, pace, rounds, results, say):
        with variant.rig() as rig:
            pace.warm_up(rig)
            at = rig.measure(pace.seconds, deliveries / variant.nodes)
            return {"cpuMicros": at["cpuMicros"], "p99Us": at["endToEndUs"]["p99"], "lost": at["lost"]}

    return measure


MANY, FEW = 1000, 10


def idle_memory(variant, pace, rounds, results, say):
    resident = {}
    for nodes in (FEW, MANY):
        with Rig(variant.implementation, nodes, variant.size) as rig:
            resident[nodes] = rig.resident_at_rest()
    return {"residentBytes": resident[FEW], "bytesPerNode": (resident[MANY] - resident[FEW]) / (MANY - FEW)}


CELLS = [
    Cell("unary-100", "10 nodes, 100 B", [Variant(GO), Variant(GO_800), Variant(UNARY)], limit(cpu_at=(25_000,))),
    Cell("unary-64k", "10 nodes, 64 KiB", [Variant(i, size=64 << 10) for i in (GO, GO_800, UNARY)], limit()),
    Cell("one-node", "1 node, 100 B", [Variant(i, nodes=1) for i in (GO, GO_800, UNARY)], limit()),
    Cell("stream-100", "10 nodes, 100 B, streams", [Variant(STREAM), Variant(RAW_TCP)], limit(cpu_at=(25_000,))),
    Cell("latency", "10 nodes, 100 B, at half of Go's limit", [Variant(i) for i in (GO_800, UNARY, STREAM)],
         latency_at_half_of_gos_limit),
    Cell("fleet", "50,000 deliveries a second, 100 B",
         [Variant(i, nodes=n, name=f"{i.name}-{n}") for i in (UNARY, STREAM) for n in (FEW, MANY)], cpu_at(50_000)),
    Cell("idle", "idle", [Variant(GO), Variant(UNARY)], idle_memory),
]


def smoke(say):
    """Runs every program and kind of measurement for a moment, to show that they work."""
    seen = {}
    for implementation in (Go("go", gogc=100, nodes_mode="grpc"), UNARY, STREAM, RAW_TCP):
        say(implementation.name)
        try:
            with Rig(implementation, nodes=2, size=100) as rig:
                seen[implementation.name] = {
                    "small": rig.measure(0.5, rate=100), "large": rig.measure(0.3, rate=50, size=64 << 10),
                    "closed": rig.measure(0.2), "memory": rig.resident_at_rest(),
                }
        except Unavailable as why:
            seen[implementation.name] = {"skipped": str(why)}
    return seen
