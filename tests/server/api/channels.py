# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Channels in the scenario of openapi_test.py: who may write, what is refused, and a window that an earlier daemon
left on the disk, served without any child."""

import gzip
import hashlib
import sqlite3
import time
from contextlib import closing

NOBODY = "01900000-0000-7000-8000-000000000000"
MULTIPLEX = "01900000-0000-7000-8000-0000000000a1"
SERVICE = "01900000-0000-7000-8000-0000000000a2"
WALL_MS = 1795273200000
SEGMENTS = 30


def seal(line):
    return f"{line} {hashlib.sha256(line.encode()).hexdigest()[:8]}\n"


def leave_window(folder):
    """Thirty segments of three seconds in two rungs, as server/flows/window_journal.h writes them."""
    lines = [seal("next 1 0 1 0"), seal("init voice 1 5 mp4a.40.2 0 0 0"),
             seal("init small 2 6 avc1.42c01e,mp4a.40.2 480 270 12500")]
    files = {"voice/init-1.mp4": b"voice", "small/init-2.mp4": b"small!"}
    for number in range(1, SEGMENTS + 1):
        lines.append(seal(f"seg {number} {(number - 1) * 270000} 270000 {WALL_MS + number * 3000} 0 voice 1 10 small 2 20"))
        files[f"voice/0/{number}.m4s"] = b"v" * 10
        files[f"small/0/{number}.m4s"] = b"%02d" % number * 10
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "segments.journal").write_text("".join(lines))


def add_service(scenario):
    now_ms = int(time.time() * 1000)
    scenario.tamper("INSERT INTO multiplexes (id, uri, name, created_ms, updated_ms) VALUES (?, 'udp://239.9.9.9:5', 'x', 1, 1)",
                    MULTIPLEX)
    scenario.tamper("INSERT INTO services (id, multiplex_id, service_id, name, provider, kind, encrypted, present, seen_ms,"
                    " created_ms, updated_ms) VALUES (?, ?, 101, 'ช่องหนึ่ง', '', 'tv', 0, 1, 1, 1, 1)", SERVICE, MULTIPLEX)
    for event, start_ms, title in ((1, now_ms - 600000, "คณิตศาสตร์ ป.๑"), (2, now_ms + 3000000, "ข่าว"), (3, now_ms + 6600000, "เพลง")):
        scenario.tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description,"
                        " language, updated_ms) VALUES (?, ?, ?, 3600000, ?, '', '', 'tha', 1)", SERVICE, event, start_ms, title)


def make(scenario, admin):
    ask, path = scenario.ask, "/api/v1/channels"
    new = {"slug": "class-1", "name": "ห้องเรียน ป.๑", "enabled": False}
    scenario.refuse_all("POST", path, body=new)
    ask("POST", path, 400, body="[]", headers={"Content-Type": "application/json"}, **admin)
    ask("POST", path, 413, body={"slug": "x" * 5000}, **admin)
    ask("POST", path, 415, body="{}", headers={"Content-Type": "text/plain"}, **admin)
    for wrong in ({"slug": "Class 1"}, {"name": ""}, {"rungs": ["huge"]}, {"rungs": "small"}, {"window_hours": 0},
                  {"window_bytes": 5}, {"service": NOBODY}, {"colour": "red"}, {"burn_subtitles": "th"}, {"burn_subtitles": 5},
                  {"burn_rung": "voice"}, {"burn_rung": "large"}, {"rest_minutes": -1}, {"rest_minutes": 241},
                  {"rest_minutes": "5"}):
        problem = ask("POST", path, 422, body={**new, **wrong}, **admin).json()
        assert problem["code"] == "invalid"
    made = ask("POST", path, 201, body=new, **admin).json()
    assert made["settings"]["rungs"] == ["voice", "small", "medium"] and made["settings"]["window_hours"] == 8
    ask("POST", path, 409, body=new, **admin)
    return made


def change(scenario, channel, admin):
    ask, one = scenario.ask, "/api/v1/channels/{id}"
    it, match = {"id": channel["id"]}, {"headers": {"If-Match": channel["etag"]}}
    body = {"enabled": True, "service": SERVICE, "window_hours": 2}
    scenario.refuse_all("PATCH", one, it, body=body, **match)
    ask("PATCH", one, 400, it, **match, **admin)
    ask("PATCH", one, 404, {"id": NOBODY}, body=body, **match, **admin)
    ask("PATCH", one, 412, it, body=body, headers={"If-Match": '"77"'}, **admin)
    ask("PATCH", one, 413, it, body={"name": "x" * 5000}, **match, **admin)
    ask("PATCH", one, 415, it, body="{}", headers={"Content-Type": "text/plain", **match["headers"]}, **admin)
    ask("PATCH", one, 422, it, body={"window_hours": 1000}, **match, **admin)
    ask("PATCH", one, 428, it, body=body, **admin)
    ask("POST", "/api/v1/channels", 201, body={"slug": "other", "name": "other", "enabled": False}, **admin)
    ask("PATCH", one, 409, it, body={"slug": "other"}, **match, **admin)
    # Without its service no child is started; what was kept can be watched all the same.
    changed = ask("PATCH", one, 200, it, body={"enabled": True, "window_hours": 2}, **match, **admin).json()
    assert changed["settings"]["enabled"] and changed["settings"]["window_hours"] == 2
    assert changed["settings"]["burn_subtitles"] is None and changed["settings"]["burn_rung"] is None
    for language, rung in (("tha", None), ("eng", "medium"), (None, None)):
        changed = ask("PATCH", one, 200, it, body={"burn_subtitles": language, "burn_rung": rung},
                      headers={"If-Match": changed["etag"]}, **admin).json()
        assert changed["settings"]["burn_subtitles"] == language and changed["settings"]["burn_rung"] == rung
    for minutes in (240, 1, 0):
        changed = ask("PATCH", one, 200, it, body={"rest_minutes": minutes},
                      headers={"If-Match": changed["etag"]}, **admin).json()
        assert changed["settings"]["rest_minutes"] == minutes
    return changed


def await_window(ask, it):
    while True:
        channel = ask("GET", "/api/v1/channels/{id}", 200, it).json()
        if channel["playlist"] and channel["state"] == "failed":
            return channel
        time.sleep(0.05)


def watch(scenario):
    ask, playlist, file = scenario.ask, "/channels/{slug}/{playlist}", "/channels/{slug}/{rung}/{file}"
    index = ask("GET", playlist, 200, {"slug": "class-1", "playlist": "index.m3u8"})
    assert index.headers["cache-control"].startswith("public, no-cache") and b"\nsmall.m3u8\n" in index.body
    small = {"slug": "class-1", "playlist": "small.m3u8"}
    live = ask("GET", playlist, 200, small)
    assert b"#EXT-X-MEDIA-SEQUENCE:11\n" in live.body and live.headers["access-control-allow-origin"] == "*"
    ask("GET", playlist, 304, small, headers={"If-None-Match": live.headers["etag"]})
    packed = ask("GET", playlist, 200, small, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.body) == live.body and packed.headers["etag"] != live.headers["etag"]
    rewound = ask("GET", playlist, 200, small, query=f"?start={WALL_MS + 7000}&seconds=9").body
    assert b"#EXT-X-MEDIA-SEQUENCE:2\n" in rewound and rewound.count(b"#EXTINF") == 3
    for query in ("?start=yesterday", "?start=-1", "?start=1&seconds=86401"):
        ask("GET", playlist, 422, small, query=query)
    for slug, name in (("class-1", "large.m3u8"), ("class-2", "index.m3u8"), ("class-1", "segments.journal"),
                       ("CLASS-1", "index.m3u8"), ("other", "index.m3u8")):
        ask("GET", playlist, 404, {"slug": slug, "playlist": name})
    segment = {"slug": "class-1", "rung": "small", "file": "7.m4s"}
    whole = ask("GET", file, 200, segment)
    assert whole.body == b"07" * 10 and "immutable" in whole.headers["cache-control"]
    assert ask("GET", file, 206, segment, headers={"Range": "bytes=2-5"}).body == b"0707"
    ask("GET", file, 416, segment, headers={"Range": "bytes=20-"})
    ask("GET", file, 304, segment, headers={"If-None-Match": whole.headers["etag"]})
    assert ask("GET", file, 200, {**segment, "file": "init-2.mp4"}).body == b"small!"
    for rung, name in (("small", "31.m4s"), ("small", "init-1.mp4"), ("staging", "7.m4s"), ("small", "segments.journal"),
                       ("Small", "7.m4s"), ("small", "07.m4s")):
        ask("GET", file, 404, {**segment, "rung": rung, "file": name})


def rest(scenario):
    """One that nobody ever asked for rests; what never comes is not waited for, and said."""
    scenario.tamper("INSERT INTO channels (id, slug, name, enabled, rungs, window_hours, window_bytes, rest_minutes, revision,"
                    " created_ms, updated_ms) VALUES (?, 'rests', 'พัก', 1, '[\"voice\"]', 1, 1048576, 5, 0, 1, 1)", NOBODY)
    while scenario.daemon.request("HEAD", "/channels/rests/index.m3u8").status != 503:
        time.sleep(0.05)  # polls our own server until it has looked
    assert scenario.ask("GET", "/api/v1/channels/{id}", 200, {"id": NOBODY}).json()["state"] == "resting"
    starting = scenario.ask("GET", "/channels/{slug}/{playlist}", 503, {"slug": "rests", "playlist": "index.m3u8"})
    assert starting.json()["code"] == "channel-starting" and int(starting.headers["retry-after"]) > 0
    assert scenario.ask("GET", "/api/v1/channels", 200, query="?slug=rests&wake=1").json()["items"][0]["code"] == "no-service"
    scenario.tamper("DELETE FROM channels WHERE id = ?", NOBODY)


def run(scenario):
    ask, path, one = scenario.ask, "/api/v1/channels", "/api/v1/channels/{id}"
    admin = {"token": scenario.tokens["administrator"]}
    add_service(scenario)
    channel = make(scenario, admin)
    it = {"id": channel["id"]}
    leave_window(scenario.daemon.data / "channels" / channel["id"])
    assert ask("GET", path, 200).json()["items"] == []  # what is off is nobody's business
    ask("GET", one, 404, it)
    changed = change(scenario, channel, admin)
    channel = await_window(ask, it)
    assert channel["code"] == "no-service" and channel["settings"] is None and "bandwidth_bps" in channel["rungs"][0]
    assert [rung["name"] for rung in channel["rungs"]] == ["voice", "small"] and channel["window"]["duration_ms"] == 90000
    english = ask("GET", one, 200, it, headers={"Accept-Language": "en"}).json()["sentence"]
    assert "No service" in english and english != channel["sentence"]
    assert [item["slug"] for item in ask("GET", path, 200).json()["items"]] == ["class-1"]
    assert len(ask("GET", path, 200, **admin).json()["items"]) == 2
    assert ask("GET", path, 200, query="?slug=nothing").json()["items"] == []
    watch(scenario)
    rest(scenario)
    shell = ask("GET", "/channel/{slug}", 200, {"slug": "class-1"})
    ask("GET", "/channel/{slug}", 304, {"slug": "class-1"}, headers={"If-None-Match": shell.headers["etag"]})
    scenario.tamper("UPDATE channels SET service = ? WHERE id = ?", SERVICE, channel["id"])
    full = ask("GET", one, 200, it, **admin).json()
    assert full["now"]["title"] == "คณิตศาสตร์ ป.๑" and full["next"]["title"] == "ข่าว"
    assert full["settings"]["service_name"] == "ช่องหนึ่ง" and full["settings"]["used_bytes"] == SEGMENTS * 30 + 11
    match = {"headers": {"If-Match": changed["etag"]}}
    scenario.refuse_all("DELETE", one, it, **match)
    ask("DELETE", one, 428, it, **admin)
    ask("DELETE", one, 412, it, headers={"If-Match": '"1"'}, **admin)
    ask("DELETE", one, 404, {"id": NOBODY}, **match, **admin)
    ask("DELETE", one, 204, it, **match, **admin)
    ask("GET", one, 404, it, **admin)
    with closing(sqlite3.connect(scenario.daemon.data / "catalog.sqlite3", timeout=20)) as database:
        actions = [row[0] for row in database.execute("SELECT action FROM audit WHERE subject = ? ORDER BY id", (it["id"],))]
    assert actions == ["channel.add", *["channel.edit"] * 7, "channel.delete"], actions
