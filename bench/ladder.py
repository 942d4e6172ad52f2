#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Wall and CPU time of a whole ladder through daorian-media, against one ffmpeg command that makes the same
rungs from one decode with the same encoder settings. The two take turns; medians are compared."""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
ROUNDS = 3
PICTURE = ("testsrc2=size=1280x720:rate=25,noise=all_strength=6:all_flags=t", "mandelbrot=size=1280x720:rate=25:end_scale=0.01")


def rungs():
    """The table of pipelines/encode/rungs.c, so that both sides always use the same numbers."""
    row = re.compile(r'\{"(\w+)", (\d+), (\d+), (\d), (\d+), (\d+), (\d+), ([\d.]+), (?:NULL|"(\w+)"), (?:NULL|"(\w+)")\}')
    text = (ROOT / "pipelines/encode/rungs.c").read_text(encoding="utf-8")
    names = ("name", "cap", "sound", "channels", "side", "above", "fps", "crf", "profile", "preset")
    found = [dict(zip(names, m.groups())) for m in row.finditer(" ".join(text.split()))]
    if len(found) != 4:
        sys.exit("the table in pipelines/encode/rungs.c has another form")
    return found


def make_source(folder, picture):
    path = folder / "source.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi",
                    "-i", "anoisesrc=color=pink:amplitude=0.3:sample_rate=48000", "-t", str(SECONDS), "-c:v", "libx264",
                    "-preset", "veryfast", "-b:v", "2M", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", str(path)],
                   check=True)
    return path


def ffmpeg_command(source, folder):
    pictures = [r for r in rungs() if r["side"] != "0"]
    chain = f"[0:v]split={len(pictures)}" + "".join(f"[s{i}]" for i in range(len(pictures)))
    for i, rung in enumerate(pictures):
        rate = "fps=12.5," if rung["fps"] == "15" else ""
        chain += f";[s{i}]{rate}scale=-2:{rung['side']}[v{i}]"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(source), "-filter_complex", chain]
    for rung in rungs():
        if rung["side"] != "0":
            i = pictures.index(rung)
            kbps = (int(rung["cap"]) - int(rung["sound"]) - 4) / 1.25
            group = "50" if rung["fps"] == "15" else "100"
            command += ["-map", f"[v{i}]", "-c:v", "libx264", "-preset", rung["preset"], "-profile:v", rung["profile"],
                        "-crf", rung["crf"], "-maxrate", f"{kbps}k", "-bufsize", f"{kbps}k", "-g", group, "-keyint_min", group,
                        "-sc_threshold", "0", "-bf", "0", "-threads:v", "2"]
        command += ["-map", "0:a", "-c:a", "aac", "-ac", rung["channels"], "-ar", "48000", "-b:a", rung["sound"] + "k",
                    "-movflags", "+frag_keyframe+empty_moov+default_base_moof", str(folder / f"{rung['name']}.mp4")]
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


def run_ffmpeg(source, folder):
    return settle(*measure(ffmpeg_command(source, folder)))


def run_daorian(build, source, folder):
    ours, theirs = socket.socketpair()
    child, begun = measure([str(build / "daorian-media"), "--control-fd", str(theirs.fileno())], pass_fds=[theirs.fileno()])
    theirs.close()
    job = {"type": "job", "source": str(source), "staging": str(folder), "rungs": [r["name"] for r in rungs()],
           "done": [], "permille": 0, "limits": {"duration_ms": 36000000, "pixels": 40000000}}
    ours.sendall((json.dumps(job) + "\n").encode())
    lines = [json.loads(line) for line in ours.makefile()]
    if lines[-1]["type"] != "done" or sum(l["type"] == "rung" for l in lines) != len(rungs()):
        sys.exit(f"daorian-media: {lines[-1]}")
    return settle(child, begun)


def compare(build, title, picture):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = make_source(folder, picture)
        results = {"ffmpeg": [], "daorian": []}
        for number in range(ROUNDS):
            print(f"{title}: round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            there, here = folder / f"f{number}", folder / f"d{number}"
            there.mkdir()
            here.mkdir()
            results["ffmpeg"].append(run_ffmpeg(source, there))
            results["daorian"].append(run_daorian(build, source, here))
    medians = {k: [statistics.median(r[i] for r in v) for i in (0, 1)] for k, v in results.items()}
    for name, label in (("ffmpeg", "one `ffmpeg` command"), ("daorian", "`daorian-media`")):
        wall, cpu = medians[name]
        print(f"| {title} | {label} | {wall:.1f} | {cpu:.1f} | {SECONDS / wall:.1f} | {wall / medians['ffmpeg'][0]:.2f} | "
              f"{cpu / medians['ffmpeg'][1]:.2f} |")


def main():
    build = Path(sys.argv[1]).resolve()
    print(f"`voice small medium large` of {SECONDS} s of 720p25, medians of {ROUNDS} rounds in turn. Target: CPU ratio ≤ 1.15.\n")
    print("| source | by | wall s | CPU s | × real time | wall ratio | CPU ratio |\n|---|---|---|---|---|---|---|")
    for title, picture in zip(("noisy test card", "slow zoom"), PICTURE):
        compare(build, title, picture)


if __name__ == "__main__":
    main()
