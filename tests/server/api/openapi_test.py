# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The OpenAPI document against a running server, in both directions: every route of routes.c is documented and
every documented one exists; every answer seen is documented and fits its schema, and every documented answer was
seen. Prints TAP. Arguments: the daorian executable, the program that lists the routes."""

import base64
import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import bookings
import channels
import classes
import guide
import openapi_broadcasts
import rules
from document import Document
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from daemon import Daemon  # noqa: E402

PASSWORD = "correct horse"
NOBODY = "01900000-0000-7000-8000-000000000000"
TUS = {"Tus-Resumable": "1.0.0"}


class Tap:
    def __init__(self):
        self.count, self.failed = 0, 0

    def point(self, good, name, faults=()):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}".replace("#", ""), flush=True)
        for fault in faults:
            print(f"# {fault}", flush=True)


class Client:
    """Makes requests and has each answer judged."""

    def __init__(self, daemon, document):
        self.daemon, self.document = daemon, document
        self.faults = []

    def __call__(self, method, template, status, parameters=None, token=None, body=None, headers=None, query=""):
        path = template
        for name, value in (parameters or {}).items():
            path = path.replace("{" + name + "}", value)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        answer = self.daemon.request(method, path + query, body, headers)
        self.faults += self.document.judge(method, template, answer)
        if answer.status != status:
            self.faults.append(f"{method} {path}{query}: {answer.status}, wanted {status}: {answer.body[:200]!r}")
        return answer


class Scenario:
    """Each method whose name begins with `run_` is one test; they run in the order in which they stand here."""

    def __init__(self, daemon, ask):
        self.daemon, self.ask = daemon, ask
        self.tokens, self.ids = {}, {}

    # Helpers

    def refuse_all(self, method, template, parameters=None, who="staff", **more):
        """A visitor gets 401, a wrong role 403 (who may be None)."""
        self.ask(method, template, 401, parameters, **more)
        if who:
            self.ask(method, template, 403, parameters, token=self.tokens[who], **more)

    def tamper(self, sql, *values):
        """Brings the catalogue into a state that otherwise takes an encoder."""
        with closing(sqlite3.connect(self.daemon.data / "catalog.sqlite3", timeout=20)) as database, database:
            database.execute(sql, values)

    def upload(self, who, content=b"hello", **more):
        headers = {**TUS, "Upload-Length": str(len(content)), "Content-Type": "application/offset+octet-stream",
                   "Upload-Metadata": "title " + base64.b64encode("เศษส่วน".encode()).decode(), **more}
        answer = self.ask("POST", "/api/v1/uploads", 201, token=self.tokens[who], body=content, headers=headers)
        return answer.headers["daorian-lesson"]

    def begin_upload(self, who, length=10, **more):
        answer = self.ask("POST", "/api/v1/uploads", 201, token=self.tokens[who],
                          headers={**TUS, "Upload-Length": str(length), **more})
        self.ids["begun"] = answer.headers.get("daorian-lesson")
        return answer.headers["location"].rsplit("/", 1)[1]

    def cookie(self, name):
        answer = self.ask("POST", "/api/v1/session", 200, body={"name": name, "password": PASSWORD})
        return answer.headers["set-cookie"].split(";")[0], answer.json()["csrf_token"]

    # Tests

    def run_setup(self):
        ask, path = self.ask, "/api/v1/setup"
        token = self.daemon.await_setup_token()
        assert ask("GET", "/api/v1/session", 200).json()["setup_needed"]
        ask("POST", path, 400, body="{", headers={"Content-Type": "application/json"})
        ask("POST", path, 415, body="{}", headers={"Content-Type": "text/plain"})
        ask("POST", path, 415, body="{}", headers={"Content-Type": "application/jsonx"})
        ask("POST", path, 422, body={"token": token, "name": "admin", "password": "short"})
        ask("POST", path, 404, body={"token": "x" * 43, "name": "admin", "password": PASSWORD})
        answer = ask("POST", path, 201, body={"token": token, "name": "admin", "password": PASSWORD})
        assert "HttpOnly" in answer.headers["set-cookie"] and "SameSite=Lax" in answer.headers["set-cookie"]
        ask("POST", path, 404, body={"token": token, "name": "admin2", "password": PASSWORD})
        code, self.tokens["administrator"], _ = self.daemon.verb("user", "token", "admin")
        assert code == 0
        for role in ("staff", "teacher", "learner"):
            self.tokens[role] = self.daemon.add_user(role, role)

    def run_session(self):
        ask, path = self.ask, "/api/v1/session"
        cookie, csrf = self.cookie("Admin")
        session = ask("GET", path, 200, headers={"Cookie": cookie}).json()
        assert session["csrf_token"] == csrf and session["account"]["role"] == "administrator"
        ask("DELETE", path, 401)
        ask("DELETE", path, 403, headers={"Cookie": cookie})
        ask("DELETE", path, 204, headers={"Cookie": cookie, "X-CSRF-Token": csrf})
        assert ask("GET", path, 200, headers={"Cookie": cookie}).json()["account"] is None
        ask("POST", path, 400, body="[" * 100, headers={"Content-Type": "application/json"})
        ask("POST", path, 413, body={"name": "x" * 5000, "password": "y"})
        ask("POST", path, 415, body="{}", headers={"Content-Type": "text/plain"})
        ask("POST", path, 422, body={"name": "admin"})
        ask("POST", path, 422, body={"name": "admin", "password": PASSWORD, "remember": True})
        for _ in range(5):
            problem = ask("POST", path, 401, body={"name": "mallory", "password": "guess"}).json()
        assert problem["code"] == "wrong-password"
        answer = ask("POST", path, 429, body={"name": "Mallory", "password": "guess"})
        assert 0 < int(answer.headers["retry-after"]) <= 300

    def run_password(self):
        ask, path = self.ask, "/api/v1/password"
        self.daemon.add_user("somchai", "learner")
        cookie, csrf = self.cookie("somchai")
        other, _ = self.cookie("somchai")
        keys = {"Cookie": cookie, "X-CSRF-Token": csrf}
        ask("POST", path, 401, body={"current": PASSWORD, "new": "battery staple"})
        ask("POST", path, 403, body={"current": PASSWORD, "new": "battery staple"}, headers={"Cookie": cookie})
        ask("POST", path, 415, body="x", headers=keys)
        ask("POST", path, 422, body={"current": "wrong", "new": "battery staple"}, headers=keys)
        ask("POST", path, 422, body={"current": PASSWORD, "new": "short"}, headers=keys)
        ask("POST", path, 204, body={"current": PASSWORD, "new": "battery staple"}, headers=keys)
        assert ask("GET", "/api/v1/session", 200, headers={"Cookie": cookie}).json()["account"]
        assert ask("GET", "/api/v1/session", 200, headers={"Cookie": other}).json()["account"] is None
        for _ in range(5):
            ask("POST", path, 422, body={"current": "wrong", "new": "battery staple"}, headers=keys)
        ask("POST", path, 429, body={"current": "wrong", "new": "battery staple"}, headers=keys)

    def run_users(self):
        ask, path, one = self.ask, "/api/v1/users", "/api/v1/users/{id}"
        admin = {"token": self.tokens["administrator"]}
        self.refuse_all("GET", path)
        ask("GET", path, 422, query="?limit=0", **admin)
        ask("GET", path, 422, query="?cursor=nonsense", **admin)
        self.refuse_all("POST", path, body={"name": "x", "password": PASSWORD})
        ask("POST", path, 400, body="[]", headers={"Content-Type": "application/json"}, **admin)
        ask("POST", path, 413, body={"name": "x" * 5000, "password": "y"}, **admin)
        ask("POST", path, 415, body="{}", headers={"Content-Type": "text/plain"}, **admin)
        ask("POST", path, 422, body={"name": "x", "password": PASSWORD, "role": "king"}, **admin)
        made = ask("POST", path, 201, body={"name": "ครูมาลี", "password": PASSWORD, "role": "teacher"}, **admin)
        user = {"id": made.json()["id"]}
        ask("POST", path, 409, body={"name": "ครูมาลี", "password": PASSWORD}, **admin)
        first = ask("GET", path, 200, query="?limit=2", **admin).json()
        rest = ask("GET", path, 200, query="?limit=200&cursor=" + first["next_cursor"], **admin).json()
        assert not {u["id"] for u in first["items"]} & {u["id"] for u in rest["items"]}
        self.refuse_all("GET", one, user)
        ask("GET", one, 404, {"id": NOBODY}, **admin)
        ask("GET", one, 200, user, **admin)
        self.refuse_all("PATCH", one, user, body={"disabled": True})
        ask("PATCH", one, 400, user, **admin)
        ask("PATCH", one, 404, {"id": NOBODY}, body={"disabled": True}, **admin)
        ask("PATCH", one, 415, user, body="{}", headers={"Content-Type": "text/plain"}, **admin)
        ask("PATCH", one, 422, user, body={"disabled": "yes"}, **admin)
        me = [u for u in first["items"] + rest["items"] if u["name"] == "admin"][0]
        ask("PATCH", one, 409, {"id": me["id"]}, body={"disabled": True}, **admin)
        cookie, _ = self.cookie("ครูมาลี")
        assert ask("PATCH", one, 200, user, body={"disabled": True}, **admin).json()["disabled"]
        assert ask("GET", "/api/v1/session", 200, headers={"Cookie": cookie}).json()["account"] is None
        ask("POST", "/api/v1/session", 401, body={"name": "ครูมาลี", "password": PASSWORD})
        ask("PATCH", one, 200, user, body={"disabled": False, "role": "staff", "display_name": "มาลี"}, **admin)
        reset = one + "/password-reset"
        self.refuse_all("POST", reset, user)
        ask("POST", reset, 404, {"id": NOBODY}, **admin)
        fresh = ask("POST", reset, 200, user, **admin).json()["password"]
        ask("POST", "/api/v1/session", 200, body={"name": "ครูมาลี", "password": fresh})

    def run_tokens(self):
        ask, path, one = self.ask, "/api/v1/tokens", "/api/v1/tokens/{id}"
        me = {"token": self.tokens["learner"]}
        cookie, _ = self.cookie("learner")
        ask("GET", path, 401)
        ask("GET", path, 401, token="daorian_wrong")
        ask("GET", path, 200, **me)
        ask("POST", path, 401, body={"label": "script"})
        ask("POST", path, 403, body={"label": "script"}, headers={"Cookie": cookie})
        ask("POST", path, 400, body="x", headers={"Content-Type": "application/json"}, **me)
        ask("POST", path, 415, body="x", headers={"Content-Type": "text/plain"}, **me)
        ask("POST", path, 422, body={"label": ""}, **me)
        made = ask("POST", path, 201, body={"label": "script"}, **me).json()
        ask("GET", path, 200, token=made["token"])
        token = {"id": made["id"]}
        ask("DELETE", one, 401, token)
        ask("DELETE", one, 403, token, headers={"Cookie": cookie})
        ask("DELETE", one, 404, token, token=self.tokens["staff"])
        ask("DELETE", one, 204, token, **me)
        ask("GET", path, 401, token=made["token"])
        for _ in range(60):
            answer = self.daemon.request("POST", path, '{"label":"x"}', {
                "Authorization": "Bearer " + self.tokens["learner"], "Content-Type": "application/json"})
            if answer.status != 201:
                break
        ask("POST", path, 409, body={"label": "one too many"}, **me)

    def run_uploads(self):
        ask, path, one = self.ask, "/api/v1/uploads", "/api/v1/uploads/{id}"
        staff = {"token": self.tokens["staff"]}
        data = {**TUS, "Content-Type": "application/offset+octet-stream"}
        ask("GET", path, 401)
        ask("OPTIONS", path, 204)
        ask("POST", path, 401, headers={**TUS, "Upload-Length": "1"})
        ask("POST", path, 403, token=self.tokens["learner"], headers={**TUS, "Upload-Length": "1"})
        ask("POST", path, 400, headers=TUS, **staff)
        ask("POST", path, 412, headers={"Tus-Resumable": "0.2.0", "Upload-Length": "1"}, **staff)
        ask("POST", path, 413, headers={**TUS, "Upload-Length": str(2**50)}, **staff)
        ask("POST", path, 404, headers={**TUS, "Upload-Concat": "final;/api/v1/uploads/" + NOBODY}, **staff)
        wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other").digest()).decode()
        ask("POST", path, 460, body=b"12345", headers={**data, "Upload-Length": "5", "Upload-Checksum": wrong}, **staff)
        part = self.begin_upload("staff", **{"Upload-Concat": "partial"})
        ask("POST", path, 409, headers={**TUS, "Upload-Concat": "final;/api/v1/uploads/" + part}, **staff)
        upload = {"id": self.begin_upload("staff")}
        ask("GET", path, 200, **staff)
        ask("OPTIONS", one, 204, upload)
        ask("GET", one, 401, upload, headers=TUS)
        ask("GET", one, 403, upload, token=self.tokens["learner"], headers=TUS)
        ask("GET", one, 404, {"id": NOBODY}, headers=TUS, **staff)
        ask("GET", one, 412, upload, **staff)
        ask("GET", one, 200, upload, headers=TUS, **staff)
        here = {**data, "Upload-Offset": "0"}
        ask("PATCH", one, 401, upload, body=b"12345", headers=here)
        ask("PATCH", one, 403, upload, body=b"12345", headers=here, token=self.tokens["learner"])
        ask("PATCH", one, 404, {"id": NOBODY}, body=b"12345", headers=here, **staff)
        ask("PATCH", one, 400, upload, body=b"12345", headers=data, **staff)
        ask("PATCH", one, 409, upload, body=b"12345", headers={**data, "Upload-Offset": "3"}, **staff)
        ask("PATCH", one, 412, upload, body=b"12345", headers={**here, "Tus-Resumable": "9"}, **staff)
        ask("PATCH", one, 413, upload, body=b"12345678901", headers=here, **staff)
        ask("PATCH", one, 415, upload, body=b"12345", headers={**here, "Content-Type": "text/plain"}, **staff)
        ask("PATCH", one, 460, upload, body=b"12345", headers={**here, "Upload-Checksum": wrong}, **staff)
        ask("PATCH", one, 204, upload, body=b"12345", headers=here, **staff)
        self.refuse_all("DELETE", one, upload, "learner", headers=TUS)
        ask("DELETE", one, 404, {"id": NOBODY}, headers=TUS, **staff)
        ask("DELETE", one, 412, upload, **staff)
        ask("DELETE", one, 204, upload, headers=TUS, **staff)
        ask("GET", one, 410, upload, headers=TUS, **staff)
        ask("PATCH", one, 410, upload, body=b"12345", headers=here, **staff)
        ask("DELETE", one, 410, upload, headers=TUS, **staff)

    def run_lessons(self):
        ask, path, one = self.ask, "/api/v1/lessons", "/api/v1/lessons/{id}"
        teacher, staff = {"token": self.tokens["teacher"]}, {"token": self.tokens["staff"]}
        lesson = {"id": self.upload("teacher")}
        self.ids["lesson"] = lesson
        ask("GET", path, 401, query="?mine=1")
        ask("GET", path, 422, query="?limit=many")
        ask("GET", path, 422, query="?state=asleep")
        ask("GET", path, 422, query="?cursor=nonsense")
        assert ask("GET", path, 200).json()["items"] == []
        mine = ask("GET", path, 200, query="?mine=1&state=queued&query=%E0%B8%AA%E0%B9%88%E0%B8%A7%E0%B8%99", **teacher)
        assert [item["id"] for item in mine.json()["items"]] == [lesson["id"]]
        ask("GET", one, 404, lesson)
        ask("GET", one, 404, lesson, token=self.tokens["learner"])
        ask("GET", one, 404, {"id": "../../etc/passwd".replace("/", "%2F")})
        seen = ask("GET", one, 200, lesson, **teacher)
        ask("GET", one, 304, lesson, headers={"If-None-Match": seen.headers["etag"]}, **teacher)
        edit = {"headers": {"If-Match": seen.headers["etag"]}}
        ask("PATCH", one, 401, lesson, body={"title": "x"}, **edit)
        ask("PATCH", one, 404, lesson, body={"title": "x"}, token=self.tokens["learner"], **edit)
        ask("PATCH", one, 428, lesson, body={"title": "x"}, **teacher)
        ask("PATCH", one, 400, lesson, **edit, **teacher)
        ask("PATCH", one, 413, lesson, body={"title": "x" * 70000}, **edit, **teacher)
        ask("PATCH", one, 415, lesson, body="{}", headers={**edit["headers"], "Content-Type": "text/plain"}, **teacher)
        ask("PATCH", one, 422, lesson, body={"colour": "x"}, **edit, **teacher)
        ask("PATCH", one, 422, lesson, body={"visibility": "secret"}, **edit, **teacher)
        ask("PATCH", one, 200, lesson, body={"title": "เศษส่วน ๒", "subject": "คณิต", "keep_until_ms": None}, **edit, **teacher)
        ask("PATCH", one, 412, lesson, body={"title": "too late"}, **edit, **staff)
        ask("PATCH", one, 200, lesson, body={"description": "<b>&"}, headers={"If-Match": "*"}, **staff)

    def run_classes(self):
        classes.run(self)

    def run_multiplexes(self):
        openapi_broadcasts.run_multiplexes(self, NOBODY)

    def run_services(self):
        openapi_broadcasts.run_services(self, NOBODY)

    def run_moves(self):
        ask, one = self.ask, "/api/v1/lessons/{id}"
        lesson, teacher = self.ids["lesson"], {"token": self.tokens["teacher"]}
        for move, steps in {"cancel": (200, 409), "retry": (200, 409), "withdraw": (200, 409), "restore": (200, 409)}.items():
            ask("POST", f"{one}/{move}", 401, lesson)
            ask("POST", f"{one}/{move}", 404, {"id": NOBODY}, **teacher)
            ask("POST", f"{one}/{move}", 404, lesson, token=self.tokens["learner"])
            for status in steps:
                ask("POST", f"{one}/{move}", status, lesson, **teacher)
        upload, begun = self.begin_upload("staff"), {"id": self.ids["begun"]}
        stopped = ask("POST", one + "/cancel", 200, begun, token=self.tokens["staff"]).json()
        assert stopped["state"] == "failed" and stopped["error"]["code"] == "upload-cancelled", stopped
        assert not (self.daemon.data / "uploads" / (upload + ".part")).exists()
        self.tamper("UPDATE lessons SET state = 'published', published_ms = 1 WHERE id = ?", lesson["id"])
        ask("GET", one, 200, lesson)
        for move in ("cancel", "retry", "withdraw", "restore"):
            ask("POST", f"{one}/{move}", 403, lesson, token=self.tokens["learner"])
        ask("PATCH", one, 403, lesson, body={"title": "x"}, headers={"If-Match": "*"}, token=self.tokens["learner"])
        ask("GET", one + "/history", 401, lesson)
        ask("GET", one + "/history", 403, lesson, token=self.tokens["learner"])
        ask("GET", one + "/history", 404, {"id": NOBODY}, **teacher)
        ask("GET", one + "/history", 422, lesson, query="?limit=-1", **teacher)
        history = ask("GET", one + "/history", 200, lesson, **teacher).json()["items"]
        assert len(history) >= 6 and {entry["subject"] for entry in history} == {lesson["id"]}

    def run_reencode(self):
        ask, one = self.ask, "/api/v1/lessons/{id}"
        lesson, teacher, begun = self.ids["lesson"], {"token": self.tokens["teacher"]}, {"id": self.ids["begun"]}
        learner, staff, area = {"token": self.tokens["learner"]}, {"token": self.tokens["staff"]}, {"x": 700, "y": 0, "width": 300, "height": 400}
        path = one + "/reencode"
        ask("POST", path, 401, lesson)
        ask("POST", path, 403, lesson, **learner)
        ask("POST", path, 404, {"id": NOBODY}, **teacher)
        ask("POST", path, 409, begun, **staff)
        self.tamper("UPDATE lessons SET original_bytes = 0 WHERE id = ?", lesson["id"])  # as one from the air
        assert ask("POST", path, 409, lesson, **teacher).json()["code"] == "no-original"
        assert ask("PUT", one + "/interpreter", 409, lesson, body=area, **teacher).json()["code"] == "no-original"
        self.tamper("UPDATE lessons SET complete = 0 WHERE id = ?", lesson["id"])
        assert ask("POST", one + "/retry", 409, lesson, **teacher).json()["code"] == "no-original"
        self.tamper("UPDATE lessons SET original_bytes = 5, complete = 1 WHERE id = ?", lesson["id"])
        first = self.jobs("reencode")
        assert first == []
        ask("POST", path, 200, lesson, **teacher)
        ask("POST", path, 200, lesson, **teacher)
        assert len(self.jobs("reencode")) == 1
        path = one + "/interpreter"
        ask("PUT", path, 401, lesson, body=area)
        ask("PUT", path, 403, lesson, body=area, **learner)
        ask("PUT", path, 404, {"id": NOBODY}, body=area, **teacher)
        ask("PUT", path, 400, lesson, body="x", headers={"Content-Type": "application/json"}, **teacher)
        ask("PUT", path, 415, lesson, body="null", headers={"Content-Type": "text/plain"}, **teacher)
        for wrong in ({**area, "width": 301}, {**area, "colour": 1}, {"x": 1}, {**area, "height": 0}):
            ask("PUT", path, 422, lesson, body=wrong, **teacher)
        ask("PUT", path, 409, begun, body=area, **staff)
        ask("PUT", path, 412, lesson, body=area, headers={"If-Match": '"0-0123456789ab"'}, **teacher)
        marked = ask("PUT", path, 200, lesson, body=area, **teacher).json()
        assert marked["interpreter"] == area, marked
        ask("PUT", path, 200, lesson, body=area, **teacher)
        undone = ask("PUT", path, 200, lesson, body="null", headers={"Content-Type": "application/json"}, **teacher).json()
        assert undone["interpreter"] is None

    def jobs(self, kind):
        """The jobs of a kind that wait, as the administrator sees them."""
        listed = self.ask("GET", "/api/v1/jobs", 200, query="?state=queued", token=self.tokens["administrator"]).json()
        return [job for job in listed["items"] if job["kind"] == kind]

    def run_jobs(self):
        ask, path, one = self.ask, "/api/v1/jobs", "/api/v1/jobs/{id}"
        admin = {"token": self.tokens["administrator"]}
        self.upload("staff", b"again")
        self.refuse_all("GET", path)
        ask("GET", path, 422, query="?state=asleep", **admin)
        job = {"id": ask("GET", path, 200, query="?state=queued&limit=1", **admin).json()["items"][0]["id"]}
        self.refuse_all("PATCH", one, job, body={"priority": 5})
        ask("PATCH", one, 400, job, body="7", headers={"Content-Type": "application/json"}, **admin)
        ask("PATCH", one, 404, {"id": NOBODY}, body={"priority": 5}, **admin)
        ask("PATCH", one, 415, job, body="7", headers={"Content-Type": "text/plain"}, **admin)
        ask("PATCH", one, 422, job, body={"priority": 101}, **admin)
        assert ask("PATCH", one, 200, job, body={"priority": 5}, **admin).json()["priority"] == 5
        for move in ("cancel", "retry"):
            self.refuse_all("POST", f"{one}/{move}", job)
            ask("POST", f"{one}/{move}", 404, {"id": NOBODY}, **admin)
            ask("POST", f"{one}/{move}", 200, job, **admin)
            self.tamper("UPDATE jobs SET state = 'done' WHERE id = ?", job["id"]) if move == "retry" else None
            ask("POST", f"{one}/{move}", 409, job, **admin)

    def run_administration(self):
        ask, admin = self.ask, {"token": self.tokens["administrator"]}
        self.refuse_all("GET", "/api/v1/status")
        assert ask("GET", "/api/v1/status", 200, **admin).json()["accounts"] >= 4
        self.refuse_all("GET", "/api/v1/audit")
        ask("GET", "/api/v1/audit", 422, query="?cursor=nonsense", **admin)
        first = ask("GET", "/api/v1/audit", 200, query="?limit=3", **admin).json()
        ask("GET", "/api/v1/audit", 200, query="?cursor=" + first["next_cursor"], **admin)

    def run_bundles(self):
        ask, file, deep = self.ask, "/lessons/{id}/{file}", "/lessons/{id}/{folder}/{file}"
        lesson = self.ids["lesson"]
        folder = self.daemon.data / "lessons" / lesson["id"]
        (folder / "captions").mkdir(parents=True, exist_ok=True)
        (folder / "voice.0123abcd.mp4").write_bytes(bytes(range(256)))
        (folder / "captions" / "th.vtt").write_text("WEBVTT\n")
        media = {**lesson, "file": "voice.0123abcd.mp4"}
        whole = ask("GET", file, 200, media)
        ask("GET", file, 304, media, headers={"If-None-Match": whole.headers["etag"]})
        assert ask("GET", file, 206, media, headers={"Range": "bytes=10-19"}).body == bytes(range(10, 20))
        ask("GET", file, 416, media, headers={"Range": "bytes=999-"})
        ask("GET", file, 404, {**lesson, "file": "no.mp4"})
        ask("GET", file, 404, {"id": NOBODY, "file": "voice.0123abcd.mp4"})
        ask("GET", deep, 200, {**lesson, "folder": "captions", "file": "th.vtt"})
        ask("GET", deep, 404, {**lesson, "folder": "captions", "file": "en.vtt"})
        assert self.daemon.request("GET", f"/lessons/{lesson['id']}/../th.vtt").status == 400
        teacher = {"token": self.tokens["teacher"], "headers": {"If-Match": "*"}}
        ask("PATCH", "/api/v1/lessons/{id}", 200, lesson, body={"visibility": "signed-in"}, **teacher)
        ask("GET", file, 401, media)
        ask("GET", file, 200, media, token=self.tokens["learner"])
        ask("PATCH", "/api/v1/lessons/{id}", 200, lesson, body={"visibility": "public"}, **teacher)

    def run_pages(self):
        ask, lesson = self.ask, self.ids["lesson"]
        shell = ask("GET", "/", 200)
        assert "script-src" not in shell.headers["content-security-policy"]
        for path in ("/", "/watch/{id}", "/login", "/setup", "/account", "/upload", "/manage", "/offline", "/class", "/guide", "/recordings", "/admin", "/admin/{page}", "/admin/{page}/{part}"):
            values = {"id": lesson["id"], "page": "users", "part": "guide-file"}
            assert ask("GET", path, 200, values).body == shell.body
            ask("GET", path, 304, values, headers={"If-None-Match": shell.headers["etag"]})
        asset = {"file": shell.body.decode().split("/assets/")[1].split('"')[0]}
        answer = ask("GET", "/assets/{file}", 200, asset)
        assert "immutable" in answer.headers["cache-control"]
        packed = ask("GET", "/assets/{file}", 200, asset, headers={"Accept-Encoding": "gzip"})
        assert len(packed.body) < len(answer.body) and packed.headers["content-encoding"] == "gzip"
        ask("GET", "/assets/{file}", 304, asset, headers={"If-None-Match": answer.headers["etag"]})
        ask("GET", "/assets/{file}", 404, {"file": "..%2Findex.html"})
        icon = ask("GET", "/favicon.svg", 200)
        ask("GET", "/favicon.svg", 304, headers={"If-None-Match": icon.headers["etag"]})
        worker = ask("GET", "/sw.js", 200)
        assert worker.headers["cache-control"] == "no-cache"
        ask("GET", "/sw.js", 304, headers={"If-None-Match": worker.headers["etag"]})
        for name in ("manifest-th.webmanifest", "manifest-en.webmanifest"):
            manifest = ask("GET", "/app/{file}", 200, {"file": name})
            assert manifest.headers["content-type"] == "application/manifest+json"
            for item in json.loads(manifest.body)["icons"]:
                picture = ask("GET", "/app/{file}", 200, {"file": item["src"].removeprefix("/app/")})
                assert picture.body.startswith(b"\x89PNG") and picture.headers["content-type"] == "image/png"
        ask("GET", "/app/{file}", 304, {"file": name}, headers={"If-None-Match": manifest.headers["etag"]})
        ask("GET", "/app/{file}", 404, {"file": "..%2Findex.html"})
        assert b"<script" not in ask("GET", "/trust", 200, query="?lang=en").body
        assert ask("GET", "/trust/daorian-ca.crt", 200).body.startswith(b"0\x82")
        document = ask("GET", "/api/v1/openapi.json", 200)
        ask("GET", "/api/v1/openapi.json", 304, headers={"If-None-Match": document.headers["etag"]})

    def run_lite(self):
        ask, lesson = self.ask, self.ids["lesson"]
        ask("GET", "/lite", 200)
        page = ask("GET", "/lite/", 200, query="?query=%E0%B8%AA%E0%B9%88%E0%B8%A7%E0%B8%99")
        assert lesson["id"] in page.body.decode() and len(page.body) <= 14000
        assert "<script" not in page.body.decode()
        assert b"No lessons" in ask("GET", "/lite/", 200, query="?query=zzz&lang=en").body
        ask("GET", "/lite/", 200, query="?cursor=nonsense")
        one = ask("GET", "/lite/{lesson}", 200, {"lesson": lesson["id"]}).body.decode()
        assert "&lt;b&gt;&amp;" in one and "<b>" not in one
        for nothing in (NOBODY, "nothing"):
            ask("GET", "/lite/{lesson}", 404, {"lesson": nothing})

    def run_captions(self):
        ask, one, path = self.ask, {"id": self.ids["lesson"]["id"]}, "/api/v1/lessons/{id}/captions"
        text, them = path + "/{language}", {**one, "language": "th"}
        nobody, staff = {"id": NOBODY, "language": "th"}, {"token": self.tokens["staff"]}
        vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nสวัสดี <blink>ครับ</blink>\n".encode()
        fresh, broken = {"If-None-Match": "*"}, b"1\n00:00:02,000 --> 00:00:01,000\nx\n"
        self.refuse_all("GET", path, one, who="learner")
        ask("GET", path, 404, nobody, **staff)
        assert ask("GET", path, 200, one, **staff).json() == {"items": [], "recogniser": True, "job": None}
        ask("GET", text, 404, them)
        ask("GET", text, 422, {**one, "language": "thai!"})
        self.refuse_all("PUT", text, them, who="learner", body=vtt, headers=fresh)
        ask("PUT", text, 404, nobody, body=vtt, headers=fresh, **staff)
        ask("PUT", text, 428, them, body=vtt, **staff)
        ask("PUT", text, 413, them, body=b"x" * (3 * 1024 * 1024 + 1), headers=fresh, **staff)
        problem = ask("PUT", text, 422, them, body=broken, headers={**fresh, "Accept-Language": "en"}, **staff).json()
        assert [(e["line"], e["code"]) for e in problem["errors"]] == [(2, "backwards")]
        saved = ask("PUT", text, 201, them, body=vtt, headers=fresh, **staff).json()
        assert [w["code"] for w in saved["warnings"]] == ["markup"] and saved["state"] == "approved"
        ask("PUT", text, 412, them, body=vtt, headers=fresh, **staff)
        again = ask("PUT", text, 200, them, body=vtt, headers={"If-Match": saved["etag"]}, **staff)
        got = ask("GET", text, 200, them)
        assert got.body.decode().endswith("\nสวัสดี ครับ\n") and got.headers["etag"] == again.headers["etag"]
        for method, address in (("POST", text + "/approve"), ("DELETE", text)):
            self.refuse_all(method, address, them, who="learner")
            ask(method, address, 404, nobody, **staff)
            ask(method, address, 412, them, headers={"If-Match": saved["etag"]}, **staff)
            ask(method, address, 200, them, headers={"If-Match": again.headers["etag"]}, **staff)
        recognise = text + "/recognise"
        self.refuse_all("POST", recognise, them, who="learner")
        ask("POST", recognise, 404, nobody, **staff)
        ask("PUT", text, 201, them, body=vtt, headers=fresh, **staff)
        ask("POST", recognise, 409, them, **staff)
        job = ask("POST", recognise, 202, {**one, "language": "en"}, **staff).json()
        assert job["language"] == "en" and job["state"] in ("queued", "running", "failed")

    def run_channels(self):
        channels.run(self)

    def run_bookings(self):
        bookings.run(self)

    def run_guide(self):
        guide.run(self)

    def run_rules(self):
        rules.run(self)

    def run_machines(self):
        self.ask("GET", "/healthz", 200)
        self.ask("GET", "/readyz", 200)
        ask, elsewhere = self.ask, {"headers": {"X-Forwarded-For": "192.0.2.7"}}
        text = ask("GET", "/metrics", 200).body.decode()
        assert "\ndaorian_requests_total " in text and "# TYPE daorian_lessons gauge\n" in text
        assert 'daorian_channel_on_air{channel="' in text and 'daorian_multiplex_receiving{multiplex="' in text, text
        ask("GET", "/metrics", 401, **elsewhere)
        ask("GET", "/metrics", 403, token=self.tokens["staff"], **elsewhere)
        ask("GET", "/metrics", 200, token=self.tokens["administrator"], **elsewhere)

    def run_health(self):
        ask, path, history = self.ask, "/api/v1/health", "/api/v1/health/{id}/history"
        admin = {"token": self.tokens["administrator"]}
        self.refuse_all("GET", path)
        items = ask("GET", path, 200, **admin).json()["items"]
        kinds = [item["kind"] for item in items]
        assert kinds == sorted(kinds, reverse=True) and set(kinds) == {"multiplex", "channel"}, kinds
        for item in items:
            assert item["sentence"] and item["level"] in ("off", "well", "poor", "bad")
            one = {"id": item["id"]}
            for query, step in (("", 60000), ("?step=hour", 3600000)):
                found = ask("GET", history, 200, one, query=query, **admin).json()
                assert found["step_ms"] == step and [f["name"] for f in found["figures"]] == [f["name"] for f in item["figures"]]
                assert all(len(f["values"]) == len(found["at_ms"]) for f in found["figures"])
        self.refuse_all("GET", history, one)
        ask("GET", history, 404, {"id": NOBODY}, **admin)
        ask("GET", history, 422, one, query="?step=year", **admin)

    def run_events(self):
        self.ask("GET", "/api/v1/events", 401)
        self.ask.document.seen.add(("GET", "/api/v1/events", 200))  # judged by events_test.py


def compare_routes(tap, document, lister):
    listed = subprocess.run([lister], capture_output=True, text=True, check=True).stdout
    routes = {tuple(line.split("\t")) for line in listed.splitlines()}
    documented = document.operations()
    tap.point(len(routes) > 40, "routes.c lists its routes")
    tap.point(routes <= documented, "every route is documented", sorted(map(str, routes - documented)))
    tap.point(documented <= routes, "every documented operation is a route", sorted(map(str, documented - routes)))


def run_scenario(tap, scenario, ask):
    for name in [name for name in vars(Scenario) if name.startswith("run_")]:
        began = time.monotonic()
        ask.faults = []
        try:
            getattr(scenario, name)()
        except Exception as error:  # noqa: BLE001 - a broken step must not hide the ones after it
            ask.faults.append(f"{type(error).__name__}: {error} at line {error.__traceback__.tb_next.tb_lineno}")
        tap.point(not ask.faults, f"{name[4:]} answers as documented", ask.faults)
        print(f"# {name[4:]}: {time.monotonic() - began:.1f} s", flush=True)


def main():
    program, lister = sys.argv[1:3]
    tap, daemon = Tap(), Daemon(program, config="[captions]\ncommand = /bin/false\n")
    try:
        assert daemon.verb("tls")[0] == 0  # for the trust page
        daemon.start()
        document = Document(daemon.request("GET", "/api/v1/openapi.json").body)
        compare_routes(tap, document, lister)
        ask = Client(daemon, document)
        run_scenario(tap, Scenario(daemon, ask), ask)
        missing = sorted(document.documented_answers() - document.seen)
        tap.point(not missing, "every documented answer was seen", [" ".join(map(str, one)) for one in missing])
        tap.point(not document.undocumented, "every answer seen is documented", document.undocumented)
        code = daemon.stop()
        tap.point(code == 0, "the server stops in good order", daemon.errors)
        complaints = [line for line in daemon.errors if "CRITICAL" in line or "Sanitizer" in line]
        tap.point(not complaints, "the server complained of nothing", complaints)
    finally:
        daemon.clean()
    print(f"1..{tap.count}")


main()
