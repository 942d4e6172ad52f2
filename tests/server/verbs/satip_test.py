# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""scan and probe over SAT>IP, from a server of our own on loopback that also does all that servers do wrong. Prints TAP.
Arguments: the daorian executable, the thai-mux executable."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from satip_server import CLOSE, FLOOD, HANG, RAW, SatipServer  # noqa: E402


USAGE, UNAVAILABLE, TEMPFAIL, PROTOCOL, CONFIG, NOHOST = 64, 69, 75, 76, 78, 68
TUNING = "src=1&freq=11778&pol=v&msys=dvbs2&sr=27500&fec=34&mtype=8psk&ro=0.35&plts=on"
SERVICES = [101, 102, 103, 104]


class Bench:
    def __init__(self, daorian, stream):
        self.daorian, self.stream = daorian, stream

    def start(self, server, verb, *options, query=TUNING, locale="C"):
        uri = f"satip://127.0.0.1:{server.port}/?{query}"
        return subprocess.Popen([self.daorian, verb, *options, uri], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, "LC_ALL": locale})

    def finish(self, process):
        out, error = process.communicate(timeout=120)
        return process.returncode, out.decode(), error.decode()

    def run(self, server, verb, *options, **more):
        return self.finish(self.start(server, verb, *options, **more))

    def scan(self, server, query=TUNING):
        """Scans until all tables came; checks the services and that the tuner was given back. Returns standard error."""
        code, out, error = self.run(server, "scan", "--text-default", "tis-620", "--seconds", "100", query=query)
        assert code == 0, (code, error)
        services = [json.loads(line) for line in out.splitlines()]
        assert [service["service_id"] for service in services] == SERVICES, out
        assert all(service["on_air"] and service["pmt_pid"] for service in services), out
        assert len(server.asked("TEARDOWN")) >= 1 and not server.sessions, server.sessions
        assert not server.asked("DESCRIBE")
        return error


def once(method, answer, when=lambda request: True):
    """Answers the first fitting request wrongly."""
    left = [1]

    def misbehave(server, request):
        if left[0] > 0 and request.method == method and when(request):
            left[0] -= 1
            return answer
        return None
    return misbehave


def is_change(request):
    return "addpids" in request.query


def only_pat_at_first(session, pid):
    return session.number > 1 or pid == 0


def test_datagrams(bench):
    with SatipServer(bench.stream) as server:
        error = bench.scan(server)
        assert error == "", error
        assert [request.method for request in server.requests[:2]] == ["SETUP", "PLAY"]
        setup, play = server.requests[0], server.requests[1]
        assert setup.query["pids"] == "0,16,17,18,20" and setup.query["mtype"] == "8psk", setup.uri
        assert setup.headers["transport"].startswith("RTP/AVP;unicast;client_port="), setup.headers
        assert setup.session is None and play.session and "/stream=1" in play.uri
        changes = [request for request in server.asked("PLAY") if is_change(request)]
        assert len(changes) == 1 and len(changes[0].query["addpids"].split(",")) == 4, [r.uri for r in changes]


def test_inside(bench):
    with SatipServer(bench.stream) as server:
        bench.scan(server, TUNING + "&transport=tcp")
        assert server.requests[0].headers["transport"] == "RTP/AVP/TCP;unicast;interleaved=0-1"
        assert "transport" not in server.requests[0].query


def test_no_datagrams(bench):
    """A firewall swallows datagrams: inside the connection at the second try, the only tuner given back before it."""
    with SatipServer(bench.stream, tuners=1) as server:
        server.datagrams = False
        bench.scan(server)
        methods = [request.method for request in server.requests]
        setups = server.asked("SETUP")
        assert len(setups) == 2 and setups[1].headers["transport"].startswith("RTP/AVP/TCP"), methods
        assert methods.index("TEARDOWN") < methods.index("SETUP", 1), methods


def test_unsupported_transport(bench):
    with SatipServer(bench.stream, once("SETUP", 461)) as server:
        bench.scan(server)
        assert server.asked("SETUP")[1].headers["transport"].startswith("RTP/AVP/TCP")


def test_all_pids(bench):
    with SatipServer(bench.stream) as server:
        bench.scan(server, TUNING + "&pids=all")
        assert server.asked("SETUP")[0].query["pids"] == "all"
        assert not any(is_change(request) for request in server.asked("PLAY"))


def test_pids_run_out(bench):
    with SatipServer(bench.stream, lambda server, request: (503, {}, "No-More: pids\r\n") if is_change(request) else None) as server:
        bench.scan(server)
        assert server.asked("PLAY")[-1].query["pids"] == "all"


