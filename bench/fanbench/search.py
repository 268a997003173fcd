"""The search for the highest rate without loss, and the limits of the rig itself; no program is started here."""

# A delivery this long after the last call means that a queue had built up.
LATEST_SECONDS = 0.3
# The load must have kept its own pace, or the run is no measurement of the manager at that rate.
KEPT_PACE = 0.97
# A passing rate and a failing one this close to each other end the search.
CLOSE_ENOUGH = 1.05
# A program of one thread that uses this share of a processor is at its limit.
FULL = 0.9
# All processors together are full at this share: other threads of the kernel have the rest.
ALL_FULL = 0.95


def is_without_loss(measured):
    return (measured["lost"] == 0 and measured["failed"] == 0 and measured["lateSeconds"] <= LATEST_SECONDS
            and measured["sentPerSecond"] >= KEPT_PACE * measured["rate"])


def highest_without_loss(measure, guess, most_runs, say=lambda text: None):
    """Returns the measurement at the highest rate found without loss, or None.

    The search goes from the guess up or down, further each time, until one rate passes and one
    fails. It then halves the interval until both are close, or the runs are used up.
    """
    passed, failed_rate, rate, step = None, None, guess, 1.2
    for _ in range(most_runs):
        measured = measure(round(rate, 1))
        good = is_without_loss(measured)
        say(f"{rate:.0f}/s {'passes' if good else 'does not'}")
        if good:
            passed = measured
        else:
            failed_rate = rate
        if passed is None or failed_rate is None:
            rate = rate * step if good else rate / step
            step = min(step * step, 2)
        elif failed_rate / passed["rate"] < CLOSE_ENOUGH:
            break
        else:
            rate = (passed["rate"] * failed_rate) ** 0.5
    return passed


def rig_limit(cores, processors):
    """Returns the part of the rig that was full during a measurement, or None: then the manager was the limit, or nothing."""
    for part in ("load", "nodes"):
        if cores[part] >= FULL:
            return part
    if cores["manager"] < FULL and sum(cores.values()) >= ALL_FULL * processors:
        return "processors"
    return None
