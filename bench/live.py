#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""What a live channel costs: a service as satellites send it (576i, MPEG-2, MP2) to `voice small medium` at its own pace,
through daorian-media and through one ffmpeg that makes the same rungs as HLS with the settings that were decided, in turn.
CPU, memory, and how long after its last packet a segment is there. DAORIAN_BENCH_MINUTES sets the length (1)."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ladder import picture_options

SECONDS = 60 * float(os.environ.get("DAORIAN_BENCH_MINUTES", "1"))
BIT_RATE = 4_000_000  # of the transport stream, filled with null packets
PIECE = 188 * 7
RUNGS = ("voice", "small", "medium")
ZOOM = "mandelbrot=size=1440x1152:rate=1,trim=end_frame=1,zoompan=z=1+on/2000:x=iw/3-iw/zoom/3:y=ih/3-ih/zoom/3:d=100000:s=720x576:fps=50"
SOURCES = (("moving test card", "testsrc2=size=720x576:rate=50"), ("slow zoom", ZOOM))


def make_service(folder, picture):
    path = folder / "service.ts"
    subprocess.run(["ffmpeg", "-v", "fatal", "-nostdin", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i",
                    "anoisesrc=color=pink:amplitude=0.3:sample_rate=48000", "-t", str(SECONDS), "-vf",
                    "noise=all_strength=4:all_flags=t,tinterlace=interleave_top,setfield=tff,setsar=64/45", "-c:v", "mpeg2video", "-b:v", "2800k",
                    "-flags", "+ildct+ilme", "-g", "12", "-bf", "2", "-pix_fmt", "yuv420p",
                    "-c:a", "mp2", "-b:a", "192k", "-ac", "2", "-muxrate", str(BIT_RATE), str(path)], check=True)
    return path


def feed(descriptor, data, begun):
    """Writes at the stream's own pace; its rate is constant."""
    with os.fdopen(descriptor, "wb", buffering=0) as pipe:
        for at in range(0, len(data), PIECE):
            ahead = at * 8 / BIT_RATE - (time.monotonic() - begun)
            if ahead > 0.02:
                time.sleep(ahead)
            try:
                pipe.write(data[at:at + PIECE])
            except BrokenPipeError:
                return


def memory_mb(process):
    found = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(found[0].split()[1]) / 1024 if found else 0


def settle(child):
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{child.args[0]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def start(command, data, descriptors=()):
    """A child that reads packets from the pipe whose number {input} stands for; the moment of its first packet."""
    out, into = os.pipe()
    child = subprocess.Popen([part.format(input=out) for part in command], pass_fds=[out, *descriptors], stdin=subprocess.DEVNULL)
    os.close(out)
    begun = time.monotonic()
    threading.Thread(target=feed, args=(into, data, begun), daemon=True).start()
    return child, begun


def run_daorian(build, data, folder):
    """CPU seconds, memory after a quarter and at the end, seconds of each segment behind its last packet."""
    ours, theirs = socket.socketpair()
    job = {"type": "live", "rungs": RUNGS, "staging": str(folder), "first_number": 1, "first_time": 0, "first_init": 1, "segment_ms": 3000,
           "behind_ms": 5000, "text_default": "tis-620", "language": "tha", "extras": ["voices", "captions", "scrub"],
           "burn_language": "", "burn_rung": ""}
    ours.sendall((json.dumps(job) + "\n").encode())
    command = [str(build / "daorian-media"), "--role", "live", "--control-fd", str(theirs.fileno()), "--input-fd", "{input}"]
    child, begun = start(command, data, [theirs.fileno()])
    theirs.close()
    late, memory, seen, last = [], [], 0, {}
    for line in ours.makefile():
        last = json.loads(line)
        if last["type"] == "live-segment":
            seen += last["duration"] / 90000
            late.append(time.monotonic() - begun - seen)
            memory.append(memory_mb(child.pid))
        if last["type"] == "live-health" and last["dropped_rungs"]:
            print(f"rungs were dropped: {last['dropped_rungs']}", file=sys.stderr)
    if last.get("type") != "done":
        sys.exit(f"daorian-media: {last}")
    return settle(child), memory, late


def run_ffmpeg(data, folder, rungs):
    pictures = [rung for rung in rungs if "av1" in rung]
    chain = f"[0:v]yadif,split={len(pictures)}" + "".join(f"[s{i}]" for i in range(len(pictures)))
    for i, rung in enumerate(pictures):
        chain += f";[s{i}]fps={rung['rate']},scale={rung['width']}:{rung['height']}:flags=bicubic[v{i}]"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "mpegts", "-i", "pipe:{input}", "-filter_complex", chain]
    for rung in rungs:
        if "av1" in rung:
            command += ["-map", f"[v{pictures.index(rung)}]", *picture_options(rung)]
        command += ["-map", "0:a", "-c:a", "aac", "-ac", str(rung["channels"]), "-ar", "48000", "-b:a", f"{rung['sound_kbps']}k", "-f", "hls",
                    "-hls_time", "3", "-hls_list_size", "0", "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", f"{rung['name']}-init.mp4",
                    str(folder / f"{rung['name']}.m3u8")]
    return settle(start(command, data)[0])


def read_decisions(decide):
    text = subprocess.run([str(decide), "-", "1024", "576", "25"], check=True, capture_output=True, text=True).stdout
    return [rung for rung in map(json.loads, text.splitlines()) if rung["name"] in RUNGS]


def compare(build, decide, title, picture):
    with tempfile.TemporaryDirectory(prefix="daorian-live-") as name:
        folder = Path(name)
        data = make_service(folder, picture).read_bytes()
        here, there = folder / "here", folder / "there"
        here.mkdir()
        there.mkdir()
        print(f"{title}: daorian-media", file=sys.stderr, flush=True)
        used, memory, late = run_daorian(build, data, here)
        print(f"{title}: ffmpeg", file=sys.stderr, flush=True)
        peer = run_ffmpeg(data, there, read_decisions(decide))
        quarter = memory[len(memory) // 4]
        print(f"| {title} | {used / SECONDS:.2f} | {peer / SECONDS:.2f} | {used / peer:.2f} | {os.cpu_count() / (used / SECONDS):.1f} | "
              f"{max(late):.1f} | {quarter:.0f} | {memory[-1]:.0f} |", flush=True)


def main():
    build, decide = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    print(f"{SECONDS:.0f} s of a 576i MPEG-2 service of {BIT_RATE / 1e6:g} Mbit/s to `{' '.join(RUNGS)}` at its own pace, segments of 3 s. "
          "`ffmpeg`: one command, the same sizes and encoder settings as HLS, yadif. Target: ≤ 0.8 of a core a channel.\n")
    print("| source | cores, Daorian | cores, ffmpeg | ratio | channels here | segment after its last packet, s, at most | MB after a quarter | MB at the end |")
    print("|---|---|---|---|---|---|---|---|")
    for title, picture in SOURCES:
        compare(build, decide, title, picture)


if __name__ == "__main__":
    main()
