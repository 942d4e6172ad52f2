# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The part of openapi_test.py about live classes on a server that has no port for them: @self is its scenario."""


def run(self):
    ask, path, teacher = self.ask, "/api/v1/class", {"token": self.tokens["teacher"]}
    learner, text = {"token": self.tokens["learner"]}, {"headers": {"Content-Type": "text/plain"}}
    ask("GET", path, 401)
    ask("GET", path, 403, **learner)
    seen = ask("GET", path, 200, **teacher).json()
    assert seen["state"] == "off" and seen["code"] == "class-off" and seen["port"] is None, seen
    ask("PATCH", path, 401, body={"title": "x"})
    ask("PATCH", path, 403, body={"title": "x"}, **learner)
    ask("PATCH", path, 400, body="[]", headers={"Content-Type": "application/json"}, **teacher)
    ask("PATCH", path, 413, body={"title": "x" * 9000}, **teacher)
    ask("PATCH", path, 415, body="{}", **text, **teacher)
    ask("PATCH", path, 422, body={}, **teacher)
    ask("PATCH", path, 422, body={"title": "  "}, **teacher)
    assert ask("PATCH", path, 200, body={"title": " ห้องเรียนสด "}, **teacher).json()["title"] == "ห้องเรียนสด"
    ask("DELETE", path + "/key", 404, **teacher)
    ask("POST", path + "/key", 401)
    ask("POST", path + "/key", 403, **learner)
    made = ask("POST", path + "/key", 201, **teacher)
    assert made.json()["key"].startswith("live_") and made.headers["cache-control"] == "no-store"
    assert ask("GET", path, 200, **teacher).json()["has_key"]
    ask("DELETE", path + "/key", 401)
    ask("DELETE", path + "/key", 403, **learner)
    ask("DELETE", path + "/key", 204, **teacher)
