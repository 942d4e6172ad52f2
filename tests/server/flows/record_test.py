# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Recording from end to end: a Thai multiplex in a loop → live channel → bookings by time and by event → lessons that
keep the packaging rules; over a kill of the live child, of the daemon, and of what joins. Prints TAP. Arguments: the
daorian executable, thai-coded, check_bundle.py, node, playlists.mjs, the web folder."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402


WAIT_S = 240
EVENT = 60001  # of no programme in the multiplex


class Bench:
    FORM = []  # of the multiplex
    ENCODER = False  # whether slides and AV1 follow

    def __init__(self, program, thai_coded, checker, *parser):
        self.daemon, self.checker, self.parser = Daemon(program, encoder=self.ENCODER), checker, parser
        self.file = self.daemon.folder / "thai.ts"
        subprocess.run([thai_coded, *self.FORM, "16", str(self.file)], check=True, timeout=WAIT_S)
        self.daemon.start()
        self.keys = {"Authorization": "Bearer " + self.daemon.add_user("teacher", "administrator")}

    def ask(self, method, path, status=200, body=None):
        headers = {**self.keys, **({"Content-Type": "application/json"} if body is not None else {}), "If-Match": "*"}
        answer = self.daemon.request(method, "/api/v1" + path, None if body is None else json.dumps(body), headers)
        assert answer.status == status, (method, path, answer.status, answer.body)
        return answer.json() if answer.body else None

    def wait(self, look, wanted):
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            seen = look()
            if wanted(seen):
                return seen
            time.sleep(0.2)  # polls our own server: nothing is judged by this time
        raise AssertionError(f"it stayed {seen}")

    def window_ms(self):
        window = self.ask("GET", f"/channels/{self.id}")["window"]
        return (window["first_ms"], window["last_ms"]) if window else (0, 0)

    def grow(self, ms):
        """Waits until the window has so much more than now. Returns where it ends."""
        before = self.wait(self.window_ms, lambda window: window[1] > 0)[1]
        return self.wait(self.window_ms, lambda window: window[1] >= before + ms)[1]

    def find_child(self, role):
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
                parent = re.search(r"^PPid:\s*(\d+)", Path(f"/proc/{entry}/status").read_text(), re.M)
            except OSError:
                continue
            if b"--role" in words and role in words and int(parent.group(1)) == self.daemon.process.pid:
                return int(entry)
        return None

    def stop_if_maker(self, entry, staging):
        """Holds this process still if it is the one that makes a lesson, not the walls around it, and is in the middle."""
        try:
            words = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
            if b"keep" not in words or not words[0].endswith(b"daorian-media") or not any(staging.glob("*.part")):
                return False
            os.kill(int(entry), signal.SIGSTOP)
        except OSError:
            return False
        return any(staging.glob("*.part"))

    def catch_maker(self, booking):
        """None when it was quicker than we."""
        staging = self.daemon.data / "recordings" / booking / "staging"
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for entry in filter(str.isdigit, os.listdir("/proc")):
                if self.stop_if_maker(entry, staging):
                    return int(entry)
            if self.booking(booking)["state"] not in ("waiting", "running", "finishing"):
                return None
        raise AssertionError("nobody makes a lesson")

    def catch_some_maker(self, title):
        """A booking of what was on the air, whose lesson is half made, and who makes it."""
        for _ in range(20):
            end_ms = self.window_ms()[1] - 1000
            booking = self.book(start_ms=end_ms - 7000, end_ms=end_ms, title=title)
            maker = self.catch_maker(booking)
            if maker:
                return booking, maker
        raise AssertionError("no lesson was caught in the making")

    def book(self, **body):
        return self.ask("POST", "/bookings", 201, {"channel": self.id, **body})["id"]

    def booking(self, booking):
        return self.ask("GET", f"/bookings/{booking}")

    def finish(self, booking, state="done"):
        over = ("done", "failed", "missed", "cancelled")
        seen = self.wait(lambda: self.booking(booking), lambda b: b["state"] in over)
        assert seen["state"] == state, (seen, self.daemon.errors)
        return seen

    def tamper(self, sql, *values):
        with closing(sqlite3.connect(self.daemon.data / "catalog.sqlite3", timeout=20)) as database, database:
            database.execute(sql, values)

    def check_lesson(self, booking):
        """The bundle keeps the packaging rules, ffprobe agrees, and all that was kept is gone. Returns lesson.json."""
        lesson = self.ask("GET", f"/lessons/{booking['lesson_id']}")
        assert lesson["state"] == "published" and lesson["complete"], lesson
        assert [rung["name"] for rung in lesson["rungs"]] == ["voice", "small"], lesson
        folder = self.daemon.data / "lessons" / lesson["id"]
        checked = subprocess.run([sys.executable, self.checker, str(folder)], capture_output=True, text=True, timeout=WAIT_S)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        parsed = subprocess.run([*self.parser, str(folder)], capture_output=True, text=True, timeout=WAIT_S)
        assert parsed.returncode == 0, parsed.stdout + parsed.stderr
        assert lesson["poster"] and lesson["storyboard"] and lesson["waveform"], lesson
        file = next(folder.glob("small.*.mp4"))
        probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,start_time,duration:packet=stream_index,pts_time",
                                "-of", "json", str(file)], capture_output=True, text=True, timeout=WAIT_S)
        assert not probe.stderr, probe.stderr
        probe = json.loads(probe.stdout)
        for index, step in ((0, 0.1), (1, 0.022)):
            times = [float(packet["pts_time"]) for packet in probe["packets"] if packet["stream_index"] == index]
            assert times[0] == 0 and all(0 < b - a < step for a, b in zip(times, times[1:])), (index, times[:3])
            assert abs(times[-1] * 1000 - lesson["duration_ms"]) < 200, (times[-1], lesson["duration_ms"])
        decoded = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", str(file), "-f", "null", "-"], capture_output=True,
                                 text=True, timeout=WAIT_S)
        assert decoded.returncode == 0 and not decoded.stderr, decoded.stderr
        self.wait((self.daemon.data / "recordings" / booking["id"]).exists, lambda there: not there)
        told = json.loads((folder / "lesson.json").read_text())
        # The file says nothing of patches that never were.
        plain = [{name: gap[name] for name in gap if gap[name] is not None} for gap in lesson["gaps"]]
        assert lesson["gaps"] == booking["gaps"] and told["gaps"] == plain, (told["gaps"], lesson["gaps"], booking["gaps"])
        return lesson


