# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Live television from end to end: a Thai multiplex in a loop → intake child → live child → window → playlists, over
a kill of the live child and of the daemon. Prints TAP. Arguments: the daorian executable, thai-coded."""

import contextlib
import json
import os
import re
import select
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
HELD_MOST = 1024  # requests that the server lets wait
PLAYLIST = re.compile(rb"#EXT-X-MEDIA-SEQUENCE:(\d+)\n")


class Bench:
    def __init__(self, program, thai_coded):
        self.daemon = Daemon(program)
        self.file = self.daemon.folder / "thai.ts"
        subprocess.run([thai_coded, "16", str(self.file)], check=True, timeout=WAIT_S)
        self.daemon.start()
        self.keys = {"Authorization": "Bearer " + self.daemon.add_user("admin", "administrator")}

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

    def numbers(self, rung):
        """What the whole playlist of a rung names: {number: discontinuity}, and its text."""
        answer = self.daemon.request("GET", f"/channels/dao-1/{rung}.m3u8?start=0")
        if answer.status != 200:
            return {}, b""
        found, cut = {}, False
        first = int(PLAYLIST.search(answer.body).group(1))
        for line in answer.body.decode().splitlines():
            cut = cut or line == "#EXT-X-DISCONTINUITY"
            if not line.startswith("#"):
                assert line == f"{rung}/{first + len(found)}.m4s", line
                found[first + len(found)], cut = cut, False
        return found, answer.body

    def grow(self, more):
        """Waits until so many more numbers are named than now."""
        before = max(self.numbers("small")[0], default=0)
        return self.wait(lambda: self.numbers("small")[0], lambda found: max(found, default=0) >= before + more)

    def find_child(self):
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
                parent = re.search(r"^PPid:\s*(\d+)", Path(f"/proc/{entry}/status").read_text(), re.M)
            except OSError:
                continue
            if b"--role" in words and b"live" in words and int(parent.group(1)) == self.daemon.process.pid:
                return int(entry)
        return None


def test_from_address_to_playlist(bench):
    made = bench.ask("POST", "/multiplexes", 201, {"uri": f"file:{bench.file}", "name": "จาน", "text_default": "tis-620"})
    bench.ask("POST", f"/multiplexes/{made['id']}/scan", 202)
    services = bench.wait(lambda: bench.ask("GET", f"/services?multiplex={made['id']}")["items"], lambda items: len(items) == 4)
    channel = bench.ask("POST", "/channels", 201, {"slug": "dao-1", "name": "ดาวเรียน ๑", "service": services[0]["id"],
                                                   "rungs": ["voice", "small"], "window_hours": 1})
    bench.id = channel["id"]
    on_air = bench.wait(lambda: bench.ask("GET", f"/channels/{bench.id}"), lambda c: c["state"] == "on-air")
    assert on_air["code"] in (None, "too-slow"), on_air
    bench.grow(4)
    seen = bench.ask("GET", f"/channels/{bench.id}")
    assert "small" in [rung["name"] for rung in seen["rungs"]] and seen["window"]["duration_ms"] > 8000, seen
    index = bench.daemon.request("GET", "/channels/dao-1/index.m3u8").body
    assert b"RESOLUTION=" in index and b"small.m3u8" in index, index
    text = bench.numbers("small")[1].decode()
    init = re.search(r'URI="(small/init-\d+\.mp4)"', text).group(1)
    segment = re.search(r"^small/\d+\.m4s$", text, re.M).group(0)
    whole = b"".join(bench.daemon.request("GET", f"/channels/dao-1/{name}").body for name in (init, segment))
    media = bench.daemon.folder / "piece.mp4"
    media.write_bytes(whole)
    probe = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=codec_name,nb_read_frames",
                            "-of", "csv=p=0", str(media)], capture_output=True, text=True, timeout=240)
    frames = dict(line.split(",")[:2] for line in probe.stdout.split())
    assert int(frames["h264"]) > 20 and int(frames["aac"]) > 50, (probe.stdout, probe.stderr)


def test_pictures_of_services(bench):
    """Asked for, a picture of each service that has one; said why of the others; the channel goes on."""
    services = bench.ask("GET", "/services")["items"]

    def ask(service):
        return bench.daemon.request("GET", f"/api/v1/services/{service['id']}/picture", None, bench.keys)

    assert ask(services[0]).status == 202, "nothing is made before somebody asks"
    first = bench.wait(lambda: ask(services[0]), lambda answer: answer.status != 202)
    assert first.status == 200 and first.body[:4] == b"RIFF" and first.body[8:12] == b"WEBP", (first.status, first.body)
    taken = int(first.headers["daorian-taken"])
    assert abs(taken - time.time() * 1000) < 3600_000 and first.headers["content-type"] == "image/webp", first.headers
    again = ask(services[0])
    assert again.headers["daorian-taken"] == first.headers["daorian-taken"], "one that is young is not made again"
    radio = next(service for service in services if service["kind"] == "radio")
    bench.wait(lambda: ask(radio), lambda answer: answer.status == 404 and answer.json()["code"] == "no-picture")
    bench.grow(1)


def test_child_is_killed(bench):
    before, _ = bench.numbers("small")
    os.kill(bench.wait(bench.find_child, bool), signal.SIGKILL)
    after = bench.grow(3)
    assert list(after) == list(range(min(after), max(after) + 1)) and min(after) == min(before)
    assert any(cut for number, cut in after.items() if number > max(before)), after
    assert bench.ask("GET", f"/channels/{bench.id}")["settings"]["restarts"] >= 1


def test_daemon_is_killed(bench):
    before, text = bench.numbers("small")
    bench.daemon.stop(signal.SIGKILL)
    bench.daemon.start()
    kept, again = bench.wait(lambda: bench.numbers("small"), lambda pair: pair[0])
    assert set(before) - set(kept) <= {max(before)}, (max(before), max(kept))
    common = text.split(f"small/{max(before) - 1}.m4s".encode())[0]
    assert again.startswith(common), "what was told of a number has changed"
    after = bench.grow(3)
    assert list(after) == list(range(min(before), max(after) + 1))


def rest(bench):
    """Nobody has asked a new daemon for the channel: it rests, and its receiver is anybody's."""
    bench.daemon.stop()
    bench.daemon.start()
    await_rest(bench)


