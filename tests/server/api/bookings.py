# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Bookings in the scenario of openapi_test.py: who may plan, what is refused, what the guide shows of it. After
channels.py, whose service and programmes are still there."""

import time

from channels import NOBODY, SERVICE

PATH, ONE = "/api/v1/bookings", "/api/v1/bookings/{id}"
HOUR = 3600000


def make_channel(scenario, admin):
    new = {"slug": "class-9", "name": "ห้องเรียน ป.๙", "enabled": False}
    channel = scenario.ask("POST", "/api/v1/channels", 201, body=new, **admin).json()
    scenario.tamper("UPDATE channels SET service = ? WHERE id = ?", SERVICE, channel["id"])
    return channel["id"]


def book(scenario, channel, now_ms):
    """By a time, by an event; returns the two."""
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    timed = {"channel": channel, "start_ms": now_ms + 48 * HOUR, "end_ms": now_ms + 49 * HOUR}
    scenario.refuse_all("POST", PATH, who="learner", body=timed)
    ask("POST", PATH, 400, body="[]", headers={"Content-Type": "application/json"}, **teacher)
    ask("POST", PATH, 413, body={"title": "x" * 70000}, **teacher)
    ask("POST", PATH, 415, body="{}", headers={"Content-Type": "text/plain"}, **teacher)
    for wrong in ({"channel": NOBODY}, {"channel": None}, {"event_id": 2}, {"end_ms": timed["start_ms"]}, {"end_ms": 1}, {"title": 7},
                  {"end_ms": timed["start_ms"] + 25 * HOUR}, {"padding_before_s": -1}, {"padding_after_s": 3601}, {"colour": "red"},
                  {"visibility": "all"}, {"keep_until_ms": -1}, {"start_ms": now_ms - 3 * HOUR, "end_ms": now_ms - 2 * HOUR}):
        assert ask("POST", PATH, 422, body={**timed, **wrong}, **teacher).json()["code"] == "invalid", wrong
    for wrong in ({}, {"event_id": 77}, {"event_id": -1}):
        ask("POST", PATH, 422, body={"channel": channel, **wrong}, **teacher)
    by_time = ask("POST", PATH, 201, body=timed, **teacher).json()
    assert by_time["title"] == "ห้องเรียน ป.๙" and by_time["event"] is None and not by_time["follows"], by_time
    assert (by_time["state"], by_time["slug"], by_time["padding_after_s"]) == ("waiting", "class-9", 0)
    event = {"channel": channel, "event_id": 2, "rights_holder": "มูลนิธิ", "keep_until_ms": now_ms + 500 * HOUR}
    by_event = ask("POST", PATH, 201, body=event, **teacher).json()
    assert by_event["title"] == "ข่าว" and by_event["event"]["event_id"] == 2 and by_event["follows"], by_event
    assert by_event["end_ms"] - by_event["start_ms"] == HOUR and by_event["padding_after_s"] == 180
    assert by_event["may_edit"] and by_event["rights_holder"] == "มูลนิธิ"
    ask("POST", PATH, 409, body=event, **teacher)
    return by_time, by_event


def change(scenario, booking, foreign):
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    it, match = {"id": booking["id"]}, {"headers": {"If-Match": booking["etag"]}}
    body = {"title": "ข่าวภาคค่ำ", "padding_after_s": 600, "keep_until_ms": None}
    scenario.refuse_all("PATCH", ONE, it, who="learner", body=body, **match)
    ask("PATCH", ONE, 400, it, **match, **teacher)
    ask("PATCH", ONE, 403, {"id": foreign["id"]}, body=body, headers={"If-Match": "*"}, **teacher)
    ask("PATCH", ONE, 404, {"id": NOBODY}, body=body, **match, **teacher)
    ask("PATCH", ONE, 412, it, body=body, headers={"If-Match": '"77"'}, **teacher)
    ask("PATCH", ONE, 412, it, body=body, headers={"If-Match": "now"}, **teacher)
    ask("PATCH", ONE, 413, it, body={"title": "x" * 70000}, **match, **teacher)
    ask("PATCH", ONE, 415, it, body="{}", headers={"Content-Type": "text/plain", **match["headers"]}, **teacher)
    for wrong in ({"title": ""}, {"end_ms": booking["start_ms"]}, {"channel": booking["channel"]}):
        ask("PATCH", ONE, 422, it, body=wrong, **match, **teacher)
    ask("PATCH", ONE, 428, it, body=body, **teacher)
    now = ask("PATCH", ONE, 200, it, body=body, **match, **teacher).json()
    assert (now["title"], now["padding_after_s"], now["keep_until_ms"], now["follows"]) == ("ข่าวภาคค่ำ", 600, None, True)
    own = ask("PATCH", ONE, 200, it, body={"end_ms": now["end_ms"] + HOUR}, headers={"If-Match": now["etag"]}, **teacher).json()
    assert not own["follows"] and own["end_ms"] == now["end_ms"] + HOUR and own["etag"] != now["etag"]


def look_at_guide(scenario, channel, booking):
    ask, path, it = scenario.ask, "/api/v1/channels/{id}/guide", {"id": channel}
    admin = {"token": scenario.tokens["administrator"]}
    ask("GET", path, 404, {"id": NOBODY})
    ask("GET", path, 404, it)  # the channel is off: nobody's business
    for query in ("?from=x", "?from=5&to=5", "?from=0&to=1000000000000"):
        ask("GET", path, 422, it, query=query, **admin)
    items = ask("GET", path, 200, it, **admin).json()["items"]
    assert [(item["event_id"], (item["booking"] or {}).get("id")) for item in items] == [(1, None), (2, booking["id"]), (3, None)], items
    scenario.tamper("UPDATE channels SET enabled = 1, service = NULL WHERE id = ?", channel)
    assert ask("GET", path, 200, it).json()["items"] == []
    scenario.tamper("UPDATE channels SET enabled = 0, service = ? WHERE id = ?", SERVICE, channel)


def fill_gaps(scenario, channel, now_ms):
    """A recorded lesson with a gap, and a repeat of it that is still to be kept."""
    ask, teacher, any_one = scenario.ask, {"token": scenario.tokens["teacher"]}, {"headers": {"If-Match": "*"}}
    patch, lesson = ONE + "/patch", scenario.upload("teacher")
    timed = {"channel": channel, "title": "เศษส่วน", "start_ms": now_ms + 96 * HOUR, "end_ms": now_ms + 97 * HOUR}
    own = ask("POST", PATH, 201, body=timed, **teacher).json()
    it, start = {"id": own["id"]}, timed["start_ms"]
    ask("POST", PATH, 422, body={**timed, "fills": own["id"]}, **teacher)  # it is no lesson yet
    scenario.tamper("INSERT INTO recordings (id, channel, title, starts_ms, ends_ms, visibility, rights_holder, licence, keep_until_ms,"
                    " created_ms, updated_ms, lesson_id) VALUES (?, ?, 'x', ?, ?, 'public', '', '', 0, 1, 1, ?)",
                    own["id"], channel, start, timed["end_ms"], lesson)
    scenario.tamper("UPDATE bookings SET state = 'done', lesson_id = ? WHERE id = ?", lesson, own["id"])
    repeat = {"channel": channel, "title": "เศษส่วน", "start_ms": now_ms + 120 * HOUR, "end_ms": now_ms + 121 * HOUR}
    ask("POST", PATH, 409, body={**repeat, "fills": own["id"]}, **teacher)  # nothing is missing
    scenario.tamper("INSERT INTO gaps (recording_id, from_ms, to_ms, media_ms, cause) VALUES (?, ?, ?, 60000, 'crash')",
                    own["id"], start + 60000, start + 90000)
    booked = ask("POST", PATH, 201, body={**repeat, "fills": own["id"]}, **teacher).json()
    assert booked["fills"] == own["id"], booked
    scenario.refuse_all("GET", ONE + "/repeats", it, who="learner")
    ask("GET", ONE + "/repeats", 404, {"id": NOBODY}, **teacher)
    found = ask("GET", ONE + "/repeats", 200, it, **teacher).json()
    assert [(one["booking"], one["state"], one["sure"]) for one in found["kept"]] == [(booked["id"], "waiting", False)], found
    other = ask("POST", PATH, 201, body={**repeat, "start_ms": repeat["end_ms"], "end_ms": repeat["end_ms"] + HOUR}, **teacher).json()
    body = {"from": other["id"]}
    scenario.refuse_all("POST", patch, it, who="learner", body=body)
    ask("POST", patch, 400, it, body="[]", headers={"Content-Type": "application/json"}, **teacher)
    ask("POST", patch, 404, {"id": NOBODY}, body=body, **teacher)
    ask("POST", patch, 413, it, body={"from": "x" * 70000}, **teacher)
    ask("POST", patch, 415, it, body="{}", headers={"Content-Type": "text/plain"}, **teacher)
    for wrong in ({}, {"from": NOBODY}, {"from": own["id"]}, {"from": 7}, {"from": "x"}, {**body, "to": 1}):
        ask("POST", patch, 422, it, body=wrong, **teacher)
    ask("POST", patch, 409, it, body={"from": booked["id"]}, **teacher)
    now = ask("POST", patch, 202, it, body=body, **teacher).json()
    assert [(one["from"], one["state"], one["error"]) for one in now["patches"]] == [(other["id"], "waiting", None), (booked["id"], "waiting", None)]
    assert now["gaps"][0]["patched_from"] is None and now["gaps"][0]["patched_ms"] is None, now
    for booking in (booked, other):  # cancelled, then forgotten
        ask("DELETE", ONE, 204, {"id": booking["id"]}, **any_one, **teacher)
        ask("DELETE", ONE, 204, {"id": booking["id"]}, **any_one, **teacher)
    while any(one["state"] == "waiting" for one in ask("GET", ONE, 200, it, **teacher).json()["patches"]):
        time.sleep(0.05)
    assert {one["error"]["code"] for one in ask("GET", ONE, 200, it, **teacher).json()["patches"]} == {"repeat-lost"}
    ask("DELETE", ONE, 204, it, **any_one, **teacher)


def remove(scenario, by_time, by_event, foreign):
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    it, any_one = {"id": by_event["id"]}, {"headers": {"If-Match": "*"}}
    scenario.refuse_all("DELETE", ONE, it, who="learner", **any_one)
    ask("DELETE", ONE, 403, {"id": foreign["id"]}, **any_one, **teacher)
    ask("DELETE", ONE, 404, {"id": NOBODY}, **any_one, **teacher)
    ask("DELETE", ONE, 412, it, headers={"If-Match": '"77"'}, **teacher)
    ask("DELETE", ONE, 422, it, query="?discard=perhaps", **any_one, **teacher)
    ask("DELETE", ONE, 428, it, **teacher)
    ask("DELETE", ONE, 204, it, **any_one, **teacher)
    assert ask("GET", ONE, 200, it, **teacher).json()["state"] == "cancelled"
    ask("PATCH", ONE, 409, it, body={"title": "x"}, **any_one, **teacher)
    again = ask("POST", PATH, 201, body={"channel": by_event["channel"], "event_id": 2}, **teacher).json()
    ask("DELETE", ONE, 204, it, **any_one, **teacher)
    ask("GET", ONE, 404, it, **teacher)
    for booking in (by_time, again):
        ask("DELETE", ONE, 204, {"id": booking["id"]}, **any_one, **teacher)
    assert ask("GET", PATH, 200, query="?state=waiting", **teacher).json()["items"][0]["id"] == foreign["id"]


def run(scenario):
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    admin = {"token": scenario.tokens["administrator"]}
    channel, now_ms = make_channel(scenario, admin), int(time.time() * 1000)
    scenario.refuse_all("GET", PATH, who="learner")
    by_time, by_event = book(scenario, channel, now_ms)
    foreign = {"channel": channel, "start_ms": now_ms + 72 * HOUR, "end_ms": now_ms + 73 * HOUR, "title": "ของผู้ดูแล"}
    foreign = ask("POST", PATH, 201, body=foreign, **admin).json()
    for query in ("?state=x", "?channel=x", "?from=x", "?to=-1", "?limit=0", "?cursor=x"):
        ask("GET", PATH, 422, query=query, **teacher)
    listed = ask("GET", PATH, 200, query=f"?channel={channel}", **teacher).json()["items"]
    assert [item["id"] for item in listed] == [foreign["id"], by_time["id"], by_event["id"]]
    assert [item["may_edit"] for item in listed] == [False, True, True]
    page = ask("GET", PATH, 200, query="?limit=2", **teacher).json()
    rest = ask("GET", PATH, 200, query="?limit=2&cursor=" + page["next_cursor"], **teacher).json()
    assert [item["id"] for item in rest["items"]] == [by_event["id"]] and rest["next_cursor"] is None
    span = f"?from={now_ms + 47 * HOUR}&to={now_ms + 50 * HOUR}"
    assert [item["id"] for item in ask("GET", PATH, 200, query=span, **teacher).json()["items"]] == [by_time["id"]]
    scenario.refuse_all("GET", ONE, {"id": by_event["id"]}, who="learner")
    ask("GET", ONE, 404, {"id": NOBODY}, **teacher)
    assert ask("GET", ONE, 200, {"id": by_event["id"]}, **teacher).headers["etag"] == by_event["etag"]
    look_at_guide(scenario, channel, by_event)
    change(scenario, by_event, foreign)
    fill_gaps(scenario, channel, now_ms)
    remove(scenario, by_time, by_event, foreign)
