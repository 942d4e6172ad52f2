# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""A SAT>IP server on loopback (SAT>IP 1.2.2): RTSP, RTP by UDP or inside the connection, RTCP APP, PIDs filtered out of one
multiplex. Refuses DESCRIBE as many do. What it does wrong is up to whoever starts it."""

import re
import socket
import struct
import threading
from urllib.parse import parse_qs, urlsplit

PACKET = 188
PER_DATAGRAM = 7
REASONS = {200: "OK", 302: "Moved Temporarily", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           454: "Session Not Found", 461: "Unsupported Transport", 503: "Service Unavailable"}
HANG, CLOSE = "hang", "close"  # an answer that never comes; a connection that ends
RAW = "raw"  # (RAW, bytes, "") is sent as it is, then the connection ends
FLOOD = "flood"  # (FLOOD, bytes, "") is sent again and again until the client hangs up
FLOOD_PIECES_MAX = 1 << 16


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.uri, self.version = lines[0].split(" ", 2)
        self.headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:] if line)}
        self.query = {k: v[-1] for k, v in parse_qs(urlsplit(self.uri).query).items()}
        self.session = self.headers.get("session")


class Session:
    """One tuner at work. `passes` is asked whether a packet of a PID may leave."""

    def __init__(self, server, number, connection, request):
        self.server, self.number, self.connection = server, number, connection
        self.id = f"{0x5A7100 + number:08x}"
        self.pids, self.everything = set(), False
        self.change(request.query)
        self.over, self.stopped, self.packets = threading.Event(), threading.Event(), 0
        self.sequence, self.thread, self.socket = 65530, None, None
        transport = request.headers.get("transport", "")
        self.inside = transport.startswith("RTP/AVP/TCP")
        if self.inside:
            self.answer = "RTP/AVP/TCP;unicast;interleaved=0-1"
        else:
            self.ports = [int(port) for port in re.search(r"client_port=(\d+)-(\d+)", transport).groups()]
            assert self.ports[0] % 2 == 0 and self.ports[1] == self.ports[0] + 1, transport
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind(("127.0.0.1", 0))
            port = self.socket.getsockname()[1]
            self.answer = f"RTP/AVP;unicast;client_port={self.ports[0]}-{self.ports[1]};server_port={port}-{port + 1}"

    def change(self, query):
        for name in ("pids", "addpids", "delpids"):
            if name not in query:
                continue
            value = query[name]
            listed = set() if value in ("all", "none") else {int(pid) for pid in value.split(",")}
            if name == "pids":
                self.pids, self.everything = listed, value == "all"
            elif name == "addpids":
                self.pids |= listed
            else:
                self.pids -= listed

    def start(self):
        if self.thread is None:
            self.thread = threading.Thread(target=self.run, daemon=True)
            self.thread.start()

    def stop(self):
        self.over.set()
        if self.thread is not None and self.thread is not threading.current_thread():
            self.thread.join(10)
        if self.socket is not None:
            self.socket.close()

    def send(self, channel, data):
        if self.inside:
            self.connection.send(struct.pack(">cBH", b"$", channel, len(data)) + data)
        elif self.server.datagrams:
            self.socket.sendto(data, ("127.0.0.1", self.ports[channel]))

    def figures(self):
        tuner = f"{self.number},{self.server.level},{int(self.server.lock)},{self.server.quality},11778.00,v,dvbs2,8psk,on,0.35,27500,34"
        listed = "all" if self.everything else ",".join(map(str, sorted(self.pids)))
        text = f"ver=1.0;src=1;tuner={tuner};pids={listed}".encode()
        padded = text + b"\0" * (-len(text) % 4)
        body = struct.pack(">I4sHH", 0xDA0, b"SES1", 0, len(text)) + padded
        report = struct.pack(">BBHI", 0x80, 200, 6, 0xDA0) + bytes(20)
        return report + struct.pack(">BBH", 0x80, 204, len(body) // 4) + body

    def wanted(self):
        """The multiplex over and over, filtered as things are now; None when a round is over."""
        while True:
            for at in range(0, len(self.server.stream), PACKET):
                packet = self.server.stream[at:at + PACKET]
                pid = (packet[1] & 0x1F) << 8 | packet[2]
                if (self.everything or pid in self.pids) and self.server.passes(self, pid):
                    yield packet
                elif at % (PACKET * 512) == 0:
                    yield None
            yield None

    def run(self):
        held = []
        try:
            self.send(1, self.figures())
            for packet in self.wanted():
                if self.over.is_set():
                    break
                if packet is not None:
                    held.append(packet)
                if held and self.server.lock and (packet is None or len(held) == PER_DATAGRAM):
                    head = struct.pack(">BBHII", 0x80, 33, self.sequence & 0xFFFF, self.packets, 0xDA0)
                    self.send(0, head + b"".join(held))
                    self.sequence, self.packets = self.sequence + 1, self.packets + len(held)
                    held = []
                    self.over.wait(0.001)
                if packet is None:
                    held = []
                    self.send(1, self.figures())
                    self.over.wait(0.01)
        except OSError:
            pass  # the client has gone
        self.stopped.set()


class Connection(threading.Thread):
    def __init__(self, server, sock):
        super().__init__(daemon=True)
        self.server, self.socket, self.lock = server, sock, threading.Lock()

    def send(self, data):
        with self.lock:
            self.socket.sendall(data)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def run(self):
        held = b""
        try:
            while True:
                piece = self.socket.recv(65536)
                if not piece:
                    break
                held += piece
                while b"\r\n\r\n" in held:
                    head, held = held.split(b"\r\n\r\n", 1)
                    self.answer(Request(head))
        except OSError:
            pass
        self.server.forget(self)

    def answer(self, request):
        status, headers, body = self.server.decide(self, request)
        if status in (RAW, FLOOD):
            for _ in range(FLOOD_PIECES_MAX if status == FLOOD else 1):
                self.send(headers)
        if status in (CLOSE, RAW, FLOOD):
            self.close()
        if status in (HANG, CLOSE, RAW, FLOOD):
            return
        lines = [f"RTSP/1.0 {status} {REASONS[status]}", f"CSeq: {request.headers['cseq']}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body:
            lines += ["Content-Type: text/parameters", f"Content-Length: {len(body)}"]
        self.send(("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1"))
        self.server.after(self, request, status)


class SatipServer:
    """`misbehave(server, request)` may return (status, headers, body), a bare status, HANG, CLOSE, RAW or FLOOD instead of the
    right answer, or None for it."""

    def __init__(self, stream, misbehave=None, passes=None, tuners=4, timeout=60, port=0):
        self.stream, self.misbehave, self.tuners, self.timeout = stream, misbehave, tuners, timeout
        self.passes = passes or (lambda session, pid: True)
        self.level, self.quality, self.lock, self.datagrams = 224, 13, True, True
        self.requests, self.sessions, self.count, self.connections = [], {}, 0, []
        self.guard = threading.RLock()
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.vanish()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection(self, sock)
            with self.guard:
                self.connections.append(connection)
            connection.start()

    def vanish(self):
        """Forgets every session and connection, as a restart does."""
        with self.guard:
            sessions, connections = list(self.sessions.values()), list(self.connections)
            self.sessions, self.connections = {}, []
        for connection in connections:
            connection.close()
        for session in sessions:
            session.stop()

    def forget(self, connection):
        with self.guard:
            mine = [session for session in self.sessions.values() if session.connection is connection]
            for session in mine:
                del self.sessions[session.id]
        for session in mine:
            session.stop()

    def asked(self, method):
        with self.guard:
            return [request for request in self.requests if request.method == method]

    def decide(self, connection, request):
        with self.guard:
            self.requests.append(request)
            wrong = self.misbehave(self, request) if self.misbehave else None
            if wrong is not None:
                return wrong if isinstance(wrong, tuple) else (wrong, {}, "")
            return getattr(self, "do_" + request.method.lower(), self.do_unknown)(connection, request)

    def do_unknown(self, connection, request):
        return 405, {}, ""

    def do_describe(self, connection, request):
        return (404 if not self.sessions else 200), {}, ""

    def do_options(self, connection, request):
        if request.session is not None and request.session not in self.sessions:
            return 454, {}, ""
        return 200, {"Public": "OPTIONS, SETUP, PLAY, TEARDOWN, DESCRIBE"}, ""

    def do_setup(self, connection, request):
        if "freq" not in request.query or "msys" not in request.query:
            return 400, {}, "Check-Syntax: freq\r\n"
        if len(self.sessions) >= self.tuners:
            return 503, {}, "No-More: frontends\r\n"
        self.count += 1
        session = Session(self, self.count, connection, request)
        self.sessions[session.id] = session
        return 200, {"Session": f"{session.id};timeout={self.timeout}", "com.ses.streamID": str(session.number),
                     "Transport": session.answer}, ""

    def find(self, request):
        session = self.sessions.get(request.session)
        stream = re.search(r"/stream=(\d+)", request.uri)
        return session if session and stream and int(stream.group(1)) == session.number else None

    def do_play(self, connection, request):
        session = self.find(request)
        if session is None:
            return 454, {}, ""
        session.change(request.query)
        return 200, {"Session": session.id, "RTP-Info": request.uri}, ""

    def do_teardown(self, connection, request):
        session = self.find(request)
        if session is None:
            return 454, {}, ""
        del self.sessions[session.id]
        session.over.set()
        return 200, {"Session": session.id}, ""

    def after(self, connection, request, status):
        if status == 200 and request.method == "PLAY":
            with self.guard:
                session = self.sessions.get(request.session)
            if session is not None:
                session.start()
