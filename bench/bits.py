#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""What a lesson costs a learner: every rung of Daorian beside what `ffmpeg` makes of the same file with the
settings of PeerTube, MediaCMS, Opencast and ricecooker, in one run: bytes (said for 50 minutes), SSIM against
the source at the rung's size, CPU seconds; and how well slides are found. DAORIAN_BENCH_MINUTES sets the
length of the slide lesson (50); the others have four minutes at most. Plots go to bench/bits-*.svg."""

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import bits_lessons as lessons
from bits_import import import_lesson

HERE = Path(__file__).resolve().parent
PEER_SECONDS = 600  # of a long lesson are enough to know what a minute of it takes
MINUTES = float(os.environ.get("DAORIAN_BENCH_MINUTES", "50"))
WINDOWS, WINDOW_S, WINDOW_RATE = 10, 3, 5
MOST_SHARE, LEAST_SSIM = 0.5, -0.0005  # of a peer's bytes, where SSIM is the same
# (name, short side, kbit/s ceiling or None, CRF, frames a second or None, sound kbit/s, channels)
PEERS = {
    "PeerTube": [(f"{side}p", side, cap, 23, 25, 64, 2) for side, cap in ((144, 175), (240, 435), (360, 864), (480, 1228), (720, 2534))],
    "MediaCMS": [(f"{side}p", side, cap, 23, None, 128, 2) for side, cap in ((144, 150), (240, 300), (360, 500), (480, 1000), (720, 2500))],
    "Opencast": [("480p", 480, None, 22, None, 128, 2), ("720p", 720, None, 22, None, 128, 2)],
    "ricecooker": [("480p", 480, None, 32, None, 32, 1)],
}


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def encode_peer(source, peer, seconds, folder, sides=None):
    """All rungs of a system (or those of `sides`) from one decode, which is kinder to it than a command a rung. The files, and CPU seconds."""
    rungs, before = [rung for rung in PEERS[peer] if sides is None or rung[1] in sides], cpu()
    graph = f"[0:v]split={len(rungs)}" + "".join(f"[s{i}]" for i in range(len(rungs)))
    graph += "".join(f";[s{i}]scale=-2:{rung[1]}[v{i}]" for i, rung in enumerate(rungs))
    outputs, made = [], []
    for i, (label, _, cap, crf, rate, sound, channels) in enumerate(rungs):
        made.append(folder / f"{peer}-{label}.mp4")
        limit = ["-maxrate", f"{cap}k", "-bufsize", f"{2 * cap}k"] if cap else []
        rates = ["-r", str(rate), "-g", str(2 * rate)] if rate else []
        outputs += ["-map", f"[v{i}]", "-map", "0:a", "-c:v", "libx264", "-preset", "veryfast", "-crf", crf, *limit, *rates, "-pix_fmt", "yuv420p",
                    "-c:a", "aac", "-b:a", f"{sound}k", "-ac", channels, "-movflags", "+faststart", made[-1]]
    lessons.run("ffmpeg", "-v", "error", "-nostdin", "-y", "-t", seconds, "-i", source, "-filter_complex", graph, *outputs)
    return made, cpu() - before


def duration_of(path):
    said = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)], capture_output=True, text=True, check=True)
    return float(said.stdout)


def height_of(path):
    said = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0", str(path)],
                          capture_output=True, text=True, check=True)
    return said.stdout.strip().split(",")


def ssim(made, source, seconds):
    """Mean SSIM over windows spread over the lesson, the source scaled to the rung."""
    width, height = height_of(made)
    found = []
    for i in range(WINDOWS):
        at = f"{(i + 0.5) * max(seconds - WINDOW_S, 0) / WINDOWS:.2f}"
        graph = f"[0:v]fps={WINDOW_RATE}[a];[1:v]fps={WINDOW_RATE},scale={width}:{height}:flags=area[b];[a][b]ssim"
        done = subprocess.run(["ffmpeg", "-nostdin", "-ss", at, "-t", str(WINDOW_S), "-i", str(made), "-ss", at, "-t", str(WINDOW_S), "-i", str(source),
                               "-filter_complex", graph, "-an", "-f", "null", "-"], capture_output=True, text=True)
        said = re.search(r"SSIM .*All:([\d.]+)", done.stderr)
        if not said:
            sys.exit(f"no SSIM of {made}: {done.stderr[-500:]}")
        found.append(float(said.group(1)))
    return sum(found) / len(found)


def read_cues(path):
    """(start s, end s, file) of slides.vtt."""
    def seconds(stamp):
        parts = stamp.split(":")
        return sum(float(p) * 60 ** i for i, p in enumerate(reversed(parts)))
    cues = re.findall(r"([\d:.]+) --> ([\d:.]+)[^\n]*\n([^\n]+)", path.read_text(encoding="utf-8"))
    return [(seconds(a), seconds(b), name) for a, b, name in cues]


def still_ssim(bundle, cue, source):
    """SSIM of one still against the frame shown in the midst of its time, without the inset's corner."""
    start, end, name = cue
    crop = f"crop={lessons.INSET[0]}:{lessons.INSET[1]}:0:0"
    graph = f"[0:v]scale=1280:720,format=yuv420p,{crop}[a];[1:v]format=yuv420p,{crop}[b];[a][b]ssim"
    done = subprocess.run(["ffmpeg", "-nostdin", "-i", str(bundle / name), "-ss", f"{(start + end) / 2:.2f}", "-i", str(source), "-frames:v", "1",
                           "-filter_complex", graph, "-f", "null", "-"], capture_output=True, text=True)
    said = re.search(r"SSIM .*All:([\d.]+)", done.stderr)
    return float(said.group(1)) if said else 0.0


