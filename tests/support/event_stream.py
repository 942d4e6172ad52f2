# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""One open event stream, for tests over HTTP."""

import http.client
import json
import queue
import threading

WAIT_S = 120


class Stream:
    """One open event stream, read by a thread; each event is (name, id, data)."""

    def __init__(self, daemon, headers, last_event_id=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=WAIT_S)
        if last_event_id:
            headers = {**headers, "Last-Event-ID": last_event_id}
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        assert self.response.getheader("content-type").startswith("text/event-stream")
        self.events = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.next()[0] == "hello"

    def _read(self):
        fields = {}
        try:
            for line in self.response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "event" in fields:
                    self.events.put((fields["event"], fields["id"], json.loads(fields["data"])))
                    fields = {}
        except (OSError, http.client.HTTPException, AttributeError):
            pass
        self.events.put(None)

    def next(self):
        return self.events.get(timeout=WAIT_S)

    def until(self, wanted):
        """Gives the events up to the first for which @wanted is true, that one included."""
        seen = []
        while not seen or not wanted(*seen[-1]):
            event = self.next()
            assert event is not None, f"the stream ended after {seen}"
            seen.append(event)
        return seen

    def close(self):
        self.connection.close()
