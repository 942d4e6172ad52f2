# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The child that listens to a multiplex, spoken to as its parent does: services, guide, clock and health from a
file in a loop, UDP and HTTP; what is fed into pipes; and each way to fail. Prints TAP.
Arguments: the daorian-media executable, the thai-mux executable, the daorian executable."""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from satip_server import SatipServer  # noqa: E402


PACKET = 188
WAIT_S = 90  # for anything; a slow machine only makes it longer


class Child:
    """One child and the lines it said."""

    def __init__(self, media, role="intake", reader=None):
        """@reader: the end of a pipe that a live child inherits; it is closed here."""
        ours, theirs = socket.socketpair()
        more = [] if reader is None else ["--input-fd", str(reader)]
        os.set_inheritable(theirs.fileno(), True)
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # its leak check starts a process
        self.process = subprocess.Popen([media, "--role", role, "--control-fd", str(theirs.fileno()), *more],
                                        pass_fds=[theirs.fileno(), *([] if reader is None else [reader])],
                                        stderr=subprocess.PIPE, env=environment)
        theirs.close()
        if reader is not None:
            os.close(reader)
        self.socket, self.lines, self.rest, self.taken = ours, [], b"", 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        try:
            self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process.stderr.close()

    def send(self, line, descriptor=None):
        text = json.dumps(line).encode() + b"\n"
        if descriptor is None:
            self.socket.sendall(text)
        else:
            socket.send_fds(self.socket, [text], [descriptor])

    def job(self, uri, text_default="tis-620", guide=True):
        self.send({"type": "intake", "uri": str(uri), "text_default": text_default, "guide": guide})

    def read(self, timeout):
        """False when the child is gone."""
        if not select.select([self.socket], [], [], timeout)[0]:
            return True
        data = self.socket.recv(65536)
        *whole, self.rest = (self.rest + data).split(b"\n")
        self.lines += [json.loads(line) for line in whole]
        return data != b""

    def wait(self, wanted, what):
        """The first line from here on that is wanted; lines before it are kept."""
        deadline = time.monotonic() + WAIT_S
        at = 0
        while time.monotonic() < deadline:
            for at in range(at, len(self.lines)):
                if wanted(self.lines[at]):
                    return self.lines[at]
            at = len(self.lines)
            if not self.read(1) and at == len(self.lines):
                raise AssertionError(f"the child ended before {what}: {self.process.stderr.read().decode()}")
        raise AssertionError(f"{what} did not come: {Counter(line['type'] for line in self.lines)}")

    def wait_for(self, kind):
        return self.wait(lambda line: line["type"] == kind, kind)

    def of(self, kind):
        return [line for line in self.lines if line["type"] == kind]


class Bench:
    def __init__(self, media, thai_mux, daorian, folder):
        self.media, self.thai_mux, self.daorian, self.folder = media, thai_mux, daorian, folder
        self.made = {}
        self.truth = {(t["service_id"], t["event_id"]): t for t in map(
            json.loads, subprocess.check_output([thai_mux, "--truth"], text=True).splitlines())}

    def stream(self, seconds=8, *options):
        if (seconds, *options) not in self.made:
            path = self.folder / f"{len(self.made)}.ts"
            subprocess.run([self.thai_mux, "--seconds", str(seconds), *options, str(path)], check=True, timeout=120)
            self.made[(seconds, *options)] = path
        return self.made[(seconds, *options)]


def check_round(child, whole=True):
    complete = child.wait(lambda line: line["type"] == "services-complete" and line["whole"] == whole, "a round")
    at = child.lines.index(complete)
    services = child.lines[at - complete["count"]:at]
    assert [s["service_id"] for s in services] == [101, 102, 103, 104], services
    assert [s["name"] for s in services] == ["ดาวเรียน ๑", "ดาวเรียน ๒", "วิทยุดาวเรียน", "ช่องเข้ารหัส"], services
    assert [s["kind"] for s in services] == ["tv", "tv", "radio", "tv"]
    assert [s["encrypted"] for s in services] == [False, False, False, True]
    assert [s["channel"] for s in services] == [1, 2, 3, 4]
    assert [x["codec"] for x in services[0]["streams"]] == ["mpeg2video", "mp2", "mp2", "teletext"]
    assert (complete["transport_stream_id"], complete["original_network_id"]) == (0x0101, 0x22FC), complete
    assert complete["network"] == "เครือข่ายดาวเรียน"


def test_file_in_a_loop(bench):
    """All that the tables say, at the pace of the stream, and on after the end of the file."""
    with Child(bench.media) as child:
        child.job(f"file:{bench.stream(8)}")
        assert child.wait_for("hello")["version"] == 1
        check_round(child)
        child.wait(lambda _: len({(e["service_id"], e["event_id"]) for e in child.of("event")}) == len(bench.truth),
                   "the whole guide")
        for event in child.of("event"):
            truth = bench.truth[(event["service_id"], event["event_id"])]
            for name in ("start_ms", "duration_ms", "title", "summary", "description", "series_crid"):
                assert event[name] == (truth[name] or ""), (name, event, truth)
        child.wait_for("clock")
        rounds = len(child.of("services-complete"))
        child.send({"type": "tell"})
        child.wait(lambda _: len(child.of("services-complete")) > rounds, "another round")
        # Paced: 4 Mbit/s at every moment, and more than a whole file in the end without a gap in counters.
        child.wait(lambda line: line["type"] == "health" and line["packets"] * PACKET > 10 * 500000, "a second round")
        last = child.of("health")[-1]
        assert last["cc_errors"] == 0 and last["broken_sections"] == 0 and last["locked"], last
        assert all(h["bits_per_second"] < 8000000 for h in child.of("health")[2:]), child.of("health")
        assert not child.of("event-gone"), child.of("event-gone")[:3]
        child.send({"type": "cancel"})
        assert child.wait_for("failed")["code"] == "cancelled"


def read_pipe(descriptor, wanted):
    """At least so many bytes, all of them whole packets."""
    data, deadline = b"", time.monotonic() + WAIT_S
    while len(data) < wanted and time.monotonic() < deadline:
        if select.select([descriptor], [], [], 1)[0]:
            piece = os.read(descriptor, 65536)
            if not piece:
                break
            data += piece
    assert len(data) >= wanted, f"{len(data)} bytes of {wanted}"
    assert len(data) % PACKET == 0 and all(data[i] == 0x47 for i in range(0, len(data), PACKET))
    return data


def list_pids(data):
    return {(data[i + 1] & 0x1F) << 8 | data[i + 2] for i in range(0, len(data), PACKET)}


def test_feeds(bench):
    """A pipe gets one service alone, which stands in its PAT; another may join and leave."""
    with Child(bench.media) as child:
        child.job(f"file:{bench.stream(8)}", guide=False)
        reader, writer = os.pipe()
        child.send({"type": "feed", "feed": 7, "service_id": 102}, writer)
        os.close(writer)
        data = read_pipe(reader, 600000)
        pids = list_pids(data)
        child.wait_for("services-complete")
        services = {s["service_id"]: s for s in child.of("service")}
        own = {x["pid"] for x in services[102]["streams"]} | {services[102]["pmt_pid"], services[102]["pcr_pid"]}
        own &= list_pids(bench.stream(8).read_bytes())  # one of its sound tracks is only announced
        others = {x["pid"] for s in (101, 103, 104) for x in services[s]["streams"]} - own
        assert own <= pids and not others & pids and pids <= own | {0, 0x10, 0x11, 0x12, 0x13, 0x14}, pids
        path = bench.folder / "fed.ts"
        path.write_bytes(data)
        scan = subprocess.run([bench.daorian, "scan", str(path)], capture_output=True, timeout=WAIT_S, check=True)
        on_air = [json.loads(line) for line in scan.stdout.splitlines()]
        assert [s["service_id"] for s in on_air if s["on_air"]] == [102], on_air
        probe = subprocess.run([bench.daorian, "probe", str(path)], capture_output=True, timeout=WAIT_S, check=True)
        total = json.loads(probe.stdout.splitlines()[0])
        assert total["cc_errors"] == 0 and total["broken_sections"] == 0, total
        assert child.wait(lambda line: line["type"] == "health" and line["feeds"] == 1, "a feed")
        child.send({"type": "unfeed", "feed": 7})
        while os.read(reader, 65536):
            pass
        os.close(reader)
        at = len(child.lines)
        child.wait(lambda line: line in child.lines[at:] and line["type"] == "health" and line["feeds"] == 0, "no feed")


def test_full_and_closed_pipes(bench):
    """A reader that stands still costs whole packets; one that goes away costs nothing."""
    with Child(bench.media) as child:
        child.job(f"file:{bench.stream(8)}", guide=False)
        reader, writer = os.pipe()
        child.send({"type": "feed", "feed": 1, "service_id": 101}, writer)
        os.close(writer)
        child.wait(lambda line: line["type"] == "health" and line["dropped_packets"] > 100, "dropped packets")
        read_pipe(reader, PACKET * 100)
        os.close(reader)
        at = len(child.lines)
        child.wait(lambda line: line["type"] == "health" and line["feeds"] == 0 and child.lines.index(line) >= at, "no feed")


def send_udp(path, port, stop):
    data = path.read_bytes()
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while not stop.is_set():
        for at in range(0, len(data), PACKET * 7):
            sender.sendto(data[at:at + PACKET * 7], ("127.0.0.1", port))
            if stop.wait(0.002):
                break
    sender.close()


def test_udp_after_silence(bench):
    """The child says that it lives while nothing comes, and reads what comes later."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stop = threading.Event()
    thread = threading.Thread(target=send_udp, args=(bench.stream(8), port, stop))
    with Child(bench.media) as child:
        child.job(f"udp://127.0.0.1:{port}", guide=False)
        child.wait(lambda _: len(child.of("health")) >= 2, "signs of life")
        assert child.of("health")[-1]["packets"] == 0
        thread.start()
        try:
            check_round(child)
        finally:
            stop.set()
            thread.join()


