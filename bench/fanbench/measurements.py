"""The kinds of measurement. Each takes a turn of one variant and returns its figures by name."""

import contextlib
import os

from fanbench import search
from fanbench.figures import of_variant
from fanbench.process import FANBENCH, Program, Unavailable
from fanbench.rig import Rig

PROCESSORS = len(os.sched_getaffinity(0))
# The first rate of a search, of the goodput of a closed loop.
GUESS = 0.75
OVERLOADS = (2, 5)
# Callers that overload a manager are many, and its streams for each connection are no bound for them.
OVERLOAD_CONNECTIONS = 8
MANY, FEW = 1000, 10


class Turn:
    """A turn of one variant in one round; earlier results are those of the same file."""

    def __init__(self, variant, pace, results, cell, say):
        self.variant, self.pace, self.results, self.cell, self.say = variant, pace, results, cell, say
        self.figures, self.rig_limits = {}, {}

    def rig(self):
        return Rig(self.variant.implementation, self.variant.nodes, self.variant.size)

    def warm_rig(self):
        """Returns a context with a warm rig."""
        return warmed(self.rig(), self.pace)

    def note(self, measured, *rates, **figures):
        """Adds figures of one measurement. A full part of the rig is noted for the rates among them."""
        self.figures.update(figures)
        full = search.rig_limit(measured["cores"], PROCESSORS)
        if full:
            self.rig_limits.update(dict.fromkeys(rates, full))


@contextlib.contextmanager
def warmed(rig, pace):
    with rig:
        pace.warm_up(rig)
        yield rig


def closed(turn, rig):
    """Notes a closed loop: as many calls as are answered, 32 in flight on each connection."""
    measured = rig.measure(turn.pace.seconds)
    turn.note(measured, "closedCalls", "closedDeliveries",
              closedCalls=measured["sentPerSecond"], closedDeliveries=measured["goodput"],
              closedLost=measured["lost"] / max(measured["sent"] * turn.variant.nodes, 1),
              closedCpu=measured["cpuMicros"])
    return measured


def limit(turn, rig, guess, most_runs):
    """Notes the highest rate without loss, and returns its measurement."""
    nodes = turn.variant.nodes
    earlier = of_variant(turn.results.runs(turn.cell), turn.variant.name, "limit")
    best = search.highest_without_loss(
        lambda rate: rig.measure(turn.pace.seconds, rate), (earlier["median"] if earlier else guess) / nodes, most_runs,
        lambda text: turn.say("  " + text))
    if best is None:
        raise Unavailable(f"{turn.variant.name} lost messages at every rate that was tried")
    turn.note(best, "limit", limit=best["rate"] * nodes)
    return best


def at_rate(turn, rig, deliveries):
    """Notes CPU and latency at some deliveries a second."""
    measured = rig.measure(turn.pace.seconds, deliveries / turn.variant.nodes)
    turn.note(measured, deliveries=deliveries, cpuMicros=measured["cpuMicros"], p50Us=measured["endToEndUs"]["p50"],
              p99Us=measured["endToEndUs"]["p99"], lost=measured["lost"])


def closed_and_limit(turn):
    with turn.warm_rig() as rig:
        saturated = closed(turn, rig)
        best = limit(turn, rig, GUESS * saturated["goodput"], turn.pace.most_runs)
        turn.note(best, limitCpu=best["cpuMicros"], limitCpuWithCompilers=best["cpuMicrosWithCompilers"],
                  limitP99Us=best["endToEndUs"]["p99"])


def closed_only(turn):
    with turn.warm_rig() as rig:
        closed(turn, rig)


def cpu_at(deliveries):
    def measure(turn):
        with turn.warm_rig() as rig:
            at_rate(turn, rig, deliveries)

    return measure


def closed_and_cpu_at(deliveries):
    def measure(turn):
        with turn.warm_rig() as rig:
            closed(turn, rig)
            at_rate(turn, rig, deliveries)

    return measure


def at_half_of_gos_limit(turn):
    go = of_variant(turn.results.runs("unary-100"), "go-gogc800", "limit")
    if not go:
        raise Unavailable("the cell unary-100 with its limit of Go comes first")
    deliveries = go["median"] / 2
    with turn.warm_rig() as rig:
        at_rate(turn, rig, deliveries)


def overload(with_neighbour):
    """Open loops far above the own limit, found just before; with a neighbour, a busy program has one processor."""

    def measure(turn):
        with turn.warm_rig() as rig, neighbour() if with_neighbour else contextlib.nullcontext():
            saturated = rig.measure(turn.pace.seconds)
            best = limit(turn, rig, GUESS * saturated["goodput"], turn.pace.fewer_runs)
            above = {n: rig.measure(turn.pace.seconds, n * best["rate"], connections=OVERLOAD_CONNECTIONS) for n in OVERLOADS}
        goodput = max(each["goodput"] for each in (saturated, best, *above.values()))
        turn.figures["bestGoodput"] = goodput
        for n, measured in above.items():
            turn.note(measured, f"goodput{n}", **{
                f"offered{n}": measured["offeredPerSecond"] / best["rate"], f"goodput{n}": measured["goodput"] / goodput,
                f"p99Us{n}": measured["endToEndUs"]["p99"]})

    return measure


@contextlib.contextmanager
def neighbour():
    program = Program("busy", [FANBENCH, "busy"])
    try:
        program.first_line()
        yield
    finally:
        program.stop()


def idle_memory(turn):
    resident = {}
    for nodes in (FEW, MANY):
        with Rig(turn.variant.implementation, nodes, turn.variant.size) as rig:
            resident[nodes] = rig.resident_at_rest()
    turn.figures.update(residentBytes=resident[FEW], bytesPerNode=(resident[MANY] - resident[FEW]) / (MANY - FEW))
