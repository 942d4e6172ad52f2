# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""A weak link between two network namespaces, for kernels without `tc netem`: packets are read from a TUN interface on
either side, lost or held back, and written to the other. Used by bench/link.py, inside its own user namespace."""

import fcntl
import heapq
import itertools
import os
import random
import select
import socket
import struct
import subprocess
import sys
import threading
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PACKET_BYTES = 2048
QUEUE_BYTES = 64_000  # what waits in front of the narrow part; more is lost, as at a modem


def open_end(address, peer):
    """An interface of the namespace we are in. Returns its file descriptor."""
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"weak", IFF_TUN | IFF_NO_PI))
    for command in (f"address add {address} peer {peer} dev weak", "link set weak up mtu 1500", "link set lo up"):
        subprocess.run(["ip", *command.split()], check=True)
    return tun


def open_end_in(process, address, peer):
    """The same in the namespace of another process."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        subprocess.run(["nsenter", "--target", str(process), "--net", sys.executable, __file__, str(theirs.fileno()), address, peer],
                       pass_fds=[theirs.fileno()], check=True)
        return socket.recv_fds(ours, 1, 1)[1][0]


class Way:
    """One direction: a queue in front of a narrow part, then the distance. Packets stay in order."""

    def __init__(self, link, source, target, dice):
        self.link, self.source, self.target, self.dice = link, source, target, dice
        self.free_at = self.last = 0.0

    def admit(self, packet, now):
        """When it arrives, or None when it is lost."""
        begins = max(now, self.free_at)
        waiting = (begins - now) * self.link["kbps"] * 125
        if self.dice.random() * 100 < self.link["loss_percent"] or waiting > QUEUE_BYTES:
            return None
        self.free_at = begins + len(packet) / (self.link["kbps"] * 125)
        jitter = self.dice.uniform(-1, 1) * self.link["jitter_ms"]
        self.last = max(self.last, self.free_at + (self.link["round_trip_ms"] / 2 + jitter) / 1000)
        return self.last


class Emulator(threading.Thread):
    """Runs until close(). @link: `kbps`, `round_trip_ms`, `jitter_ms` of one way, `loss_percent` of one way."""

    def __init__(self, link, here, there, seed=1):
        super().__init__(daemon=True)
        dice = random.Random(seed)
        self.ways = {here: Way(link, here, there, dice), there: Way(link, there, here, dice)}
        self.count = itertools.count()  # packets due at the same moment keep their order
        self.wake, self.ended = os.pipe()
        self.start()

    def close(self):
        os.close(self.ended)
        self.join()
        os.close(self.wake)

    def take(self, way, due):
        while True:
            try:
                packet = os.read(way.source, PACKET_BYTES)
            except BlockingIOError:
                return
            at = way.admit(packet, time.monotonic())
            if at is not None:
                heapq.heappush(due, (at, next(self.count), way.target, packet))

    def run(self):
        due = []
        while True:
            rest = max(0.0, due[0][0] - time.monotonic()) if due else None
            ready, _, _ = select.select([*self.ways, self.wake], [], [], rest)
            if self.wake in ready:
                return
            for source in ready:
                self.take(self.ways[source], due)
            while due and due[0][0] <= time.monotonic():
                _, _, target, packet = heapq.heappop(due)
                try:
                    os.write(target, packet)
                except OSError:
                    continue  # the interface is going down


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asker:
        socket.send_fds(asker, [b"1"], [open_end(*sys.argv[2:4])])
