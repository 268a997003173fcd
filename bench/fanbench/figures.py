"""Statistics over rounds, and the formats of figures."""

import statistics

# A rate this close to the floor's is the rig's: no manager can be faster there.
SAME_AS_FLOOR = 0.95


def median_and_range(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def values(runs, variant, key):
    """Returns one figure of a variant, by round."""
    return {run["round"]: run["figures"][key] for run in runs if run["variant"] == variant and key in run.get("figures", {})}


def of_variant(runs, variant, key):
    """Returns median and range of one figure over the rounds, or None if there is none."""
    found = values(runs, variant, key)
    return median_and_range(list(found.values())) if found else None


def multiple(runs, variant, floor, key):
    """Returns the median of a figure's multiples of the floor's in the same round, or None without both."""
    mine, floors = values(runs, variant, key), values(runs, floor, key)
    ratios = [mine[turn] / floors[turn] for turn in mine.keys() & floors.keys() if floors[turn] > 0]
    return statistics.median(ratios) if ratios else None


def full_part(runs, variant, key):
    """Returns the part of the rig that was full in at least half of a rate's rounds, or None."""
    parts = [run["rig"].get(key) for run in runs if run["variant"] == variant and key in run.get("figures", {})]
    full = [part for part in parts if part]
    return statistics.mode(full) if full and 2 * len(full) >= len(parts) else None


def skipped(runs, variant):
    """Returns the reason for missing figures, or None."""
    return next((run["skipped"] for run in runs if run["variant"] == variant and "skipped" in run), None)


def thousands(value):
    """Returns a text such as 950, 9.5 k, 950 k or 1.20 M."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:.2f} M"
    if value >= 10_000:
        return f"{value / 1000:,.0f} k"
    if value >= 1000:
        return f"{value / 1000:.1f} k"
    return f"{value:.0f}"


def micros(value):
    return f"{value:.0f} µs" if value >= 100 else f"{value:.1f} µs" if value >= 10 else f"{value:.2f} µs"


def duration(value):
    """Returns the text of microseconds."""
    return f"{value / 1000:.1f} ms" if value >= 1000 else f"{value:.0f} µs"


def memory(value):
    return f"{value / (1 << 20):.0f} MiB" if value >= 1 << 20 else f"{value / (1 << 10):.1f} KiB"


def percent(value):
    return f"{100 * value:.0f} %"


def times(value):
    digits = 3 if value < 0.1 else 2 if value < 10 else 0
    return f"{value:.{digits}f} ×"


def written(figure, write):
    """Returns the median, with both ends of the range if their texts differ."""
    middle, least, most = (write(figure[which]) for which in ("median", "least", "most"))
    return middle if least == most else f"{middle} [{least}, {most}]"


class Metric:
    """A row of a table. A compared figure has its multiple of the floor's; of a rate, the floor's is the rig's limit."""

    def __init__(self, key, label, write, compared=True, rate=False):
        self.key, self.label, self.write, self.compared, self.rate = key, label, write, compared, rate

    def limited(self, runs, variant, floor):
        """Returns whether the rig was the limit of this figure."""
        if full_part(runs, variant, self.key):
            return True
        share = multiple(runs, variant, floor, self.key) if self.rate and variant != floor else None
        return share is not None and share >= SAME_AS_FLOOR


# The possible rows of a cell.
METRICS = [
    Metric("closedCalls", "closed loop, broadcasts/s", thousands, rate=True),
    Metric("closedDeliveries", "closed loop, deliveries/s", thousands, rate=True),
    Metric("closedLost", "closed loop, dropped", percent, compared=False),
    Metric("closedCpu", "closed loop, CPU for a delivery", micros),
    Metric("limit", "without loss, deliveries/s", thousands, rate=True),
    Metric("limitCpu", "without loss, CPU for a delivery", micros),
    Metric("limitCpuWithCompilers", "… with the JIT compiler", micros, compared=False),
    Metric("limitP99Us", "without loss, end to end p99", duration, compared=False),
    Metric("bestGoodput", "best goodput, deliveries/s", thousands, rate=True),
    Metric("offered2", "offered at 2 × the limit", times, compared=False),
    Metric("goodput2", "… goodput, of the best", percent),
    Metric("p99Us2", "… end to end p99", duration, compared=False),
    Metric("offered5", "offered at 5 × the limit", times, compared=False),
    Metric("goodput5", "… goodput, of the best", percent),
    Metric("p99Us5", "… end to end p99", duration, compared=False),
    Metric("deliveries", "at deliveries/s", thousands, compared=False),
    Metric("cpuMicros", "CPU for a delivery", micros),
    Metric("p50Us", "end to end p50", duration),
    Metric("p99Us", "end to end p99", duration),
    Metric("lost", "lost", thousands, compared=False),
    Metric("bytesPerNode", "memory of a node", memory),
    Metric("residentBytes", "memory of the process with 10 nodes", memory),
]
