# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""HLS as a source, from a server of our own that also does what servers do wrong: scan as fast as it comes, the child
at the pace of the stream. Prints TAP. Arguments: the daorian-media, thai-mux and daorian executables."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from child_test import Child  # noqa: E402

PACKET = 188
SERVICES = [101, 102, 103, 104]
UNAVAILABLE = 69
RADIO, RADIO_SOUND = 103, 0x218
SHORT = 6  # segments of what is over
HEAD = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n"


class Handler(BaseHTTPRequestHandler):
    """`pages` are texts or functions that make one; `/N.ts` is segment N of the stream, `/all.ts` all of it."""

    def do_GET(self):
        server, name = self.server, self.path.lstrip("/")
        server.asked.append(name)
        page = server.pages.get(name)
        if name.startswith("old/"):
            self.send_response(302)
            self.send_header("Location", "/" + name[4:])
            self.end_headers()
            return
        if name == "file.ts":
            self.answer(200, server.stream[:SHORT * len(server.segments[0])])
        elif page is not None:
            self.answer(200, (page() if callable(page) else page).encode())
        elif name == "all.ts" and "Range" in self.headers:
            first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
            self.answer(206, server.stream[first:last + 1])
        elif name.endswith(".ts") and name[:-3].isdigit() and int(name[:-3]) not in server.missing:
            at = int(name[:-3]) % len(server.segments)
            self.answer(200, server.segments[at])
        else:
            self.send_error(404)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *arguments):
        pass


class Bench:
    def __init__(self, media, thai_mux, daorian, folder):
        self.media, self.daorian = media, daorian
        file = folder / "mux.ts"
        subprocess.run([thai_mux, "--seconds", "12", str(file)], check=True, timeout=120)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.stream = file.read_bytes()
        size = len(self.server.stream) // PACKET // 12 * PACKET  # about a second
        self.server.segments = [self.server.stream[at:at + size] for at in range(0, len(self.server.stream), size)]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.set({})

    def set(self, pages, missing=()):
        self.server.pages, self.server.missing, self.server.asked = pages, set(missing), []

    def live(self, first=7):
        """A playlist of four segments that goes on by one each time it is asked for."""
        state = [first]

        def page():
            number = state[0]
            state[0] += 1
            return HEAD + f"#EXT-X-MEDIA-SEQUENCE:{number}\n" + "".join(f"#EXTINF:1.0,\n{n}.ts\n" for n in range(number, number + 4))
        return page

    def scan(self, name):
        done = subprocess.run([self.daorian, "scan", "--seconds", "100", self.base + name], capture_output=True, text=True, timeout=150)
        return done.returncode, done.stdout, done.stderr

    def check(self, name):
        code, out, error = self.scan(name)
        assert code == 0, (code, error)
        assert [json.loads(line)["service_id"] for line in out.splitlines()] == SERVICES, out

    def refuse(self, name, sentence):
        code, out, error = self.scan(name)
        assert code == UNAVAILABLE and out == "" and sentence in error, (name, code, out, error)


def test_live(bench):
    """The richest variant, behind a redirect; segments in their order, none twice, from near the end on."""
    bench.set({"index.m3u8": '#EXTM3U\n#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9,BANDWIDTH=100\nlow.m3u8\n'
               '#EXT-X-STREAM-INF:BANDWIDTH=5000000,CODECS="avc1.4d401f"\nold/high.m3u8\n'
               "#EXT-X-STREAM-INF:BANDWIDTH=300\nlow.m3u8\n", "high.m3u8": bench.live()})
    bench.check("index.m3u8")
    segments = [int(name[:-3]) for name in bench.server.asked if name.endswith(".ts")]
    assert segments[0] == 8 and segments == list(range(8, 8 + len(segments))), segments
    assert "low.m3u8" not in bench.server.asked, bench.server.asked


def test_holes(bench):
    """A segment that is not there costs that segment; no name ends in .m3u8."""
    bench.set({"tv": bench.live(0)}, missing=[2])
    bench.check("tv")
    assert {"2.ts", "3.ts"} <= set(bench.server.asked), bench.server.asked