def test_channel(bench):
    made = bench.ask("POST", "/multiplexes", 201, {"uri": f"file:{bench.file}", "name": "จาน", "text_default": "tis-620"})
    bench.ask("POST", f"/multiplexes/{made['id']}/scan", 202)
    services = bench.wait(lambda: bench.ask("GET", f"/services?multiplex={made['id']}")["items"], lambda items: len(items) == 4)
    bench.service = services[0]["id"]
    channel = bench.ask("POST", "/channels", 201, {"slug": "dao-1", "name": "ดาวเรียน ๑", "service": bench.service,
                                                   "rungs": ["voice", "small"], "window_hours": 1})
    bench.id = channel["id"]
    bench.grow(9000)


def test_by_time_from_before_now(bench):
    end_ms = bench.window_ms()[1]
    start_ms = end_ms - 6000
    booking = bench.book(start_ms=start_ms, end_ms=end_ms + 6000, title="บวกเลข", rights_holder="มูลนิธิ", visibility="public")
    seen = bench.finish(booking)
    assert seen["gaps"] == [], seen
    lesson = bench.check_lesson(seen)
    assert 12000 <= lesson["duration_ms"] <= 12000 + 2 * 3500, lesson["duration_ms"]
    assert (lesson["title"], lesson["rights_holder"], lesson["visibility"]) == ("บวกเลข", "มูลนิธิ", "public"), lesson
    found = bench.daemon.request("GET", "/api/v1/lessons?query=" + "%E0%B8%9A%E0%B8%A7%E0%B8%81").json()["items"]
    assert [item["id"] for item in found] == [lesson["id"]]


def test_by_event_that_overruns(bench):
    now_ms = bench.window_ms()[1]
    bench.tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description, language,"
                 " updated_ms) VALUES (?, ?, ?, 4000, 'คณิตศาสตร์ ป.๑', 'การบวก', '', 'tha', 1)", bench.service, EVENT, now_ms)
    booking = bench.book(event_id=EVENT, padding_before_s=0, padding_after_s=0)
    bench.wait(lambda: bench.booking(booking)["state"], lambda state: state == "running")
    bench.tamper("UPDATE guide_events SET duration_ms = 12000 WHERE event_id = ?", EVENT)
    bench.wait(lambda: bench.booking(booking), lambda b: b["end_ms"] == now_ms + 12000)
    seen = bench.finish(booking)
    lesson = bench.check_lesson(seen)
    assert lesson["title"] == "คณิตศาสตร์ ป.๑" and 12000 <= lesson["duration_ms"] + sum(
        gap["to_ms"] - gap["from_ms"] for gap in seen["gaps"]), (lesson, seen)
    mark = [item["booking"] for item in bench.ask("GET", f"/channels/{bench.id}/guide?from={now_ms}&to={now_ms + 1000}")["items"]
            if item["event_id"] == EVENT]
    assert mark[0]["lesson_id"] == lesson["id"], mark


