# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Every clause of tus 1.0.0 that the server announces, against a real daemon, with lines that break.

uploads_test.py DAORIAN
"""

import base64
import binascii
import email.utils
import hashlib
import random
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon  # noqa: E402

PATH = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
NOBODY = "01900000-0000-7000-8000-000000000000"
CONFIG = "[storage]\nfree_floor_bytes=1M\nupload_limit_bytes=5000000\nuser_limit_bytes=9000000\n"
TRIES, PAUSE_S = 2400, 0.05


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def expect(value, wanted, what="value"):
    assert value == wanted, f"{what}: {value!r}, wanted {wanted!r}"


class Uploads:
    """Each method whose name begins with `test_` is one."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.tokens = {}
        for name, role in (("somsri", "staff"), ("malee", "teacher"), ("full", "staff"),
                           ("arun", "administrator"), ("dek", "learner")):
            self.tokens[name] = daemon.add_user(name, role)

    # Helpers

    def ask(self, method, path, status, body=None, who="somsri", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, path, status, body, who, headers)

    def send(self, method, path, status, body=None, who="somsri", headers=None):
        headers = dict(headers or {})
        if who:
            headers["Authorization"] = "Bearer " + self.tokens[who]
        answer = self.daemon.request(method, path, body, headers)
        assert answer.status == status, f"{method} {path}: {answer.status}, wanted {status}: {answer.body[:300]!r}"
        return answer

    def create(self, length, who="somsri", **more):
        headers = {**TUS, "Upload-Length": str(length), **{k.replace("_", "-"): v for k, v in more.items()}}
        answer = self.send("POST", PATH, 201, who=who, headers=headers)
        return answer.headers["location"], answer.headers.get("daorian-lesson")

    def patch(self, path, offset, data, status=204, who="somsri", **more):
        headers = {**BYTES, "Upload-Offset": str(offset), **{k.replace("_", "-"): v for k, v in more.items()}}
        return self.send("PATCH", path, status, data, who, headers)

    def offset(self, path, who="somsri"):
        return int(self.send("HEAD", path, 200, who=who, headers=TUS).headers["upload-offset"])

    def lesson(self, lesson):
        return self.send("GET", f"/api/v1/lessons/{lesson}", 200).json()

    def stored(self, lesson):
        return (self.daemon.data / "originals" / lesson).read_bytes()

    def open_patch(self, path, offset, length, data, extra=""):
        """A PATCH on a line of its own that is left in the middle."""
        line = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=120)
        head = (f"PATCH {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.tokens['somsri']}\r\n"
                f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
                f"Upload-Offset: {offset}\r\nContent-Length: {length}\r\n{extra}\r\n")
        line.sendall(head.encode() + data)
        return line

    def await_part(self, path, size):
        """Until the daemon has taken @size bytes of an open PATCH."""
        part = self.daemon.data / "uploads" / (path.rsplit("/", 1)[1] + ".part")
        for _ in range(TRIES):
            if part.exists() and part.stat().st_size >= size:
                return
            time.sleep(PAUSE_S)
        raise AssertionError(f"{part.name} never had {size} bytes")

    # Tests

    def test_options(self):
        for path in (PATH, f"{PATH}/{NOBODY}"):
            headers = self.send("OPTIONS", path, 204, who=None).headers
            expect(headers["tus-version"], "1.0.0")
            expect(headers["tus-max-size"], "5000000")
            expect(headers["tus-checksum-algorithm"], "sha1,sha256,md5,crc32")
            expect(set(headers["tus-extension"].split(",")), {
                "creation", "creation-with-upload", "creation-defer-length", "checksum", "concatenation",
                "termination", "expiration"})

    def test_cross_origin(self):
        asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PATCH",
                 "Access-Control-Request-Headers": "authorization,tus-resumable,upload-offset"}
        headers = self.send("OPTIONS", f"{PATH}/{NOBODY}", 204, who=None, headers=asked).headers
        assert "PATCH" in headers["access-control-allow-methods"]
        allowed = headers["access-control-allow-headers"].lower()
        for name in ("authorization", "tus-resumable", "upload-offset", "upload-metadata", "upload-checksum",
                     "upload-concat", "upload-defer-length", "upload-length", "x-http-method-override"):
            assert name in allowed, name
        answer = self.send("POST", PATH, 201, headers={**TUS, "Upload-Length": "5", "Origin": "https://e.example"})
        exposed = answer.headers["access-control-expose-headers"].lower()
        for name in ("location", "daorian-lesson", "upload-offset", "upload-expires", "tus-resumable"):
            assert name in exposed, name

    def test_version(self):
        path, _ = self.create(5)
        for method, where in (("POST", PATH), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
            for headers in ({}, {"Tus-Resumable": "0.2.2"}):
                expect(self.send(method, where, 412, headers=headers).headers["tus-version"], "1.0.0")

    def test_creation(self):
        typed = f"filename {b64('บท.mp4')},title {b64('เศษส่วน')},description {b64('ครั้งที่ 1')},language {b64('th')}"
        answer = self.send("POST", PATH, 201, headers={**TUS, "Upload-Length": "100", "Upload-Metadata": typed})
        left = email.utils.parsedate_to_datetime(answer.headers["upload-expires"]).timestamp() - time.time()
        assert 7 * 86400 - 600 < left <= 7 * 86400 + 60, left
        lesson = self.lesson(answer.headers["daorian-lesson"])
        expect((lesson["state"], lesson["title"], lesson["description"], lesson["filename"]),
               ("receiving", "เศษส่วน", "ครั้งที่ 1", "บท.mp4"))
        headers = self.send("HEAD", answer.headers["location"], 200, headers=TUS).headers
        expect((headers["upload-metadata"], headers["upload-length"], headers["upload-offset"],
                headers["cache-control"]), (typed, "100", "0", "no-store"))

    def test_creation_refused(self):
        for wrong in ({}, {"Upload-Length": "-1"}, {"Upload-Length": "x"}, {"Upload-Defer-Length": "2"},
                      {"Upload-Length": "1", "Upload-Defer-Length": "1"},
                      {"Upload-Length": "1", "Upload-Metadata": "title %%%"},
                      {"Upload-Length": "1", "Upload-Metadata": f"title {b64(b'a' * 1001)}"},
                      {"Upload-Length": "1", "Upload-Concat": "whole"}):
            expect(self.send("POST", PATH, 400, headers={**TUS, **wrong}).headers["content-type"],
                   "application/problem+json")

    def test_quotas(self):
        for language, word in (("th", "ใหญ่เกินไป"), ("en", "too large")):
            problem = self.send("POST", PATH, 413, who="full", headers={
                **TUS, "Upload-Length": "5000001", "Accept-Language": language}).json()
            expect(problem["code"], "upload-too-large")
            assert word in problem["detail"] and "5.0" in problem["detail"], problem
        self.create(5000000, who="full")
        problem = self.send("POST", PATH, 413, who="full", headers={**TUS, "Upload-Length": "4000001"}).json()
        expect(problem["code"], "upload-account-full")
        path, _ = self.create(4000000, who="full")
        self.send("DELETE", path, 204, who="full", headers=TUS)
        self.create(4000000, who="full")

    def test_edits_while_receiving(self):
        data = b"0123456789"
        path, lesson = self.create(10, Upload_Metadata=f"title {b64('แรก')}")
        self.patch(path, 0, data[:4])
        etag = self.send("GET", f"/api/v1/lessons/{lesson}", 200).headers["etag"]
        self.send("PATCH", f"/api/v1/lessons/{lesson}", 200, '{"title":"แก้แล้ว"}'.encode(), headers={
            "If-Match": etag, "Content-Type": "application/json"})
        self.patch(path, 4, data[4:])
        expect((self.lesson(lesson)["title"], self.lesson(lesson)["state"]), ("แก้แล้ว", "queued"))
        expect(self.stored(lesson), data)

    def test_creation_with_upload(self):
        headers = {**BYTES, "Upload-Length": "10"}
        answer = self.send("POST", PATH, 201, b"01234", headers=headers)
        expect(answer.headers["upload-offset"], "5")
        self.patch(answer.headers["location"], 5, b"56789")
        expect(self.stored(answer.headers["daorian-lesson"]), b"0123456789")
        answer = self.send("POST", PATH, 201, b"all of it.", headers=headers)
        expect(self.stored(answer.headers["daorian-lesson"]), b"all of it.")
        self.send("POST", PATH, 413, b"01234567890", headers=headers)
        self.send("POST", PATH, 415, b"01234", headers={**TUS, "Upload-Length": "10", "Content-Type": "text/plain"})

    def test_deferred_length(self):
        answer = self.send("POST", PATH, 201, headers={**TUS, "Upload-Defer-Length": "1"})
        path = answer.headers["location"]
        headers = self.send("HEAD", path, 200, headers=TUS).headers
        expect((headers["upload-defer-length"], "upload-length" in headers), ("1", False))
        self.patch(path, 0, b"01234")
        self.patch(path, 5, b"5", 413, Upload_Length="5000001")
        self.patch(path, 5, b"56789", Upload_Length="10")
        self.patch(path, 10, b"", 409)
        expect(self.stored(answer.headers["daorian-lesson"]), b"0123456789")

    def test_patch_refused(self):
        path, _ = self.create(10)
        self.patch(path, 3, b"345", 409)
        self.patch(path, 0, b"012", 415, Content_Type="application/octet-stream")
        self.patch(path, "x", b"012", 400)
        self.patch(path, 0, b"01234567890", 413)
        self.patch(f"{PATH}/{NOBODY}", 0, b"012", 404)
        self.patch(f"{PATH}/..%2f..%2fetc", 0, b"012", 404)
        self.patch(path, 0, b"012", 404, who="malee")
        self.patch(path, 0, b"012", 403, who="dek")
        self.patch(path, 0, b"012", 401, who=None)
        expect(self.offset(path), 0)
        expect(self.offset(path, who="arun"), 0)

    def test_checksums(self):
        data = b"0123456789"
        crc = binascii.crc32(data).to_bytes(4, "big")
        for name, value in (("sha1", hashlib.sha1(data).digest()), ("sha256", hashlib.sha256(data).digest()),
                            ("md5", hashlib.md5(data).digest()), ("crc32", crc)):
            path, lesson = self.create(10)
            wrong = bytes(len(value))
            self.patch(path, 0, data, 460, Upload_Checksum=f"{name} {b64(wrong)}")
            expect(self.offset(path), 0, "a chunk that is wrong is not counted")
            self.patch(path, 0, data, Upload_Checksum=f"{name} {b64(value)}")
            expect(self.stored(lesson), data)
        self.patch(self.create(10)[0], 0, data, 400, Upload_Checksum="sha512 AAAA")

    def test_concatenation(self):
        parts = []
        for data in (b"first ", b"second"):
            path, lesson = self.create(len(data), Upload_Concat="partial")
            expect(lesson, None, "a partial makes no lesson")
            self.patch(path, 0, data)
            parts.append(path)
        expect(self.send("HEAD", parts[0], 200, headers=TUS).headers["upload-concat"], "partial")
        final = {**TUS, "Upload-Concat": f"final;http://x.example{parts[0]} {parts[1]}"}
        answer = self.send("POST", PATH, 201, headers=final)
        expect(self.stored(answer.headers["daorian-lesson"]), b"first second")
        again = self.send("POST", PATH, 201, headers=final)
        expect(again.headers["daorian-lesson"], answer.headers["daorian-lesson"])
        headers = self.send("HEAD", answer.headers["location"], 200, headers=TUS).headers
        expect(headers["upload-concat"], f"final;{parts[0]} {parts[1]}")
        expect((headers["upload-length"], headers["upload-offset"]), ("12", "12"))
        self.patch(answer.headers["location"], 12, b"x", 403)

    def test_termination(self):
        path, lesson = self.create(10, Upload_Metadata=f"title {b64('พิมพ์ไว้')}")
        self.patch(path, 0, b"0123")
        self.send("DELETE", path, 404, who="malee", headers=TUS)
        self.send("DELETE", path, 204, headers=TUS)
        for method in ("HEAD", "DELETE"):
            self.send(method, path, 410, headers=TUS)
        self.patch(path, 4, b"4", 410)
        lesson = self.lesson(lesson)
        expect((lesson["state"], lesson["error"]["code"], lesson["title"]), ("failed", "upload-cancelled", "พิมพ์ไว้"))
        path, _ = self.create(2)
        self.patch(path, 0, b"ab")
        self.send("DELETE", path, 409, headers=TUS)

    def test_method_override(self):
        path, lesson = self.create(4)
        headers = {**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
        self.send("POST", path, 204, b"0123", headers=headers)
        expect(self.stored(lesson), b"0123")
        path, _ = self.create(4)
        self.send("POST", path, 204, headers={**TUS, "X-HTTP-Method-Override": "DELETE"})
        self.send("HEAD", path, 410, headers=TUS)

    def test_list(self):
        path, lesson = self.create(10, who="malee", Upload_Metadata=f"filename {b64('a.mp4')}")
        self.patch(path, 0, b"0123", who="malee")
        items = self.send("GET", PATH, 200, who="malee").json()["items"]
        expect([(one["id"], one["lesson_id"], one["offset_bytes"], one["length_bytes"], one["filename"])
                for one in items], [(path.rsplit("/", 1)[1], lesson, 4, 10, "a.mp4")])

    def test_cut_line_keeps_what_came(self):
        data = random.Random(1).randbytes(300000)
        path, lesson = self.create(len(data))
        line = self.open_patch(path, 0, len(data), data[:120000])
        self.await_part(path, 120000)
        line.close()
        expect(self.offset(path), 120000)
        self.patch(path, 120000, data[120000:])
        expect(self.stored(lesson), data)

    def test_cut_checked_chunk_is_not_counted(self):
        path, _ = self.create(1000)
        line = self.open_patch(path, 0, 1000, b"x" * 500, f"Upload-Checksum: sha1 {b64(bytes(20))}\r\n")
        self.await_part(path, 500)
        line.close()
        expect(self.offset(path), 0)

    def test_newer_line_takes_over(self):
        data = random.Random(2).randbytes(300000)
        path, lesson = self.create(len(data))
        dead = self.open_patch(path, 0, len(data), data[:100000])
        self.await_part(path, 100000)
        expect(self.offset(path), 100000, "HEAD beside a dead line")
        newer = self.open_patch(path, 100000, 200000, data[100000:150000])
        self.await_part(path, 150000)
        self.patch(path, 100000, b"x", 409)
        self.patch(path, 150000, data[150000:])
        expect(self.stored(lesson), data)
        for line in (dead, newer):
            answer = line.recv(4096)
            assert answer == b"" or b" 423 " in answer.split(b"\r\n")[0], answer[:100]
            line.close()

    def test_refusal_before_the_body(self):
        path, _ = self.create(1000)
        line = self.open_patch(path, 7, 1000, b"", "Expect: 100-continue\r\n")
        answer = line.recv(4096)
        assert b" 409 " in answer.split(b"\r\n")[0], answer[:100]
        line.close()

    def test_killed(self):
        data = random.Random(3).randbytes(400000)
        path, lesson = self.create(len(data))
        self.patch(path, 0, data[:100000])
        line = self.open_patch(path, 100000, 300000, data[100000:250000])
        self.await_part(path, 250000)
        self.daemon.process.kill()
        self.daemon.process.wait(timeout=60)
        line.close()
        self.daemon.start()
        expect(self.offset(path), 250000)
        self.patch(path, 250000, data[250000:])
        expect(self.stored(lesson), data)
        expect(sorted(one.name for one in (self.daemon.data / "uploads").glob("*.unverified")), [])


def test_floor(uploads):
    """A disk that is as good as full: refused when the length is declared."""
    daemon = Daemon(uploads.daemon.program, config="[storage]\nfree_floor_bytes=500T\n")
    try:
        daemon.start()
        problem = Uploads(daemon).send("POST", PATH, 507, headers={**TUS, "Upload-Length": "1"}).json()
        expect(problem["code"], "upload-no-room")
    finally:
        daemon.clean()


def test_ends_in_good_order(uploads):
    uploads.daemon.end()


def main():
    daemon = Daemon(sys.argv[1], config=CONFIG)
    try:
        tests = [*tap.find(vars(Uploads)), *tap.find(globals())]
        return tap.run(tests, Uploads(daemon.start()), log=lambda: daemon.errors)
    finally:
        daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
