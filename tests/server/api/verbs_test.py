# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The verbs and their exit codes, beside a server and without one; restart after kill -9. Prints TAP. Argument: the
daorian executable."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402

USAGE, DATAERR, NOINPUT, NOUSER, UNAVAILABLE, CANTCREAT, CONFIG = 64, 65, 66, 67, 69, 73, 78


def run(daemon, *arguments, text=None, locale="C.UTF-8"):
    done = subprocess.run([daemon.program, *map(str, arguments)], input=text, text=True, capture_output=True, timeout=240,
                          env={**os.environ, "LC_ALL": locale}, cwd=daemon.folder)
    return done.returncode, done.stdout, done.stderr


def expect(code, answer, word=""):
    assert answer[0] == code, f"exit {answer[0]}, wanted {code}: {answer}"
    assert word in answer[1] + answer[2], f"{word!r} is not in {answer}"
    return answer[1]


def test_usage(daemon):
    expect(0, run(daemon, "--help"), "serve")
    expect(0, run(daemon, "version"), "daorian 0.")
    expect(USAGE, run(daemon))
    expect(USAGE, run(daemon, "dance"), "no such verb")
    expect(USAGE, run(daemon, "serve", "--fast"), "fast")
    expect(USAGE, run(daemon, "serve", "extra"))
    expect(USAGE, run(daemon, "import"), "which files")
    for verb in ("serve", "import", "user", "backup", "restore", "check"):
        expect(0, run(daemon, verb, "--help"), "--config")
    expect(USAGE, run(daemon, "--data", daemon.data, "user", "list", "extra"))


def test_configuration(daemon):
    bad = daemon.folder / "bad.conf"
    bad.write_text("# one\n[server]\nlisten = 127.0.0.1:0\nlisteners = 3\n")
    expect(CONFIG, run(daemon, "serve", "--config", bad), "bad.conf:4:")
    expect(NOINPUT, run(daemon, "serve", "--config", daemon.folder / "none.conf"))
    expect(USAGE, run(daemon, "serve", "--listen", "nowhere"), "ADDR:PORT")
    expect(CANTCREAT, run(daemon, "serve", "--data", "/proc/daorian", "--listen", "127.0.0.1:0"))


def test_users(daemon):
    data = ("--data", daemon.data)
    expect(0, run(daemon, *data, "user", "add", "--role", "staff", "--password-stdin", "มาลี", text="12345678\n"))
    expect(USAGE, run(daemon, *data, "user", "add", "--role", "king", "--password-stdin", "x", text="12345678\n"))
    expect(USAGE, run(daemon, *data, "user", "add", "--role", "staff", "x", text=""), "--password-stdin")
    expect(DATAERR, run(daemon, *data, "user", "add", "--role", "staff", "--password-stdin", "x", text="short\n"))
    expect(DATAERR, run(daemon, *data, "user", "add", "--role", "staff", "--password-stdin", "x", text=""))
    expect(DATAERR, run(daemon, *data, "user", "add", "--role", "staff", "--password-stdin", "มาลี", text="12345678\n"))
    expect(NOUSER, run(daemon, *data, "user", "passwd", "--password-stdin", "nobody", text="12345678\n"))
    expect(0, run(daemon, *data, "user", "passwd", "--password-stdin", "มาลี", text="87654321\n"))
    assert expect(0, run(daemon, *data, "user", "token", "มาลี")).startswith("daorian_")
    expect(NOUSER, run(daemon, *data, "user", "token", "nobody"))
    assert expect(0, run(daemon, *data, "user", "list")) == "มาลี\tstaff\tenabled\n"


def sign_in(daemon, password):
    body = json.dumps({"name": "มาลี", "password": password})
    return daemon.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"}).status


def test_beside_a_server(daemon):
    daemon.start()
    assert sign_in(daemon, "87654321") == 200
    expect(0, run(daemon, "--data", daemon.data, "user", "passwd", "--password-stdin", "มาลี", text="12345678\n"))
    assert sign_in(daemon, "87654321") == 401 and sign_in(daemon, "12345678") == 200
    taken = f"127.0.0.1:{daemon.port}"
    expect(UNAVAILABLE, run(daemon, "serve", "--data", daemon.folder / "other", "--listen", taken))


