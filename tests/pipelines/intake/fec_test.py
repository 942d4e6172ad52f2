# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""RTP with forward error correction (SMPTE ST 2022-1) over real sockets on loopback: the intake child gets a multiplex
of which packets are lost on the way, and rows and columns that make them anew. Prints TAP.
Arguments: the daorian-media, thai-mux and daorian executables."""

import itertools
import random
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from child_test import WAIT_S, Bench, Child  # noqa: E402

PACKET = 188
DATAGRAM = 7 * PACKET
COLUMNS, ROWS = 10, 5
MATRIX = COLUMNS * ROWS
SENDER = 0x4441


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def find_ports():
    """Three in a row, as ST 2022-1 has them: media, columns, rows."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if is_free(port + 2) and is_free(port + 4):
                return port
    raise AssertionError("no three ports are free")


def exclusive_or(pieces):
    number = 0
    for piece in pieces:
        number ^= int.from_bytes(piece, "big")
    return number.to_bytes(max(map(len, pieces)), "big")


class Sender:
    """Numbers its packets through the wrap of 16 bits and loses those that it is told to."""

    def __init__(self, port, number=65500):
        self.port, self.number, self.corrections = port, number, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def wait_until_taken(self):
        """What a socket cannot hold the system throws away: nothing may wait in any of the three."""
        ports = {f"{port:04X}" for port in (self.port, self.port + 2, self.port + 4)}
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
            queues = [row[4].split(":")[1] for row in rows if row[1].split(":")[1] in ports]
            if len(queues) == 3 and all(int(queue, 16) == 0 for queue in queues):
                return
            time.sleep(0.001)
        raise AssertionError("the child does not read its sockets")

    def send(self, number, payload):
        head = struct.pack("!BBHII", 0x80, 33, number & 0xFFFF, number * 90 & 0xFFFFFFFF, SENDER)
        self.socket.sendto(head + payload, ("127.0.0.1", self.port))

    def send_correction(self, base, offset, payloads):
        """§8.4: the exclusive or of lengths, types, times and payloads."""
        length, times = 0, 0
        for i, payload in enumerate(payloads):
            length ^= len(payload)
            times ^= (base + i * offset) * 90 & 0xFFFFFFFF
        kind = 33 if len(payloads) % 2 else 0
        row = 0x40 if offset == 1 else 0
        fec = struct.pack("!HHIIBBBB", base & 0xFFFF, length, 0x80000000 | kind << 24, times, row, offset, len(payloads), 0)
        head = struct.pack("!BBHII", 0x80, 96, self.corrections & 0xFFFF, 0, 0)
        self.corrections += 1
        self.socket.sendto(head + fec + exclusive_or(payloads), ("127.0.0.1", self.port + (4 if row else 2)))

    def send_matrix(self, payloads, lost, columns, rows):
        base = self.number
        self.number += MATRIX
        for i, payload in enumerate(payloads):
            if i not in lost:
                self.send(base + i, payload)
        self.wait_until_taken()
        for column in range(COLUMNS if columns else 0):
            self.send_correction(base + column, COLUMNS, payloads[column::COLUMNS])
        for row in range(ROWS if rows else 0):
            self.send_correction(base + row * COLUMNS, 1, payloads[row * COLUMNS:(row + 1) * COLUMNS])
        self.wait_until_taken()


def run(bench, choose_lost, columns=True, rows=True):
    """Sends all of a stream. Returns the child's last figures, and how many packets there were and how many were lost."""
    data = bench.stream(4).read_bytes()
    payloads = [data[at:at + DATAGRAM] for at in range(0, len(data) - MATRIX * DATAGRAM, DATAGRAM)]
    payloads = payloads[:len(payloads) // MATRIX * MATRIX]
    port, dropped = find_ports(), 0
    with Child(bench.media) as child:
        child.job(f"rtp://127.0.0.1:{port}", guide=False)
        child.wait_for("hello")
        child.wait_for("health")  # its sockets are open
        sender = Sender(port)
        for at in range(0, len(payloads), MATRIX):
            # The first matrix tells that there is correction; the last is not followed by what shows a loss.
            lost = choose_lost() if 0 < at < len(payloads) - MATRIX else set()
            dropped += len(lost)
            sender.send_matrix(payloads[at:at + MATRIX], lost, columns, rows)
        assert dropped > len(payloads) // 100, dropped
        total = len(payloads) * 7 - 1  # whether the very last is in step the next would tell
        kept = total if columns or rows else total - 7 * dropped
        health = child.wait(lambda line: line["type"] == "health" and line["packets"] >= kept, f"{kept} packets")
        child.send({"type": "cancel"})
        return health, total, dropped


def test_bursts(bench):
    """Columns alone: ten packets in a row are missing in every matrix, and the stream is whole."""
    start = random.Random(1)
    health, total, dropped = run(bench, lambda: set(range(first := start.randrange(MATRIX - COLUMNS), first + COLUMNS)),
                                 rows=False)
    assert health["packets"] == total and health["cc_errors"] == 0 and health["broken_sections"] == 0, (health, dropped)


def test_scattered(bench):
    """Rows and columns: single packets, two of one column, and a corner that only one after another can be made anew."""
    shapes = [{3}, {4, 14}, {20, 21}, {0, 1, 10}, {7, 17, 27, 37, 47}, {49}, {5, 16, 28, 39}]
    turn = itertools.cycle(shapes)
    health, total, dropped = run(bench, lambda: next(turn))
    assert health["packets"] == total and health["cc_errors"] == 0 and health["broken_sections"] == 0, (health, dropped)


def test_without(bench):
    """The same loss without correction is seen: each packet that is missing is missing, and nothing else."""
    turn = itertools.cycle([{3}, {30, 31}])
    health, total, dropped = run(bench, lambda: next(turn), columns=False, rows=False)
    assert health["packets"] == total - 7 * dropped and health["cc_errors"] > 0, (health, total, dropped)


def main():
    with tempfile.TemporaryDirectory() as folder:
        return tap.run(tap.find(globals()), Bench(*sys.argv[1:4], Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
