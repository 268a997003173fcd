"""The cells of docs/performance.md: each measurement with its variants."""

from fanbench import measurements
from fanbench.managers import Floor, Go, PushFanout
from fanbench.process import Unavailable
from fanbench.rig import Rig

LARGE = 64 << 10
WORKERS = "workers=50"
UNARY_SETTINGS = "delivery.mode=Unary", WORKERS

FLOOR = Floor("floor", "unary")
FLOOR_SHARE = Floor("floor", "share")
FLOOR_STREAM = Floor("floor", "stream")
FLOOR_4MS = Floor("floor-4ms", "unary", tick_micros=4000)
GO = Go("go", gogc=100)
GO_800 = Go("go-gogc800", gogc=800)
GO_TLS = Go("go-gogc800-tls", gogc=800, tls=True)
UNARY = PushFanout("unary", *UNARY_SETTINGS)
UNARY_4MS = PushFanout("unary-4ms", *UNARY_SETTINGS, "delivery.linger=4ms")
UNARY_TLS = PushFanout("unary-tls", *UNARY_SETTINGS, tls=True)
UNARY_TOKENS = PushFanout("unary-tokens", *UNARY_SETTINGS, tokens=True)
STREAM = PushFanout("stream", "delivery.mode=Stream", "workers=1")

LABELS = {
    "floor": "floor", "floor-4ms": "floor, ticks of 4 ms",
    "go": "Go", "go-gogc800": "Go, `GOGC=800`", "go-gogc800-tls": "Go, `GOGC=800`, TLS",
    "unary": "PushFanout", "unary-4ms": "PushFanout, linger 4 ms", "unary-tls": "PushFanout, TLS",
    "unary-tokens": "PushFanout, tokens", "stream": "PushFanout, streams",
}


class Pace:
    """The extent of a run."""

    def __init__(self, quick, rounds=None):
        self.quick = quick
        self.rounds = rounds or (1 if quick else 5)
        self.seconds = 1 if quick else 3
        self.most_runs = 6 if quick else 10
        self.fewer_runs = 5 if quick else 7

    def warm_up(self, rig):
        least = rig.implementation.warmup_seconds / (2 if self.quick else 1)
        rig.warm_up(least, 2 * least if self.quick else 4 * least)


class Variant:
    """An implementation in a cell, and the variant that its figures are multiples of."""

    def __init__(self, implementation, nodes=10, size=100, floor="floor"):
        self.implementation, self.nodes, self.size, self.floor = implementation, nodes, size, floor
        self.name = implementation.name


class Cell:
    """A measurement with each variant once in a round, in an order that moves from round to round."""

    def __init__(self, name, title, variants, measure, quick=False):
        self.name, self.title, self.variants, self.measure, self.quick = name, title, variants, measure, quick

    def run(self, pace, results, say):
        """Measures all rounds anew; each turn is one line of the results."""
        results.begin(self.name)
        for turn in range(pace.rounds):
            for variant in order(self.variants, turn):
                say(f"{self.name}, round {turn + 1} of {pace.rounds}: {variant.name}")
                results.add(self.name, turn + 1, variant.name, pace.quick, self.turn(variant, pace, results, say))

    def turn(self, variant, pace, results, say):
        """Returns the figures of one turn, as many as there are, and the reason for missing ones."""
        turn = measurements.Turn(variant, pace, results, self.name, say)
        found = {"figures": turn.figures, "rig": turn.rig_limits}
        try:
            self.measure(turn)
        except Unavailable as why:
            say(f"  left out: {why}")
            found["skipped"] = str(why)
        return found


def order(variants, turn):
    """Returns the variants in the order of a round, which begins one further each time."""
    first = turn % len(variants)
    return variants[first:] + variants[:first]


def variants(*implementations, **shape):
    return [Variant(implementation, **shape) for implementation in implementations]


CELLS = [
    Cell("unary-100", "10 nodes, 100 B", variants(FLOOR, GO, GO_800, UNARY), measurements.closed_and_limit, quick=True),
    Cell("cpu-25k", "10 nodes, 100 B, 25,000 deliveries a second",
         variants(FLOOR, FLOOR_4MS, GO, GO_800, UNARY) + [Variant(UNARY_4MS, floor="floor-4ms"), Variant(STREAM)],
         measurements.cpu_at(25_000), quick=True),
    Cell("one-node", "1 node, 100 B", variants(FLOOR, GO, GO_800, UNARY, nodes=1), measurements.closed_only, quick=True),
    Cell("unary-64k", "10 nodes, 64 KiB", variants(FLOOR_SHARE, GO, GO_800, UNARY, size=LARGE), measurements.closed_and_limit),
    Cell("fleet", "1,000 nodes, 100 B, 50 broadcasts a second", variants(FLOOR, GO, GO_800, UNARY, STREAM, nodes=1000),
         measurements.cpu_at(50_000)),
    Cell("overload", "10 nodes, 100 B, above the own limit", variants(FLOOR, GO, GO_800, UNARY),
         measurements.overload(with_neighbour=False)),
    Cell("overload-busy", "10 nodes, 100 B, above the own limit, one processor busy", variants(FLOOR, GO, GO_800, UNARY),
         measurements.overload(with_neighbour=True)),
    Cell("tls", "10 nodes, 100 B, TLS to callers and nodes", variants(FLOOR, GO_800, GO_TLS, UNARY, UNARY_TLS),
         measurements.closed_and_cpu_at(25_000)),
    Cell("auth", "1 node, 100 B, with `--auth tokens`", variants(FLOOR, UNARY, UNARY_TOKENS, nodes=1), measurements.closed_only),
    Cell("latency", "10 nodes, 100 B, at half of Go's limit", variants(FLOOR, GO, GO_800, UNARY, STREAM),
         measurements.at_half_of_gos_limit),
    Cell("stream-100", "10 nodes, 100 B, streams", variants(FLOOR_STREAM, STREAM), measurements.closed_and_limit),
    Cell("idle", "idle", variants(FLOOR, GO, UNARY), measurements.idle_memory),
]


def smoke(say):
    """Runs every program and kind of load for a moment, to show that they work."""
    seen = {}
    for implementation in (FLOOR, Floor("floor-share", "share"), Floor("floor-stream", "stream"), Go("go", gogc=100, nodes_mode="grpc"),
                           GO_TLS, UNARY, STREAM, UNARY_TLS, UNARY_TOKENS):
        say(implementation.name)
        try:
            with Rig(implementation, nodes=2, size=100) as rig, measurements.neighbour():
                seen[implementation.name] = {
                    "small": rig.measure(0.5, rate=100), "large": rig.measure(0.3, rate=50, size=LARGE),
                    "closed": rig.measure(0.2), "memory": rig.resident_at_rest(),
                }
        except Unavailable as why:
            seen[implementation.name] = {"skipped": str(why)}
    return seen