def judge_slides(bundle, source, truth):
    cues = read_cues(bundle / "slides.vtt")
    late = [min((abs(start - at) for start, _, _ in cues), default=999) for at in truth]
    found = sum(miss <= 1 for miss in late)
    false = sum(min(abs(start - at) for at in truth) > 1 for start, _, _ in cues)
    seen = [still_ssim(bundle, cue, source) for cue in cues[::max(1, len(cues) // 40)]]
    print(f"\nSlides: {found} of {len(truth)} found within 1 s (target: all), {false} false of {len(cues)} stills (≤ 2 %), "
          f"latest {max(late):.2f} s; SSIM of {len(seen)} stills outside the inset: least {min(seen):.4f}, mean {sum(seen) / len(seen):.4f} (≥ 0.98).\n")


def row(lesson, by, rung, size, quality, seconds, used="", side=0):
    at_50 = size * 3000 / seconds / 1e6
    told = f"{quality:.4f}" if quality else "–"
    print(f"| {lesson} | {by} | {rung} | {size:,} | {at_50:.1f} | {size * 8 / seconds / 1000:.0f} | {told} | {used} |", flush=True)
    return by, rung, at_50, quality, side


def compare(lesson, points):
    """Each picture rung beside the rung of PeerTube and MediaCMS that is nearest in height, as Markdown rows."""
    rows = []
    for by, rung, size, quality, side in (p for p in points if p[0] == "Daorian" and p[4]):
        for peer in ("PeerTube", "MediaCMS"):
            _, label, theirs, seen, _ = min((p for p in points if p[0] == peer), key=lambda p: abs(p[4] - side))
            held = "yes" if size <= theirs * MOST_SHARE and quality - seen >= LEAST_SSIM else "no"
            rows.append(f"| {lesson} | {rung} | {peer} {label} | {size / theirs:.2f} | {quality - seen:+.4f} | {held} |")
    return rows


def measure(daorian, name, source, folder):
    """Prints a lesson's rows; the points for its plot."""
    seconds, points = duration_of(source), []
    print(f"{name}: Daorian", file=sys.stderr, flush=True)
    bundle, lesson, used, _ = import_lesson(daorian, source, folder)
    total = 0
    for rung in lesson["rungs"]:
        if not rung.get("bytes"):
            continue
        file = rung.get("file")
        pictured = file and file.endswith(".mp4") and rung.get("width")
        total += rung["bytes"] if rung["name"] != "slides" else 0
        points.append(row(name, "Daorian", f"`{rung['name']}`", rung["bytes"], ssim(bundle / file, source, seconds) if pictured else None, seconds,
                          side=rung["height"] if pictured else 0))
    row(name, "Daorian", "all media", total, None, seconds, f"{used:.0f}")
    seconds = min(seconds, PEER_SECONDS)
    for peer in PEERS:
        print(f"{name}: {peer}", file=sys.stderr, flush=True)
        made, spent = encode_peer(source, peer, seconds, folder)
        for rung, path in zip(PEERS[peer], made):
            points.append(row(name, peer, rung[0], path.stat().st_size, ssim(path, source, seconds), seconds, side=rung[1]))
        row(name, peer, "all", sum(path.stat().st_size for path in made), None, seconds, f"{spent:.0f}")
        for path in made:
            path.unlink()
    return bundle, points


def choose_range(values, steps):
    """The steps next below and above all values."""
    return max((s for s in steps if s <= min(values)), default=steps[0]), min((s for s in steps if s >= max(values)), default=steps[-1])


def place_labels(places):
    """Where each (x, y, text) is written, (x, y): right of its point, and where that is taken as near as there is room."""
    boxes = [(x - 6, y - 6, x + 6, y + 6) for x, y, _ in places]
    written = []
    for x, y, text in places:
        width = 5.6 * len(text) + 2
        offers = [(x + 9, y + 4 + dy) for dy in (0, 13, -13, 26, -26, 39, -39, 52, -52)] + [(x - 9 - width, y + 4 + dy) for dy in (0, 13, -13, 26, -26)]
        best = next((o for o in offers if not any(o[0] < b[2] and o[0] + width > b[0] and o[1] - 9 < b[3] and o[1] + 2 > b[1] for b in boxes)), offers[0])
        boxes.append((best[0], best[1] - 9, best[0] + width, best[1] + 2))
        written.append(best)
    return written


def plot(name, points):
    """Bytes against SSIM, one colour a system; both axes by hand, since a plot needs no library."""
    import math
    colours = {"Daorian": "#e4572e", "PeerTube": "#30409f", "MediaCMS": "#2f9e6e", "Opencast": "#7a7f9c", "ricecooker": "#b8860b"}
    shown = sorted((p for p in points if p[3]), key=lambda p: (p[0] != "Daorian", p[2]))
    sizes = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
    least, most = choose_range([p[2] for p in shown], sizes)
    low, high = choose_range([p[3] for p in shown], [i / 200 for i in range(201)])

    def place(size, quality):
        return 70 + 540 * math.log(max(size, 0.1) / least) / math.log(most / least), 370 - 320 * (quality - low) / (high - low)
    body = ""
    for size in (s for s in sizes if least <= s <= most):
        x, _ = place(size, low)
        body += f'<line x1="{x:.0f}" y1="50" x2="{x:.0f}" y2="370" stroke="#dde"/><text x="{x:.0f}" y="390" text-anchor="middle">{size}</text>'
    for i in range(6):
        quality = low + (high - low) * i / 5
        _, y = place(least, quality)
        body += f'<line x1="70" y1="{y:.0f}" x2="610" y2="{y:.0f}" stroke="#dde"/><text x="62" y="{y + 4:.0f}" text-anchor="end">{quality:.3f}</text>'
    for i, (by, colour) in enumerate(colours.items()):
        line = [place(p[2], p[3]) for p in sorted(shown, key=lambda p: p[2]) if p[0] == by]
        body += f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in line)}"/>' if by != "Daorian" else ""
        body += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>' for x, y in line)
        body += f'<circle cx="{90 + 105 * i}" cy="28" r="6" fill="{colour}"/><text x="{102 + 105 * i}" y="32">{by}</text>'
    places = [(*place(p[2], p[3]), p[1].strip("`")) for p in shown]
    for (x, y), (_, _, text), point in zip(place_labels(places), places, shown):
        body += f'<text x="{x:.1f}" y="{y:.1f}" font-size="10" fill="{colours[point[0]]}">{text}</text>'
    (HERE / f"bits-{name}.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 420" font-family="sans-serif" font-size="12" fill="#1f2547">'
        '<rect width="680" height="420" fill="#fff"/>' + body +
        f'<text x="340" y="410" text-anchor="middle">MB for 50 minutes ({name} lesson), against SSIM at the rung\'s size</text></svg>\n', encoding="utf-8")


def main():
    build, seconds = Path(sys.argv[1]).resolve(), MINUTES * 60
    short = min(seconds, 240)
    print(f"Slide lesson of {MINUTES:g} minutes, others of {short / 60:g}; 1280×720 at 25 frames a second. "
          f"Peers: x264 veryfast, all rungs of a system from one decode, of {PEER_SECONDS / 60:g} minutes at most.\n")
    print("| lesson | by | rung | bytes | MB / 50 min | kbit/s | SSIM | CPU s |\n|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="daorian-bits-") as name:
        folder = Path(name)
        print("making the lessons", file=sys.stderr, flush=True)
        slides, truth = lessons.make_slides(folder, seconds)
        camera = lessons.make_camera(folder, short)
        mixed = lessons.make_mixed(folder, slides, camera, short)
        compared, bundle = [], None
        for label, source in (("slide", slides), ("camera", camera), ("mixed", mixed)):
            made, points = measure(build / "daorian", label, source, folder)
            bundle = made if label == "slide" else bundle
            compared += compare(label, points)
            plot(label, points)
        print("\nRung by rung (target: half the bytes at the same SSIM):\n\n| lesson | rung | beside | bytes, × theirs | SSIM, less theirs | held |\n|---|---|---|---|---|---|")
        print("\n".join(compared))
        judge_slides(bundle, slides, truth)
    print("Plots: [slide](bits-slide.svg), [camera](bits-camera.svg), [mixed](bits-mixed.svg).")


if __name__ == "__main__":
    main()