def test_http(bench):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/live.ts" else 404)
            self.end_headers()
            if self.path == "/live.ts":
                self.wfile.write(bench.stream(8).read_bytes())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}"
    with Child(bench.media) as child:
        child.job(f"{place}/live.ts", guide=False)
        assert child.wait_for("failed")["code"] == "ended"
    with Child(bench.media) as child:
        child.job(f"{place}/missing.ts")
        assert child.wait_for("failed")["code"] == "http-refused"
    server.shutdown()
    server.server_close()
    with Child(bench.media) as child:
        child.job(f"{place}/live.ts")
        assert child.wait_for("failed")["code"] == "unreachable"


def test_satip(bench):
    """A feed asks the tuner for its PIDs, leaving it asks for them no more, and the tuner is given back at the end."""
    with SatipServer(bench.stream(8).read_bytes()) as server, Child(bench.media) as child:
        child.job(f"satip://127.0.0.1:{server.port}/?src=1&freq=11778&pol=v&msys=dvbs2&sr=27500", guide=False)
        check_round(child)
        health = child.wait(lambda line: line["type"] == "health" and line["packets"] > 0, "packets")
        assert health["locked"], health
        reader, writer = os.pipe()
        child.send({"type": "feed", "feed": 1, "service_id": 101}, writer)
        os.close(writer)
        data = read_pipe(reader, 300000)
        services = {s["service_id"]: s for s in child.of("service")}
        video = services[101]["pcr_pid"]
        assert video in list_pids(data), list_pids(data)
        other = {x["pid"] for x in services[102]["streams"]}
        session = next(iter(server.sessions.values())) if isinstance(server.sessions, dict) else next(iter(server.sessions))
        assert video in session.pids and not other & session.pids, session.pids
        child.send({"type": "unfeed", "feed": 1})
        while os.read(reader, 65536):
            pass
        os.close(reader)
        deadline = time.monotonic() + WAIT_S
        while video in session.pids and time.monotonic() < deadline:
            child.read(1)
        assert video not in session.pids, session.pids
        child.send({"type": "cancel"})
        assert child.wait_for("failed")["code"] == "cancelled"
        assert server.asked("TEARDOWN") and not server.sessions, server.sessions


