# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The part of openapi_test.py about broadcasts: @self is its scenario, @nobody an id that nothing has."""

import gzip


def run_multiplexes(self, nobody):
    ask, path, one = self.ask, "/api/v1/multiplexes", "/api/v1/multiplexes/{id}"
    admin = {"token": self.tokens["administrator"]}
    wanted = {"uri": "udp://127.0.0.1:59998", "name": "จาน", "text_default": "tis-620"}
    text = {"headers": {"Content-Type": "text/plain"}}
    self.refuse_all("GET", path)
    self.refuse_all("POST", path, body=wanted)
    ask("POST", path, 400, body="[]", headers={"Content-Type": "application/json"}, **admin)
    ask("POST", path, 413, body={"uri": "x" * 9000}, **admin)
    ask("POST", path, 415, body="{}", **text, **admin)
    for uri, code in (("udp://nowhere", "multiplex-address"), ("dvb://?freq=1", "multiplex-address"),
                      ("satip://host/?freq=x", "multiplex-address"), ("srt://host:1?passphrase=short", "multiplex-srt"),
                      ("file:here.ts", "multiplex-path"), ("here.ts", "multiplex-path"), ("", "multiplex-address")):
        assert ask("POST", path, 422, body={"uri": uri}, **admin).json()["code"] == code, uri
    assert ask("POST", path, 422, body={**wanted, "text_default": "thai"}, **admin).json()["code"] == "multiplex-text"
    made = ask("POST", path, 201, body=wanted, **admin)
    ask("POST", path, 409, body=wanted, **admin)
    other = {"id": ask("POST", path, 201, body={"uri": "udp://127.0.0.1:59997"}, **admin).json()["id"]}
    assert len(ask("GET", path, 200, **admin).json()["items"]) == 2
    this = {"id": made.json()["id"]}
    self.refuse_all("GET", one, this)
    ask("GET", one, 404, {"id": nobody}, **admin)
    assert ask("GET", one, 200, this, **admin).headers["etag"] == made.headers["etag"]
    edit = {"headers": {"If-Match": made.headers["etag"]}}
    self.refuse_all("PATCH", one, this, body={"name": "x"}, **edit)
    ask("PATCH", one, 428, this, body={"name": "x"}, **admin)
    ask("PATCH", one, 400, this, **edit, **admin)
    ask("PATCH", one, 404, {"id": nobody}, body={"name": "x"}, **edit, **admin)
    ask("PATCH", one, 409, this, body={"uri": "udp://127.0.0.1:59997"}, **edit, **admin)
    ask("PATCH", one, 413, this, body={"name": "x" * 9000}, **edit, **admin)
    ask("PATCH", one, 415, this, body="{}", headers={**edit["headers"], "Content-Type": "text/plain"}, **admin)
    ask("PATCH", one, 422, this, body={"uri": "udp:"}, **edit, **admin)
    assert ask("PATCH", one, 200, this, body={"name": "จาน ๒"}, **edit, **admin).json()["uri"] == wanted["uri"]
    ask("PATCH", one, 412, this, body={"name": "x"}, **edit, **admin)
    self.refuse_all("POST", one + "/scan", this)
    ask("POST", one + "/scan", 404, {"id": nobody}, **admin)
    ask("POST", one + "/scan", 202, this, **admin)
    self.refuse_all("DELETE", one, other, headers={"If-Match": "*"})
    ask("DELETE", one, 428, other, **admin)
    ask("DELETE", one, 412, other, headers={"If-Match": '"7-0123456789ab"'}, **admin)
    ask("DELETE", one, 404, {"id": nobody}, headers={"If-Match": "*"}, **admin)
    ask("DELETE", one, 204, other, headers={"If-Match": "*"}, **admin)
    ask("GET", one, 404, other, **admin)
    self.ids["multiplex"] = this["id"]


