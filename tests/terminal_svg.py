#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""terminal_svg.py TITLE: a terminal's text with its SGR sequences (tmux capture-pane -e -p) as an SVG.

The picture brings its own colours for light and dark ground, and no font: any monospaced one serves,
because each piece of text says how wide it is. Knows what stop7b uses: bold, dim, underline, reverse,
the eight colours and their bright ones.
"""
import html
import re
import sys
import unicodedata

CELL, LINE, PAD = 8.4, 18, 12
NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
LIGHT = {"red": "#b00020", "green": "#006b2d", "yellow": "#7a5200", "blue": "#0b4fa8", "magenta": "#8a1a8a",
         "cyan": "#00646e", "white": "#555", "black": "#111"}
DARK = {"red": "#ff8d85", "green": "#7ed694", "yellow": "#f0c060", "blue": "#8ab8ff", "magenta": "#e59be5",
        "cyan": "#74d4de", "white": "#ddd", "black": "#999"}


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def take(state, codes):
    for code in [int(c or 0) for c in codes.split(";")]:
        if code == 0:
            state.clear()
        elif code in (1, 2, 4, 7):
            state[{1: "bold", 2: "dim", 4: "under", 7: "reverse"}[code]] = True
        elif code in (22, 24, 27):
            for name in {22: ("bold", "dim"), 24: ("under",), 27: ("reverse",)}[code]:
                state.pop(name, None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            state["colour"] = NAMES[code % 10]
        elif code == 39:
            state.pop("colour", None)


def pieces(line, state):
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            take(state, part[2:-1])
        elif part:
            yield part, dict(state)


def draw(text, look, x, y, out):
    wide = columns(text)
    classes = [c for c in ("bold", "dim", "under") if look.get(c)] + ([look["colour"]] if "colour" in look else [])
    if look.get("reverse"):
        out.append(f'<rect class="{look.get("colour", "ink")}" x="{x:.1f}" y="{y - 13}" width="{wide * CELL:.1f}"'
                   f' height="{LINE}"/>')
        classes = [c for c in classes if c in ("bold",)] + ["ground"]
    if text.strip():
        lead = len(text) - len(text.lstrip())
        body = text.strip()
        out.append(f'<text class="{" ".join(classes)}" x="{x + columns(text[:lead]) * CELL:.1f}" y="{y}"'
                   f' textLength="{columns(body) * CELL:.1f}">{html.escape(body)}</text>')
    return x + wide * CELL


def rules(colours):
    return "".join(f".{name}{{fill:{value}}}" for name, value in colours.items())


def picture(lines, title):
    width = max(80, *(columns(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)) * CELL + 2 * PAD
    height = len(lines) * LINE + 2 * PAD
    out, state = [], {}
    for row, line in enumerate(lines):
        x = float(PAD)
        for text, look in pieces(line, state):
            x = draw(text, look, x, PAD + 13 + row * LINE, out)
    style = (f"text{{font:14px monospace;white-space:pre;fill:#111}}.ink{{fill:#111}}.paper,.ground{{fill:#fcfcfc}}"
             f".bold{{font-weight:bold}}.dim{{opacity:.7}}.under{{text-decoration:underline}}{rules(LIGHT)}text.ground{{fill:#fcfcfc}}"
             f"@media(prefers-color-scheme:dark){{text,.ink{{fill:#e8e8e8}}.paper,.ground{{fill:#15171a}}{rules(DARK)}"
             f"text.ground{{fill:#15171a}}}}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img"'
            f' viewBox="0 0 {width:.0f} {height}">\n<title>{html.escape(title)}</title>\n<style>{style}</style>\n'
            f'<rect class="paper" width="100%" height="100%" rx="6"/>\n' + "\n".join(out) + "\n</svg>\n")


print(picture(sys.stdin.read().rstrip("\n").split("\n"), sys.argv[1]), end="")
