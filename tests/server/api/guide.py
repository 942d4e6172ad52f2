# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The guides in the scenario of openapi_test.py: search in Thai over the channels that are on, and a channel's guide
as a file for other programs. After channels.py and bookings.py, whose service is still there."""

import time
import xml.etree.ElementTree as xml
from urllib.parse import quote

from channels import SERVICE

SEARCH = "/api/v1/guide"
HOUR = 3600000
PROGRAMMES = (
    (41, 2, "เศษส่วนและทศนิยม ป.๖", "ครูมะลิ", "บวกลบเศษส่วน; ของ\n\"ครูตู้\", <ใหม่> " + "ย" * 90),
    (42, 4, "ข่าวภาคค่ำ", "", "สรุปเรื่องทศนิยมของวันนี้"),
    (43, 6, "English for Everyday Life", "", ""),
    (44, -30, "เศษส่วนของเมื่อวาน", "", ""),
)


def search(scenario, words, **more):
    items = scenario.ask("GET", SEARCH, 200, query="?query=" + quote(words) + more.get("query", "")).json()["items"]
    assert all(item["channel"]["slug"] == "class-8" and item["booking"] is None for item in items), items
    return [item["event_id"] for item in items]


def run(scenario):
    ask, admin = scenario.ask, {"token": scenario.tokens["administrator"]}
    now_ms = int(time.time() * 1000)
    for event, hours, title, summary, description in PROGRAMMES:
        scenario.tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description,"
                        " language, genre, age, updated_ms) VALUES (?, ?, ?, 3600000, ?, ?, ?, 'tha', 'education', 13, 1)",
                        SERVICE, event, now_ms + hours * HOUR, title, summary, description)
    channel = ask("POST", "/api/v1/channels", 201, body={"slug": "class-8", "name": "ห้องเรียน ป.๘", "enabled": False}, **admin).json()
    scenario.tamper("UPDATE channels SET service = ? WHERE id = ?", SERVICE, channel["id"])
    assert search(scenario, "ทศนิยม") == [], "the channel is off"
    scenario.tamper("UPDATE channels SET enabled = 1 WHERE id = ?", channel["id"])
    for query in ("", "?query=x&from=1&to=1", "?query=x&from=y", "?query=" + "x" * 401, "?query=x&from=0&to=99999999999"):
        ask("GET", SEARCH, 422, query=query)
    assert search(scenario, "ทศนิยม") == [41, 42], "the title comes first"
    assert search(scenario, "ส่วน") == [41], "a word inside a compound"
    assert search(scenario, "เศษส่วน ป.6") == [41], "digits of both kinds"
    assert search(scenario, "every") == [43] and search(scenario, "ENGLISH life") == [43], "the last word is only begun"
    assert search(scenario, "ryday") == [] and search(scenario, "มะลิ ข่าว") == [] and search(scenario, " ") == []
    yesterday = f"&from={now_ms - 48 * HOUR}&to={now_ms + HOUR}"
    assert search(scenario, "เศษส่วน", query=yesterday) == [44]

    it = {"slug": "class-8"}
    guide = ask("GET", "/channels/{slug}/guide.xml", 200, it)
    ask("GET", "/channels/{slug}/guide.xml", 304, it, headers={"If-None-Match": guide.headers["etag"]})
    ask("GET", "/channels/{slug}/guide.xml", 404, {"slug": "class-x"})
    tree = xml.fromstring(guide.body)
    assert tree.tag == "tv" and tree.find("channel/display-name").text == "ห้องเรียน ป.๘"
    shown = {programme.find("title").text: programme for programme in tree.iter("programme")}
    assert "เศษส่วนของเมื่อวาน" not in shown and "<ใหม่>" in shown[PROGRAMMES[0][2]].find("desc").text, list(shown)
    assert shown["ข่าวภาคค่ำ"].get("start").endswith(" +0700")

    plan = ask("GET", "/channels/{slug}/schedule.ics", 200, it)
    ask("GET", "/channels/{slug}/schedule.ics", 304, it, headers={"If-None-Match": plan.headers["etag"]})
    ask("GET", "/channels/{slug}/schedule.ics", 404, {"slug": "class-x"})
    lines = plan.body.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines), "folded"
    whole = plan.body.decode().replace("\r\n ", "")
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == len(shown)
    assert "SUMMARY:" + PROGRAMMES[0][2] in whole and "DESCRIPTION:ครูมะลิ" in whole
    scenario.tamper("UPDATE channels SET enabled = 0 WHERE id = ?", channel["id"])
    ask("GET", "/channels/{slug}/guide.xml", 404, it)
    ask("GET", "/channels/{slug}/guide.xml", 200, it, **admin)
