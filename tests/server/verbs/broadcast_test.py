# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""scan, guide and probe over a file, HTTP, UDP and RTP on loopback, with the Thai multiplex of tests/support. Prints TAP.
Arguments: the daorian executable, the thai-mux executable."""

import contextlib
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402

USAGE, DATAERR, NOINPUT, UNAVAILABLE = 64, 65, 66, 69
PACKET = 188
GROUP = "239.255.77.1"


class Bench:
    """The programs, a folder, and streams in it that are made once."""

    def __init__(self, daorian, thai_mux, folder):
        self.daorian, self.thai_mux, self.folder = daorian, thai_mux, folder
        self.truth = [json.loads(line) for line in subprocess.check_output([thai_mux, "--truth"], text=True).splitlines()]
        self.made = {}

    def stream(self, *options):
        if options not in self.made:
            path = self.folder / f"{len(self.made)}.ts"
            subprocess.run([self.thai_mux, *options, str(path)], check=True, timeout=120)
            self.made[options] = path
        return self.made[options]

    def run(self, *arguments, locale="C"):
        """(exit code, standard output, standard error); the locale must never touch what is printed."""
        done = subprocess.run([self.daorian, *map(str, arguments)], capture_output=True, timeout=120,
                              env={**os.environ, "LC_ALL": locale}, cwd=self.folder)
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    def lines(self, *arguments):
        code, out, error = self.run(*arguments)
        assert code == 0, f"exit {code}: {error}"
        return [json.loads(line) for line in out.splitlines()]


def check_services(services):
    assert [s["service_id"] for s in services] == [101, 102, 103, 104], services
    assert [s["name"] for s in services] == ["ดาวเรียน ๑", "ดาวเรียน ๒", "วิทยุดาวเรียน", "ช่องเข้ารหัส"]
    assert [s["type"] for s in services] == ["tv", "tv", "radio", "tv"]
    assert [s["encrypted"] for s in services] == [False, False, False, True]
    assert [s["lcn"] for s in services] == [1, 2, 3, 4]
    assert [x["codec"] for x in services[0]["streams"]] == ["mpeg2video", "mp2", "mp2", "teletext"]
    assert [x["language"] for x in services[1]["streams"]] == [None, "tha", "eng", "tha"]


def check_guide(bench, events, least=None):
    """Every event is right and there once; all of them, or at least so many."""
    found = {(e["service_id"], e["event_id"]): e for e in events}
    assert len(found) == len(events), "an event is there twice"
    truth = {(t["service_id"], t["event_id"]): t for t in bench.truth}
    for key, event in found.items():
        for name, value in truth[key].items():
            assert event[name] == value, f"{key}: {name} is {event[name]!r}, wanted {value!r}"
        assert event["language"] == "tha" and event["genre"], event
    assert len(found) >= (len(truth) if least is None else least), len(found)


def test_file(bench):
    path = bench.stream("--seconds", "7")
    check_services(bench.lines("scan", "--text-default", "tis-620", path))
    check_services(bench.lines("scan", "--text-default=tis-620", f"file://{path}"))
    check_guide(bench, bench.lines("guide", "--text-default", "tis-620", path))


def test_text_default(bench):
    """Without the network's default only what is marked is right, and nothing is left out."""
    events = bench.lines("guide", bench.stream("--seconds", "7"))
    truth = {(t["service_id"], t["event_id"]): t for t in bench.truth}
    assert len(events) == len(truth)
    for event in events:
        same = event["title"] == truth[(event["service_id"], event["event_id"])]["title"]
        assert same == (event["service_id"] != 103), event


def test_damage(bench):
    path = bench.stream("--seconds", "13", "--seed", "9", "--lost", "50", "--duplicated", "20", "--garbage", "20", "--torn", "2")
    check_services(bench.lines("scan", "--text-default", "tis-620", path))
    check_guide(bench, bench.lines("guide", "--text-default", "tis-620", path), least=400)
    total = bench.lines("probe", path)[0]
    assert total["cc_errors"] > 100 and total["sync_losses"] > 0 and total["broken_sections"] > 0, total


