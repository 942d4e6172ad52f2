# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Guides that come as files, from end to end: what is read, what is written, what a newer file takes back, who goes along
(bookings, rules, search, the guide as a file again), and what a hostile file does. Prints TAP. Argument: the daorian
executable."""

import gzip
import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tap  # noqa: E402
from daemon import Daemon, is_sanitized  # noqa: E402

WAIT_S = 120
MINUTE, HOUR = 60000, 3600000
SERVICES = [f"01900000-0000-7000-8000-00000000010{i}" for i in range(1, 5)]
FIRST_ID = 65536
NOBODY = "01900000-0000-7000-8000-0000000000ff"
BYTES_MAX = 16 * 1024 * 1024
MEMORY_MOST_KB = 600 * 1024  # the whole daemon, after 200,000 programmes


def moment(unix_ms, offset_h=7):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(unix_ms // 1000 + offset_h * 3600)) + f" {'+' if offset_h >= 0 else '-'}{abs(offset_h):02}00"


def programme(channel, start_ms, minutes, title, **more):
    stop = f' stop="{moment(start_ms + minutes * MINUTE)}"' if minutes else ""
    parts = [f'<title lang="{more.get("lang", "th")}">{escape(title)}</title>']
    for name in ("sub_title", "desc", "category"):
        if name in more:
            parts.append(f"<{name.replace('_', '-')}>{escape(more[name])}</{name.replace('_', '-')}>")
    if "crid" in more:
        parts.append(f'<episode-num system="crid">{more["crid"]}</episode-num>')
    if "rating" in more:
        parts.append(f"<rating><value>{more['rating']}</value></rating>")
    return f'<programme start="{moment(start_ms, more.get("offset_h", 7))}"{stop} channel="{channel}">{"".join(parts)}</programme>'


def document(programmes, channels=(), encoding="UTF-8"):
    named = "".join(f'<channel id="{one}"><display-name>{escape(name)}</display-name></channel>' for one, name in channels)
    return (f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE tv SYSTEM "xmltv.dtd"><tv>{named}{"".join(programmes)}</tv>') \
        .encode(encoding)


class Bench:
    def __init__(self, daemon):
        self.daemon = daemon
        self.admin = {"Authorization": "Bearer " + daemon.add_user("admin", "administrator")}
        self.teacher = {"Authorization": "Bearer " + daemon.add_user("teacher", "teacher")}
        self.hour = (int(time.time() * 1000) // HOUR + 2) * HOUR  # a whole hour, soon
        self.multiplex = self.ask("POST", "/multiplexes", 201, {"uri": "udp://127.0.0.1:59996", "name": "จาน"})["id"]
        for number, (service, name) in enumerate(zip(SERVICES, ("DLTV 1", "ดาวเรียน ๒", "เหมือน", "เหมือน"))):
            self.tamper("INSERT INTO services (id, multiplex_id, service_id, name, provider, kind, encrypted, present, seen_ms,"
                        " created_ms, updated_ms) VALUES (?, ?, ?, ?, '', 'tv', 0, 1, 1, 1, 1)", service, self.multiplex, number, name)
        self.channel = self.add_channel("class-1", SERVICES[0])

    def add_channel(self, slug, service):
        made = self.ask("POST", "/channels", 201, {"slug": slug, "name": slug, "enabled": False})["id"]
        self.tamper("UPDATE channels SET service = ?, enabled = 1 WHERE id = ?", service, made)
        return made

    def tamper(self, sql, *values):
        with closing(sqlite3.connect(self.daemon.data / "catalog.sqlite3", timeout=20)) as database, database:
            return database.execute(sql, values).fetchall()

    def broadcast(self, service, event, start_ms, minutes, title):
        self.tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description, language,"
                    " updated_ms) VALUES (?, ?, ?, ?, ?, '', '', 'tha', ?)", service, event, start_ms, minutes * MINUTE, title, start_ms)

    def ask(self, method, path, status=200, body=None, **headers):
        text = None if body is None else json.dumps(body)
        headers = {**self.admin, **({"Content-Type": "application/json"} if body is not None else {}), **headers}
        answer = self.daemon.request(method, "/api/v1" + path, text, headers)
        assert answer.status == status, (method, path, answer.status, answer.body[:300])
        return answer.json() if answer.body else None

    def send(self, data, status=200, preview=False, media="application/xml", **headers):
        path = "/api/v1/guide/import" + ("?preview=true" if preview else "")
        answer = self.daemon.request("POST", path, data, {**self.admin, "Content-Type": media, **headers})
        assert answer.status == status, (answer.status, answer.body[:300])
        return answer.json()

    def set(self, service, **changes):
        return self.ask("PATCH", f"/services/{service}", 200, changes, **{"If-Match": "*"})

    def guide(self, service, from_ms=None, days=7):
        from_ms = self.hour - 24 * HOUR if from_ms is None else from_ms
        return self.ask("GET", f"/services/{service}/guide?from_ms={from_ms}&until_ms={from_ms + days * 24 * HOUR}")["items"]

    def titles(self, service):
        return [item["title"] for item in self.guide(service)]

    def wait(self, get, wanted):
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            seen = get()
            if wanted(seen):
                return seen
            time.sleep(0.2)  # polls our own server: nothing is judged by this time
        raise AssertionError(f"it stayed {seen}")

    def forget(self):
        for service in SERVICES:
            self.ask("DELETE", f"/services/{service}/guide", 204)
            self.set(service, guide_channel=None, guide_first="broadcast")
        self.tamper("DELETE FROM guide_events")


def test_preview_writes_nothing(bench):
    """Two channels, one without a service; suggestions by name; a programme without an end; what is long over."""
    bench.forget()
    at = bench.hour
    data = document([programme("dltv1.example", at, 60, "คณิตศาสตร์ ป.๖"), programme("dltv1.example", at + HOUR, 0, "ข่าว"),
                     programme("dltv1.example", at + 2 * HOUR, 60, "วิทยาศาสตร์"), programme("two", at, 30, "เพลง"),
                     programme("dltv1.example", at - 9 * 24 * HOUR, 60, "นานแล้ว"), programme("dltv1.example", at + 63 * 24 * HOUR, 60, "อีกนาน"),
                     programme("two", at + HOUR, 0, "ไม่รู้ว่าจบเมื่อไร"), '<programme start="x" channel="two"><title>x</title></programme>',
                     programme("alike", at, 60, "x")],
                    [("dltv1.example", "dltv-1"), ("two", "ดาวเรียน 2"), ("alike", "เหมือน"), ("empty", "ว่าง")])
    for sent in (data, gzip.compress(data), gzip.compress(data[:700]) + gzip.compress(data[700:]) + bytes(9)):
        seen = bench.send(sent, preview=True)
        assert (seen["skipped"], seen["outside"]) == (2, 2), seen
        first, second, alike = seen["channels"]
        assert first == {"id": "dltv1.example", "name": "dltv-1", "programmes": 3, "from_ms": at, "until_ms": at + 3 * HOUR,
                         "service": None, "suggested": SERVICES[0], "written": 0, "removed": 0}, first
        assert (second["programmes"], second["suggested"], second["until_ms"]) == (1, SERVICES[1], at + HOUR // 2), second
        assert alike["suggested"] is None, "two are called so"
    bench.set(SERVICES[0], guide_channel="dltv1.example")
    assert bench.send(data, preview=True)["channels"][0]["service"] == SERVICES[0]
    assert bench.titles(SERVICES[0]) == [] and bench.ask("GET", f"/services/{SERVICES[0]}")["imported"] is None


def test_import_says_what_the_file_says(bench):
    bench.forget()
    at = bench.hour
    bench.set(SERVICES[0], guide_channel="one")
    bench.set(SERVICES[1], guide_channel="one")
    data = document([programme("one", at, 60, "คณิตศาสตร์ & <ป.๖>", sub_title="เศษส่วน", desc="บวก ลบ", category="การศึกษา", crid="crid://x/1",
                               rating="น ๑๓+", lang="th-TH"),
                     programme("one", at + HOUR, 0, "News", category="News / Current affairs", lang="en", offset_h=-5),
                     programme("one", at + 3 * HOUR, 30, "ละคร", category="อะไรก็ไม่รู้", lang="xx", rating="ท")])
    row = bench.send(data)["channels"][0]
    assert (row["service"], row["written"], row["removed"]) == (SERVICES[0], 6, 0), row
    for service in SERVICES[:2]:
        one, news, drama = bench.guide(service)
        assert one["event_id"] >= FIRST_ID and one["source"] == "file"
        assert (one["start_ms"], one["duration_ms"], one["title"], one["summary"], one["description"]) == \
               (at, HOUR, "คณิตศาสตร์ & <ป.๖>", "เศษส่วน", "บวก ลบ"), one
        assert (one["language"], one["genre"], one["age"], one["series_crid"]) == ("tha", "education", 13, "crid://x/1"), one
        assert (news["start_ms"], news["duration_ms"], news["language"], news["genre"]) == (at + HOUR, 2 * HOUR, "eng", "news"), news
        assert (drama["language"], drama["genre"], drama["age"]) == ("", None, 0), drama
        imported = bench.ask("GET", f"/services/{service}")["imported"]
        assert imported == {"programmes": 3, "from_ms": at, "until_ms": at + 3 * HOUR + 30 * MINUTE}, imported
    again = bench.send(data)["channels"][0]
    assert (again["written"], again["removed"]) == (0, 0), again
    actions = [entry["action"] for entry in bench.ask("GET", "/audit")["items"]]
    assert actions.count("guide.import") == 4, "two services, twice"


def test_other_encodings(bench):
    bench.forget()
    bench.set(SERVICES[0], guide_channel="one")
    for hour, encoding in enumerate(("UTF-16", "TIS-620")):
        at = bench.hour + hour * HOUR
        bench.send(document([programme("one", at, 60, f"ภาษาไทย {encoding}")], encoding=encoding))
    assert bench.titles(SERVICES[0]) == ["ภาษาไทย UTF-16", "ภาษาไทย TIS-620"]


def test_a_newer_file_replaces_within_its_span(bench):
    bench.forget()
    at = bench.hour
    bench.set(SERVICES[0], guide_channel="one")
    bench.broadcast(SERVICES[0], 7, at + 10 * HOUR, 60, "ออกอากาศ")
    bench.send(document([programme("one", at + i * HOUR, 60, title) for i, title in enumerate(("ก", "ข", "ค", "ง"))]))
    ids = {item["title"]: item["event_id"] for item in bench.guide(SERVICES[0])}
    row = bench.send(document([programme("one", at + HOUR, 60, "ข"), programme("one", at + 2 * HOUR, 60, "ใหม่")]))["channels"][0]
    assert (row["written"], row["removed"]) == (1, 1), row
    assert bench.titles(SERVICES[0]) == ["ก", "ข", "ใหม่", "ง", "ออกอากาศ"]
    assert {item["title"]: item["event_id"] for item in bench.guide(SERVICES[0])}["ข"] == ids["ข"]


def test_which_side_is_first(bench):
    bench.forget()
    at = bench.hour
    bench.set(SERVICES[0], guide_channel="one")
    bench.broadcast(SERVICES[0], 7, at, 60, "ออกอากาศ")
    bench.send(document([programme("one", at, 50, "แฟ้ม"), programme("one", at + HOUR, 60, "หลังจากนั้น")]))
    assert bench.titles(SERVICES[0]) == ["ออกอากาศ", "หลังจากนั้น"]
    answer = bench.set(SERVICES[0], guide_first="file")
    assert answer["guide_first"] == "file" and bench.titles(SERVICES[0]) == ["แฟ้ม", "หลังจากนั้น"]
    found = bench.ask("GET", "/guide?query=%E0%B9%81%E0%B8%9F%E0%B9%89%E0%B8%A1")["items"]  # แฟ้ม
    assert [item["title"] for item in found] == ["แฟ้ม"] and found[0]["source"] == "file", found
    bench.set(SERVICES[0], guide_first="broadcast")
    assert bench.titles(SERVICES[0]) == ["ออกอากาศ", "หลังจากนั้น"]
    bench.ask("DELETE", f"/services/{SERVICES[0]}/guide", 204)
    assert [(i["title"], i["source"]) for i in bench.guide(SERVICES[0])] == [("ออกอากาศ", "broadcast")], "what is broadcast stays"


def test_bookings_and_rules_go_along(bench):
    bench.forget()
    at = bench.hour + 24 * HOUR
    bench.set(SERVICES[0], guide_channel="one")
    bench.send(document([programme("one", at, 60, "ครูตู้"), programme("one", at + HOUR, 60, "ข่าว")]))
    event = bench.guide(SERVICES[0])[0]["event_id"]
    booking = bench.ask("POST", "/bookings", 201, {"channel": bench.channel, "event_id": event}, **bench.teacher)
    assert (booking["title"], booking["start_ms"], booking["follows"]) == ("ครูตู้", at, True), booking
    rule = bench.ask("POST", "/rules", 201, {"title": "วิทยาศาสตร์", "channel": bench.channel}, **bench.teacher)
    bench.send(document([programme("one", at, 30, "แทรก"), programme("one", at + HOUR // 2, 60, "ครูตู้"),
                         programme("one", at + 2 * HOUR, 60, "วิทยาศาสตร์ ป.๑")]))
    moved = bench.wait(lambda: bench.ask("GET", f"/bookings/{booking['id']}"), lambda b: b["start_ms"] == at + HOUR // 2)
    assert moved["end_ms"] == at + HOUR + HOUR // 2 and moved["event"]["event_id"] != event, moved
    made = bench.wait(lambda: bench.ask("GET", "/bookings?state=waiting")["items"], lambda items: len(items) == 2)
    by_rule = [item for item in made if item["rule_id"] == rule["id"]]
    assert [(item["title"], item["start_ms"]) for item in by_rule] == [("วิทยาศาสตร์ ป.๑", at + 2 * HOUR)], by_rule
    shown = bench.ask("GET", f"/channels/{bench.channel}/guide?from={at}&to={at + 4 * HOUR}")["items"]
    assert [bool(item["booking"]) for item in shown if item["title"] != "แทรก"] == [True, True], shown
    bench.ask("DELETE", f"/rules/{rule['id']}", 204, **bench.teacher, **{"If-Match": "*"})
    for item in bench.ask("GET", "/bookings?state=waiting")["items"]:
        bench.ask("DELETE", f"/bookings/{item['id']}", 204, **{"If-Match": "*"})


def test_what_goes_out_comes_in_again(bench):
    """The guide of one channel, as other programs get it, is taken into another service: the same programmes."""
    bench.forget()
    at = bench.hour
    for event, (title, summary, description) in enumerate((("เศษส่วน ป.๖", "ครูมะลิ", "บวก & ลบ\n\"ครูตู้\", <ใหม่>"), ("ข่าว", "", ""),
                                                           ("English", "Unit 1", ""))):
        bench.tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description, language,"
                     " genre, age, series_crid, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 'tha', 'education', 13, 'crid://x/9', 1)",
                     SERVICES[0], event, at + event * HOUR, HOUR, title, summary, description)
    text = bench.daemon.request("GET", "/channels/class-1/guide.xml").body
    bench.set(SERVICES[1], guide_channel="class-1")
    assert bench.send(text)["channels"][0]["written"] == 3
    before, after = bench.guide(SERVICES[0]), bench.guide(SERVICES[1])
    for item in before + after:
        del item["event_id"], item["source"]
    assert before == after, (before, after)


def test_hostile_files(bench):
    bench.forget()
    good = document([programme("one", bench.hour, 60, "ดี")])
    bench.set(SERVICES[0], guide_channel="one")
    bench.send(good)
    bomb = gzip.compress(b"<?xml version='1.0'?><tv>" + b" " * (80 * 1024 * 1024))
    assert bench.send(bomb, 413, media="application/gzip")["code"] == "guide-too-large"
    lol = (b'<!DOCTYPE tv [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><tv><programme start="20260101000000" channel="one">'
           b'<title>&b;</title></programme></tv>')
    reader = b'<!DOCTYPE tv [<!ENTITY a SYSTEM "file:///etc/passwd">]><tv><programme start="20260101" channel="one"><title>&a;</title></programme></tv>'
    cut = gzip.compress(good)[:-20]
    for wrong in (b"", b"garbage", b"\x1f\x8b\x08garbage", b"<html/>", b"<tv/>", b"<tv>", good[:-9], cut, lol, reader, bytes(5000),
                  document([], [("one", "ว่าง")]), b"\x1f\x8b"):
        answer = bench.send(wrong, 422)
        assert answer["code"] == "not-xmltv", (wrong[:40], answer)
    english = bench.send(b"x", 422, **{"Accept-Language": "en"})["title"]
    thai = bench.send(b"x", 422, **{"Accept-Language": "th"})["title"]
    assert english.isascii() and not thai.isascii(), (english, thai)
    assert bench.send(good, 415, media="text/html")["code"] == "guide-media-type"
    answer = bench.daemon.request("POST", "/api/v1/guide/import", b"", {**bench.admin, "Content-Length": str(BYTES_MAX + 1)})
    assert answer.status == 413, answer.status
    for path in ("/api/v1/guide/import?preview=1",):
        assert bench.daemon.request("POST", path, good, bench.admin).status == 422
    for change in ({"guide_channel": ""}, {"guide_channel": "x" * 257}, {"guide_channel": 7}, {"guide_first": "x"}, {"guide_first": None}):
        bench.ask("PATCH", f"/services/{SERVICES[0]}", 422, change, **{"If-Match": "*"})
    long = document([programme("x" * 300, bench.hour, 60, "ดี"), programme("one", bench.hour + 2 * HOUR, 60, "ย" * 9000, desc="ย" * 9000)])
    assert bench.send(long)["skipped"] == 1
    assert [(len(i["title"].encode()) <= 1000, len(i["description"].encode()) < 10000) for i in bench.guide(SERVICES[0])] == [(True, True)] * 2


def test_who_may(bench):
    bench.forget()
    data = document([programme("one", bench.hour, 60, "ดี")])
    bench.send(data, 403, **bench.teacher)
    assert bench.daemon.request("POST", "/api/v1/guide/import", data).status == 401
    bench.ask("DELETE", f"/services/{SERVICES[0]}/guide", 403, **bench.teacher)
    assert bench.daemon.request("DELETE", f"/api/v1/services/{SERVICES[0]}/guide").status == 401
    bench.ask("DELETE", f"/services/{NOBODY}/guide", 404)


def test_a_very_large_file(bench):
    """200,000 programmes, most of them of one channel: bounded, and others are served meanwhile and after."""
    bench.forget()
    at = bench.hour
    many = [programme("one", at + i * MINUTE // 4, 0, f"เรื่อง {i}") for i in range(150000)] + \
           [programme(f"c{i % 5000}", at + i * MINUTE, 1, "x") for i in range(50010)]
    bench.set(SERVICES[0], guide_channel="one")
    began = time.monotonic()
    seen = bench.send(gzip.compress(document(many), 1))
    print(f"# {len(many)} programmes in {time.monotonic() - began:.1f} s", flush=True)
    one = seen["channels"][0]
    assert one["id"] == "one" and one["programmes"] == 2048 and one["written"] == 2048, one
    assert len(seen["channels"]) == 4096, len(seen["channels"])
    rows = bench.tamper("SELECT count(*) FROM guide_events")[0][0]
    assert rows == 2048, rows
    status = Path(f"/proc/{bench.daemon.process.pid}/status").read_text()
    used = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    sanitized = is_sanitized(bench.daemon.program)
    print(f"# {used // 1024} MiB resident afterwards{' (not judged: a sanitizer takes more)' * sanitized}", flush=True)
    assert sanitized or used < MEMORY_MOST_KB, used


def main():
    daemon = Daemon(sys.argv[1])
    try:
        bench = Bench(daemon.start())
        code = tap.run(tap.find(globals()), bench, log=lambda: daemon.errors)
        daemon.end()
        return code
    finally:
        daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
