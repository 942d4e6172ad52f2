# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Other sounds of a recorded programme from end to end: a service with a second language → live channel → booking → a
lesson that has both, in files, playlists, lesson.json, API, check, the plain page. Prints TAP. Arguments: as of
record_test.py."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import record_test  # noqa: E402
import tap  # noqa: E402


class Bench(record_test.Bench):
    FORM = ["--full"]


def test_channel(bench):
    made = bench.ask("POST", "/multiplexes", 201, {"uri": f"file:{bench.file}", "name": "จาน", "text_default": "tis-620"})
    bench.ask("POST", f"/multiplexes/{made['id']}/scan", 202)
    services = bench.wait(lambda: bench.ask("GET", f"/services?multiplex={made['id']}")["items"], lambda items: len(items) == 4)
    # The first says that it has a second sound, and sends nothing that can be decoded.
    several = [service for service in services if sum(stream["kind"] == "audio" for stream in service["streams"]) > 1]
    channel = bench.ask("POST", "/channels", 201, {"slug": "dao-1", "name": "ดาวเรียน ๑", "service": several[1]["id"],
                                                   "rungs": ["voice", "small"], "window_hours": 1})
    bench.id = channel["id"]
    bench.grow(6000)
    tracks = bench.ask("GET", f"/channels/{bench.id}")["tracks"]
    bench.sounds = sorted(track["name"] for track in tracks if track["kind"] == "sound")
    assert bench.sounds, tracks


def test_lesson_has_them(bench):
    end_ms = bench.window_ms()[1]
    seen = bench.finish(bench.book(start_ms=end_ms - 6000, end_ms=end_ms + 9000, title="สองภาษา", visibility="public"))
    lesson = bench.check_lesson(seen)
    assert [sound["name"] for sound in lesson["sounds"]] == bench.sounds, lesson["sounds"]
    bench.lesson, bench.folder = lesson, bench.daemon.data / "lessons" / lesson["id"]
    told = json.loads((bench.folder / "lesson.json").read_text())["sounds"]
    names = ("name", "language", "purpose", "bytes", "bandwidth_bps", "codecs")
    assert [[sound[name] for name in names] for sound in told] == [[sound[name] for name in names] for sound in lesson["sounds"]]


def test_files_are_heard(bench):
    for sound in bench.lesson["sounds"]:
        file = bench.folder / Path(sound["file_url"]).name
        answer = bench.daemon.request("GET", sound["file_url"])
        assert answer.status == 200 and len(answer.body) == sound["bytes"] == file.stat().st_size, sound
        assert bench.daemon.request("GET", sound["url"]).status == 200, sound
        probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,channels,sample_rate:packet=pts_time",
                                "-of", "json", str(file)], capture_output=True, text=True, timeout=record_test.WAIT_S)
        assert probe.returncode == 0 and not probe.stderr, probe.stderr
        probe = json.loads(probe.stdout)
        assert probe["streams"] == [{"codec_name": "aac", "sample_rate": "48000", "channels": 1}], probe["streams"]
        times = [float(packet["pts_time"]) for packet in probe["packets"]]
        assert times[0] == 0 and all(0 < b - a < 0.022 for a, b in zip(times, times[1:])), times[:3]
        assert abs(times[-1] * 1000 - bench.lesson["duration_ms"]) < 100, (times[-1], bench.lesson["duration_ms"])
        loud = subprocess.run(["ffmpeg", "-v", "info", "-xerror", "-i", str(file), "-af", "volumedetect", "-f", "null", "-"],
                              capture_output=True, text=True, timeout=record_test.WAIT_S)
        level = float(loud.stderr.split("mean_volume:")[1].split()[0])
        assert loud.returncode == 0 and level > -40, loud.stderr


def test_plain_page(bench):
    page = bench.daemon.request("GET", f"/lite/{bench.lesson['id']}?lang=en").body.decode()
    assert all(sound["file_url"] in page for sound in bench.lesson["sounds"]), page
    player = page.split("<video")[1].split("</video>")[0]
    assert "/small." in player, player


def test_a_new_title_keeps_them(bench):
    before = (bench.folder / "index.m3u8").read_text()
    bench.ask("PATCH", f"/lessons/{bench.lesson['id']}", 200, {"title": "สองภาษา ๒"})
    bench.wait(lambda: json.loads((bench.folder / "lesson.json").read_text())["title"], lambda title: title == "สองภาษา ๒")
    assert (bench.folder / "index.m3u8").read_text() == before
    checked = subprocess.run([sys.executable, bench.checker, str(bench.folder)], capture_output=True, text=True,
                             timeout=record_test.WAIT_S)
    assert checked.returncode == 0, checked.stdout


def test_check_misses_one(bench):
    bench.daemon.end()
    file = bench.folder / Path(bench.lesson["sounds"][0]["file_url"]).name
    command = [bench.daemon.program, "check", "--data", str(bench.daemon.data)]
    fine = subprocess.run(command, capture_output=True, text=True, timeout=record_test.WAIT_S)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    file.unlink()
    told = subprocess.run(command, capture_output=True, text=True, timeout=record_test.WAIT_S)
    assert told.returncode != 0 and file.name in told.stdout + told.stderr, told.stdout + told.stderr


TESTS = [test_channel, test_lesson_has_them, test_files_are_heard, test_plain_page, test_a_new_title_keeps_them,
         test_check_misses_one]


def main():
    bench = Bench(*sys.argv[1:7])
    try:
        return tap.run(TESTS, bench, log=lambda: bench.daemon.errors)
    finally:
        bench.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