def test_killed_and_started_again(daemon):
    for _ in range(3):
        code, token, _ = daemon.verb("user", "token", "มาลี")
        assert code == 0
        answer = daemon.request("POST", "/api/v1/uploads", b"hello", {
            "Authorization": "Bearer " + token, "Tus-Resumable": "1.0.0", "Upload-Length": "5",
            "Content-Type": "application/offset+octet-stream"})
        lesson = answer.headers["daorian-lesson"]
        daemon.stop(signal.SIGKILL)
        daemon.start()
        assert daemon.request("GET", "/readyz").status == 200
        kept = daemon.request("GET", f"/api/v1/lessons/{lesson}", headers={"Authorization": "Bearer " + token})
        assert kept.status == 200 and kept.json()["state"] == "queued"
    daemon.lesson = lesson


def publish(daemon):
    folder = daemon.data / "lessons" / daemon.lesson
    folder.mkdir()
    for name in ("lesson.json", "index.m3u8"):
        (folder / name).write_text("x")
    with closing(sqlite3.connect(daemon.data / "catalog.sqlite3", timeout=20)) as database, database:
        database.execute("UPDATE lessons SET state = 'published' WHERE id = ?", (daemon.lesson,))
    return folder


def test_backup_and_restore(daemon):
    folder = publish(daemon)
    copy, back = daemon.folder / "copy", daemon.folder / "back"
    expect(0, run(daemon, "check", "--data", daemon.data), "faults found: 0")
    expect(0, run(daemon, "backup", copy, "--data", daemon.data))
    expect(CANTCREAT, run(daemon, "backup", copy, "--data", daemon.data))
    expect(NOINPUT, run(daemon, "backup", daemon.folder / "c2", "--data", daemon.folder / "nothing"))
    expect(0, run(daemon, "restore", copy, "--data", back))
    expect(CANTCREAT, run(daemon, "restore", copy, "--data", back))
    expect(NOINPUT, run(daemon, "restore", daemon.folder / "nothing", "--data", daemon.folder / "b2"))
    expect(0, run(daemon, "check", "--data", back), "published lessons looked at: 1")
    assert (back / "lessons" / daemon.lesson / "lesson.json").read_text() == "x"
    assert (back / "originals" / daemon.lesson).read_bytes() == b"hello"
    (folder / "index.m3u8").unlink()
    expect(DATAERR, run(daemon, "check", "--data", daemon.data), "index.m3u8")
    expect(NOINPUT, run(daemon, "check", "--data", daemon.folder / "nothing"))


def test_interrupted_restore(daemon):
    beside = daemon.folder / "again.restoring"
    beside.mkdir()
    (beside / "half").write_text("")
    expect(CANTCREAT, run(daemon, "restore", daemon.folder / "copy", "--data", daemon.folder / "again"))
    assert not (daemon.folder / "again").exists()
    shutil.rmtree(beside)
    whole = (daemon.folder / "copy" / "catalog.sqlite3").read_bytes()
    (daemon.folder / "copy" / "catalog.sqlite3").write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
    code, _, _ = run(daemon, "restore", daemon.folder / "copy", "--data", daemon.folder / "again")
    assert code != 0 and not (daemon.folder / "again").exists()


def test_newer_schema_is_refused(daemon):
    path = daemon.folder / "back" / "catalog.sqlite3"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA user_version = 999")
    expect(CONFIG, run(daemon, "serve", "--data", daemon.folder / "back", "--listen", "127.0.0.1:0"))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM accounts").fetchone() == (1,)


def test_behind_a_proxy(daemon):
    behind = Daemon(daemon.program, config="[server]\ntrust_forwarded = yes\n").start()
    try:
        code, _, error = behind.verb("user", "add", "--role", "staff", "--password-stdin", "มาลี", text="12345678\n")
        assert code == 0, error
        body = json.dumps({"name": "มาลี", "password": "wrong"})
        headers = {"Content-Type": "application/json", "X-Forwarded-For": "10.9.9.9, 192.0.2.1"}
        seen = [behind.request("POST", "/api/v1/session", body, headers).status for _ in range(6)]
        assert seen == [401] * 5 + [429], seen
        headers = {**headers, "X-Forwarded-For": "192.0.2.1, 192.0.2.2", "X-Forwarded-Proto": "https"}
        answer = behind.request("POST", "/api/v1/session", body.replace("wrong", "12345678"), headers)
        assert answer.status == 200 and "; Secure" in answer.headers["set-cookie"], answer.headers
        assert behind.stop() == 0
    finally:
        behind.clean()


def test_stops_in_good_order(daemon):
    daemon.end()


def main():
    daemon = Daemon(sys.argv[1])
    try:
        return tap.run(tap.find(globals()), daemon, log=lambda: daemon.errors)
    finally:
        daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