def test_probe(bench):
    total, *rest = bench.lines("probe", bench.stream("--seconds", "7"))
    assert total["what"] == "stream" and total["services"] == 4 and total["missing_tables"] == [], total
    assert total["cc_errors"] == total["tei_packets"] == total["sync_losses"] == total["broken_sections"] == 0, total
    assert abs(total["bits_per_second"] - 4_000_000) < 10_000 and abs(total["duration_ms"] - 7000) < 100, total
    pids = {line["pid"]: line for line in rest if line["what"] == "pid"}
    assert pids[0x203]["scrambled_packets"] > 0 and pids[0x200]["scrambled_packets"] == 0
    assert pids[0x200]["pcr_count"] == 175 and pids[0x200]["pcr_jitter_max_us"] <= 1, pids[0x200]
    flagged = bench.lines("probe", bench.stream("--seconds", "2", "--seed", "1", "--flagged", "30"))[0]
    assert flagged["tei_packets"] > 30, flagged
    packed = bench.lines("probe", bench.stream("--seconds", "2", "--stride", "204"))[0]
    assert packed["packet_bytes"] == 204 and packed["skipped_bytes"] == 0, packed


def test_people(bench):
    path = bench.stream("--seconds", "7")
    for verb, word in (("scan", "ดาวเรียน ๑"), ("guide", "คณิตศาสตร์"), ("probe", "4.000 Mbit/s")):
        code, out, error = bench.run(verb, "--text", "--text-default", "tis-620", path)
        assert code == 0 and word in out and not out.startswith("{"), (out[:300], error)
        code, out, error = bench.run(verb, "--help")
        assert code == 0 and "--text-default" in out, (out, error)


def test_nothing_there(bench):
    (bench.folder / "empty.ts").write_bytes(b"")
    (bench.folder / "noise.bin").write_bytes(random.Random(1).randbytes(100_000))
    nulls = (b"\x47\x1f\xff\x10" + b"\xff" * 184) * 50
    (bench.folder / "nulls.ts").write_bytes(nulls)
    for verb in ("scan", "guide", "probe"):
        for words, wanted in (
            ((), USAGE), (("a.ts", "b.ts"), USAGE), (("gopher://x",), USAGE), (("udp://nowhere",), USAGE),
            (("--seconds", "0x", "empty.ts"), USAGE), (("--text-default", "klingon", "empty.ts"), USAGE),
            (("missing.ts",), NOINPUT), ((".",), NOINPUT), (("empty.ts",), DATAERR),
            (("dvb://?freq=1",), USAGE), (("dvb://?adapter=250&msys=dvbt2&freq=626",), NOINPUT), (("satip://box/",), USAGE), (("srt://box",), USAGE),
        ):
            code, out, error = bench.run(verb, *words)
            assert code == wanted and out == "" and len(error) > 20, (verb, words, code, out, error)
    for verb, name in (("scan", "nulls.ts"), ("guide", "nulls.ts"), ("scan", "noise.bin"), ("guide", "noise.bin")):
        code, out, error = bench.run(verb, name)
        assert code == DATAERR and out == "" and len(error) > 20, (verb, name, code, error)
    code, out, error = bench.run("scan", "dvb://?adapter=250&msys=dvbt2&freq=626")
    assert "/dev/dvb/adapter250/frontend0" in error and "ls /dev/dvb" in error, error


class Handler(BaseHTTPRequestHandler):
    """/file has a length, /live has none and never ends by itself, /list is a playlist."""

    def do_GET(self):
        data = self.server.stream
        if self.path == "/missing":
            self.send_error(404)
            return
        body = b"#EXTM3U\n" if self.path == "/list" else data
        self.send_response(200)
        if self.path != "/live":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for _ in range(8 if self.path == "/live" else 1):  # far more than the sockets hold
                self.wfile.write(body)
            self.server.sent.set()
            while self.path == "/live" and not self.server.over.wait(0.02):
                self.wfile.write(body[:PACKET * 7])
        except OSError:
            pass

    def log_message(self, *arguments):
        pass


def interrupt_guide(bench, server, uri):
    """Ctrl-C prints what came so far."""
    server.sent.clear()
    process = subprocess.Popen([bench.daorian, "guide", "--seconds", "200", "--text-default", "tis-620", uri],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert server.sent.wait(100), "the stream is not read"
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=100)
    assert process.returncode == 0, error.decode()
    check_guide(bench, [json.loads(line) for line in out.decode("utf-8").splitlines()])