def test_over_kills(bench):
    start_ms = bench.window_ms()[1]
    booking = bench.book(start_ms=start_ms, end_ms=start_ms + 600000, title="สะดุด")
    bench.grow(6000)
    os.kill(bench.wait(lambda: bench.find_child(b"live"), bool), signal.SIGKILL)
    bench.grow(6000)
    bench.wait(lambda: bench.booking(booking)["gaps"], bool)  # told, so that the next kill leaves it
    bench.daemon.stop(signal.SIGKILL)
    bench.daemon.start()
    bench.grow(6000)
    bench.ask("DELETE", f"/bookings/{booking}", 204)  # ends it; what there is, is kept
    bench.wait(lambda: bench.booking(booking)["state"], lambda state: state != "running")
    bench.daemon.stop(signal.SIGKILL)  # while it is joined, or just after
    bench.daemon.start()
    seen = bench.finish(booking)
    assert {gap["cause"] for gap in seen["gaps"]} >= {"crash", "restart"}, seen["gaps"]
    lesson = bench.check_lesson(seen)
    missing = sum(gap["to_ms"] - gap["from_ms"] for gap in seen["gaps"])
    planned = seen["end_ms"] - seen["start_ms"]
    assert abs(lesson["duration_ms"] + missing - planned) < 2 * 3500 + 2000, (lesson["duration_ms"], seen)
    assert lesson["duration_ms"] > 12000, lesson


def test_maker_killed(bench):
    """The first attempt dies in the middle; the second one makes the lesson."""
    booking, maker = bench.catch_some_maker("สองครั้ง")
    os.kill(maker, signal.SIGKILL)
    seen = bench.finish(booking)
    bench.check_lesson(seen)
    assert seen["error"] is None, seen
    assert any(f"recording {booking}: " in line for line in bench.daemon.errors), bench.daemon.errors


def test_daemon_killed_while_made(bench):
    booking, maker = bench.catch_some_maker("สองเครื่อง")
    bench.daemon.stop(signal.SIGKILL)
    bench.wait(lambda: os.path.exists(f"/proc/{maker}"), lambda there: not there)  # it dies with its daemon
    bench.daemon.start()
    seen = bench.finish(booking)
    bench.check_lesson(seen)
    bench.grow(3000)


def test_given_up(bench):
    start_ms = bench.window_ms()[1]
    booking = bench.book(start_ms=start_ms - 3000, end_ms=start_ms + 600000, title="ไม่เอา")
    folder = bench.daemon.data / "recordings" / booking
    bench.wait(lambda: list(folder.glob("small/*/*.m4s")), bool)
    bench.ask("DELETE", f"/bookings/{booking}?discard=true", 204)
    assert bench.booking(booking)["state"] == "cancelled"
    bench.wait(folder.exists, lambda there: not there)
    bench.ask("DELETE", f"/bookings/{booking}", 204)
    bench.ask("GET", f"/bookings/{booking}", 404)


def test_channel_that_is_off(bench):
    bench.ask("PATCH", f"/channels/{bench.id}", 200, {"enabled": False})
    bench.wait(lambda: bench.find_child(b"live"), lambda child: child is None)
    now_ms = int(time.time() * 1000)
    booking = bench.book(start_ms=now_ms, end_ms=now_ms + 600000, title="เปิดเอง")
    bench.wait(lambda: bench.find_child(b"live"), bool)
    bench.wait(lambda: list((bench.daemon.data / "recordings" / booking).glob("small/*/*.m4s")), lambda found: len(found) > 1)
    bench.ask("DELETE", f"/bookings/{booking}", 204)
    seen = bench.finish(booking)
    bench.check_lesson(seen)
    bench.wait(lambda: bench.find_child(b"live"), lambda child: child is None)
    nothing = bench.book(start_ms=now_ms + 3600000, end_ms=now_ms + 3660000)
    bench.tamper("UPDATE bookings SET start_ms = start_ms - 9000000, end_ms = end_ms - 9000000 WHERE id = ?", nothing)
    seen = bench.finish(nothing, "missed")
    assert seen["error"]["code"] == "nothing-kept" and seen["error"]["sentence"], seen


def test_ends_in_good_order(bench):
    bench.daemon.end()


TESTS = [test_channel, test_by_time_from_before_now, test_by_event_that_overruns, test_over_kills, test_maker_killed,
         test_daemon_killed_while_made, test_given_up, test_channel_that_is_off, test_ends_in_good_order]


def main():
    bench = Bench(*sys.argv[1:7])
    try:
        return tap.run(TESTS, bench, log=lambda: bench.daemon.errors)
    finally:
        bench.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
