"""The figures as Markdown: a table for each cell, with the implementations beside each other."""

import textwrap

from fanbench import cells
from fanbench.figures import METRICS, full_part, multiple, of_variant, skipped, thousands, times, written
from fanbench.results import JMH

MARK = "†"
MOST_REASON = 130
PARTS = {"load": "the load", "nodes": "the nodes", "processors": "all processors together"}


def cell_table(cell, runs):
    shown = [v for v in cell.variants if any(of_variant(runs, v.name, metric.key) for metric in METRICS)]
    metrics = [m for m in METRICS if any(of_variant(runs, v.name, m.key) for v in shown)]
    heads = [""] + [cells.LABELS[v.name] for v in shown]
    rows = [[metric.label] + [entry(runs, variant, metric) for variant in shown] for metric in metrics]
    remarks = limits(runs, shown, metrics) + left_out(cell, runs) + [rounds(runs)]
    return "\n".join([f"### {cell.title}", "", *table(heads, rows), "", *remarks])


def entry(runs, variant, metric):
    """Returns a figure with its range, its mark and its multiple of the floor's."""
    figure = of_variant(runs, variant.name, metric.key)
    if not figure:
        return ""
    text = written(figure, metric.write)
    if metric.limited(runs, variant.name, variant.floor):
        text += " " + MARK
    share = multiple(runs, variant.name, variant.floor, metric.key) if metric.compared and variant.name != variant.floor else None
    return f"{text} · **{times(share)}**" if share is not None else text


def limits(runs, shown, metrics):
    """Returns the line of the marks, if there are any."""
    marked = [(v, m) for v in shown for m in metrics if m.limited(runs, v.name, v.floor)]
    if not marked:
        return []
    parts = sorted({full_part(runs, v.name, m.key) or "" for v, m in marked})
    reasons = [f"{PARTS[part]} had no more processor time" if part else "the rate is the floor's" for part in parts]
    return [f"{MARK} the rig is the limit: {'; '.join(reasons)}.", ""]


def left_out(cell, runs):
    missing = [v.name for v in cell.variants if skipped(runs, v.name)]
    reasons = {name: textwrap.shorten(skipped(runs, name), MOST_REASON, placeholder=" …") for name in missing}
    return [line for name, reason in reasons.items() for line in (f"Left out: {cells.LABELS[name]} ({reason}).", "")]


def rounds(runs):
    count = max(run["round"] for run in runs)
    quick = ", in a quick run that is no measurement" if any(run["quick"] for run in runs) else ""
    dates, commits = (sorted({run[key] for run in runs}) for key in ("date", "commit"))
    return f"{count} round{'s' if count > 1 else ''}, {', '.join(dates)}, commit {', '.join(f'`{c}`' for c in commits)}{quick}."


def table(heads, rows):
    return ["| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *rows)]


def jmh_table(runs):
    rows = [[f"`{score['benchmark']}`", written(score, number), score["unit"]] for run in runs for score in run["scores"]]
    return "\n".join(["### Parts of it", "", *table(["", "median [least, most]", ""], rows), "", rounds(runs)])


def number(value):
    return thousands(value) if value >= 1000 else f"{value:.3g}"


def all_tables(results):
    parts = [cell_table(cell, results.runs(cell.name)) for cell in cells.CELLS if results.runs(cell.name)]
    machines = sorted({line["machine"] for line in results.lines})
    parts.insert(0, "Measured on " + "; ".join(machines) + "." if machines else "Nothing has been measured yet.")
    if results.runs(JMH):
        parts.append(jmh_table(results.runs(JMH)))
    return "\n\n".join(parts)