def test_vanished(bench):
    """The server restarts in the middle of the tables."""
    misbehave = once("PLAY", CLOSE, is_change)
    with SatipServer(bench.stream, misbehave, passes=only_pat_at_first) as server:
        error = bench.scan(server)
        assert "ended the connection" in error, error
        assert len(server.asked("SETUP")) == 2


def test_session_lost(bench):
    """The server has forgotten the session when the sign of life comes."""
    misbehave = once("OPTIONS", 454)
    with SatipServer(bench.stream, misbehave, passes=only_pat_at_first, timeout=2) as server:
        error = bench.scan(server)
        assert "454" in error, error
        assert server.asked("OPTIONS")[0].session, "a sign of life names its session"
        assert len(server.asked("SETUP")) == 2


def test_wrong_session(bench):
    with SatipServer(bench.stream, once("PLAY", (200, {"Session": "deadbeef"}, ""))) as server:
        bench.scan(server)
        assert len(server.asked("SETUP")) == 2


def test_redirected(bench):
    with SatipServer(bench.stream) as other:
        moved = (302, {"Location": f"rtsp://127.0.0.1:{other.port}/"}, "")
        with SatipServer(bench.stream, lambda server, request: moved) as server:
            code, out, error = bench.run(server, "scan", "--seconds", "100")
            assert code == 0 and len(out.splitlines()) == 4, error
            assert len(other.asked("SETUP")) == 1 and len(server.requests) == 1


def test_redirected_for_ever(bench):
    with SatipServer(bench.stream) as server:
        server.misbehave = lambda _, request: (302, {"Location": f"rtsp://127.0.0.1:{server.port}/"}, "")
        code, out, error = bench.run(server, "scan", "--seconds", "100")
        assert code == PROTOCOL and "302" in error, (code, error)


def test_refused(bench):
    for answer, wanted, words in [
        ((503, {}, "No-More: frontends\r\n"), TEMPFAIL, "no tuner of the SAT>IP server is free"),
        ((403, {}, "Out-of-Range: sr\r\n"), CONFIG, "does not take these parameters"),
        ((404, {}, ""), NOHOST, "no such stream"),
        ((200, {}, ""), PROTOCOL, "not what a SAT>IP server says"),
        ((200, {"Session": "x\x01y", "com.ses.streamID": "1", "Transport": "RTP/AVP"}, ""), PROTOCOL, "not what"),
        ((CLOSE, {}, ""), UNAVAILABLE, "ended the connection"),
    ]:
        with SatipServer(bench.stream, lambda server, request, answer=answer: answer) as server:
            code, out, error = bench.run(server, "scan", "--seconds", "100")
            assert code == wanted and out == "" and words in error, (answer, code, error)
            if answer[2]:
                assert answer[2].strip() in error, error
            code, out, error = bench.run(server, "scan", "--seconds", "100", locale="C.UTF-8")
            assert code == wanted, error


def test_address(bench):
    with SatipServer(bench.stream) as server:
        for query in ("", "src=1", "freq=11778&msys=dvbs9", TUNING + "&pids=8192", TUNING + "&pol=x", "freq=1&msys=dvbs%0d%0a x"):
            code, out, error = bench.run(server, "scan", query=query)
            assert code == USAGE and out == "" and len(error) > 20, (query, code, error)
        assert not server.requests
        gone = server.port
    code, out, error = bench.run(type("Gone", (), {"port": gone}), "scan")
    assert code == UNAVAILABLE and "cannot be reached" in error, (code, error)


def stop_when(server, method, count, bench, *command):
    """Runs a verb, interrupts it when the server was asked so often, and returns what it printed."""
    reached = threading.Event()

    def look(_, request):
        if request.method == method and len(server.asked(method)) >= count:
            reached.set()
    server.misbehave = look
    process = bench.start(server, *command)
    assert reached.wait(100), "the server was never asked"
    process.send_signal(signal.SIGINT)
    return bench.finish(process)


def test_restarted(bench):
    """The server is gone for a while and comes back with nothing of what it knew."""
    reached = threading.Event()

    def stop(_, request):
        if is_change(request):
            reached.set()
            return HANG
        return None
    with SatipServer(bench.stream, stop, passes=lambda session, pid: pid == 0) as server:
        process = bench.start(server, "scan", "--seconds", "100")
        assert reached.wait(100), "the tables were never asked for"
    with SatipServer(bench.stream, port=server.port) as again:
        code, out, error = bench.finish(process)
        assert code == 0 and len(out.splitlines()) == 4, (code, error)
        assert "ended the connection" in error, error
        assert len(again.asked("SETUP")) == 1 and len(again.asked("TEARDOWN")) == 1