def run_services(self, nobody):
    ask, path, one = self.ask, "/api/v1/services", "/api/v1/services/{id}"
    admin, multiplex = {"token": self.tokens["administrator"]}, self.ids["multiplex"]
    ids = [f"01900000-0000-7000-8000-00000000000{i}" for i in range(1, 4)]
    for number, (row, kind, encrypted) in enumerate(zip(ids, ("tv", "data", "tv"), (0, 0, 1))):
        self.tamper("INSERT INTO services (id, multiplex_id, service_id, name, provider, kind, encrypted, present, seen_ms,"
                    " created_ms, updated_ms, streams) VALUES (?, ?, ?, 'ช่อง', '', ?, ?, 1, 1, 1, 1, ?)", row, multiplex,
                    number, kind, encrypted, '[{"pid":256,"kind":"video","codec":"h264","stream_type":27,"language":"","page":0}]')
    for event in range(300):
        self.tamper("INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary, description,"
                    " language, updated_ms) VALUES (?, ?, ?, 60000, 'ข่าว', '', '', 'tha', 1)", ids[0], event, event * 60000)
    ask("GET", path, 422, query="?multiplex=x")
    assert ask("GET", path, 200, query="?multiplex=" + nobody).json()["items"] == []
    assert [s["id"] for s in ask("GET", path, 200).json()["items"]] == ids[:1]
    assert [s["id"] for s in ask("GET", path, 200, query="?multiplex=" + multiplex, **admin).json()["items"]] == ids
    ask("GET", one, 404, {"id": ids[1]})
    ask("GET", one, 200, {"id": ids[1]}, **admin)
    seen = ask("GET", one, 200, {"id": ids[0]})
    assert seen.headers["cache-control"] == "no-store"  # a scan or a file changes it without another tag
    edit = {"headers": {"If-Match": seen.headers["etag"]}}
    self.refuse_all("PATCH", one, {"id": ids[0]}, body={"own_name": "x"}, **edit)
    ask("PATCH", one, 428, {"id": ids[0]}, body={"own_name": "x"}, **admin)
    ask("PATCH", one, 400, {"id": ids[0]}, **edit, **admin)
    ask("PATCH", one, 404, {"id": nobody}, body={"own_name": "x"}, **edit, **admin)
    ask("PATCH", one, 413, {"id": ids[0]}, body={"own_name": "x" * 5000}, **edit, **admin)
    ask("PATCH", one, 415, {"id": ids[0]}, body="{}", headers={**edit["headers"], "Content-Type": "text/plain"}, **admin)
    for wrong in ({"own_channel": 0}, {"own_channel": "7"}, {"shown": 1}, {"name": "x"}, {"own_name": 7}):
        ask("PATCH", one, 422, {"id": ids[0]}, body=wrong, **edit, **admin)
    now = ask("PATCH", one, 200, {"id": ids[0]}, body={"own_name": " ครูตู้ ", "own_channel": 9, "shown": False}, **edit, **admin)
    assert (now.json()["own_name"], now.json()["own_channel"], now.json()["shown"]) == ("ครูตู้", 9, False)
    ask("PATCH", one, 412, {"id": ids[0]}, body={"own_name": "x"}, **edit, **admin)
    ask("GET", one, 404, {"id": ids[0]})
    self.refuse_all("GET", one + "/picture", {"id": ids[0]})
    ask("GET", one + "/picture", 404, {"id": nobody}, **admin)
    ask("GET", one + "/picture", 202, {"id": ids[0]}, **admin)
    ask.document.seen.add(("GET", one + "/picture", 200))  # judged by live_test.py, where there is a picture
    guide = one + "/guide"
    ask("GET", guide, 404, {"id": ids[0]})
    back = {"own_name": None, "own_channel": None, "shown": None}
    now = ask("PATCH", one, 200, {"id": ids[0]}, body=back, headers={"If-Match": now.headers["etag"]}, **admin).json()
    assert (now["own_name"], now["own_channel"], now["own_shown"], now["shown"]) == (None, None, None, True)
    for query in ("?from_ms=x", "?from_ms=-1", "?from_ms=5&until_ms=5", "?from_ms=0&until_ms=1000000000000"):
        ask("GET", guide, 422, {"id": ids[0]}, query=query)
    assert ask("GET", guide, 200, {"id": ids[0]}).json()["items"] == []
    day = ask("GET", guide, 200, {"id": ids[0]}, query="?from_ms=0&until_ms=86400000").json()["items"]
    assert [p["event_id"] for p in day] == list(range(300)), "each programme once"
    part = ask("GET", guide, 200, {"id": ids[0]}, query="?from_ms=90000&until_ms=180000").json()["items"]
    assert [p["event_id"] for p in part] == [1, 2]
    run_guide_file(self, nobody, ids[0])


def run_guide_file(self, nobody, service):
    ask, path, one = self.ask, "/api/v1/guide/import", "/api/v1/services/{id}/guide"
    admin, xml = {"token": self.tokens["administrator"]}, {"headers": {"Content-Type": "application/xml"}}
    data = b'<tv><programme start="20990101000000 +0700" stop="20990101010000 +0700" channel="a"><title>x</title></programme></tv>'
    self.refuse_all("POST", path, body=data, **xml)
    ask("POST", path, 413, body=gzip.compress(b"<tv>" + b" " * (65 * 1024 * 1024), 1), **xml, **admin)
    ask("POST", path, 415, body=data, headers={"Content-Type": "text/html"}, **admin)
    ask("POST", path, 422, body=b"<tv/>", **xml, **admin)
    seen = ask("POST", path, 200, body=data, query="?preview=true", **xml, **admin).json()
    assert seen["outside"] == 1 and seen["channels"][0]["from_ms"] is None, seen
    ask("POST", path, 200, body=gzip.compress(data), **xml, **admin)
    self.refuse_all("DELETE", one, {"id": service})
    ask("DELETE", one, 404, {"id": nobody}, **admin)
    ask("DELETE", one, 204, {"id": service}, **admin)
