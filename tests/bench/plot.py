"""Draws what waiting.py recorded: waiting times on a logarithmic axis, as an SVG.

usage: plot.py WAITING.json OUT.svg"""
import json
import math
import sys

LEFT, WIDTH, ROW, TOP = 330, 520, 24, 46
LOW, HIGH = 1.0, 60000.0  # milliseconds
COLOURS = {"heapls": "#2f7d4f", "gopls": "#b0603a"}


def x(ms):
    return LEFT + WIDTH * (math.log10(max(ms, LOW)) - math.log10(LOW)) / (math.log10(HIGH) - math.log10(LOW))


def text_of(ms):
    return "%.1f ms" % ms if ms < 10 else "%.0f ms" % ms if ms < 1000 else "%.1f s" % (ms / 1000)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as f:
        record = json.load(f)
    edit, gopls, start = record["edit"], record["gopls"], dict(record["start"], **record["start of these files"])
    rows = []
    for name, kinds in edit.items():
        short = name.split("/")[-1]
        for at, percentile in enumerate(("p50", "p90", "p99")):
            rows.append(("%s: typed character → hints, %s" % (short, percentile), kinds["typed character"][at], "heapls"))
        if "changed signature" in kinds:
            rows.append(("%s: changed signature → hints, p50" % short, kinds["changed signature"][0], "heapls"))
    for name, figures in gopls.items():
        rows.append(("%s: saved → compiler details" % name.split("/")[-1], figures[2] * 1000, "gopls"))
    for name, figures in start.items():
        rows.append(("%s: start → hints, with cache" % name.split("/")[-1], figures[3], "heapls"))
        rows.append(("%s: start → hints, first time" % name.split("/")[-1], figures[2], "heapls"))
    for name, figures in gopls.items():
        rows.append(("%s: start → first details" % name.split("/")[-1], (figures[0] + figures[1]) * 1000, "gopls"))
    height = TOP + ROW * len(rows) + 20
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">' % (LEFT + WIDTH + 90, height),
           '<rect width="100%" height="100%" fill="#ffffff"/>']
    for i, who in enumerate(COLOURS):
        out.append('<rect x="%d" y="10" width="12" height="12" fill="%s"/><text x="%d" y="20" fill="#222">%s</text>' % (LEFT + i * 90, COLOURS[who], LEFT + 18 + i * 90, who))
    for power in range(0, 5):
        at = x(10 ** power)
        out.append('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/><text x="%.1f" y="%d" fill="#666" text-anchor="middle">%s</text>' % (
            at, TOP - 8, at, height - 16, at, height - 4, ["1 ms", "10 ms", "100 ms", "1 s", "10 s"][power]))
    for i, (label, ms, who) in enumerate(rows):
        y = TOP + i * ROW
        out.append('<text x="%d" y="%d" fill="#222" text-anchor="end">%s</text>' % (LEFT - 8, y + 11, label))
        out.append('<rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/><text x="%.1f" y="%d" fill="#222">%s</text>' % (
            LEFT, y, max(1.0, x(ms) - LEFT), COLOURS[who], x(ms) + 6, y + 11, text_of(ms)))
    out.append("</svg>\n")
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write("\n".join(out))
    return 0


sys.exit(main())
