# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""A teacher's live class from end to end over real SRT: key → sender → door → live child → playlist; names that open
nothing, two senders with one key, one that comes back, one that sends no broadcast, a key that is withdrawn, a daemon
that is killed. Prints TAP. Arguments: the daorian executable, the thai-coded executable, the srt-send executable."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402


WAIT_S = 240
UNKNOWN, CONFLICT, TIMEOUT = 1401, 1409, 16


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Bench:
    def __init__(self, program, thai_coded, sender):
        self.sender, self.port = sender, free_port()
        self.daemon = Daemon(program, config=f"[live]\nsrt_listen = 127.0.0.1:{self.port}\n")
        self.file, self.noise = self.daemon.folder / "thai.ts", self.daemon.folder / "noise.bin"
        self.noise.write_bytes(os.urandom(400 * 1316).replace(b"\x47", b"\x48"))
        subprocess.run([thai_coded, "16", str(self.file)], check=True, timeout=WAIT_S)
        self.daemon.start()
        self.tokens = {role: self.daemon.add_user(role, role) for role in ("teacher", "learner", "administrator")}
        self.slug = self.key = None

    def ask(self, method, path, status=200, body=None, role="teacher"):
        headers = {"Authorization": "Bearer " + self.tokens[role], "If-Match": "*", "Accept-Language": "en"} if role else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
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
        raise AssertionError(f"it stayed {seen}: {''.join(self.daemon.errors)[-2000:]}")

    def wait_for_state(self, state):
        return self.wait(lambda: self.ask("GET", "/class"), lambda seen: seen["state"] == state)

    def call(self, streamid, file=None):
        """Gives the sender and None when it was let in, else None and why not."""
        process = subprocess.Popen([self.sender, "--port", str(self.port), "--streamid", streamid, "--rate", "6000000",
                                    str(file or self.file)], stdout=subprocess.PIPE)
        word, code = process.stdout.readline().decode().split()
        if word == "connected":
            return process, None
        self.end(process)
        return None, int(code)

    def call_until_in(self, streamid, file=None):
        return self.wait(lambda: self.call(streamid, file), lambda seen: seen[0] is not None)[0]

    @staticmethod
    def end(process):
        process.kill()
        process.wait()
        process.stdout.close()

    def numbers(self):
        answer = self.daemon.request("GET", f"/channels/{self.slug}/small.m3u8?start=0")
        return [int(number) for number in re.findall(rb"^small/(\d+)\.m4s$", answer.body, re.M)] if answer.status == 200 else []

    def grow(self, more):
        before = max(self.numbers(), default=0)
        return self.wait(self.numbers, lambda found: max(found, default=0) >= before + more)


def test_key(bench):
    """It is seen once, and nowhere afterwards."""
    first = bench.wait(lambda: bench.ask("GET", "/class"), lambda seen: seen["state"] == "away")
    assert first["title"] == "teacher" and not first["has_key"] and first["port"] == bench.port, first
    bench.ask("GET", "/class", 403, role="learner")
    bench.ask("GET", "/class", 401, role=None)
    bench.ask("DELETE", "/class/key", 404)
    bench.ask("PATCH", "/class", 422, {"title": ""})
    bench.ask("PATCH", "/class", 422, {"title": "x" * 151})
    assert bench.ask("PATCH", "/class", 200, {"title": "วิทยาศาสตร์ ป.๔"})["title"] == "วิทยาศาสตร์ ป.๔"
    old = bench.ask("POST", "/class/key", 201)["key"]
    bench.key = bench.ask("POST", "/class/key", 201)["key"]
    assert bench.key.startswith("live_") and bench.key != old
    again = bench.ask("GET", "/class")
    assert again["has_key"] and "key" not in again and again["key_made_ms"] > 0, again
    stored = b"".join(path.read_bytes() for path in bench.daemon.data.glob("catalog.sqlite3*"))
    assert bench.key.encode() not in stored and bench.key.encode()[5:] not in stored
    for name in (old, "", "live_", "x", bench.key + "x", bench.key[:-1], "' OR 1=1 --", "a\n{\"type\":\"cancel\"}", "%s%n" * 60,
                 "ก" * 170, "#!::r=" + old, "#!::" + "r," * 250, "publish:", "../" * 100):
        assert bench.wait(lambda: bench.call(name), lambda seen: seen[1] != TIMEOUT)[1] == UNKNOWN, name
    assert bench.ask("GET", "/class")["state"] == "away"


