# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Broadcasts from end to end: an address, its scan, services, guide, events, and what goes wrong with a code and a
sentence. Prints TAP. Arguments: the daorian executable, the thai-mux executable."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402
from event_stream import Stream  # noqa: E402

WAIT_S = 120


class Bench:
    def __init__(self, daemon, thai_mux):
        self.daemon = daemon
        self.file = daemon.folder / "thai.ts"
        subprocess.run([thai_mux, "--seconds", "8", str(self.file)], check=True, timeout=WAIT_S)
        self.truth = [json.loads(line) for line in subprocess.check_output([thai_mux, "--truth"], text=True).splitlines()]
        self.keys = {"Authorization": "Bearer " + daemon.add_user("admin", "administrator")}

    def ask(self, method, path, status=200, body=None, **headers):
        text = None if body is None else json.dumps(body)
        headers = {**self.keys, **({"Content-Type": "application/json"} if body is not None else {}), **headers}
        answer = self.daemon.request(method, "/api/v1" + path, text, headers)
        assert answer.status == status, (method, path, answer.status, answer.body)
        return answer.json() if answer.body else None

    def wait(self, path, wanted):
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            seen = self.ask("GET", path)
            if wanted(seen):
                return seen
            time.sleep(0.2)  # polls our own server: nothing is judged by this time
        raise AssertionError(f"{path} stayed {seen}")

    @contextmanager
    def multiplex(self, uri, **more):
        made = self.ask("POST", "/multiplexes", 201, {"uri": str(uri), "text_default": "tis-620", **more})
        try:
            yield made["id"]
        finally:
            self.ask("DELETE", f"/multiplexes/{made['id']}", 204, **{"If-Match": "*"})

    def scan(self, multiplex):
        self.ask("POST", f"/multiplexes/{multiplex}/scan", 202)

    def children(self):
        """Intake children of this daemon, by what their command line says."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                words = open(f"/proc/{entry}/cmdline", "rb").read().split(b"\0") if entry.isdigit() else []
                parent = [line for line in open(f"/proc/{entry}/status") if line.startswith("PPid:")] if words else []
            except OSError:
                continue
            if b"--role" in words and b"intake" in words and parent and int(parent[0].split()[1]) == self.daemon.process.pid:
                found.append(int(entry))
        return found


def test_scan_and_guide(bench):
    """From an address to services and a week's guide; the event stream tells how it goes."""
    stream = Stream(bench.daemon, bench.keys)
    with bench.multiplex(f"file:{bench.file}", name="จานบนหลังคา") as this:
        bench.scan(this)
        stream.until(lambda name, _, data: name == "multiplex" and data["id"] == this and data["status"]["scanning"])
        stream.until(lambda name, _, data: name == "multiplex" and data["status"]["services"] == 4)
        row = bench.wait(f"/multiplexes/{this}", lambda m: m["scanned_ms"] and not m["status"]["scanning"])
        assert (row["network"], row["transport_stream_id"], row["original_network_id"]) == ("เครือข่ายดาวเรียน", 0x101, 0x22FC)
        assert row["status"]["state"] == "receiving" and row["status"]["code"] is None, row
        services = bench.ask("GET", f"/services?multiplex={this}")["items"]
        assert [s["service_id"] for s in services] == [101, 102, 103, 104], services
        assert [s["name"] for s in services] == ["ดาวเรียน ๑", "ดาวเรียน ๒", "วิทยุดาวเรียน", "ช่องเข้ารหัส"], services
        assert [s["shown"] for s in services] == [True, True, True, False]
        assert [s["kind"] for s in services] == ["tv", "tv", "radio", "tv"] and all(s["present"] for s in services)
        truth = sorted((t for t in bench.truth if t["service_id"] == 101), key=lambda t: t["start_ms"])
        first, last = truth[0]["start_ms"], truth[-1]["start_ms"] + 1
        assert last - first < 8 * 86400000
        guide = bench.wait(f"/services/{services[0]['id']}/guide?from_ms={first}&until_ms={last}",
                           lambda g: len(g["items"]) == len(truth))["items"]
        assert [(g["event_id"], g["title"], g["description"]) for g in guide] == \
               [(t["event_id"], t["title"], t["description"]) for t in truth]
    assert bench.ask("GET", "/services")["items"] == []


