#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Tests of the two linters, in TAP: each rule is shown red on a bad sample and silent on a good one.
The samples are written to a fresh folder, so nothing of the real tree is read."""

import subprocess
import sys
import tempfile
from pathlib import Path

from samples import LAYER_SAMPLES, SHAPE_SAMPLES, SPDX

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"


def write_tree(root, files):
    folders = " ".join(f"`{Path(name).parent}/`" for name in files if "/" in name)
    files = {"ARCHITECTURE.md": f"<!--\n{SPDX}-->\n{folders}\n", **files}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run_linter(tool, files):
    with tempfile.TemporaryDirectory() as folder:
        write_tree(Path(folder), files)
        options = ["--headers"] if tool == "lint-shape" and any("/alone" in f for f in files) else []
        command = [sys.executable, str(TOOLS / f"{tool}.py"), "--root", folder, *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr


def judge(tool, sample):
    """What is wrong with the linter's answer to one sample, or None."""
    status, output = run_linter(tool, sample.files)
    lines = [l for l in output.split("\n") if f": {sample.rule}: " in l]
    if sample.red_at is None:
        return None if status == 0 and not lines else f"expected silence, got status {status}:\n{output}"
    if status != 1:
        return f"expected status 1, got {status}:\n{output}"
    if not any(l.startswith(f"{sample.red_at}: ") for l in lines):
        return f"expected a finding at {sample.red_at}, got:\n{output}"
    return None


def main():
    cases = [("lint-shape", s) for s in SHAPE_SAMPLES] + [("lint-layers", s) for s in LAYER_SAMPLES]
    print(f"1..{len(cases)}")
    failures = 0
    for number, (tool, sample) in enumerate(cases, 1):
        wrong = judge(tool, sample)
        colour = "green" if sample.red_at is None else "red"
        print(f"{'not ok' if wrong else 'ok'} {number} - {tool} {sample.rule} {colour}: {sample.name}", flush=True)
        if wrong:
            failures += 1
            print("\n".join(f"# {line}" for line in wrong.split("\n")))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
