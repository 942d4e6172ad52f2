# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Rules and tuners in the scenario of openapi_test.py: who may write a rule, what it means, that it books by itself, and
what a booking hears for which no tuner is free. After guide.py, whose programmes are still there."""

import time

from channels import MULTIPLEX, NOBODY, SERVICE

PATH, ONE, MATCHES = "/api/v1/rules", "/api/v1/rules/{id}", "/api/v1/rules/{id}/matches"
BOOKINGS, BOOKING = "/api/v1/bookings", "/api/v1/bookings/{id}"
CLASH = "/api/v1/bookings/{id}/clash"
PREVIEW = "/api/v1/rules/preview"
RIVAL = "01900000-0000-7000-8000-0000000000b"
SATIP = "satip://192.0.2.9/?src=1&freq=%d&pol=v&msys=dvbs2&sr=27500&pids=0"
HOUR = 3600000
ANY = {"headers": {"If-Match": "*"}}
WAIT_S = 120


def wait_for_bookings(scenario, titles):
    """Polls our own server: nothing is judged by this time."""
    deadline, seen = time.monotonic() + WAIT_S, None
    while seen != sorted(titles):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
        items = scenario.ask("GET", BOOKINGS, 200, query="?state=waiting", token=scenario.tokens["teacher"]).json()["items"]
        items = [item for item in items if item["rule_id"]]
        seen = sorted(item["title"] for item in items)
    return items


def refuse(scenario, channel):
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    body = {"title": "เศษส่วน", "channel": channel}
    for path in (PATH, PREVIEW):
        scenario.refuse_all("POST", path, who="learner", body=body)
        ask("POST", path, 400, body="[]", headers={"Content-Type": "application/json"}, **teacher)
        ask("POST", path, 413, body={"title": "x" * 20000}, **teacher)
        ask("POST", path, 415, body="{}", headers={"Content-Type": "text/plain"}, **teacher)
        for wrong in ({"title": ""}, {"title": "x" * 1001}, {"weekdays": []}, {"weekdays": [0]}, {"weekdays": ["1"]}, {"weekdays": 3},
                      {"from": "18:30"}, {"from": "24:00", "until": "01:00"}, {"from": "8:00", "until": "09:00"}, {"keep_days": -1},
                      {"from": "18:30", "until": "18:30"}, {"padding_after_s": 3601}, {"visibility": "all"}, {"colour": "red"}):
            assert ask("POST", path, 422, body={**body, **wrong}, **teacher).json()["code"] == "invalid", wrong
    ask("POST", PATH, 422, body={**body, "channel": NOBODY}, **teacher)


def look(scenario, channel):
    """What a rule would mean; nothing is booked by that."""
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    body = {"title": "ป.6 เศษส่วน", "channel": channel}
    items = ask("POST", PREVIEW, 200, body=body, **teacher).json()["items"]
    assert [(item["event_id"], item["verdict"]) for item in items] == [(41, "record")], items
    assert ask("POST", PREVIEW, 200, body={"keywords": "ทศนิยม -ข่าว", "channel": channel}, **teacher).json()["items"] == items
    assert ask("POST", PREVIEW, 200, body={"title": "เศษส่วน"}, **teacher).json()["items"] == [], "all channels are off"
    assert ask("GET", PATH, 200, **teacher).json()["items"] == []


def make(scenario, channel):
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    body = {"title": "เศษส่วน", "channel": channel, "weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "until": "23:59",
            "keep_days": 30, "rights_holder": "มูลนิธิ", "visibility": "public", "padding_after_s": 240}
    rule = ask("POST", PATH, 201, body=body, **teacher).json()
    assert rule["name"] == "เศษส่วน" and rule["may_edit"] and {**rule, **body} == rule, rule
    it, match = {"id": rule["id"]}, {"headers": {"If-Match": rule["etag"]}}
    booking = wait_for_bookings(scenario, ["เศษส่วนและทศนิยม ป.๖"])[0]
    assert (booking["rule_id"], booking["rights_holder"], booking["visibility"]) == (rule["id"], "มูลนิธิ", "public"), booking
    assert booking["padding_after_s"] == 240 and booking["keep_until_ms"] == booking["end_ms"] + 30 * 24 * HOUR
    scenario.refuse_all("GET", MATCHES, it, who="learner")
    ask("GET", MATCHES, 404, {"id": NOBODY}, **teacher)
    seen = ask("GET", MATCHES, 200, it, **teacher).json()["items"]
    assert [(item["verdict"], item["booking_id"]) for item in seen] == [("booked", booking["id"])], seen
    scenario.refuse_all("GET", PATH, who="learner")
    scenario.refuse_all("GET", ONE, it, who="learner")
    ask("GET", ONE, 404, {"id": NOBODY}, **teacher)
    assert ask("GET", ONE, 200, it, **teacher).headers["etag"] == rule["etag"]
    scenario.refuse_all("PATCH", ONE, it, who="learner", body={"name": "x"}, **match)
    ask("PATCH", ONE, 400, it, **match, **teacher)
    ask("PATCH", ONE, 404, {"id": NOBODY}, body={"name": "x"}, **match, **teacher)
    ask("PATCH", ONE, 412, it, body={"name": "x"}, headers={"If-Match": '"77"'}, **teacher)
    ask("PATCH", ONE, 412, it, body={"name": "x"}, headers={"If-Match": "x"}, **teacher)
    ask("PATCH", ONE, 413, it, body={"title": "x" * 20000}, **match, **teacher)
    ask("PATCH", ONE, 415, it, body="{}", headers={"Content-Type": "text/plain", **match["headers"]}, **teacher)
    ask("PATCH", ONE, 422, it, body={"title": "", "from": None, "until": None}, **match, **teacher)
    ask("PATCH", ONE, 428, it, body={"name": "x"}, **teacher)
    changed = ask("PATCH", ONE, 200, it, body={"enabled": False, "from": None, "until": None}, **match, **teacher).json()
    assert not changed["enabled"] and changed["from"] is None and changed["title"] == "เศษส่วน"
    wait_for_bookings(scenario, [])
    ask("PATCH", ONE, 200, it, body={"enabled": True}, headers={"If-Match": changed["etag"]}, **teacher)
    return rule["id"], wait_for_bookings(scenario, ["เศษส่วนและทศนิยม ป.๖"])[0]


def cancel(scenario, rule, booking):
    """What a person gave up is not booked again, not even when the rule is written anew."""
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    ask("DELETE", BOOKING, 204, {"id": booking["id"]}, **ANY, **teacher)
    ask("DELETE", BOOKING, 204, {"id": booking["id"]}, **ANY, **teacher)
    assert ask("GET", BOOKING, 200, {"id": booking["id"]}, **teacher).json()["state"] == "cancelled"
    other = ask("PATCH", ONE, 200, {"id": rule}, body={"title": "", "keywords": "ทศนิยม"}, **ANY, **teacher).json()
    assert other["keywords"] == "ทศนิยม"
    wait_for_bookings(scenario, ["ข่าวภาคค่ำ"])
    seen = ask("GET", MATCHES, 200, {"id": rule}, **teacher).json()["items"]
    assert [(item["event_id"], item["verdict"]) for item in seen] == [(41, "cancelled"), (42, "booked")], seen


def remove(scenario, rule):
    ask, teacher, it = scenario.ask, {"token": scenario.tokens["teacher"]}, {"id": rule}
    foreign = ask("POST", PATH, 201, body={"title": "ไม่มีรายการนี้"}, token=scenario.tokens["administrator"]).json()
    ask("PATCH", ONE, 403, {"id": foreign["id"]}, body={"name": "x"}, **ANY, **teacher)
    ask("DELETE", ONE, 403, {"id": foreign["id"]}, **ANY, **teacher)
    scenario.refuse_all("DELETE", ONE, it, who="learner", **ANY)
    ask("DELETE", ONE, 404, {"id": NOBODY}, **ANY, **teacher)
    ask("DELETE", ONE, 412, it, headers={"If-Match": '"77"'}, **teacher)
    ask("DELETE", ONE, 428, it, **teacher)
    ask("DELETE", ONE, 204, it, **ANY, **teacher)
    wait_for_bookings(scenario, [])
    assert [item["id"] for item in ask("GET", PATH, 200, **teacher).json()["items"]] == [foreign["id"]]
    actions = [row["action"] for row in ask("GET", "/api/v1/audit", 200, token=scenario.tokens["administrator"]).json()["items"]]
    for action in ("rule.add", "rule.edit", "rule.delete", "booking.withdraw"):
        assert action in actions, (action, actions)


def make_rival(scenario, now_ms):
    """Another multiplex of the same SAT>IP server, with a repeat of programme 42 on the first one."""
    tamper, ask, admin = scenario.tamper, scenario.ask, {"token": scenario.tokens["administrator"]}
    tamper("UPDATE multiplexes SET uri = ? WHERE id = ?", SATIP % 11778, MULTIPLEX)
    tamper("INSERT INTO multiplexes (id, uri, name, created_ms, updated_ms) VALUES (?, ?, 'y', 1, 1)", RIVAL + "1", SATIP % 11900)
    tamper("INSERT INTO services (id, multiplex_id, service_id, name, provider, kind, encrypted, present, seen_ms,"
           " created_ms, updated_ms) VALUES (?, ?, 101, 'ช่องสอง', '', 'tv', 0, 1, 1, 1, 1)", RIVAL + "2", RIVAL + "1")
    tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description,"
           " language, updated_ms) VALUES (?, 45, ?, 3600000, 'ข่าวภาคค่ำ', '', 'สรุปเรื่องทศนิยมของวันนี้', 'tha', 1)",
           SERVICE, now_ms + 50 * HOUR)
    channel = ask("POST", "/api/v1/channels", 201, body={"slug": "class-7", "name": "ห้องเรียน ป.๗", "enabled": False}, **admin).json()
    tamper("UPDATE channels SET service = ? WHERE id = ?", RIVAL + "2", channel["id"])
    one = {"id": MULTIPLEX}
    for wrong in ({"tuners": 17}, {"tuners": -1}, {"tuners": "many"}):
        ask("PATCH", "/api/v1/multiplexes/{id}", 422, one, body=wrong, **ANY, **admin)
    seen = ask("PATCH", "/api/v1/multiplexes/{id}", 200, one, body={"tuners": 1}, **ANY, **admin).json()
    assert seen["tuners"] == 1 and seen["has_tuners"], seen
    return channel["id"]


def look_at_clash(scenario, booking, taken):
    """Of a booking that waits for a tuner."""
    ask, teacher, it = scenario.ask, {"token": scenario.tokens["teacher"]}, {"id": booking["id"]}
    scenario.refuse_all("GET", CLASH, it, who="learner")
    ask("GET", CLASH, 404, {"id": NOBODY}, **teacher)
    seen = ask("GET", CLASH, 200, it, **teacher).json()
    assert seen["tuners"] == 1 and [item["id"] for item in seen["clashes"]] == [taken["id"]] and seen["channels"] == [], seen


def wait_for_mark(scenario, booking, marked):
    """Polls our own server: nothing is judged by this time."""
    deadline = time.monotonic() + WAIT_S
    while (scenario.ask("GET", BOOKING, 200, {"id": booking["id"]}, token=scenario.tokens["teacher"]).json()["error"] is not None) != marked:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def lose_tuner(scenario, channel, rival, now_ms):
    """Two persons' bookings that went well together, until a tuner is gone: the younger one is marked, and told."""
    ask, teacher, admin = scenario.ask, {"token": scenario.tokens["teacher"]}, {"token": scenario.tokens["administrator"]}
    times = {"start_ms": now_ms + 90 * HOUR, "end_ms": now_ms + 91 * HOUR}
    one = {"id": MULTIPLEX}
    ask("PATCH", "/api/v1/multiplexes/{id}", 200, one, body={"tuners": 2}, **ANY, **admin)
    first = ask("POST", BOOKINGS, 201, body={"channel": channel, "title": "เก่า", **times}, **teacher).json()
    time.sleep(0.01)
    second = ask("POST", BOOKINGS, 201, body={"channel": rival, "title": "ใหม่", **times}, **teacher).json()
    ask("PATCH", "/api/v1/multiplexes/{id}", 200, one, body={"tuners": 1}, **ANY, **admin)
    wait_for_mark(scenario, second, True)
    assert ask("GET", BOOKING, 200, {"id": first["id"]}, **teacher).json()["error"] is None
    assert [item["id"] for item in ask("GET", CLASH, 200, {"id": second["id"]}, **teacher).json()["clashes"]] == [first["id"]]
    ask("PATCH", "/api/v1/multiplexes/{id}", 200, one, body={"tuners": 2}, **ANY, **admin)
    wait_for_mark(scenario, second, False)
    for booking in (first, second):
        ask("DELETE", BOOKING, 204, {"id": booking["id"]}, **ANY, **teacher)