def await_rest(bench):
    bench.wait(lambda: bench.ask("GET", f"/channels/{bench.id}")["state"], lambda state: state == "resting")
    bench.wait(bench.find_child, lambda child: child is None)
    assert count_subscribers(bench) == 0


def count_subscribers(bench):
    return bench.ask("GET", "/multiplexes")["items"][0]["status"]["subscribers"]


def test_rests_until_somebody_comes(bench):
    bench.ask("PATCH", f"/channels/{bench.id}", 200, {"rest_minutes": 240})
    rest(bench)
    get = bench.daemon.request
    newest = max(bench.numbers("small")[0])
    # What is there can be seen, and neither that nor a monitor is a viewer.
    head = get("HEAD", "/channels/dao-1/small.m3u8")
    assert head.status == 503 and int(head.headers["retry-after"]) > 0, (head.status, head.headers)
    assert get("HEAD", f"/channels/dao-1/small/{newest}.m4s").status == 200
    assert b"small.m3u8" in get("GET", "/channels/dao-1/index.m3u8").body
    verdict = next(item for item in bench.ask("GET", "/health")["items"] if item["id"] == bench.id)
    assert (verdict["level"], verdict["code"]) == ("off", "resting") and verdict["sentence"], verdict
    figures = get("GET", "/metrics", None, bench.keys).body.decode()
    assert re.search(r'channel_resting\{[^}]*"dao-1"[^}]*\} 1\b', figures), figures
    await_rest(bench)
    # A player is let wait for what is new, and begins with it.
    live = bench.wait(lambda: get("GET", "/channels/dao-1/small.m3u8"), lambda answer: answer.status != 503)
    assert live.status == 200 and int(PLAYLIST.search(live.body).group(1)) == newest + 1, (newest, live.status, live.body)
    assert b"EXT-X-DISCONTINUITY\n" not in live.body, live.body
    found, _ = bench.numbers("small")
    assert found[newest + 1] and list(found) == list(range(min(found), max(found) + 1)), found
    assert count_subscribers(bench) == 1
    seen = bench.wait(lambda: bench.ask("GET", f"/channels/{bench.id}"), lambda channel: channel["state"] == "on-air")
    assert seen["settings"]["restarts"] == 0, seen


