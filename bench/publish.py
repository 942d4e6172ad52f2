#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""How soon an uploaded lesson can be watched: a slide lesson of 50 minutes is imported, and for each rung it is
told after how many seconds it was published. Beside it, what other programs took of the machine meanwhile: on a
machine that is not quiet the times say little. DAORIAN_BENCH_MINUTES sets the length."""

import os
import sys
import tempfile
import time
from pathlib import Path

import bits_lessons as lessons
from bits_import import import_lesson

MINUTES = float(os.environ.get("DAORIAN_BENCH_MINUTES", "50"))


def busy_seconds():
    """Processor seconds of the whole machine that were not idle."""
    words = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(words) - words[3] - words[4]) / os.sysconf("SC_CLK_TCK")


def main():
    build, seconds = Path(sys.argv[1]).resolve(), MINUTES * 60
    with tempfile.TemporaryDirectory(prefix="daorian-publish-") as name:
        print("making the lesson", file=sys.stderr, flush=True)
        source, _ = lessons.make_slides(Path(name), seconds)
        print("importing it", file=sys.stderr, flush=True)
        busy, since = busy_seconds(), time.monotonic()
        _, _, used, seen = import_lesson(build / "daorian", source, Path(name), until="large")
        others = (busy_seconds() - busy - used) / (time.monotonic() - since) / os.cpu_count()
    first, last = min(seen.values()), max(at for rung, at in seen.items() if rung != "clear")
    print(f"A slide lesson of {MINUTES:g} minutes, 1280×720 at 25 frames a second, from the start of `daorian import`. "
          f"Others used {max(others, 0) * 100:.0f} % of the processors meanwhile.\n")
    print("| rung | published after, s | × the lesson |\n|---|---|---|")
    for rung, at in sorted(seen.items(), key=lambda item: item[1]):
        print(f"| `{rung}` | {at:.0f} | {at / seconds:.3f} |")
    print(f"\nLowest rung after {first:.0f} s (target ≤ 60), everything but `clear` after {last / seconds:.2f} × the lesson (≤ 0.5), "
          f"{used:.0f} CPU s.")


if __name__ == "__main__":
    main()