def test_http(bench):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.stream = bench.stream("--seconds", "7").read_bytes()
    server.sent, server.over = threading.Event(), threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        check_guide(bench, bench.lines("guide", "--text-default", "tis-620", f"{base}/file"))
        # A stream that never ends: the scan does, when it knows all.
        check_services(bench.lines("scan", "--seconds", "100", "--text-default", "tis-620", f"{base}/live"))
        interrupt_guide(bench, server, f"{base}/live")
        for path in ("/missing", "/list"):
            code, out, error = bench.run("scan", base + path)
            assert code == UNAVAILABLE and out == "" and len(error) > 20, (path, code, error)
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
    code, _, error = bench.run("scan", base + "/file")
    assert code == UNAVAILABLE and error, (code, error)


def send_round(sender, address, datagrams, process):
    """Sends each datagram once, or until the verb has ended."""
    for number, datagram in enumerate(datagrams):
        with contextlib.suppress(OSError):  # nobody listens yet
            sender.sendto(datagram, address)
        if number % 20 == 0 and wait_a_little(process):
            return


def send_until_over(bench, uri, datagrams, verb, *options):
    """Sends the datagrams round and round until the verb has ended. Returns: its lines."""
    process = subprocess.Popen([bench.daorian, verb, *options, uri], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    host, port = uri.split("//")[1].split("?")[0].split("@")[-1].rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        sender.bind(("127.0.0.1", 0))
        while process.poll() is None:
            send_round(sender, (host, int(port)), datagrams(), process)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error.decode()
    return [json.loads(line) for line in out.decode("utf-8").splitlines()]


def wait_a_little(process):
    """Gives the receiver its turn. Returns: whether it has ended."""
    try:
        process.wait(timeout=0.01)
    except subprocess.TimeoutExpired:
        return False
    return True


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("0.0.0.0", 0))
        return one.getsockname()[1]


def pieces(data):
    return [data[at:at + 7 * PACKET] for at in range(0, len(data), 7 * PACKET)]


def test_udp(bench):
    data = bench.stream("--seconds", "7").read_bytes()
    for uri in (f"udp://127.0.0.1:{free_port()}", f"udp://{GROUP}:{free_port()}?localaddr=127.0.0.1",
                f"udp://127.0.0.1@232.255.77.2:{free_port()}?interface=lo"):
        services = send_until_over(bench, uri, lambda: pieces(data), "scan", "--text-default", "tis-620", "--seconds", "100")
        check_services(services)


def rtp_packets(data, state):
    """RTP of the stream; every third pair changes places, some come twice, one is lost."""
    packets = []
    for piece in pieces(data):
        packets.append(struct.pack(">BBHII", 0x80, 33, state["number"] & 0xFFFF, 0, 7) + piece)
        state["number"] += 1
    for at in range(0, len(packets) - 1, 3):
        packets[at], packets[at + 1] = packets[at + 1], packets[at]
    return [p for number, p in enumerate(packets) for p in [p] * (2 if number % 10 == 0 else 1)]


def test_rtp(bench):
    data = bench.stream("--seconds", "7").read_bytes()
    whole = len(data) // PACKET // 7 * 7 * PACKET
    for scheme in ("rtp", "udp"):
        state = {"number": 65000}
        uri = f"{scheme}://{GROUP}:{free_port()}?localaddr=127.0.0.1"
        services = send_until_over(bench, uri, lambda: rtp_packets(data[:whole], state), "scan",
                                   "--text-default", "tis-620", "--seconds", "100")
        check_services(services)


def test_silence(bench):
    code, out, error = bench.run("scan", "--seconds", "1", f"udp://127.0.0.1:{free_port()}")
    assert code == UNAVAILABLE and out == "" and len(error) > 20, (code, error)
    code, out, error = bench.run("scan", "--seconds", "1", f"udp://{GROUP}:{free_port()}?interface=none0")
    assert code == NOINPUT and out == "" and "none0" in error, (code, error)


TESTS = [test_file, test_text_default, test_damage, test_probe, test_people, test_nothing_there, test_http, test_udp,
         test_rtp, test_silence]


def main():
    with tempfile.TemporaryDirectory() as folder:
        return tap.run(TESTS, Bench(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
