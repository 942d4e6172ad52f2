# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The event stream: who hears what, catching up, and when a stream ends. Prints TAP. Argument: the daorian executable."""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402
from event_stream import Stream  # noqa: E402

TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


def bearer(token):
    return {"Authorization": "Bearer " + token}


def call(daemon, method, path, body, headers):
    answer = daemon.request(method, path, json.dumps(body), {**headers, "Content-Type": "application/json"})
    assert answer.status in (200, 201), answer.body
    return answer


def make_tokens(daemon, roles):
    """Accounts over HTTP alone: what a verb writes would be told as `resync` at some time or other."""
    password = "correct horse"
    answer = call(daemon, "POST", "/api/v1/setup", {
        "token": daemon.await_setup_token(), "name": "first", "password": password}, {})
    admin = {"Cookie": answer.headers["set-cookie"].split(";")[0], "X-CSRF-Token": answer.json()["csrf_token"]}
    tokens = {}
    for name, role in roles.items():
        call(daemon, "POST", "/api/v1/users", {"name": name, "role": role, "password": password}, admin)
        answer = call(daemon, "POST", "/api/v1/session", {"name": name, "password": password}, {})
        own = {"Cookie": answer.headers["set-cookie"].split(";")[0], "X-CSRF-Token": answer.json()["csrf_token"]}
        tokens[name] = call(daemon, "POST", "/api/v1/tokens", {"label": "test"}, own).json()["token"]
    return tokens


def upload(daemon, token):
    answer = daemon.request("POST", "/api/v1/uploads", b"hello", {**TUS, **bearer(token), "Upload-Length": "5"})
    assert answer.status == 201, answer.body
    return answer.headers["daorian-lesson"]


def tamper(daemon, sql, *values):
    with closing(sqlite3.connect(daemon.data / "catalog.sqlite3", timeout=20)) as database, database:
        database.execute(sql, values)


def test_who_hears_what(daemon, tokens):
    streams = {role: Stream(daemon, bearer(token)) for role, token in tokens.items()}
    lesson = upload(daemon, tokens["teacher"])
    for role in ("administrator", "staff", "teacher"):
        heard = streams[role].until(lambda name, _, data: name == "lesson" and data["state"] == "queued")
        assert {data["id"] for name, _, data in heard if name == "lesson"} == {lesson}
        assert [data for name, _, data in heard if name == "upload"], role
    admin = bearer(tokens["administrator"])
    job = daemon.request("GET", "/api/v1/jobs?limit=1", headers=admin).json()["items"][0]
    daemon.request("PATCH", "/api/v1/jobs/" + job["id"], '{"priority":7}', {**admin, "Content-Type": "application/json"})
    heard = streams["administrator"].until(lambda name, _, data: name == "job" and data["priority"] == 7)
    assert heard[-1][2]["lesson_id"] == lesson
    # The other teacher and the learner hear of it only when it is published: everything before was withheld.
    tamper(daemon, "UPDATE lessons SET state = 'published' WHERE id = ?", lesson)
    for role in ("learner", "other"):
        streams[role].until(lambda name, *_: name == "resync")
    for move in ("withdraw", "restore"):
        answer = daemon.request("POST", f"/api/v1/lessons/{lesson}/{move}", "", bearer(tokens["teacher"]))
        assert answer.status == 200, answer.body
    for role in ("learner", "other"):
        heard = streams[role].until(lambda name, *_: name == "lesson")
        assert heard[-1][2]["state"] == "published" and not heard[-1][2]["may_edit"]
        assert {name for name, *_ in heard} <= {"lesson", "resync"}, heard
    for stream in streams.values():
        stream.close()


def test_catching_up(daemon, tokens):
    stream = Stream(daemon, bearer(tokens["staff"]))
    first = upload(daemon, tokens["staff"])
    last = stream.until(lambda name, _, data: name == "lesson" and data["state"] == "queued")[-1]
    stream.close()
    second = upload(daemon, tokens["staff"])
    again = Stream(daemon, bearer(tokens["staff"]), last[1])
    heard = again.until(lambda name, _, data: name == "lesson" and data["id"] == second)
    assert first not in {data["id"] for name, _, data in heard if name == "lesson"}, heard
    again.close()
    stranger = Stream(daemon, bearer(tokens["staff"]), "1-1")
    assert stranger.next()[0] == "resync"
    stranger.close()


def test_what_is_deleted(daemon, tokens):
    admin, teacher = Stream(daemon, bearer(tokens["administrator"])), Stream(daemon, bearer(tokens["teacher"]))
    channel = call(daemon, "POST", "/api/v1/channels", {"name": "ช่องหนึ่ง", "slug": "one"}, bearer(tokens["administrator"])).json()["id"]
    soon_ms = int(time.time() * 1000) + 3_600_000
    booking = call(daemon, "POST", "/api/v1/bookings", {
        "channel": channel, "start_ms": soon_ms, "end_ms": soon_ms + 600_000, "title": "ข่าว"}, bearer(tokens["teacher"])).json()["id"]
    for kind, gone in (("bookings", booking), ("bookings", booking), ("channels", channel)):  # given up, then forgotten
        answer = daemon.request("DELETE", f"/api/v1/{kind}/{gone}", headers={**bearer(tokens["administrator"]), "If-Match": "*"})
        assert answer.status == 204, answer.body
    admin.until(lambda name, _, data: name == "gone" and data == {"kind": "channel", "id": channel})
    heard = teacher.until(lambda name, _, data: name == "gone" and data == {"kind": "booking", "id": booking})
    upload(daemon, tokens["teacher"])
    heard += teacher.until(lambda name, *_: name == "lesson")
    assert not [event for event in heard if event[0] == "gone" and event[2]["kind"] != "booking"], heard
    admin.close()
    teacher.close()


def test_verbs_are_noticed(daemon, tokens):
    stream = Stream(daemon, bearer(tokens["learner"]))
    daemon.add_user("latecomer", "learner")
    stream.until(lambda name, *_: name == "resync")
    stream.close()


def test_streams_end_with_the_account(daemon, tokens):
    daemon.add_user("leaver", "staff")
    answer = daemon.request("POST", "/api/v1/session", json.dumps({"name": "leaver", "password": "correct horse"}),
                            {"Content-Type": "application/json"})
    cookie = answer.headers["set-cookie"].split(";")[0]
    stream = Stream(daemon, {"Cookie": cookie})
    answer = daemon.request("DELETE", "/api/v1/session", headers={
        "Cookie": cookie, "X-CSRF-Token": answer.json()["csrf_token"]})
    assert answer.status == 204
    upload(daemon, tokens["staff"])
    event = stream.next()
    while event is not None:
        assert event[0] in ("resync", "hello"), event
        event = stream.next()


def test_stops_with_a_stream_open(daemon, tokens):
    lingering = Stream(daemon, bearer(tokens["staff"]))
    try:
        daemon.end()
    finally:
        lingering.close()


def main():
    daemon = Daemon(sys.argv[1])
    roles = {"administrator": "administrator", "staff": "staff", "teacher": "teacher", "other": "teacher", "learner": "learner"}
    try:
        daemon.start()
        return tap.run(tap.find(globals()), daemon, make_tokens(daemon, roles), log=lambda: daemon.errors)
    finally:
        daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