def test_failures_have_words(bench):
    garbage = bench.folder / "garbage.ts"
    garbage.write_bytes(bytes(range(256)) * 2000)
    cases = [("udp://", "address"), (f"file:{bench.folder}/none.ts", "not-found"), (f"file:{bench.folder}", "not-found"),
             (f"file:{garbage}", "not-a-stream"), ("dvb://?adapter=9&msys=dvbt2&freq=626&bw=8", "missing")]
    for uri, code in cases:
        with Child(bench.media) as child:
            child.job(uri)
            failed = child.wait_for("failed")
            assert failed["code"] == code, (uri, failed)


def test_breaking_the_contract(bench):
    """A parent that talks nonsense, or is gone, ends the child."""
    for lines in ([b"nonsense\n"], [b'{"type":"feed","feed":1,"service_id":101}\n'], []):
        with Child(bench.media) as child:
            child.wait_for("hello")
            for line in lines:
                child.socket.sendall(line)
            child.socket.shutdown(socket.SHUT_WR)
            child.process.wait(WAIT_S)


def test_garbage_is_survived(bench):
    """Loss, flipped bits and garbage on every PID of tables: the services come all the same."""
    path = bench.stream(20, "--seed", "3", "--lost", "10", "--flipped", "5", "--garbage", "20", "--torn", "1")
    with Child(bench.media) as child:
        child.job(f"file:{path}")
        check_round(child)
        child.wait(lambda line: line["type"] == "health" and line["cc_errors"] > 0, "errors")


def main():
    media, thai_mux, daorian = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        return tap.run(tap.find(globals()), Bench(media, thai_mux, daorian, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
