#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Delivery against nginx (sendfile) in one run: requests/s, CPU and tail latency of 10,000 clients, memory of an
idle connection. One core serves, one loads. Prints Markdown. Called by `./dev bench delivery`, which gives the
paths of the server and the load tool; DAORIAN_BENCH_SECONDS and DAORIAN_BENCH_ROUNDS shorten it."""

import json
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SECONDS = float(os.environ.get("DAORIAN_BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("DAORIAN_BENCH_ROUNDS", "3"))
LESSON = "01890000-0000-7000-8000-000000000001"
PLAYLIST = f"/lessons/{LESSON}/index.m3u8"
MEDIA = f"/lessons/{LESSON}/medium.0123abcd.mp4"
CASES = [
    ("2 KB playlist, 64 connections", PLAYLIST, 64, None, 1.5),
    ("2 KB playlist, 10,000", PLAYLIST, 10000, None, 1.2),
    ("60 KB range of a 30 MB file, 64", MEDIA, 64, "bytes=6000000-6061439", 1.0),
    ("60 KB range, 2,000", MEDIA, 2000, "bytes=6000000-6061439", 1.0),
]
NGINX = """daemon off; master_process off; error_log {dir}/error.log; pid {dir}/nginx.pid; worker_rlimit_nofile 20000;
events {{ worker_connections 15000; }}
http {{
  access_log off; sendfile on; keepalive_timeout 75; keepalive_requests 1000000000; server_tokens off;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp4 mp4; }}
  client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir}; scgi_temp_path {dir};
  server {{ listen 127.0.0.1:{port} backlog=4096; root {dir};
            add_header Cache-Control "public, max-age=31536000, immutable"; add_header Access-Control-Allow-Origin *; }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def on_core(core, *command):
    return ["taskset", "-c", str(core), *map(str, command)]


class Server:
    def __init__(self, name, process, port):
        self.name, self.process, self.port = name, process, port
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{name} does not listen")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self):
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return sum(int(n) * 1024 for n in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+)", text, re.M))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def start_nginx(folder):
    port = free_port()
    config = Path(folder) / "nginx.conf"
    config.write_text(NGINX.format(dir=folder, port=port))
    return Server("nginx", subprocess.Popen(on_core(0, "nginx", "-p", folder, "-c", config)), port)


def start_own(executable, folder, kind):
    port = free_port()
    command = on_core(0, executable, f"{folder}/lessons", port, 1, kind)
    return Server(kind, subprocess.Popen(command, stdin=subprocess.PIPE), port)


def wrk(server, path, connections, byte_range):
    seconds = SECONDS * (3 if connections > 5000 else 1)  # to connect takes its part of it
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s"]
    if byte_range:
        command += ["-H", f"Range: {byte_range}"]
    text = subprocess.run(on_core(1, *command, f"http://127.0.0.1:{server.port}{path}"), check=True,
                          capture_output=True, text=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = re.search(r"Socket errors: (.*)", text)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), (bad or errors) and (bad or errors).group(0)


class Load:
    def __init__(self, executable, server, clients, rate, seconds):
        command = on_core(1, executable, server.port, PLAYLIST, clients, rate, seconds)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()  # all are connected

    def go(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


def sparse(load_tool, server):
    seconds = max(8.0, 2 * SECONDS)
    load = Load(load_tool, server, 10000, 5000, seconds)
    before, start = server.cpu_seconds(), time.monotonic()
    result = load.go()
    result["cpu"] = 100 * (server.cpu_seconds() - before) / (time.monotonic() - start)
    load.end()
    return result


def idle_memory(load_tool, server):
    before = server.memory_bytes()
    load = Load(load_tool, server, 10000, 0, 0)
    load.go()
    after = server.memory_bytes()
    load.end()
    return (after - before) / 10000


class Attack:
    """Clients that never finish: half send a head byte by byte, half a body that does not come."""

    def __init__(self, server, count):
        self.sockets = []
        for i in range(count):
            s = socket.create_connection(("127.0.0.1", server.port))
            s.setblocking(False)
            s.send(b"GET / HTTP/1.1\r\nX: " if i % 2 else b"POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n")
            self.sockets.append(s)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.trickle)
        self.thread.start()

    def trickle(self):
        while not self.ended.wait(1.0):
            for s in self.sockets:
                try:
                    s.send(b"x")
                except OSError:
                    pass

    def end(self):
        self.ended.set()
        self.thread.join()
        for s in self.sockets:
            s.close()


def attacked(load_tool, server):
    """p99 of 2,000 clients × 0.5 requests/s, without and with 5,000 slow connections; medians of the rounds."""
    calm, under = [], []
    for _ in range(ROUNDS):
        for results, count in ((calm, 0), (under, 5000)):
            attack = Attack(server, count)
            load = Load(load_tool, server, 2000, 1000, 2 * SECONDS)
            results.append(load.go()["p99_ms"])
            load.end()
            attack.end()
    return statistics.median(calm), statistics.median(under)


def fill(folder):
    lesson = Path(folder) / "lessons" / LESSON
    lesson.mkdir(parents=True)
    (lesson / "index.m3u8").write_bytes(b"#EXTM3U\n" + b"#" * 2039 + b"\n")
    (lesson / "medium.0123abcd.mp4").write_bytes(os.urandom(1 << 20) * 30)
    for path in [Path(folder), *Path(folder).rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def measure_rates(servers):
    print("| requests/s | nginx | libsoup | ratio | fast | ratio | target |\n|---|---|---|---|---|---|---|")
    for title, path, connections, byte_range, target in CASES:
        rates, faults = {kind: [] for kind in servers}, set()
        for kind, server in list(servers.items()) * ROUNDS:
            rate, fault = wrk(server, path, connections, byte_range)
            rates[kind].append(rate)
            faults |= {f"{kind}: {fault}"} if fault else set()
        n, s, f = (statistics.median(rates[k]) for k in ("nginx", "libsoup", "fast"))
        note = f" ({'; '.join(sorted(faults))})" if faults else ""
        print(f"| {title} | {n:,.0f} | {s:,.0f} | {s / n:.2f} | {f:,.0f} | {f / n:.2f} | ≥ {target}{note} |", flush=True)


def measure_sparse(servers, load_program):
    print("\n| 10,000 clients × 0.5 requests/s | CPU | p50 | p99 | answers lost |\n|---|---|---|---|---|")
    results = {kind: [] for kind in servers}
    for kind, server in list(servers.items()) * ROUNDS:
        results[kind].append(sparse(load_program, server))
    for kind, runs in results.items():
        r = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        print(f"| {kind} | {r['cpu']:.1f} % | {r['p50_ms']:.2f} ms | {r['p99_ms']:.1f} ms | {r['failed']:.0f} |", flush=True)


def measure_attack(server, load_program):
    calm, under = attacked(load_program, server)
    print("\n| p99 of 2,000 clients × 0.5 requests/s | calm | 5,000 slow heads and bodies | change | target |\n|---|---|---|---|---|")
    print(f"| fast | {calm:.2f} ms | {under:.2f} ms | {100 * (under / calm - 1):+.0f} % | < 20 % |", flush=True)


def print_memory(memory):
    print("\n| | nginx | libsoup | fast | target |\n|---|---|---|---|---|")
    print("| user memory of an idle connection, after one request | "
          + " | ".join(f"{memory[k]:,.0f} B" for k in ("nginx", "libsoup", "fast")) + " | ≤ 512 B |")


def main():
    server_program, load_program = sys.argv[1:3]
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    os.sched_setaffinity(0, {1})  # the attack is load too
    with tempfile.TemporaryDirectory(prefix="daorian-bench-") as folder:
        fill(folder)
        makers = {
            "nginx": lambda: start_nginx(folder),
            "libsoup": lambda: start_own(server_program, folder, "libsoup"),
            "fast": lambda: start_own(server_program, folder, "fast"),
        }
        memory = {}
        for kind, make in makers.items():  # on a fresh process each, before anything else grew its heap
            server = make()
            memory[kind] = idle_memory(load_program, server)
            server.stop()
        servers = {kind: make() for kind, make in makers.items()}
        print(f"Medians of {ROUNDS} rounds of {SECONDS:g} s, servers in turn; one core serves, one loads. "
              "*libsoup*: every request parsed by libsoup; *fast*: the strict parser for public bundle files.\n")
        measure_rates(servers)
        measure_sparse(servers, load_program)
        measure_attack(servers["fast"], load_program)
        print_memory(memory)
        for server in servers.values():
            server.stop()


if __name__ == "__main__":
    main()
