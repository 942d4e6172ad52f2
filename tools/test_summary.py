#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Adds up single tests: the TAP lines of the lint steps and of every test executable in meson's log. What
failed and what was skipped is named; the last line is `N passed, N failed, N skipped`. A program that
dies, times out or stops before its plan counts as failed for each test it did not reach."""

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

RESULT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*-?\s*([^#\n]*?)\s*(?:#\s*(skip|todo)\b\s*(.*))?$", re.I)
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\s*(.*))?", re.I)


@dataclass
class Sum:
    passed: int = 0
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)


def add_line(total, source, match):
    """Counts one TAP result; returns 1 when it is a failure."""
    bad, number, name, directive, reason = match.groups()
    label = f"{source}: {name or number or 'unnamed'}"
    directive = (directive or "").lower()
    if directive == "skip":
        total.skipped.append(f"{label} ({reason})" if reason else label)
    elif bad and directive != "todo":
        total.failed.append(label)
        return 1
    else:
        total.passed += 1
    return 0


def add_tap(total, source, text, verdict):
    """Counts one program's TAP; `verdict` is what meson thought of the program as a whole."""
    seen, planned, failures = 0, None, 0
    for line in text.split("\n"):
        plan, result = PLAN.match(line), RESULT.match(line)
        if plan:
            planned = int(plan.group(1))
            if planned == 0:
                total.skipped.append(f"{source} ({plan.group(2) or 'no reason given'})")
        elif result:
            seen += 1
            failures += add_line(total, source, result)
    lost = max(0, (planned or 0) - seen)
    total.failed += [f"{source}: did not reach its end ({verdict.lower()})"] * lost
    if not failures and not lost and verdict not in ("OK", "SKIP", "EXPECTEDFAIL"):
        total.failed.append(f"{source}: {verdict.lower()}")
    if planned is None and seen == 0 and verdict == "SKIP":
        total.skipped.append(source)


def add_program(total, entry):
    verdict, output = entry["result"], entry.get("stdout", "")
    if PLAN.search(output) or re.search(r"^(not )?ok\b", output, re.M) or verdict == "SKIP":
        add_tap(total, entry["name"], output, verdict)
    elif verdict == "OK":
        total.passed += 1
    else:
        total.failed.append(f"{entry['name']}: {verdict.lower()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-status", type=int, default=0)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    total, slow = Sum(), []
    lint = arguments.folder / "lint.tap"
    if lint.is_file():
        add_tap(total, "lint", lint.read_text(encoding="utf-8"), "OK")
    else:
        total.failed.append("lint: did not run")
    if arguments.build_status:
        total.failed.append("build: the build under test failed, no test ran")
    log = arguments.folder / "meson-logs" / "testlog.json"
    entries = [json.loads(l) for l in log.read_text(encoding="utf-8").split("\n") if l.strip()] if log.is_file() else []
    if not entries and not arguments.build_status:
        total.failed.append("meson test: no test ran")
    for entry in entries:
        add_program(total, entry)
        slow.append((entry.get("duration", 0), entry["name"]))
    for seconds, name in sorted(slow, reverse=True)[:10]:
        print(f"took {seconds:7.1f} s  {name}")
    for label in total.skipped:
        print(f"skipped: {label}")
    for label in total.failed:
        print(f"FAILED: {label}")
    if total.failed:
        print(f"details: {arguments.folder}/meson-logs/testlog.txt")
    print(f"{total.passed} passed, {len(total.failed)} failed, {len(total.skipped)} skipped", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