def test_on_air(bench):
    sender = bench.call_until_in("#!::m=publish,r=" + bench.key)
    seen = bench.wait_for_state("on-air")
    bench.wait(lambda: bench.ask("GET", "/class"), lambda seen: seen["slug"] and seen["bits_per_second"] > 100000)
    assert bench.call(bench.key) == (None, CONFLICT)
    seen = bench.wait(lambda: bench.ask("GET", "/class"), lambda seen: seen["code"] == "two-senders")
    assert "Another device" in seen["sentence"], seen
    channel = bench.ask("GET", "/channels", role=None)["items"][0]
    bench.slug = channel["slug"]
    assert channel["name"] == "วิทยาศาสตร์ ป.๔" and channel["slug"] == seen["slug"], channel
    bench.grow(3)
    assert bench.ask("GET", f"/bookings/{seen['booking']}")["title"] == "วิทยาศาสตร์ ป.๔"
    bench.ask("PATCH", "/class", 200, {"title": "วิทยาศาสตร์ ป.๕"})
    assert bench.ask("GET", "/channels", role=None)["items"][0]["name"] == "วิทยาศาสตร์ ป.๕"
    bench.booking = seen["booking"]
    bench.end(sender)


def test_comes_back(bench):
    """Within the minute it is the same programme, for the daemon that starts anew, too."""
    bench.wait_for_state("paused")
    before = bench.numbers()
    bench.end(bench.call_until_in(bench.key))
    sender = bench.call_until_in(bench.key)
    bench.wait_for_state("on-air")
    after = bench.grow(2)
    assert after[: len(before)] == before and after == list(range(after[0], after[-1] + 1)), (before, after)
    bench.end(sender)
    bench.daemon.stop(signal.SIGKILL)
    bench.daemon.start()
    sender = bench.call_until_in(bench.key)
    seen = bench.wait_for_state("on-air")
    assert seen["booking"] == bench.booking, seen
    assert set(before) <= set(bench.grow(2))
    bench.sending = sender


def test_withdrawn(bench):
    """What it sends ends, the channel is gone for learners, and the key opens nothing any more."""
    bench.ask("DELETE", "/class/key", 204)
    assert bench.sending.wait(timeout=WAIT_S) == 3  # the other side ended it
    bench.end(bench.sending)
    bench.wait_for_state("away")
    bench.wait(lambda: bench.ask("GET", "/channels", role=None)["items"], lambda items: items == [])
    assert bench.call(bench.key) == (None, UNKNOWN)
    seen = bench.ask("GET", "/class")
    assert not seen["has_key"] and seen["on_air_ms"] is None and seen["slug"] is None, seen


def test_kept(bench):
    """What was taught is a lesson, with its gaps."""
    seen = bench.wait(lambda: bench.ask("GET", f"/bookings/{bench.booking}"), lambda seen: seen["state"] in ("done", "failed", "missed", "cancelled"))
    assert seen["state"] == "done" and seen["lesson_id"], seen
    lesson = bench.wait(lambda: bench.ask("GET", f"/lessons/{seen['lesson_id']}"), lambda lesson: lesson["state"] == "published")
    assert lesson["duration_ms"] > 15000 and lesson["owner"]["name"] == "teacher" and lesson["title"].startswith("วิทยาศาสตร์"), lesson


def test_no_broadcast(bench):
    """Noise is sent away with a sentence; it never was on the air."""
    key = bench.ask("POST", "/class/key", 201)["key"]
    sender = bench.call_until_in(key, bench.noise)
    assert sender.wait(timeout=WAIT_S) == 3
    bench.end(sender)
    seen = bench.wait(lambda: bench.ask("GET", "/class"), lambda seen: seen["code"] == "not-a-stream")
    assert seen["state"] == "away" and "MPEG" in seen["sentence"] and seen["on_air_ms"] is None, seen
    assert bench.ask("GET", "/channels", role=None)["items"] == []


def test_disabled(bench):
    """Whose account is disabled sends nothing, with a good key neither."""
    key = bench.ask("POST", "/class/key", 201)["key"]
    sender = bench.call_until_in(key)
    bench.wait_for_state("on-air")
    users = bench.ask("GET", "/users", role="administrator")["items"]
    teacher = next(user["id"] for user in users if user["name"] == "teacher")
    bench.ask("PATCH", f"/users/{teacher}", 200, {"disabled": True}, role="administrator")
    assert sender.wait(timeout=WAIT_S) == 3
    bench.end(sender)
    assert bench.call(key) == (None, UNKNOWN)
    bench.wait(lambda: bench.ask("GET", "/channels", role=None)["items"], lambda items: items == [])


def test_ends_in_good_order(bench):
    bench.daemon.end()
    assert "live_" not in "".join(bench.daemon.errors), "a stream key in the log"


TESTS = [test_key, test_on_air, test_comes_back, test_withdrawn, test_kept, test_no_broadcast, test_disabled, test_ends_in_good_order]


def main():
    bench = Bench(*sys.argv[1:4])
    try:
        return tap.run(TESTS, bench, log=lambda: bench.daemon.errors)
    finally:
        bench.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
