"""The figures as Markdown."""

from fanbench import cells
from fanbench.figures import METRICS, of_variant, skipped, thousands, written

# The references of comparisons; a cell uses the first one that it has.
REFERENCES = ["raw-tcp", "go-gogc800"]


def cell_table(cell, entry):
    rounds = entry["rounds"]
    names = [variant.name for variant in cell.variants]
    metrics = [m for m in METRICS if any(of_variant(rounds, name, m[0]) for name in names)]
    reference = next((r for r in REFERENCES if of_variant(rounds, r, "limit")), None)
    heads = [""] + [head for _, head, _ in metrics] + ([f"of {short(reference)}"] if reference else [])
    rows = [row(rounds, name, metrics, reference) for name in names]
    lines = [f"### {cell.title}", "", *table(heads, rows), "", remark(entry)]
    return "\n".join(lines)


def row(rounds, name, metrics, reference):
    why = skipped(rounds, name)
    if why and not any(of_variant(rounds, name, key) for key, _, _ in metrics):
        return [label(name), f"not measured: {why}"] + [""] * (len(metrics) - 1 + bool(reference))
    cells_of_row = [label(name)]
    for key, _, write in metrics:
        figure = of_variant(rounds, name, key)
        cells_of_row.append(written(figure, write) if figure else "")
    if reference:
        mine = of_variant(rounds, name, "limit")
        share = mine["median"] / of_variant(rounds, reference, "limit")["median"] if mine else 0
        cells_of_row.append(f"{share:.2f} ×" if mine else "")
    return cells_of_row


def short(name):
    return {"raw-tcp": "raw TCP", "go-gogc800": "Go's best"}[name]


def label(name):
    """Returns the label of a variant; some labels end with the number of nodes."""
    if name in cells.LABELS:
        return cells.LABELS[name]
    implementation, nodes = name.rsplit("-", 1)
    return f"{cells.LABELS[implementation]}, {int(nodes):,} nodes"


def table(heads, rows):
    return ["| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *rows)]


def remark(entry):
    rounds = len(entry["rounds"])
    quick = ", in a quick run that is no measurement" if entry["quick"] else ""
    return f"{rounds} round{'s' if rounds > 1 else ''}, {entry['date']}, commit `{entry['commit']}`{quick}."


def jmh_table(entry):
    rows = [[f"`{score['benchmark']}`", written(score, number), score["unit"]] for score in entry["scores"]]
    quick = ", in a quick run that is no measurement" if entry["quick"] else ""
    return "\n".join([*table(["", "median (range)", ""], rows), "", f"{entry['date']}, commit `{entry['commit']}`{quick}."])


def number(value):
    return thousands(value) if value >= 1000 else f"{value:.3g}"


def all_tables(results):
    data = results.data
    parts = [cell_table(cell, data["cells"][cell.name]) for cell in cells.CELLS if results.rounds(cell.name)]
    machines = sorted({entry["machine"] for entry in data["cells"].values()})
    parts.insert(0, "Measured on " + "; ".join(machines) + "." if machines else "Nothing has been measured yet.")
    if "jmh" in data:
        parts.append("### Parts of it\n\n" + jmh_table(data["jmh"]))
    return "\n\n".join(parts)
