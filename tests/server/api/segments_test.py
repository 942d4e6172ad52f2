# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""What `check`, `backup` and `restore` make of the windows of channels and of recordings that are not lessons yet: what
is broken is told with what to do, what is nobody's is told, numbers of segments never come again. Prints TAP. Argument:
the daorian executable."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402

DATAERR = 65
BOOKING = "01900000-0000-7000-8000-0000000000c1"
NOBODY = "01900000-0000-7000-8000-0000000000c9"
FIRST, SEGMENTS, BYTES, TICKS = 5000, 6, 100, 270000


def seal(*words):
    text = " ".join(map(str, words))
    return f"{text} {hashlib.sha256(text.encode()).hexdigest()[:8]}\n"


def write_segments(folder, wall_ms):
    """A folder as a window's or a recording's, of one rung."""
    (folder / "staging").mkdir(parents=True)
    (folder / "staging" / "half.part").write_bytes(b"x")
    lines = [seal("next", FIRST, FIRST * TICKS, 7, 2), seal("init", "voice", 7, 10, "mp4a.40.2", 0, 0, 0)]
    for number in range(FIRST, FIRST + SEGMENTS):
        lines.append(seal("seg", number, number * TICKS, TICKS, wall_ms + (number - FIRST) * 3000, 2, "voice", 7, BYTES))
        path = folder / "voice" / str(number // 1000) / f"{number}.m4s"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"s" * BYTES)
    (folder / "voice" / "init-7.mp4").write_bytes(b"i" * 10)
    (folder / "segments.journal").write_text("".join(lines))


def segment(folder, place):
    return folder / "voice" / str(FIRST // 1000) / f"{FIRST + place}.m4s"


class World:
    def __init__(self, program):
        self.daemon = Daemon(program)
        self.daemon.start()
        token = self.daemon.add_user("admin", "administrator")
        body = json.dumps({"slug": "dao", "name": "ดาว", "enabled": False})
        answer = self.daemon.request("POST", "/api/v1/channels", body, {"Authorization": "Bearer " + token,
                                                                       "Content-Type": "application/json"})
        assert answer.status == 201, answer.body
        assert self.daemon.stop() == 0
        self.data, now_ms = self.daemon.data, int(time.time() * 1000)
        self.channel, self.recording = self.data / "channels" / answer.json()["id"], self.data / "recordings" / BOOKING
        write_segments(self.channel, now_ms - 60000)
        write_segments(self.recording, now_ms - 3600000)
        with closing(sqlite3.connect(self.data / "catalog.sqlite3", timeout=20)) as database, database:
            database.execute(
                "INSERT INTO bookings (id, channel_name, follows, state, start_ms, end_ms, padding_before_s, padding_after_s, title,"
                " description, language, rights_holder, licence, visibility, created_ms, updated_ms)"
                " VALUES (?, 'x', 0, 'finishing', ?, ?, 0, 0, 'เศษส่วน', '', 'th', '', '', 'public', 1, 1)",
                (BOOKING, now_ms - 3600000, now_ms - 3500000))

    def run(self, code, *arguments):
        done = subprocess.run([self.daemon.program, *map(str, arguments)], text=True, capture_output=True, timeout=120,
                              env={**os.environ, "LC_ALL": "C.UTF-8"}, cwd=self.daemon.folder)
        assert done.returncode == code, (arguments, done)
        return done.stdout

    def check(self, code=0, data=None):
        return self.run(code, "check", "--data", data or self.data)

    def broken(self, path, change, *words):
        """What check says while @path is changed; then it is as before."""
        before = path.read_bytes()
        change(path)
        told = self.check(DATAERR)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before)
        assert all(word in told for word in words), told
        assert "faults found: 0" in self.check()


def test_whole(world):
    told = world.check()
    assert "channels: 1, recordings: 1, faults found: 0" in told, told


def test_journals(world):
    for folder in (world.channel, world.recording):
        journal, lines = folder / "segments.journal", (folder / "segments.journal").read_bytes().split(b"\n")
        lines[4] = lines[4].replace(b"seg", b"sag")
        world.broken(journal, lambda path, text=b"\n".join(lines): path.write_bytes(text), f"{folder.parent.name}/{folder.name} (1)", "damaged")
        whole = journal.read_bytes()
        journal.write_bytes(whole + b"seg 5006 13")  # the server is writing it
        assert "faults found: 0" in world.check()
        journal.write_bytes(whole)


def test_missing_segments(world):
    world.broken(segment(world.channel, 3), Path.unlink, "(1)", "rewind window", "faults found: 1")
    world.broken(segment(world.recording, 0), Path.unlink, "(1)", "a repeat can fill", "faults found: 1")
    world.broken(segment(world.recording, 2), lambda path: path.write_bytes(b"short"), "(1)", "a repeat can fill")
    oldest = segment(world.channel, 0)
    before = oldest.read_bytes()
    oldest.unlink()  # the window is done with it
    assert "faults found: 0" in world.check()
    oldest.write_bytes(before)


def test_missing_recording(world):
    away = world.daemon.folder / "away"
    world.recording.rename(away)
    told = world.check(DATAERR)
    assert f"recordings/{BOOKING} (เศษส่วน)" in told and "restore a backup" in told, told
    away.rename(world.recording)


def test_nobodys_folders(world):
    for kind in ("channels", "recordings", "lessons"):
        (world.data / kind / NOBODY).mkdir(parents=True)
    (world.data / "originals" / NOBODY).write_text("x")
    told = world.check()
    for kind in ("channels", "recordings", "lessons", "originals"):
        assert f"{kind}/{NOBODY}: " in told, (kind, told)
    assert told.count("goes when the server starts") == 2 and told.count("may be in the making") == 2, told
    for kind in ("channels", "recordings", "lessons"):
        (world.data / kind / NOBODY).rmdir()
    (world.data / "originals" / NOBODY).unlink()


def test_backup_and_restore(world):
    copy, back = world.daemon.folder / "copy", world.daemon.folder / "back"
    told = world.run(0, "backup", copy, "--data", world.data)
    assert "recordings that are not lessons yet" in told and "Not saved: what channels can be rewound to" in told, told
    kept, window = copy / "recordings" / BOOKING, copy / "channels" / world.channel.name
    assert (kept / "segments.journal").read_bytes() == (world.recording / "segments.journal").read_bytes()
    assert [segment(kept, place).read_bytes() for place in range(SEGMENTS)] == [b"s" * BYTES] * SEGMENTS
    assert [path.name for path in window.iterdir()] == ["segments.journal"] and not (kept / "staging").exists()
    world.run(0, "restore", copy, "--data", back)
    assert "channels: 1, recordings: 1, faults found: 0" in world.check(data=back)
    lines = (back / "channels" / world.channel.name / "segments.journal").read_text().splitlines(True)
    words = lines[0].split()
    assert len(lines) == 1 and seal(*words[:-1]) == lines[0], lines
    number, at, init = map(int, words[1:4])
    assert number > FIRST + SEGMENTS + 60000 // 500 and at > (FIRST + SEGMENTS) * TICKS and init > 7, words
    shutil.rmtree(copy)


def main():
    world = World(sys.argv[1])
    try:
        return tap.run(tap.find(globals()), world, log=lambda: world.daemon.errors)
    finally:
        world.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
