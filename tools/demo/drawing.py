# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Draws the demonstration's slides as SVG text: a page frame and the few shapes a lesson on fractions
needs. Pure functions from numbers and words to markup; rsvg-convert shapes the Thai."""

import math
from html import escape

WIDTH, HEIGHT = 1280, 720
INK, PAPER, INDIGO, DEEP = "#1f2547", "#fbfaf5", "#30409f", "#1c2767"
GOLD, CORAL, LEAF, MIST, GREY = "#f5b52e", "#e4572e", "#2f9e6e", "#e4e7f7", "#7a7f9c"
# Looped letters, as school books have them. (Debian 12's Noto Looped Thai sets tone marks onto the vowels.)
FONT = "Loma, Noto Sans Thai, sans-serif"


def text(x, y, words, size=44, colour=INK, anchor="start", weight="normal"):
    return (f'<text x="{x}" y="{y}" font-family="{FONT}" font-size="{size}" fill="{colour}" '
            f'text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>')


def box(x, y, width, height, fill, radius=18, stroke="none"):
    return (f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="3"/>')


def line(x1, y1, x2, y2, colour=INK, width=6):
    return (f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}" '
            f'stroke-linecap="round"/>')


def star(x, y, radius, fill=GOLD):
    points = []
    for i in range(10):
        angle, reach = math.pi * i / 5 - math.pi / 2, radius if i % 2 == 0 else radius * 0.45
        points.append(f"{x + reach * math.cos(angle):.1f},{y + reach * math.sin(angle):.1f}")
    return f'<polygon points="{" ".join(points)}" fill="{fill}" stroke="{fill}" stroke-width="{radius / 6:.1f}" stroke-linejoin="round"/>'


def fraction(x, y, top, bottom, size=92, colours=(CORAL, INDIGO)):
    """A fraction centred on x, its bar at y."""
    half = size * 0.55
    return (text(x, y - size * 0.28, top, size, colours[0], "middle", "bold")
            + line(x - half, y, x + half, y, INK, max(5, size // 14))
            + text(x, y + size * 0.98, bottom, size, colours[1], "middle", "bold"))


def pie(x, y, radius, parts, shaded, fill=GOLD):
    """A round cake cut in equal parts, the first of them shaded."""
    pieces = []
    for i in range(parts):
        a, b = (2 * math.pi * (i + k) / parts - math.pi / 2 for k in (0, 1))
        large = 1 if parts == 1 else 0
        path = (f"M{x},{y} L{x + radius * math.cos(a):.2f},{y + radius * math.sin(a):.2f} "
                f"A{radius},{radius} 0 {large} 1 {x + radius * math.cos(b):.2f},{y + radius * math.sin(b):.2f} Z")
        colour = fill if i < shaded else "#ffffff"
        pieces.append(f'<path d="{path}" fill="{colour}" stroke="{DEEP}" stroke-width="5" stroke-linejoin="round"/>')
    whole = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="#ffffff" stroke="{DEEP}" stroke-width="6"/>'
    return whole + ("".join(pieces) if parts > 1 else "")


def bar(x, y, width, height, parts, shaded, fill=GOLD):
    cells = [f'<rect x="{x + width * i / parts:.2f}" y="{y}" width="{width / parts:.2f}" height="{height}" '
             f'fill="{fill if i < shaded else "#ffffff"}" stroke="{DEEP}" stroke-width="4"/>' for i in range(parts)]
    return "".join(cells)


def page(heading, body, number, count):
    """A slide: heading band, body, and a row of dots that says how far the lesson is."""
    dots = "".join(f'<circle cx="{WIDTH - 60 - 26 * (count - 1 - i)}" cy="684" r="7" fill="{INDIGO if i < number else "#c9cee8"}"/>'
                   for i in range(count))
    return _svg(box(0, 0, WIDTH, HEIGHT, PAPER, 0) + box(0, 0, WIDTH, 112, INDIGO, 0) + box(0, 112, WIDTH, 7, GOLD, 0)
                + star(72, 57, 27) + text(122, 74, heading, 50, "#ffffff", weight="bold")
                + text(60, 694, "คณิตศาสตร์ ชั้นประถมศึกษาปีที่ 4", 25, GREY) + dots + body)


def cover(title, subtitle, note):
    """The first slide."""
    sky = "".join(star(x, y, r, c) for x, y, r, c in (
        (1010, 205, 96, GOLD), (1150, 372, 44, "#ffd877"), (884, 344, 36, "#ffd877"), (1046, 428, 24, "#8f9ce0"), (1180, 150, 20, "#8f9ce0")))
    return _svg(box(0, 0, WIDTH, HEIGHT, DEEP, 0) + box(0, 560, WIDTH, 160, INDIGO, 0) + box(0, 553, WIDTH, 7, GOLD, 0) + sky
                + text(90, 300, title, 148, "#ffffff", weight="bold") + text(94, 400, subtitle, 46, "#dfe4ff") + text(94, 652, note, 36, "#ffffff"))


def _svg(body):
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">{body}</svg>'