def clash(scenario, channel, now_ms):
    ask, teacher = scenario.ask, {"token": scenario.tokens["teacher"]}
    rival = make_rival(scenario, now_ms)
    taken = ask("POST", BOOKINGS, 201, body={"channel": rival, "start_ms": now_ms + 4 * HOUR, "end_ms": now_ms + 5 * HOUR,
                                             "title": "ขวาง"}, **teacher).json()
    problem = ask("POST", BOOKINGS, 409, body={"channel": channel, "event_id": 42}, **teacher).json()
    assert problem["code"] == "tuners" and problem["tuners"] == 1 and problem["channels"] == [], problem
    assert [item["id"] for item in problem["clashes"]] == [taken["id"]], problem
    assert [(item["event_id"], item["channel"], item["sure"]) for item in problem["alternatives"]] == [(45, channel, True)], problem
    assert ask("GET", BOOKINGS, 200, query=f"?channel={channel}&from={now_ms}", **teacher).json()["items"][0]["title"] != "ข่าวภาคค่ำ"
    chosen = ask("POST", BOOKINGS, 201, body={"channel": channel, "event_id": 45}, **teacher).json()
    longer = {"end_ms": now_ms + 4 * HOUR, "start_ms": now_ms + 3 * HOUR, "padding_after_s": 60}
    assert ask("PATCH", BOOKING, 409, {"id": chosen["id"]}, body=longer, **ANY, **teacher).json()["code"] == "tuners"
    assert ask("GET", BOOKING, 200, {"id": chosen["id"]}, **teacher).json()["etag"] == chosen["etag"]
    longer["padding_after_s"] = 0
    ask("PATCH", BOOKING, 200, {"id": chosen["id"]}, body=longer, **ANY, **teacher)
    rule = ask("POST", PATH, 201, body={"title": "ข่าวภาคค่ำ", "channel": channel, "repeats": True}, **teacher).json()
    made = wait_for_bookings(scenario, ["ข่าวภาคค่ำ"])[0]  # 45 is a person's
    assert made["event"]["event_id"] == 42 and made["error"]["code"] == "tuners" and made["error"]["sentence"], made
    look_at_clash(scenario, made, taken)
    ask("DELETE", BOOKING, 204, {"id": taken["id"]}, **ANY, **teacher)
    deadline = time.monotonic() + WAIT_S
    while wait_for_bookings(scenario, ["ข่าวภาคค่ำ"])[0]["error"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert ask("GET", CLASH, 200, {"id": made["id"]}, **teacher).json()["tuners"] is None
    ask("DELETE", ONE, 204, {"id": rule["id"]}, **ANY, **teacher)
    lose_tuner(scenario, channel, rival, now_ms)


def run(scenario):
    ask, now_ms = scenario.ask, int(time.time() * 1000)
    admin = {"token": scenario.tokens["administrator"]}
    channel = ask("GET", "/api/v1/channels", 200, query="?slug=class-9", **admin).json()["items"][0]["id"]
    refuse(scenario, channel)
    look(scenario, channel)
    rule, booking = make(scenario, channel)
    cancel(scenario, rule, booking)
    remove(scenario, rule)
    clash(scenario, channel, now_ms)
