#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""First visits over weak links: the server in one network namespace, Chromium in another, a link emulator between them.
For each link and rung, when the page was usable, when the first sound and the first slide came, and how long it stood
still. DAORIAN_BENCH_MINUTES sets the lesson's length (5), DAORIAN_BENCH_VISITS the visits (3), DAORIAN_BENCH_PLAY how
many seconds each plays on (60), DAORIAN_BENCH_LINKS which links, by their kbit/s (all)."""

import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import bits_lessons as lessons
from bits_import import import_lesson
from link_emulator import Emulator, open_end, open_end_in

MINUTES = float(os.environ.get("DAORIAN_BENCH_MINUTES", "5"))
VISITS = int(os.environ.get("DAORIAN_BENCH_VISITS", "3"))
PLAY_SECONDS = float(os.environ.get("DAORIAN_BENCH_PLAY", "60"))
FIRST_SECONDS = 300  # at most, until it plays
HERE, THERE = "192.0.2.1", "192.0.2.2"  # RFC 5737: for documentation, so nobody's
WEB = Path(__file__).resolve().parent.parent / "web"
LINKS = (  # as in the targets: usable, sound, picture in seconds, stalled as a part
    ({"kbps": 512, "round_trip_ms": 150, "jitter_ms": 8, "loss_percent": 1}, (2.5, 4, 5, 0)),
    ({"kbps": 128, "round_trip_ms": 300, "jitter_ms": 15, "loss_percent": 2}, (5, 6, 8, 0)),
    ({"kbps": 64, "round_trip_ms": 600, "jitter_ms": 30, "loss_percent": 1}, (8, 12, 15, 0.01)),
)
WANTED = os.environ.get("DAORIAN_BENCH_LINKS", ",".join(str(link["kbps"]) for link, _ in LINKS)).split(",")


def tell(text):
    print(text, file=sys.stderr, flush=True)


def serve(build, data):
    """The server in our namespace; it encodes nothing: we hold the encoder's lock."""
    lock = open(data / "encoder.lock", "a", encoding="utf-8")  # noqa: SIM115 - held until we end
    fcntl.flock(lock, fcntl.LOCK_EX)
    server = subprocess.Popen([str(build / "daorian"), "serve", "--data", str(data), "--listen", f"{HERE}:8080"],
                              stdout=subprocess.PIPE, text=True)
    if not any(re.search(rf"http://{re.escape(HERE)}:8080/$", line.rstrip()) for line in server.stdout):
        sys.exit("daorian serve did not start")
    return server, lock


def visit(browser, lesson, rung):
    done = subprocess.run(["node", Path(__file__).with_suffix(".mjs"), WEB, browser, f"http://{HERE}:8080/watch/{lesson}", rung, str(PLAY_SECONDS)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=FIRST_SECONDS + PLAY_SECONDS, check=True)
    return json.loads(done.stdout)


def row(link, targets, rung, seen):
    def cell(name, target, unit=" s"):
        values = [one[name] for one in seen if name in one]
        return f"{median(values):.1f}, {max(values):.1f} (≤ {target}{unit})" if values else "–"
    stalled = f"{median(one['stalled'] for one in seen) * 100:.1f} % (≤ {targets[3] * 100:g} %)"
    kb = median(one["bytes"] for one in seen) / 1000
    return (f"| {link['kbps']} kbit/s, {link['round_trip_ms']} ms, {link['loss_percent']} % | `{rung}` | {cell('usable', targets[0])} | "
            f"{cell('sound', targets[1])} | {cell('picture', targets[2])} | {stalled} | {kb:.1f} |")


def measure(build, data):
    """Runs as the root of a user namespace, in a network of its own."""
    lesson = next((data / "lessons").iterdir()).name
    peer = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    try:
        here, there = open_end(HERE, THERE), open_end_in(peer.pid, THERE, HERE)
    except OSError as fault:
        sys.exit(f"no TUN interface: {fault}; this bench needs to be run as root")
    browser = data / "browser"
    browser.write_text(f'#!/bin/sh\nexec nsenter --target {peer.pid} --net /usr/bin/chromium "$@"\n')
    browser.chmod(0o755)
    server, lock = serve(build, data)
    print("| link | rung | page usable: median, most | first sound | first slide | stood still | KB until the sound |")
    print("|---|---|---|---|---|---|---|", flush=True)
    try:
        for link, targets in LINKS:
            if str(link["kbps"]) not in WANTED:
                continue
            emulator = Emulator(link, here, there)
            for rung in ("voice", "slides"):
                tell(f"{link['kbps']} kbit/s, {rung}")
                print(row(link, targets, rung, [visit(browser, lesson, rung) for _ in range(VISITS)]), flush=True)
            emulator.close()
    finally:
        server.terminate()
        server.wait()
        peer.terminate()
        lock.close()


def main():
    build = Path(sys.argv[1]).resolve()
    if sys.argv[2:]:
        return measure(build, Path(sys.argv[2]))
    with tempfile.TemporaryDirectory(prefix="daorian-link-") as name:
        tell("making the lesson")
        source, _ = lessons.make_slides(Path(name), MINUTES * 60)
        tell("importing it")
        bundle, *_ = import_lesson(build / "daorian", source, Path(name))
        print(f"A slide lesson of {MINUTES:g} minutes; {VISITS} visits each with an empty cache, over plain HTTP, play pressed at once, played on for "
              f"{PLAY_SECONDS:g} s. Delays are round trips, loss is of each direction; targets in brackets.\n", flush=True)
        subprocess.run(["unshare", "--user", "--map-root-user", "--net", sys.executable, __file__, str(build), str(bundle.parent.parent)], check=True)
    return None


if __name__ == "__main__":
    main()