def test_over(bench):
    """One that is over is read from its beginning to its end, by byte ranges."""
    size = len(bench.server.segments[0])
    ranges = "".join(f"#EXTINF:1,\n#EXT-X-BYTERANGE:{len(part)}{'@0' if n == 0 else ''}\nall.ts\n" for n, part in enumerate(bench.server.segments))
    bench.set({"over.m3u8": HEAD + ranges + "#EXT-X-ENDLIST\n"})
    bench.check("over.m3u8")
    assert bench.server.asked.count("all.ts") == len(bench.server.segments) and size > 0


def test_refused(bench):
    bench.set({
        "map.m3u8": HEAD + '#EXT-X-MAP:URI="init.mp4"\n#EXTINF:1,\n1.m4s\n',
        "key.m3u8": HEAD + '#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:1,\n1.ts\n',
        "ring.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nring.m3u8\n",
        "huge.m3u8": "#EXTM3U\n" + "# x\n" * 300000,
        "range.m3u8": HEAD + "#EXTINF:1,\n#EXT-X-BYTERANGE:0@0\nall.ts\n",
        "else.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///etc/passwd\n",
        "gone.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nnowhere.m3u8\n",
    })
    for name, sentence in (("map", "fMP4"), ("key", "encrypted"), ("ring", "ring"), ("huge", "too long"), ("range", "byte range"),
                           ("else", "URL"), ("gone", "HTTP 404")):
        bench.refuse(name + ".m3u8", sentence)


def test_child(bench):
    """Bursts go on at the pace of their clock: nothing is lost in a pipe, and a server that is away is waited for."""
    bench.set({"live.m3u8": bench.live()})
    with Child(bench.media) as child:
        child.job(bench.base + "live.m3u8")
        child.wait(lambda line: line["type"] == "services-complete" and line["count"] == 4, "all services")
        bench.server.pages = {}
        child.wait(lambda line: line["type"] == "warning", "a warning")
        bench.server.pages = {"live.m3u8": bench.live(200)}
        begun = len(child.lines)
        before = child.of("health")[-1]["packets"]
        child.wait(lambda line: line["type"] == "health" and line["packets"] > before + 4000, "more packets")
        assert len(child.lines) > begun and child.of("failed") == []
        child.send({"type": "cancel"})
        child.wait_for("failed")


def feed_pipe(child, service):
    """A pipe that holds all of it, whenever it is read."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 1 << 20)
    child.send({"type": "feed", "feed": 1, "service_id": service}, writer)
    os.close(writer)
    return reader


def list_units(stream, pid):
    packets = (stream[at:at + PACKET] for at in range(0, len(stream), PACKET))
    return [packet for packet in packets if (packet[1] & 0x1F) << 8 | packet[2] == pid]


def test_over_at_its_pace(bench):
    """What is over and comes all at once, by HLS or as a file of the web, goes on as its clock says, to its last packet."""
    bench.set({"over.m3u8": HEAD + "".join(f"#EXTINF:1,\n{n}.ts\n" for n in range(SHORT)) + "#EXT-X-ENDLIST\n"})
    sound = list_units(b"".join(bench.server.segments[:SHORT]), RADIO_SOUND)
    with Child(bench.media) as playlist, Child(bench.media) as file:
        for child, name in ((playlist, "over.m3u8"), (file, "file.ts")):
            child.job(bench.base + name)
            child.reader = feed_pipe(child, RADIO)
        for child in (playlist, file):
            assert child.wait_for("failed")["code"] == "ended", child.lines[-1]
            steps = {line["packets"] for line in child.of("health")}
            assert len(steps) >= SHORT // 2, steps  # a burst is two at most: nothing, then all
            with open(child.reader, "rb") as pipe:
                heard = list_units(pipe.read(), RADIO_SOUND)
            assert len(heard) > len(sound) * 0.8 and heard[-1] == sound[-1], (len(heard), len(sound))


TESTS = [test_live, test_holes, test_over, test_refused, test_child, test_over_at_its_pace]


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(*sys.argv[1:4], Path(folder))
        try:
            return tap.run(TESTS, bench)
        finally:
            bench.server.shutdown()
            bench.server.server_close()


if __name__ == "__main__":
    sys.exit(main())
