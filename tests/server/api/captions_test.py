# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Captions over HTTP with a recogniser that is a real program: drafts, approval, what a person wrote is kept, encodings,
replaced texts stay readable, programs that misbehave. Prints TAP. Argument: the daorian executable."""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402

PROGRAM = """#!/bin/sh
case "$2" in
th) printf '1\\n00:00:01,000 --> 00:00:02,000\\nสวัสดี %s\\n' "$(wc -c <"$1")" ;;
en) echo 'this is not a caption file' ;;
lo) echo 'the model is missing' >&2; exit 3 ;;
my) yes 'line after line' ;;
km) sleep 600 & sleep 600 ;;
zh) [ -e "%(data)s/catalog.sqlite3" ] && exit 1; printf 'WEBVTT\\n\\n00:01.000 --> 00:02.000\\n%s\\n' "$(nice)" ;;
esac
"""
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nสวัสดีครับ\n"
PATIENCE_S = 60


class Scene:
    """A daemon with a recogniser and one published lesson that has a sound file."""

    def __init__(self, program):
        self.daemon = Daemon(program)
        script = self.daemon.folder / "recognise"
        script.write_text(PROGRAM.replace("%(data)s", str(self.daemon.data)))
        script.chmod(0o755)
        self.daemon.config.write_text(f"[captions]\ncommand = {script} {{sound}} {{language}}\n")
        self.daemon.start()
        self.token = self.daemon.add_user("staff", "staff")
        self.lesson = self.publish()

    def ask(self, method, path, body=None, **headers):
        body = body.encode() if isinstance(body, str) else body
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.daemon.request(method, "/api/v1/lessons/" + self.lesson + path, body,
                                   {"Authorization": "Bearer " + self.token, **headers})

    def publish(self):
        answer = self.daemon.request("POST", "/api/v1/uploads", b"hello", {
            "Authorization": "Bearer " + self.token, "Tus-Resumable": "1.0.0", "Upload-Length": "5",
            "Content-Type": "application/offset+octet-stream"})
        lesson = answer.headers["daorian-lesson"]
        bundle = self.daemon.data / "lessons" / lesson
        bundle.mkdir(parents=True)
        (bundle / "voice.01234567.mp4").write_bytes(b"x" * 1234)
        with closing(sqlite3.connect(self.daemon.data / "catalog.sqlite3", timeout=20)) as database, database:
            database.execute("UPDATE lessons SET state = 'published', published_ms = 1, visibility = 'public' WHERE id = ?",
                             (lesson,))
            database.execute("INSERT INTO rungs (lesson_id, generation, name, file, bytes, updated_ms)"
                             " VALUES (?, 1, 'voice', 'voice.01234567.mp4', 1234, 1)", (lesson,))
        return lesson

    def listing(self):
        return self.ask("GET", "/captions").json()

    def recognise(self, language):
        """Waits until the program has run; gives its job."""
        answer = self.ask("POST", f"/captions/{language}/recognise", Accept_Language="en")
        assert answer.status == 202, answer.body
        deadline = time.monotonic() + PATIENCE_S
        while True:
            job = json.loads(self.ask("GET", "/captions", Accept_Language="en").body)["job"]
            if job["language"] == language and job["state"] not in ("queued", "running"):
                return job
            assert time.monotonic() < deadline, job
            time.sleep(0.05)  # between two questions

    def bundle(self, url):
        return self.daemon.request("GET", url)


def test_draft_until_approved(scene):
    assert scene.recognise("th")["state"] == "done"
    [item] = scene.listing()["items"]
    assert (item["language"], item["state"], item["source"]) == ("th", "draft", "recogniser"), item
    text = scene.ask("GET", "/captions/th").body.decode()
    assert text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nสวัสดี 1234\n", text
    assert scene.bundle(item["url"]).body.decode() == text
    # Corrected in part it stays a draft of the machine.
    saved = scene.ask("PUT", "/captions/th?state=draft", VTT, If_Match=item["etag"]).json()
    assert (saved["state"], saved["source"]) == ("draft", "recogniser"), saved
    lesson = scene.ask("POST", "/captions/th/approve", If_Match=saved["etag"]).json()
    assert lesson["id"] == scene.lesson
    assert scene.listing()["items"][0]["state"] == "approved"


def test_person_is_not_overwritten(scene):
    answer = scene.ask("POST", "/captions/th/recognise")
    assert answer.status == 409 and answer.json()["code"] == "captions-exist", answer.body
    assert "สวัสดีครับ" in scene.ask("GET", "/captions/th").body.decode()


def test_replaced_text_stays(scene):
    before = scene.listing()["items"][0]
    other = VTT.replace("สวัสดีครับ", "ลาก่อน")
    coded = other.encode("tis-620")
    saved = scene.ask("PUT", "/captions/th", coded, If_Match=before["etag"]).json()
    assert saved["url"] != before["url"] and "ลาก่อน" in scene.bundle(saved["url"]).body.decode()
    assert "สวัสดีครับ" in scene.bundle(before["url"]).body.decode()
    history = scene.ask("GET", "/history").json()["items"]
    sums = [item["detail"]["sha256"] for item in history if item["action"] == "captions.save"]
    assert before["url"].split(".")[-2] == sums[1][:8], (before, sums)
    # Taken back, it has its old name again.
    back = scene.ask("PUT", "/captions/th", scene.bundle(before["url"]).body, If_Match=saved["etag"]).json()
    assert back["url"] == before["url"]
    stale = scene.ask("PUT", "/captions/th", VTT, If_Match=before["etag"])
    assert stale.status == 412, stale.body


def test_faults_have_lines(scene):
    broken = "1\n00:00:02,000 --> 00:00:01,000\nx\n\n2\nnonsense --> 00:00:03,000\ny\n"
    answer = scene.ask("PUT", "/captions/ms", broken.encode("utf-16"), If_None_Match="*", Accept_Language="th")
    faults = [(fault["line"], fault["code"]) for fault in answer.json()["errors"]]
    assert answer.status == 422 and faults == [(2, "backwards"), (6, "time")], answer.body
    assert all("\u0e00" < fault["message"][0] for fault in answer.json()["errors"])
    assert scene.ask("GET", "/captions/ms").status == 404


def test_bad_programs(scene):
    for language, word in (("en", "no right caption file"), ("lo", "recogniser failed"), ("my", "no right caption file")):
        job = scene.recognise(language)
        assert job["state"] == "failed" and word in job["error"], (language, job)
        assert scene.ask("GET", f"/captions/{language}").status == 404
    assert any("the model is missing" in line for line in scene.daemon.errors), scene.daemon.errors


def test_walls(scene):
    """It runs with the lowest priority and sees nothing of the data folder but the sound."""
    assert scene.recognise("zh")["state"] == "done"
    text = scene.ask("GET", "/captions/zh").body.decode()
    assert text.endswith("\n19\n"), text


def test_stops_with_a_program_running(scene):
    assert scene.ask("POST", "/captions/km/recognise").status == 202
    deadline = time.monotonic() + PATIENCE_S
    while scene.listing()["job"]["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    began = time.monotonic()
    assert scene.daemon.stop() == 0
    assert time.monotonic() - began < PATIENCE_S
    with closing(sqlite3.connect(scene.daemon.data / "catalog.sqlite3", timeout=20)) as database:
        [(state, attempts)] = database.execute("SELECT state, attempts FROM jobs WHERE argument = 'km'").fetchall()
    assert (state, attempts) == ("queued", 0), (state, attempts)


def main():
    scene = Scene(sys.argv[1])
    try:
        return tap.run(tap.find(globals()), scene, log=lambda: scene.daemon.errors)
    finally:
        scene.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
