"""The formats of figures."""

from fanbench.rig import median_and_range


def thousands(value):
    """Returns a text such as 950, 9.5 k or 950 k."""
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


# The possible figures of a cell: key, head of the column, format.
METRICS = [
    ("limit", "deliveries/s without loss", thousands),
    ("deliveries", "at deliveries/s", thousands),
    ("cpuMicros", "CPU for one", micros),
    ("cpuMicrosWithCompilers", "with the JIT compiler", micros),
    ("cpuMicrosAt25000", "CPU for one at 25 k/s", micros),
    ("p50Us", "end to end p50", duration),
    ("p99Us", "end to end p99", duration),
    ("p999Us", "end to end p99.9", duration),
    ("lost", "lost", thousands),
    ("bytesPerNode", "memory of one node", memory),
    ("residentBytes", "of the process with 10", memory),
]


def of_variant(rounds, variant, key):
    """Returns median and range of one figure over the rounds, or None if there is none."""
    values = [r[variant][key] for r in rounds if key in r.get(variant, {})]
    return median_and_range(values) if values else None


def written(figure, write):
    """Returns the median, with both ends of the range if their texts differ."""
    middle, least, most = (write(figure[which]) for which in ("median", "least", "most"))
    return middle if least == most else f"{middle} ({least}–{most})"


def skipped(rounds, variant):
    """Returns the reason for missing figures, or None."""
    return next((r[variant]["skipped"] for r in rounds if "skipped" in r.get(variant, {})), None)
