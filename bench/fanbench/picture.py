"""Rates and costs as bars, in SVG."""

from html import escape

from fanbench import cells
from fanbench.figures import METRICS, of_variant

WIDTH, LABELS_WIDTH, VALUES_WIDTH = 860, 250, 170
BAR, GAP, HEAD, MARGIN = 20, 6, 34, 16
COLOURS = {"floor": "#c9b458", "go": "#9aa5b1", "go-gogc800": "#66727f", "unary": "#2f7ed8", "stream": "#1aa37a"}
STYLE = ("text{font:13px system-ui,sans-serif;fill:#222}.head{font-weight:600}.range{stroke:#222;stroke-width:1.5}"
         "@media(prefers-color-scheme:dark){text{fill:#ddd}.range{stroke:#ddd}}")
SHOWN = [("unary-100", "limit"), ("unary-64k", "limit"), ("stream-100", "limit"), ("one-node", "closedDeliveries"), ("cpu-25k", "cpuMicros")]


def picture(results):
    """Returns a group of bars for each cell that is shown, each to its own scale."""
    body, y = [], MARGIN
    for name, key in SHOWN:
        cell = next(cell for cell in cells.CELLS if cell.name == name)
        metric = next(metric for metric in METRICS if metric.key == key)
        figures = {v.name: of_variant(results.runs(name), v.name, key) for v in cell.variants}
        figures = {variant: figure for variant, figure in figures.items() if figure}
        if not figures:
            continue
        body.append(text(MARGIN, y + 14, f"{cell.title}: {metric.label}", "head"))
        y += HEAD
        scale = (WIDTH - LABELS_WIDTH - VALUES_WIDTH) / max(figure["most"] for figure in figures.values())
        for variant, figure in figures.items():
            body += bar(variant, figure, metric.write, scale, y)
            y += BAR + GAP
        y += MARGIN
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>\n' + "\n".join(body) + "\n</svg>\n"


def bar(variant, figure, write, scale, y):
    middle = y + BAR / 2
    least, most = (LABELS_WIDTH + figure[end] * scale for end in ("least", "most"))
    return [
        text(MARGIN, middle + 5, cells.LABELS[variant].replace("`", "")),
        f'<rect x="{LABELS_WIDTH}" y="{y}" width="{figure["median"] * scale:.1f}" height="{BAR}" fill="{colour(variant)}"/>',
        f'<path class="range" d="M{least:.1f} {middle}H{most:.1f}"/>',
        text(most + 8, middle + 5, write(figure["median"])),
    ]


def colour(variant):
    """Returns the colour of the implementation, which is the longest beginning of the variant's name."""
    return COLOURS[max((name for name in COLOURS if variant.startswith(name)), key=len)]


def text(x, y, words, kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}"' + (f' class="{kind}"' if kind else "") + f">{escape(words)}</text>"
