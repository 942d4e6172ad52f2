# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""A daorian of our own on a free loopback port and a fresh data folder, for tests over HTTP."""

import fcntl
import http.client
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

START_S = 120
ANSWER_S = 120


def is_sanitized(program):
    """Built with AddressSanitizer, which keeps what is freed: memory cannot be judged then."""
    return b"__asan_init" in Path(program).read_bytes()


class Answer:
    """Status, headers (lower case) and body of one answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {}
        for name, value in response.getheaders():
            earlier = self.headers.get(name.lower())
            self.headers[name.lower()] = f"{earlier}, {value}" if earlier else value
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


class Daemon:
    """Starts `daorian serve`; encodes nothing when @encoder is false (the test holds the encoder's lock)."""

    def __init__(self, program, encoder=False, config=""):
        self.program = os.path.abspath(program)
        self.folder = Path(tempfile.mkdtemp(prefix="daorian-test-"))
        self.data = self.folder / "data"
        self.config = self.folder / "daorian.conf"
        self.config.write_text(config)
        self.process = None
        self.errors = []
        self.port = 0
        self.setup_token = None
        self.lock = None
        if not encoder:
            self.data.mkdir()
            self.lock = open(self.data / "encoder.lock", "a")
            fcntl.flock(self.lock, fcntl.LOCK_EX)

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", self.config, "--data", self.data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        lines, self.errors = queue.Queue(), []
        threading.Thread(target=self._pump, args=(self.process.stdout, lines.put), daemon=True).start()
        threading.Thread(target=self._pump, args=(self.process.stderr, self.errors.append), daemon=True).start()
        self.port = int(self._await(lines, r"http://127\.0\.0\.1:(\d+)/$"))
        return self

    @staticmethod
    def _pump(stream, put):
        for line in stream:
            put(line)

    def _await(self, lines, pattern):
        while True:
            try:
                line = lines.get(timeout=START_S)
            except queue.Empty:
                raise RuntimeError("the server did not start: " + "".join(self.errors)) from None
            found = re.search(pattern, line.rstrip())
            if found:
                self.lines = lines
                return found.group(1)

    def await_setup_token(self):
        return self._await(self.lines, r"/setup\?token=(\S+)$")

    def verb(self, *arguments, text=None):
        """Runs a verb beside the server; gives (exit code, standard output, standard error)."""
        done = subprocess.run([self.program, *arguments, "--data", self.data], input=text, text=True,
                              capture_output=True, timeout=240, env={**os.environ, "LC_ALL": "C.UTF-8"})
        return done.returncode, done.stdout.strip(), done.stderr.strip()

    def add_user(self, name, role, password="correct horse"):
        code, _, error = self.verb("user", "add", "--role", role, "--password-stdin", name, text=password + "\n")
        assert code == 0, error
        code, token, error = self.verb("user", "token", name)
        assert code == 0, error
        return token

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def stop(self, how=signal.SIGTERM):
        """Gives the exit code."""
        self.process.send_signal(how)
        code = self.process.wait(timeout=120)
        self.process = None
        return code

    def end(self):
        """Stops it in good order: no critical warning, no word of a sanitizer."""
        code = self.stop()
        complaints = [line for line in self.errors if "CRITICAL" in line or "Sanitizer" in line]
        assert code == 0 and not complaints, f"exit status {code} {complaints}"

    def clean(self):
        if self.process:
            self.process.kill()
            self.process.wait(timeout=120)
        if self.lock:
            self.lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)
