# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Imports a lesson as a user would and looks on from outside: when each rung was published, what it cost.
Used by bench/bits.py and bench/publish.py."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def processes():
    """(name, parent, CPU seconds) of each process by its id."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        words = rest.split()
        found[int(stat.parent.name)] = (name, int(words[1]), (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"))
    return found


def media_cpu(ancestor):
    """CPU seconds of each daorian-media below a process: their sandbox does not hand its usage on."""
    there = processes()

    def is_below(process):
        while process in there and process != ancestor:
            process = there[process][1]
        return process == ancestor
    return {process: used for process, (name, _, used) in there.items() if name == "daorian-media" and is_below(process)}


def read_lessons(data):
    for path in (data / "lessons").glob("*/lesson.json"):
        try:
            yield json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue


def note_published(data, since, seen):
    """Notes in `seen` the seconds after which each rung was first there with its bytes."""
    for lesson in read_lessons(data):
        for rung in lesson["rungs"]:
            if rung.get("bytes"):
                seen.setdefault(rung["name"], time.monotonic() - since)


def import_lesson(daorian, source, folder, until=None):
    """The bundle, its lesson.json, CPU seconds, and seconds to each rung. Stops when the rung `until` is there, else at the end."""
    data, used, seen, since = folder / f"data-{source.stem}", {}, {}, time.monotonic()
    with subprocess.Popen([str(daorian), "import", "--wait", "--data", str(data), str(source)], stdout=subprocess.PIPE,
                          text=True, stdin=subprocess.DEVNULL) as running:
        while running.poll() is None:
            used.update(media_cpu(running.pid))
            note_published(data, since, seen)
            if until in seen:
                running.terminate()
                break
            time.sleep(0.2)
        running.stdout.read()
    note_published(data, since, seen)
    if until not in seen and running.returncode != 0:
        sys.exit(f"daorian import ended with {running.returncode}")
    bundle = next((data / "lessons").iterdir())
    return bundle, json.loads((bundle / "lesson.json").read_text(encoding="utf-8")), sum(used.values()), seen