def test_reloads_leave_room(bench):
    """So many ask again for what they have that every place would be taken; who comes then is let wait all the same."""
    rest(bench)
    path = "/channels/dao-1/small.m3u8"
    tag = bench.daemon.request("GET", path + "?start=0").headers["etag"]
    reload = f"GET {path}?start=0 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-\r\nIf-None-Match: {tag}\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        poller, askers = select.poll(), []
        for _ in range(HELD_MOST + 20):
            askers.append(stack.enter_context(socket.create_connection(("127.0.0.1", bench.daemon.port))))
            askers[-1].sendall(reload)
            poller.register(askers[-1], select.POLLIN)
        # Whoever found no place is answered before those that did.
        answered = bench.wait(lambda: dict(poller.poll(0)), lambda found: len(found) >= HELD_MOST // 2 + 20)
        assert askers[0].fileno() not in answered, len(answered)
        began = time.monotonic()
        live = bench.daemon.request("GET", path)
        assert live.status == 200 or time.monotonic() - began > 1, (live.status, live.headers)
    bench.wait(lambda: bench.daemon.request("GET", path).status, lambda status: status == 200)


def test_page_and_booking_wake_it(bench):
    rest(bench)
    bench.ask("GET", "/channels?slug=dao-1")
    await_rest(bench)
    bench.ask("GET", "/channels?slug=dao-1&wake=1")
    bench.wait(bench.find_child, bool)
    rest(bench)
    now_ms = int(time.time() * 1000)
    booking = bench.ask("POST", "/bookings", 201, {"channel": bench.id, "start_ms": now_ms + 2000, "end_ms": now_ms + 3600_000,
                                                   "title": "คณิตศาสตร์"})
    bench.wait(bench.find_child, bool)
    bench.wait(lambda: bench.ask("GET", f"/bookings/{booking['id']}")["state"], lambda state: state == "running")
    bench.grow(1)
    bench.ask("DELETE", f"/bookings/{booking['id']}?discard=true", 204)
    await_rest(bench)
    bench.ask("PATCH", f"/channels/{bench.id}", 200, {"rest_minutes": 0})
    bench.grow(1)


def test_off_and_on(bench):
    bench.ask("PATCH", f"/channels/{bench.id}", 200, {"enabled": False})
    bench.wait(bench.find_child, lambda child: child is None)
    bench.wait(lambda: bench.daemon.request("GET", "/channels/dao-1/small.m3u8").status, lambda status: status == 404)
    bench.ask("PATCH", f"/channels/{bench.id}", 200, {"enabled": True})
    bench.grow(2)
    bench.ask("DELETE", f"/channels/{bench.id}", 204)
    folder = bench.daemon.data / "channels" / bench.id
    bench.wait(folder.exists, lambda there: not there)


def test_ends_in_good_order(bench):
    bench.daemon.end()


TESTS = [test_from_address_to_playlist, test_pictures_of_services, test_child_is_killed, test_daemon_is_killed,
         test_rests_until_somebody_comes, test_reloads_leave_room, test_page_and_booking_wake_it, test_off_and_on,
         test_ends_in_good_order]


def main():
    bench = Bench(*sys.argv[1:3])
    try:
        return tap.run(TESTS, bench, log=lambda: bench.daemon.errors)
    finally:
        bench.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
