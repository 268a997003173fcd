"""The limits as bars, in SVG."""

from html import escape

from fanbench import cells
from fanbench.figures import of_variant, thousands

WIDTH, LABELS_WIDTH, VALUES_WIDTH = 860, 250, 170
BAR, GAP, HEAD, MARGIN = 20, 6, 34, 16
COLOURS = {"go": "#9aa5b1", "go-gogc800": "#66727f", "unary": "#2f7ed8", "stream": "#1aa37a", "raw-tcp": "#c9b458"}
STYLE = ("text{font:13px system-ui,sans-serif;fill:#222}.head{font-weight:600}.range{stroke:#222;stroke-width:1.5}"
         "@media(prefers-color-scheme:dark){text{fill:#ddd}.range{stroke:#ddd}}")


def picture(results):
    """Returns a group of bars for each cell with limits, each to its own scale."""
    body, y = [], MARGIN
    for cell in cells.CELLS:
        rounds = results.rounds(cell.name)
        limits = {v.name: of_variant(rounds, v.name, "limit") for v in cell.variants}
        limits = {name: figure for name, figure in limits.items() if figure}
        if not limits:
            continue
        body.append(text(MARGIN, y + 14, f"{cell.title}: deliveries/s without loss", "head"))
        y += HEAD
        scale = (WIDTH - LABELS_WIDTH - VALUES_WIDTH) / max(figure["most"] for figure in limits.values())
        for name, figure in limits.items():
            body += bar(name, figure, scale, y)
            y += BAR + GAP
        y += MARGIN
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>\n' + "\n".join(body) + "\n</svg>\n"


def bar(name, figure, scale, y):
    middle = y + BAR / 2
    least, most = (LABELS_WIDTH + figure[end] * scale for end in ("least", "most"))
    return [
        text(MARGIN, middle + 5, cells.LABELS[name].replace("`", "")),
        f'<rect x="{LABELS_WIDTH}" y="{y}" width="{figure["median"] * scale:.1f}" height="{BAR}" fill="{COLOURS[name]}"/>',
        f'<path class="range" d="M{least:.1f} {middle}H{most:.1f}"/>',
        text(most + 8, middle + 5, thousands(figure["median"])),
    ]


def text(x, y, words, kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}"' + (f' class="{kind}"' if kind else "") + f">{escape(words)}</text>"