def test_edits_survive_scans(bench):
    with bench.multiplex(f"file:{bench.file}") as this:
        bench.scan(this)
        bench.wait(f"/multiplexes/{this}", lambda m: m["scanned_ms"] and not m["status"]["scanning"])
        service = bench.ask("GET", f"/services?multiplex={this}")["items"][0]
        bench.ask("PATCH", f"/services/{service['id']}", 200, {"own_name": "ครูตู้", "own_channel": 99, "shown": False},
                  **{"If-Match": service["etag"]})
        before = bench.ask("GET", f"/multiplexes/{this}")["scanned_ms"]
        bench.scan(this)
        bench.wait(f"/multiplexes/{this}", lambda m: m["scanned_ms"] > before and not m["status"]["scanning"])
        after = {s["service_id"]: s for s in bench.ask("GET", f"/services?multiplex={this}")["items"]}
        assert after[101]["id"] == service["id"] and after[101]["own_name"] == "ครูตู้", after[101]
        assert (after[101]["own_channel"], after[101]["shown"], after[101]["name"]) == (99, False, service["name"])


def test_faults_have_codes_and_sentences(bench):
    garbage = bench.daemon.folder / "garbage.ts"
    garbage.write_bytes(bytes(range(256)) * 2000)
    for uri, code in ((f"file:{bench.daemon.folder}/none.ts", "not-found"), (f"file:{garbage}", "not-a-stream"),
                      ("http://127.0.0.1:1/live.ts", "unreachable"), ("dvb://?adapter=9&msys=dvbt2&freq=626&bw=8", "missing")):
        with bench.multiplex(uri) as this:
            bench.scan(this)
            status = bench.wait(f"/multiplexes/{this}", lambda m, code=code: m["status"]["code"] == code)["status"]
            assert status["state"] in ("waiting", "idle") and status["sentence"] and status["detail"], status
            english = bench.ask("GET", f"/multiplexes/{this}", **{"Accept-Language": "en"})["status"]["sentence"]
            assert english != status["sentence"] and english.isascii(), english


def send_until_received(bench, this, port):
    data, at = bench.file.read_bytes(), 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        while bench.ask("GET", f"/multiplexes/{this}")["status"]["state"] != "receiving":
            for _ in range(50):
                sender.sendto(data[at:at + 1316], ("127.0.0.1", port))
                at = (at + 1316) % (len(data) - 1316)


def test_nothing_comes(bench):
    """A silent address says so, and its child is left alone: a sender may come back after an hour."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with bench.multiplex(f"udp://127.0.0.1:{port}") as this:
        bench.scan(this)
        status = bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["state"] == "silent")["status"]
        assert status["code"] == "nothing-came" and status["packets"] == 0, status
        send_until_received(bench, this, port)


def test_a_killed_child_comes_back(bench):
    with bench.multiplex(f"file:{bench.file}") as this:
        bench.scan(this)
        bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["state"] == "receiving")
        for child in bench.children():
            os.kill(child, signal.SIGKILL)
        bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["state"] == "waiting" and m["status"]["code"])
        bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["state"] == "receiving" and not m["status"]["code"])


def test_another_address_begins_anew(bench):
    with bench.multiplex(f"file:{bench.daemon.folder}/none.ts") as this:
        bench.scan(this)
        bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["code"] == "not-found")
        bench.ask("PATCH", f"/multiplexes/{this}", 200, {"uri": f"file:{bench.file}"}, **{"If-Match": "*"})
        bench.scan(this)
        bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["services"] == 4)
        children = bench.children()
        bench.ask("PATCH", f"/multiplexes/{this}", 200, {"name": "ชื่อใหม่"}, **{"If-Match": "*"})
        before = bench.ask("GET", f"/multiplexes/{this}")["status"]["packets"]
        bench.wait(f"/multiplexes/{this}", lambda m: m["status"]["packets"] > before)
        assert children and bench.children() == children, "another name is no reason to begin anew"


def test_ends_with_all_children(bench):
    children = bench.children()
    bench.daemon.end()
    left = [child for child in children if os.path.exists(f"/proc/{child}")]
    assert not left, left


def main():
    program, thai_mux = sys.argv[1:3]
    daemon = Daemon(program)
    try:
        return tap.run(tap.find(globals()), Bench(daemon.start(), thai_mux), log=lambda: daemon.errors)
    finally:
        daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
