# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""What follows a recording: slides and AV1 are made of its best rung while the lesson stays as it was; not where the
settings say so. Prints TAP. Arguments: as of record_test.py."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import record_test  # noqa: E402
import tap  # noqa: E402

BAR = "drawbox=x=60:y=50:w=500:h=60:c=navy:t=fill"
TEXT = "drawbox=x=60:y={0}:w={1}:h=24:c=black:t=fill:enable='lt(mod(t,8),4)'"
FIGURE = "drawbox=x={0}:y=220:w={1}:h=260:c={2}:t=fill:enable='gte(mod(t,8),4)'"
PICTURE = ",".join(["color=white:size=704x576:rate=25", BAR, TEXT.format(160, 420), TEXT.format(220, 460),
                    FIGURE.format(90, 80, "red"), FIGURE.format(240, 300, "darkgreen")])


class Bench(record_test.Bench):
    ENCODER = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.file = self.daemon.folder / "slides.ts"
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i",
                        "anoisesrc=color=pink:amplitude=0.2:sample_rate=48000", "-t", "90", "-c:v", "mpeg2video", "-b:v", "3M",
                        "-g", "12", "-c:a", "mp2", "-b:a", "128k", "-f", "mpegts", str(self.file)],
                       check=True, timeout=record_test.WAIT_S)

    def record(self, title):
        end_ms = self.window_ms()[1]
        seen = self.finish(self.book(start_ms=end_ms - 6000, end_ms=end_ms + 12000, title=title, visibility="public"))
        return self.lesson(seen["lesson_id"])

    def lesson(self, lesson_id):
        return self.ask("GET", f"/lessons/{lesson_id}")


def names(lesson):
    return {rung["name"] for rung in lesson["rungs"]}


def test_channel(bench):
    made = bench.ask("POST", "/multiplexes", 201, {"uri": f"file:{bench.file}", "name": "จาน"})
    bench.ask("POST", f"/multiplexes/{made['id']}/scan", 202)
    services = bench.wait(lambda: bench.ask("GET", f"/services?multiplex={made['id']}")["items"], lambda items: len(items) == 1)
    channel = bench.ask("POST", "/channels", 201, {"slug": "dao-1", "name": "ดาวเรียน ๑", "service": services[0]["id"],
                                                   "rungs": ["voice", "small", "medium"], "window_hours": 1})
    bench.id = channel["id"]
    bench.grow(6000)


def test_more_follows(bench):
    before = bench.record("เรียนได้ถูกลง")
    assert before["state"] == "published" and names(before) >= {"voice", "small", "medium"}, before
    lesson = bench.wait(lambda: bench.lesson(before["id"]), lambda now: not now["refining"])
    assert names(lesson) >= {"slides", "lite"}, lesson
    assert lesson["complete"] and lesson["state"] == "published" and not lesson["error"], lesson
    assert abs(lesson["duration_ms"] - before["duration_ms"]) < 100, (before["duration_ms"], lesson["duration_ms"])
    kept = {rung["name"]: rung["file_url"] for rung in lesson["rungs"]}
    assert all(kept[rung["name"]] == rung["file_url"] for rung in before["rungs"]), (before["rungs"], kept)
    bench.made = lesson


def test_files_are_right(bench):
    folder = bench.daemon.data / "lessons" / bench.made["id"]
    checked = subprocess.run([sys.executable, bench.checker, str(folder)], capture_output=True, text=True, timeout=record_test.WAIT_S)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    parsed = subprocess.run([*bench.parser, str(folder)], capture_output=True, text=True, timeout=record_test.WAIT_S)
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr
    stills = next(rung["stills"] for rung in bench.made["rungs"] if rung["name"] == "slides")
    assert stills >= 4 and len(list((folder / "slides").iterdir())) == stills, bench.made
    lite = next(folder.glob("lite.*.mp4"))
    probe = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", str(lite), "-f", "null", "-"], capture_output=True,
                           text=True, timeout=record_test.WAIT_S)
    assert probe.returncode == 0 and not probe.stderr, probe.stderr
    assert lite.stat().st_size < next(folder.glob("medium.*.mp4")).stat().st_size, "AV1 costs no less"


def test_nothing_follows_where_nobody_wants_it(bench):
    bench.daemon.stop()
    bench.daemon.config.write_text("[encoder]\nricher_recordings = no\n")
    bench.daemon.start()
    bench.grow(6000)
    lesson = bench.record("ตามที่ออกอากาศ")
    assert not lesson["refining"] and names(lesson) == {"voice", "small", "medium"}, lesson
    assert all(job["lesson_id"] != lesson["id"] for job in bench.ask("GET", "/jobs")["items"])


TESTS = [test_channel, test_more_follows, test_files_are_right, test_nothing_follows_where_nobody_wants_it]


def main():
    bench = Bench(*sys.argv[1:7])
    try:
        return tap.run(TESTS, bench, log=lambda: bench.daemon.errors)
    finally:
        bench.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
