#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Wall and CPU time of a whole ladder through daorian-media, against one ffmpeg command that makes the same
rungs from one decode with the settings that were decided for the lesson. The two take turns; medians are compared.
Then what these decisions are worth: the H.264 rungs of a slide lesson, against the same heights by PeerTube's settings."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bits
import bits_lessons as lessons

SECONDS = 60
ROUNDS = 3
WANTED = ("voice", "voice-opus", "slides", "lite", "small", "medium", "large")
HEIGHTS = {"small": 240, "medium": 360, "large": 720}  # which a peer has, too
LESSON_SECONDS = 240
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
        results = {"ffmpeg": [], "daorian": []}
        for number in range(ROUNDS):
            print(f"{title}: round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            there, here = folder / f"f{number}", folder / f"d{number}"
            there.mkdir()
            here.mkdir()
            results["daorian"].append(run_daorian(build, source, here))
            results["ffmpeg"].append(run_ffmpeg(source, there, read_decisions(decide, here)))
    medians = {k: [statistics.median(r[i] for r in v) for i in (0, 1)] for k, v in results.items()}
    for name, label in (("ffmpeg", "one `ffmpeg` command"), ("daorian", "`daorian-media`")):
        wall, cpu = medians[name]
        print(f"| {title} | {label} | {wall:.1f} | {cpu:.1f} | {wall / SECONDS:.2f} | {wall / medians['ffmpeg'][0]:.2f} | "
              f"{cpu / medians['ffmpeg'][1]:.2f} |")


def compare_peer(build, peer):
    """The same three heights by either, in turn; quality is told beside, since the settings differ."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, _ = lessons.make_slides(folder, LESSON_SECONDS)
        ours, theirs = [], []
        for number in range(ROUNDS):
            print(f"{peer}: round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            here = folder / f"d{number}"
            here.mkdir()
            ours.append(run_daorian(build, source, here, tuple(HEIGHTS))[1])
            made, spent = bits.encode_peer(source, peer, LESSON_SECONDS, folder, HEIGHTS.values())
            theirs.append(spent)
        quality = {f"{peer} {side}p": bits.ssim(path, source, LESSON_SECONDS) for side, path in zip(HEIGHTS.values(), made)}
        quality |= {f"`{rung}`": bits.ssim(here / f"{rung}.mp4", source, LESSON_SECONDS) for rung in HEIGHTS}
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"\n`small medium large` of {LESSON_SECONDS / 60:g} minutes of the slide lesson of `bits` take {statistics.median(ours):.1f} CPU s, analysis "
          f"included; the same heights by {peer}'s settings in one `ffmpeg` command {statistics.median(theirs):.1f}: {ratio:.2f} (target ≤ 0.6 at the "
          f"same SSIM). SSIM: {', '.join(f'{label} {seen:.4f}' for label, seen in quality.items())}.")


def main():
    build = Path(sys.argv[1]).resolve()
    decide = Path(sys.argv[2]).resolve()
    print(f"All rungs but `clear` of {SECONDS} s of 720p25, with the settings decided for the lesson, medians of {ROUNDS} rounds in "
          "turn. `daorian-media` also analyses, makes stills and measures SSIM. Targets: CPU ratio ≤ 1.15; wall ≤ 0.5 × the "
          "duration on 2 cores for slides.\n")
    print("| source | by | wall s | CPU s | wall / duration | wall ratio | CPU ratio |\n|---|---|---|---|---|---|---|")
    for title, picture, treatment in SOURCES:
        compare(build, decide, title, picture, treatment)
    for peer in ("PeerTube", "MediaCMS"):
        compare_peer(build, peer)


if __name__ == "__main__":
    main()
