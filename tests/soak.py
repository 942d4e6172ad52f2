# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Live channels for hours: a Thai multiplex in a loop through the daemon, looked at once a minute from outside. Called by
`./dev soak [HOURS]` (2; 72 for the whole proof). Ends with status 0 when memory stayed flat, no segment was lost, numbers
never repeated, the live edge kept its distance from the clock, and the window stayed within its bytes; a line a look.

Arguments: the daorian executable, thai-coded, hours, how many channels (2).
"""

import json
import os
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "support"))
from daemon import Daemon  # noqa: E402

LOOP_S = 120
LOOK_S = 60
WINDOW_BYTES = 60_000_000
READY_S = 120
FLAT = 0.05  # memory at the end against memory once the window and all caches are warm
DRIFT_S = 2.0
RUNGS = ["voice", "small", "medium"]
SEQUENCE = re.compile(r"#EXT-X-MEDIA-SEQUENCE:(\d+)")


def processes():
    """(parent, role) by process id, of those that can be read."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
            parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        role = words[words.index(b"--role") + 1].decode() if b"--role" in words else ""
        found[int(entry)] = (parent, role if b"daorian-media" in words[0] else "")
    return found


def weigh(folder):
    """Bytes of the segments below it, of which the oldest go at any moment."""
    total = 0
    for path in folder.rglob("*.m4s"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def memory_kb(process):
    """What a process takes, its share of what it shares."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


class Soak:
    def __init__(self, program, thai_coded, channels):
        self.daemon = Daemon(program)
        source = self.daemon.folder / "thai.ts"
        subprocess.run([thai_coded, str(LOOP_S), str(source)], check=True)
        self.daemon.start()
        self.keys = {"Authorization": "Bearer " + self.daemon.add_user("soak", "administrator"), "Content-Type": "application/json"}
        made = self.ask("POST", "/multiplexes", {"uri": f"file:{source}", "name": "soak", "text_default": "tis-620"})
        self.ask("POST", f"/multiplexes/{made['id']}/scan")
        service = self.await_service(made["id"])  # the one that has a true picture
        self.slugs = [f"soak-{i}" for i in range(1, channels + 1)]
        for slug in self.slugs:
            self.ask("POST", "/channels", {"slug": slug, "name": slug, "service": service["id"], "rungs": RUNGS, "window_hours": 1,
                                           "window_bytes": WINDOW_BYTES})
        self.seen, self.faults = {}, []

    def ask(self, method, path, body=None):
        answer = self.daemon.request(method, "/api/v1" + path, None if body is None else json.dumps(body), self.keys)
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {answer.body.decode(errors='replace')}")
        return answer.json() if answer.body else None

    def await_service(self, multiplex):
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            found = self.ask("GET", f"/services?multiplex={multiplex}")["items"]
            if found:
                return min(found, key=lambda service: service["service_id"])
            time.sleep(1)
        sys.exit(f"no services after {READY_S} s")

    def fault(self, text):
        self.faults.append(text)
        print(f"FAULT {text}", flush=True)

    def look_at_playlist(self, slug, rung):
        """The number of the newest segment, and how far the live edge is behind the clock, s."""
        answer = self.daemon.request("GET", f"/channels/{slug}/{rung}.m3u8")
        if answer.status != 200:
            self.fault(f"{slug}/{rung}: status {answer.status}")
            return None, None
        text, at, length = answer.body.decode(), None, 0.0
        numbers = [int(n) for n in re.findall(rf"^{rung}/(\d+)\.m4s$", text, re.M)]
        first = int(SEQUENCE.search(text).group(1))
        if numbers != list(range(first, first + len(numbers))):
            self.fault(f"{slug}/{rung}: numbers {numbers} do not follow {first}")
        for line in text.splitlines():
            if line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                at = datetime.fromisoformat(line.split(":", 1)[1].replace("Z", "+00:00")).timestamp()
            elif line.startswith("#EXTINF:"):
                length = float(line[8:].split(",")[0])
            elif line.startswith("#EXT-X-GAP"):
                self.fault(f"{slug}/{rung}: a gap")
        before = self.seen.get((slug, rung))
        if before is not None and (not numbers or numbers[-1] <= before or first > before + 1):
            self.fault(f"{slug}/{rung}: {numbers[:1]}–{numbers[-1:]} after {before}")
        self.seen[slug, rung] = numbers[-1] if numbers else before
        return self.seen[slug, rung], time.time() - at - length if at is not None else None

    def look_at_memory(self):
        """MB of the daemon, of all intake children, of all live children."""
        found, mine = processes(), self.daemon.process.pid
        sums = {"": memory_kb(mine), "intake": 0, "live": 0}

        def is_mine(process):
            while process in found and process != mine:
                process = found[process][0]
            return process == mine
        for process, (_, role) in found.items():
            if role in ("intake", "live") and is_mine(process):
                sums[role] += memory_kb(process)
        return [sums[role] / 1024 for role in ("", "intake", "live")]

    def look(self):
        late = {}
        for slug in self.slugs:
            for rung in RUNGS:
                late[slug, rung] = self.look_at_playlist(slug, rung)[1]
            state = self.find(slug)
            kept = weigh(self.daemon.data / "channels" / state["id"])
            if kept > WINDOW_BYTES:
                self.fault(f"{slug}: the window has {kept} bytes")
            if state["state"] != "on-air":
                self.fault(f"{slug}: {state['state']} {state['code']}")
        return self.look_at_memory(), late

    def find(self, slug):
        return next(c for c in self.ask("GET", "/channels")["items"] if c["slug"] == slug)

    def await_air(self):
        deadline = time.monotonic() + READY_S
        while missing := [f"{slug}/{rung}" for slug in self.slugs for rung in RUNGS
                          if self.daemon.request("GET", f"/channels/{slug}/{rung}.m3u8").status != 200]:
            if time.monotonic() > deadline:
                sys.exit(f"after {READY_S} s there is no {', '.join(missing)}: " + ", ".join(str(self.find(slug)["code"]) for slug in self.slugs))
            time.sleep(1)


def mean(values):
    return sum(values) / max(len(values), 1)


def judge(soak, memories, behinds):
    """Holds the last tenth against the first tenth after a tenth of warming up."""
    tenth = max(len(memories) // 10, 1)
    for i, name in enumerate(("the daemon", "intake", "live")):
        early, end = mean([m[i] for m in memories[tenth:2 * tenth]]), mean([m[i] for m in memories[-tenth:]])
        print(f"{name}: {early:.1f} MB after the first tenth, {end:.1f} MB in the last: {end / max(early, 1):.3f}")
        if end > early * (1 + FLAT):
            soak.fault(f"memory of {name} grew")
    for key in behinds[0]:
        early, end = (mean([late[key] for late in part if late[key] is not None]) for part in (behinds[tenth:2 * tenth], behinds[-tenth:]))
        if abs(end - early) > DRIFT_S:
            soak.fault(f"{'/'.join(key)}: {early:.1f} s behind the clock, then {end:.1f} s")


def main():
    hours, channels = float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 2
    soak, memories, behinds = Soak(sys.argv[1], sys.argv[2], channels), [], []
    try:
        soak.await_air()
        began = time.monotonic()
        print("minute | daemon MB | intake MB | live MB | newest | behind the clock, s", flush=True)
        while time.monotonic() - began < hours * 3600:
            time.sleep(LOOK_S)
            memory, late = soak.look()
            memories.append(memory)
            behinds.append(late)
            behind = [value for value in late.values() if value is not None]
            print(f"{(time.monotonic() - began) / 60:.0f} | {memory[0]:.1f} | {memory[1]:.1f} | {memory[2]:.1f} | {max(soak.seen.values())} | "
                  f"{min(behind):.1f}–{max(behind):.1f}" if behind else "nothing", flush=True)
        judge(soak, memories, behinds)
        if soak.daemon.stop() != 0:
            soak.fault("the daemon did not end in good order")
    finally:
        soak.daemon.clean()
    print(f"{len(soak.faults)} faults in {hours:g} h with {channels} channels")
    sys.exit(len(soak.faults) > 0)


main()