def test_no_answer(bench):
    reached = threading.Event()

    def hang(_, request):
        reached.set()
        return HANG
    with SatipServer(bench.stream, hang) as server:
        process = bench.start(server, "scan", "--seconds", "100")
        assert reached.wait(100), "the server was never asked"
        process.send_signal(signal.SIGINT)
        code, out, error = bench.finish(process)
        assert code == UNAVAILABLE and out == "" and "nothing came" in error, (code, error)


def test_noise(bench):
    noise = bytes(random.Random(4).randrange(256) for _ in range(20000))
    for data in (noise, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"$\x00\xff\xff" + noise, b"\r\n" * 5000, b"RTSP/1.0 200 OK",
                 b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4294967295\r\n\r\n", b"RTSP/1.0 200 OK\r\nX: " + b"y" * 100000,
                 b"RTSP/1.0 -1 \r\nCSeq: 1\r\n\r\n", b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 100, b""):
        with SatipServer(bench.stream, lambda server, request, data=data: (RAW, data, "")) as server:
            code, out, error = bench.run(server, "scan", "--seconds", "100")
            assert code in (UNAVAILABLE, PROTOCOL) and out == "" and len(error) > 20, (data[:40], code, error)


def test_head_without_end(bench):
    """GstRTSPConnection would read for ever; also where the first line never ends."""
    for data in (b"RTSP/1.0 200 OK\r\n" + b"X-Line: more\r\n" * 4000, b"y" * 60000):
        with SatipServer(bench.stream, lambda server, request, data=data: (FLOOD, data, "")) as server:
            code, out, error = bench.run(server, "scan", "--seconds", "100")
            assert code == PROTOCOL and out == "" and "not what a SAT>IP server says" in error, (code, error)


def test_head_without_end_later(bench):
    """The same beside packets inside the connection, as the answer to a sign of life."""
    misbehave = once("OPTIONS", (FLOOD, b"RTSP/1.0 200 OK\r\n" + b"X-Line: more\r\n" * 4000, ""))
    with SatipServer(bench.stream, misbehave, passes=only_pat_at_first, timeout=2) as server:
        bench.scan(server, TUNING + "&transport=tcp")
        assert len(server.asked("SETUP")) == 2


def test_figures(bench):
    with SatipServer(bench.stream, timeout=2) as server:
        code, out, error = stop_when(server, "OPTIONS", 1, bench, "probe", "--seconds", "100")
        assert code == 0, error
        lines = [json.loads(line) for line in out.splitlines()]
        figures = [line for line in lines if line["what"] == "signal"]
        assert figures == [{"what": "signal", "lock": True, "level": 224, "quality": 13, "frontend": 1, "frequency_mhz": 11778.0}], out
        assert any(line["what"] == "pid" and line["pid"] == 0 for line in lines), out
        assert not server.sessions and len(server.asked("TEARDOWN")) == 1
    with SatipServer(bench.stream, timeout=2) as server:
        code, out, error = stop_when(server, "OPTIONS", 1, bench, "probe", "--text", "--seconds", "100")
        assert code == 0 and "level 224/255" in out and "quality 13/15" in out, out


def test_no_lock(bench):
    with SatipServer(bench.stream, timeout=2) as server:
        server.lock, server.level, server.quality = False, 12, 0
        code, out, error = stop_when(server, "OPTIONS", 1, bench, "scan", "--seconds", "100")
        assert code == UNAVAILABLE and out == "" and "finds no signal" in error, (code, error)
        assert len(server.asked("SETUP")) == 1


TESTS = [test_datagrams, test_inside, test_no_datagrams, test_unsupported_transport, test_all_pids, test_pids_run_out,
         test_vanished, test_session_lost, test_wrong_session, test_redirected, test_redirected_for_ever, test_refused,
         test_address, test_restarted, test_no_answer, test_noise, test_head_without_end,
         test_head_without_end_later, test_figures, test_no_lock]


def main():
    wanted = [test for test in TESTS if len(sys.argv) < 4 or test.__name__ in sys.argv[3:]]
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "mux.ts"
        subprocess.run([Path(sys.argv[2]).resolve(), "--seconds", "11", stream], check=True, timeout=120)
        return tap.run(wanted, Bench(Path(sys.argv[1]).resolve(), stream.read_bytes()))


if __name__ == "__main__":
    sys.exit(main())
