# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Sources that nobody would make on purpose, through `daorian import` and everything behind it: each ends in a sane
ladder that keeps the packaging rules, or in a clear refusal, inside bounds of memory and time.

absurd_test.py DAORIAN: with DAORIAN_TEST_LONG in the environment they are as absurd as they come, else cut short;
DAORIAN_ONLY chooses those whose name has its words.
"""

import functools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import is_sanitized  # noqa: E402

TOOLS = Path(__file__).resolve().parents[3] / "tools"
WAIT_S = 300
LONG_WAIT_S = 3 * 3600
MOST_MEMORY_KB = 1_500_000
REFUSALS = {"not-media", "no-streams", "unsupported-codec", "too-short", "too-large", "too-long"}
TINY = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -b:a 24k"


@dataclass
class Case:
    name: str
    ending: str
    make: str  # ffmpeg's arguments; {n} is the size of it, small or large
    size: tuple = (1, 1)  # {n}, and {n} in a long run
    rungs: set = field(default_factory=set)  # that there must be; none: it may be refused
    duration_s: float = 0  # of the lesson, times {n}; 0: whatever it is


CASES = [
    Case("one pixel", "mkv", "-f lavfi -i color=red:s=64x64:r=5:d=3,format=rgb24,scale=1:1 -f lavfi -i sine=d=3 -c:v ffv1 -pix_fmt bgr0 -c:a flac",
         rungs={"voice"}, duration_s=3),
    Case("one pixel and no sound", "avi", "-f lavfi -i color=red:s=64x64:r=5:d=3,format=rgb24,scale=1:1 -c:v rawvideo -pix_fmt bgr24"),
    Case("a line of pixels", "mkv", f"-f lavfi -i testsrc2=s=1280x2:r=5:d=3 -f lavfi -i sine=d=3 {TINY}", rungs={"voice"}),
    Case("8K", "mp4", f"-f lavfi -i testsrc2=s=7680x4320:r=5:d={{n}} -f lavfi -i sine=d={{n}} {TINY}", size=(1, 10),
         rungs={"voice", "small", "large"}, duration_s=1),
    Case("more than 8K", "mkv", "-f lavfi -i color=blue:s=16384x8192:r=1:d=1 -c:v ffv1"),
    Case("1 picture a second", "mp4", f"-f lavfi -i testsrc2=s=640x360:r=1:d={{n}} -f lavfi -i sine=d={{n}} {TINY}",
         size=(8, 600), rungs={"voice", "small", "medium"}, duration_s=1),
    Case("240 pictures a second", "mp4", f"-f lavfi -i testsrc2=s=640x360:r=240:d={{n}} -f lavfi -i sine=d={{n}} {TINY}",
         size=(1, 60), rungs={"voice", "small", "medium"}, duration_s=1),
    Case("hours of black", "mkv", f"-f lavfi -i color=black:s=128x72:r=1/10:d={{n}} -f lavfi -i anullsrc=r=8000:cl=mono:d={{n}} {TINY} "
         "-c:a flac -frame_size 8000", size=(40, 36000), rungs={"voice", "small"}, duration_s=1),
    Case("too many hours", "mkv", "-f lavfi -i testsrc2=s=320x180:r=1/50:d=50000 -c:v mjpeg -q:v 2 -pix_fmt yuvj420p"),
    Case("silence", "mp4", f"-f lavfi -i testsrc2=s=320x180:r=10:d=4 -f lavfi -i anullsrc=d=4 {TINY}", rungs={"voice", "small"},
         duration_s=4),
    Case("silence alone", "wav", "-f lavfi -i anullsrc=r=48000:d=4 -c:a pcm_s16le", rungs={"voice"}, duration_s=4),
    Case("clipping", "wav", "-f lavfi -i aevalsrc=sgn(sin(440*2*PI*t))|sgn(sin(443*2*PI*t)):d=6 -c:a pcm_s16le", rungs={"voice"},
         duration_s=6),
    Case("beyond full scale", "wav", "-f lavfi -i aevalsrc=40*sin(300*2*PI*t):d=4 -c:a pcm_f32le", rungs={"voice"}, duration_s=4),
    Case("not a number", "wav", "-f lavfi -i aevalsrc=if(gt(mod(t\\,1)\\,0.5)\\,NAN\\,0.1*sin(2000*t)):d=4 -c:a pcm_f32le"),
    Case("a slide every half second", "mp4", "-f lavfi -i color=white:s=640x360:r=10:d={n},"
         "drawbox=x=mod(floor(t*2)*97\\,560):y=mod(floor(t*2)*61\\,300):w=80:h=60:c=navy:t=fill,"
         f"hue=h=floor(t*2)*40 -f lavfi -i sine=d={{n}} {TINY}", size=(6, 1200), rungs={"voice", "small"}, duration_s=1),
    Case("a picture", "png", "-f lavfi -i testsrc2=s=640x360 -frames:v 1"),
    Case("PNG as video", "mov", "-f lavfi -i testsrc2=s=640x360:r=5:d=3 -f lavfi -i sine=d=3 -c:v png -c:a pcm_s16le",
         rungs={"voice", "small"}, duration_s=3),
    Case("a moving picture", "gif", "-f lavfi -i testsrc2=s=320x240:r=5:d=3", rungs={"small"}, duration_s=3),
    Case("one picture under much sound", "mp4", f"-f lavfi -i testsrc2=s=640x360:r=25:d=0.04 -f lavfi -i sine=d=12 {TINY}",
         rungs={"voice"}, duration_s=12),
    Case("eight channels at 192 kHz", "wav", "-f lavfi -i anoisesrc=r=192000:d=2:a=0.1 -ac 8 -c:a pcm_s24le", rungs={"voice"},
         duration_s=2),
    Case("8 kHz", "wav", "-f lavfi -i sine=r=8000:d=3 -c:a pcm_u8", rungs={"voice"}, duration_s=3),
]


def descendants(parent):
    """Processes below one, in whatever namespace they are."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = list(children.get(parent, []))
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def peak_kb(pid):
    """The most memory that a process ever had; it is the kernel that remembers, however seldom one asks."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


class Absurd:
    def __init__(self, program, long):
        self.program, self.long = program, long
        self.folder = Path(tempfile.mkdtemp(prefix="daorian-absurd-"))
        self.sanitized = is_sanitized(Path(program).with_name("daorian-media"))

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def make(self, case, folder):
        source = folder / f"source.{case.ending}"
        arguments = case.make.replace("{n}", str(case.size[self.long])).split()
        done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments, source],
                              capture_output=True, text=True, timeout=LONG_WAIT_S)
        assert done.returncode == 0, f"ffmpeg: {done.stderr}"
        return source

    def bring_in(self, source, data):
        """Exit status, what it said, and the most memory that the child took."""
        said = source.with_suffix(".said")
        with said.open("wb") as out:
            running = subprocess.Popen([self.program, "import", "--wait", "--data", data, source],
                                       stdout=subprocess.DEVNULL, stderr=out, env={**os.environ, "LC_ALL": "C.UTF-8"})
        until, most_kb = time.monotonic() + (LONG_WAIT_S if self.long else WAIT_S), 0
        while running.poll() is None:
            if time.monotonic() > until:
                running.kill()
            most_kb = max([most_kb, *(peak_kb(pid) for pid in descendants(running.pid))])
            time.sleep(0.1)
        return running.returncode, said.read_text(errors="replace").strip(), most_kb

    def look_up(self, data):
        with closing(sqlite3.connect(data / "catalog.sqlite3", timeout=20)) as database:
            lesson = database.execute("SELECT id, state, error_code, duration_ms FROM lessons").fetchone()
            rungs = database.execute("SELECT name, error_code FROM rungs").fetchall()
        return lesson, dict(rungs)

    def judge(self, case, data, status, said):
        (lesson, state, code, duration_ms), rungs = self.look_up(data)
        if state == "failed":
            assert not case.rungs, f"refused with {code}: {said}"
            assert code in REFUSALS, f"ended with {code}: {said}"
            assert status != 0 and said, f"status {status}: {said!r}"
            return f"refused: {code}"
        assert (state, status) == ("published", 0), f"{state}, status {status}: {said}"
        failed = {name: error for name, error in rungs.items() if error}
        assert not failed, f"rungs failed: {failed}"
        assert case.rungs <= set(rungs), f"rungs {sorted(rungs)}"
        wanted = case.duration_s * case.size[self.long] * 1000
        assert not wanted or abs(duration_ms - wanted) < 1200, f"{duration_ms} ms, wanted {wanted}"
        checked = subprocess.run([sys.executable, TOOLS / "check_bundle.py", data / "lessons" / lesson],
                                 capture_output=True, text=True, timeout=WAIT_S)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        return " ".join(rungs)

    def run(self, case):
        folder = self.folder / case.name.replace(" ", "-")
        folder.mkdir()
        try:
            status, said, memory_kb = self.bring_in(self.make(case, folder), folder / "data")
            outcome = self.judge(case, folder / "data", status, said)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        judged = "" if not self.sanitized else " (not judged: a sanitizer takes more)"
        print(f"# {case.name}: {outcome}; {memory_kb // 1000} MB{judged}")
        assert self.sanitized or memory_kb <= MOST_MEMORY_KB, f"{memory_kb} KB of memory"


def main():
    only = os.environ.get("DAORIAN_ONLY", "")
    absurd = Absurd(os.path.abspath(sys.argv[1]), bool(os.environ.get("DAORIAN_TEST_LONG")))
    cases = [functools.partial(absurd.run, case) for case in CASES if only in case.name]
    try:
        return tap.run(cases, name=lambda test: test.args[0].name)
    finally:
        absurd.remove()


if __name__ == "__main__":
    sys.exit(main())
