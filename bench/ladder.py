#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Wall and CPU time of a whole ladder through daorian-media, against one ffmpeg command that makes the same
rungs from one decode with the settings that were decided for the lesson. The two take turns; medians are compared.
Then what these decisions are worth: a slide lesson, against a command that reaches the same SSIM without them."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import bits
import bits_lessons as lessons

SECONDS = 60
ROUNDS = 3
WANTED = ("voice", "voice-opus", "slides", "lite", "small", "medium", "large")
STREAMS = tuple(name for name in WANTED if name != "slides")  # what ffmpeg makes too
LESSON_SECONDS = 180
UNCAPPED_KBPS = 20000
MOST_STEPS = 12  # of CRF, down from what was decided
CLOSE_ENOUGH = 0.0001  # of SSIM
FACE = "mandelbrot=size=320x240:rate=25:end_scale=0.02[face];[0:v][face]overlay=930:460:shortest=1"
SOURCES = (
    ("noisy test card", "testsrc2=size=1280x720:rate=25", "noise=all_strength=6:all_flags=t"),
    ("slow zoom", "mandelbrot=size=1280x720:rate=25:end_scale=0.01", "null"),
    ("slides with a face", "testsrc=size=1280x720:rate=1/10,fps=25", FACE),
)


def make_source(folder, picture, treatment):
    path = folder / "source.mp4"
    chain = treatment if "[face]" in treatment else f"[0:v]{treatment}"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi",
                    "-i", "anoisesrc=color=pink:amplitude=0.3:sample_rate=48000", "-filter_complex", f"{chain}[v]",
                    "-map", "[v]", "-map", "1:a", "-t", str(SECONDS), "-c:v", "libx264", "-preset", "veryfast", "-b:v", "2M",
                    "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", str(path)], check=True)
    return path


def picture_options(rung):
    kbps = f"{rung['kbps']}k"
    group = str(rung["group"])
    if rung["av1"]:
        return ["-c:v", "libsvtav1", "-preset", str(rung["av1_preset"]), "-crf", str(rung["crf"]), "-maxrate", kbps,
                "-bufsize", kbps, "-g", group, "-svtav1-params", f"scm={rung['screen']}:lp=2"]
    drawn = ["-i_qfactor", "0.4", "-qcomp", "0.4"] if rung["drawn"] else []
    return ["-c:v", "libx264", *drawn, "-preset", rung["preset"], "-profile:v", rung["profile"], "-crf", str(rung["crf"]),
            "-maxrate", kbps, "-bufsize", kbps, "-g", group, "-keyint_min", group, "-sc_threshold", "0", "-bf", "0",
            "-threads:v", "2"]


def ffmpeg_command(source, folder, rungs):
    pictures = [r for r in rungs if "av1" in r]
    chain = f"[0:v]split={len(pictures)}" + "".join(f"[s{i}]" for i in range(len(pictures)))
    for i, rung in enumerate(pictures):
        chain += f";[s{i}]fps={rung['rate']},scale={rung['width']}:{rung['height']}:flags=bicubic[v{i}]"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(source), "-filter_complex", chain]
    for rung in rungs:
        if "av1" in rung:
            command += ["-map", f"[v{pictures.index(rung)}]", *picture_options(rung)]
        command += ["-map", "0:a", "-c:a", "libopus" if rung["opus"] else "aac", "-ac", str(rung["channels"]), "-ar", "48000",
                    "-b:a", f"{rung['sound_kbps']}k", "-movflags", "+frag_keyframe+empty_moov+default_base_moof",
                    str(folder / f"{rung['name']}.mp4")]
    return command


def measure(command, **more):
    begun = time.monotonic()
    child = subprocess.Popen(command, **more)
    return child, begun


def settle(child, begun):
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{child.args[0]} ended with {child.returncode}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime


def run_ffmpeg(source, folder, rungs):
    quiet = {**os.environ, "SVT_LOG": "0"}
    return settle(*measure(ffmpeg_command(source, folder, rungs), env=quiet))


def run_daorian(build, source, folder, wanted=WANTED):
    ours, theirs = socket.socketpair()
    child, begun = measure([str(build / "daorian-media"), "--control-fd", str(theirs.fileno())], pass_fds=[theirs.fileno()])
    theirs.close()
    job = {"type": "job", "source": str(source), "staging": str(folder), "rungs": wanted, "done": [], "bundle": None, "published": [],
           "permille": 0,
           "limits": {"duration_ms": 36000000, "pixels": 40000000}, "interpreter": None, "clean_sound": True}
    ours.sendall((json.dumps(job) + "\n").encode())
    lines = [json.loads(line) for line in ours.makefile()]
    if lines[-1]["type"] != "done" or any(l["type"] == "rung-failed" for l in lines):
        sys.exit(f"daorian-media: {lines[-1]}")
    return settle(child, begun)


def read_decisions(decide, folder):
    text = subprocess.run([str(decide), str(folder / "analysis.json"), "1280", "720", "25"], check=True, capture_output=True,
                          text=True).stdout
    return [rung for rung in map(json.loads, text.splitlines()) if rung["name"] in WANTED and rung["name"] != "slides"]


