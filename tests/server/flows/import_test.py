# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""`daorian import`: what becomes a lesson, what is said of the rest, alone and beside a server.

import_test.py DAORIAN
"""

import functools
import math
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import wave
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402

WAIT_S = 400
CONFIG = "[storage]\nfree_floor_bytes=1M\n"


def expect(value, wanted, what="value"):
    assert value == wanted, f"{what}: {value!r}, wanted {wanted!r}"


def write_tone(path, seconds=3):
    """Sound that is no silence, 16 kHz mono."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.sin(i / 8))) for i in range(16000 * seconds)))


class Import:
    """Each method whose name begins with `test_` is one, with a folder of its own."""

    def __init__(self, program):
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix="daorian-import-"))
        self.data = self.folder / "data"
        self.files = self.folder / "files"
        self.files.mkdir()
        self.config = self.folder / "daorian.conf"
        self.config.write_text(CONFIG)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, code, *arguments, data=None):
        """Gives (ids, sentences)."""
        done = subprocess.run(
            [self.program, "import", "--config", self.config, "--data", data or self.data, *arguments],
            capture_output=True, text=True, timeout=WAIT_S, env={**os.environ, "LC_ALL": "C.UTF-8"})
        assert done.returncode == code, f"exit code {done.returncode}, wanted {code}: {done.stderr}"
        return done.stdout.split(), done.stderr.splitlines()

    def lessons(self, data=None):
        with closing(sqlite3.connect((data or self.data) / "catalog.sqlite3", timeout=20)) as database:
            return {row[0]: row[1:] for row in database.execute(
                "SELECT id, title, language, state, complete, original_bytes FROM lessons")}

    def test_folder(self):
        (self.files / "b").mkdir()
        (self.files / "บทที่_1.mp4").write_bytes(b"one")
        (self.files / "b" / "two.webm").write_bytes(b"second")
        (self.files / "b" / "two.json").write_text('{"title":"สอง","description":"ครั้งที่ 2","language":"en"}')
        (self.files / "b" / "cover.jpg").write_bytes(b"no lesson")
        (self.files / ".hidden.mp4").write_bytes(b"no lesson")
        ids, sentences = self.run(0, self.files)
        expect(sentences, [])
        lessons = self.lessons()
        expect([lessons[one] for one in ids],
               [("สอง", "en", "queued", 0, 6), ("บทที่ 1", "th", "queued", 0, 3)])
        expect((self.data / "originals" / ids[1]).read_bytes(), b"one")
        expect(list((self.data / "uploads").iterdir()), [])
        assert (self.files / "บทที่_1.mp4").exists(), "what is imported stays"

    def test_failures(self):
        (self.files / "good.mp4").write_bytes(b"good")
        (self.files / "bad.mp4").write_bytes(b"bad")
        (self.files / "bad.json").write_text('{"title":7}')
        ids, sentences = self.run(65, self.files / "missing.mp4", self.files / "bad.mp4", self.files / "good.mp4")
        expect(len(ids), 1)
        expect(len(sentences), 2)
        assert "missing.mp4" in sentences[0] and "bad.mp4" in sentences[1], sentences
        empty = self.folder / "empty"
        empty.mkdir()
        expect(self.run(66, empty)[0], [])
        expect(self.run(74, self.files, data="/proc/none")[0], [])

    def test_no_room(self):
        self.config.write_text("[storage]\nfree_floor_bytes=500T\n")
        (self.files / "a.mp4").write_bytes(b"a")
        ids, sentences = self.run(65, self.files)
        expect((ids, len(sentences)), ([], 1))
        expect(self.lessons(), {})

    def kill_half_way(self, data):
        """An import that died after its row and before its last byte."""
        source = self.files / "half.mp4"
        with source.open("wb") as out:
            out.truncate(2 << 30)
        running = subprocess.Popen(
            [self.program, "import", "--config", self.config, "--data", data, source],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + WAIT_S
        while not list((data / "uploads").glob("*.part")):
            assert running.poll() is None and time.monotonic() < until, "the import never began"
            time.sleep(0.01)
        running.kill()
        running.wait(WAIT_S)
        source.unlink()
        (lesson,) = (id for id, row in self.lessons(data).items() if row[0] == "half")
        expect(self.lessons(data)[lesson][2], "receiving")
        return lesson

    def wait_failed(self, lesson, data):
        until = time.monotonic() + WAIT_S
        while self.lessons(data)[lesson][2] == "receiving" or list((data / "uploads").glob("*.part")):
            assert time.monotonic() < until, "the dead import's lesson never ended"
            time.sleep(0.05)
        with closing(sqlite3.connect(data / "catalog.sqlite3", timeout=20)) as database:
            expect(database.execute("SELECT state, error_code FROM lessons WHERE id = ?", [lesson]).fetchone(),
                   ("failed", "import-interrupted"))
        assert not (data / "originals" / lesson).exists()

    def test_killed_then_imported_again(self):
        (self.data / "uploads").mkdir(parents=True)
        lesson = self.kill_half_way(self.data)
        write_tone(self.files / "tone.wav")
        self.run(0, "--wait", self.files)
        self.wait_failed(lesson, self.data)

    def test_killed_then_served(self):
        daemon = Daemon(self.program, encoder=False, config=CONFIG)
        try:
            daemon.start()
            daemon.stop()
            lesson = self.kill_half_way(daemon.data)
            daemon.start()
            self.wait_failed(lesson, daemon.data)
        finally:
            daemon.clean()

    def test_wait(self):
        write_tone(self.files / "tone.wav")
        (self.files / "noise.mp4").write_bytes(os.urandom(200000))
        ids, sentences = self.run(65, "--wait", self.files)
        expect(len(ids), 1)
        expect(len(sentences), 1)
        assert "noise.mp4" in sentences[0] and "not video or sound" in sentences[0], sentences
        expect(self.lessons()[ids[0]][:4], ("tone", "th", "published", 1))
        assert (self.data / "lessons" / ids[0] / "index.m3u8").exists()

    def test_beside_a_server(self):
        daemon = Daemon(self.program, encoder=True, config=CONFIG)
        try:
            daemon.start()
            write_tone(self.files / "tone.wav")
            ids, sentences = self.run(0, "--wait", self.files, data=daemon.data)
            expect((len(ids), sentences), (1, []))
            expect(self.lessons(daemon.data)[ids[0]][2:4], ("published", 1))
            expect(daemon.request("GET", f"/api/v1/lessons/{ids[0]}").json()["complete"], True)
        finally:
            daemon.clean()


def in_own_folder(test):
    @functools.wraps(test)
    def run(program):
        scene = Import(program)
        try:
            test(scene)
        finally:
            scene.remove()

    return run


if __name__ == "__main__":
    sys.exit(tap.run([in_own_folder(test) for test in tap.find(vars(Import))], sys.argv[1]))