def compare(build, decide, title, picture, treatment):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = make_source(folder, picture, treatment)
        results = {"ffmpeg": [], "daorian": [], "streams": []}
        for number in range(ROUNDS):
            print(f"{title}: round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            there, here, bare = (folder / f"{side}{number}" for side in "fdb")
            for side in (there, here, bare):
                side.mkdir()
            results["daorian"].append(run_daorian(build, source, here))
            results["ffmpeg"].append(run_ffmpeg(source, there, read_decisions(decide, here)))
            if any(here.glob("still-*.webp")):
                results["streams"].append(run_daorian(build, source, bare, STREAMS))
    medians = {k: [statistics.median(r[i] for r in v) for i in (0, 1)] for k, v in results.items() if v}
    for name, label in (("ffmpeg", "one `ffmpeg` command"), ("streams", "`daorian-media`, the same outputs"),
                        ("daorian", "`daorian-media`, stills too" if "streams" in medians else "`daorian-media`")):
        if name not in medians:
            continue
        wall, cpu = medians[name]
        print(f"| {title} | {label} | {wall:.1f} | {cpu:.1f} | {wall / SECONDS:.2f} | {wall / medians['ffmpeg'][0]:.2f} | "
              f"{cpu / medians['ffmpeg'][1]:.2f} |")


def match(source, folder, rung, wanted):
    """The settings that reach the SSIM @wanted with every picture of the source and nothing known of it: the least
    quality that does, without a ceiling."""
    group = round(rung["group"] * lessons.RATE / Fraction(rung["rate"]))
    plain = dict(rung, rate=f"{lessons.RATE}/1", group=group, drawn=0, kbps=UNCAPPED_KBPS)
    enough, least = rung["crf"] - MOST_STEPS, rung["crf"] + 1
    while least - enough > 1:
        middle = (least + enough) // 2
        run_ffmpeg(source, folder, [dict(plain, crf=middle)])
        seen = bits.ssim(folder / f"{rung['name']}.mp4", source, LESSON_SECONDS)
        print(f"{rung['name']}: CRF {middle}: {seen:.4f}, wanted {wanted:.4f}", file=sys.stderr, flush=True)
        enough, least = (middle, least) if seen >= wanted - CLOSE_ENOUGH else (enough, middle)
    return dict(plain, crf=enough)


def describe(folder, source, rungs):
    return ", ".join(f"`{r['name']}` {bits.ssim(folder / (r['name'] + '.mp4'), source, LESSON_SECONDS):.4f}"
                     for r in rungs if "av1" in r)


def compare_lesson(build, decide):
    """The slide lesson of `bits`: what knowing it is worth."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, _ = lessons.make_slides(folder, LESSON_SECONDS)
        here, same, plain = (folder / side for side in ("daorian", "same", "plain"))
        same.mkdir()
        plain.mkdir()
        seen = {side: [] for side in ("same", "plain", "daorian")}
        for number in range(ROUNDS):
            print(f"slide lesson: round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            shutil.rmtree(here, ignore_errors=True)
            here.mkdir()
            seen["daorian"].append(run_daorian(build, source, here))
            decided = read_decisions(decide, here)
            if number == 0:
                matched = [match(source, plain, r, bits.ssim(here / f"{r['name']}.mp4", source, LESSON_SECONDS))
                           if "av1" in r else r for r in decided]
            seen["same"].append(run_ffmpeg(source, same, decided))
            seen["plain"].append(run_ffmpeg(source, plain, matched))
        told = {side: describe(at, source, decided) for side, at in (("plain", plain), ("daorian", here))}
    medians = {side: [statistics.median(r[i] for r in runs) for i in (0, 1)] for side, runs in seen.items()}
    print(f"\n{LESSON_SECONDS / 60:g} minutes of the slide lesson of `bits`. At the same SSIM: an `ffmpeg` that does not know the lesson, with "
          "every picture of the source, the same presets, no ceilings, and each CRF as high as the SSIM allows.\n")
    print("| by | wall s | CPU s | wall / duration | CPU of `daorian-media` to it | SSIM |\n|---|---|---|---|---|---|")
    for side, label, target in (("same", "one `ffmpeg` command, the settings decided", " (≤ 1.15)"),
                                ("plain", "one `ffmpeg` command, the same SSIM", " (≤ 0.6)"), ("daorian", "`daorian-media`", "")):
        wall, cpu = medians[side]
        print(f"| {label} | {wall:.1f} | {cpu:.1f} | {wall / LESSON_SECONDS:.2f} | {medians['daorian'][1] / cpu:.2f}{target} | "
              f"{told.get(side, '–')} |")


def main():
    build = Path(sys.argv[1]).resolve()
    decide = Path(sys.argv[2]).resolve()
    print(f"All rungs but `clear` of {SECONDS} s of 720p25, with the settings decided for the lesson, medians of {ROUNDS} rounds in "
          "turn. `daorian-media` also analyses the lesson and measures SSIM. Targets: CPU ratio ≤ 1.15 for the same outputs; wall "
          "≤ 0.5 × the duration on 2 cores for slides.\n")
    print("| source | by | wall s | CPU s | wall / duration | wall ratio | CPU ratio |\n|---|---|---|---|---|---|---|")
    for title, picture, treatment in SOURCES:
        compare(build, decide, title, picture, treatment)
    compare_lesson(build, decide)


if __name__ == "__main__":
    main()
