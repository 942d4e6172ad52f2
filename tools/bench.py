#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Runs the benches that meson knows (benchmark() in bench/) and writes bench/RESULTS.md. Each prints
Markdown; what it printed is put under its name with the command, the machine and the date. Benches not
named keep their earlier section. Called by `./dev bench [NAME...]`."""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
HEAD = """<!-- SPDX-License-{0}: AGPL-3.0-or-later -->
<!-- SPDX-FileCopyright{1}: 2026 The Daorian developers -->

# Results of the benches
Written by `./dev bench`; never edited by hand. The targets are ratios of two things measured in the same run.
"""


def machine():
    text = Path("/proc/cpuinfo").read_text(errors="replace")
    model = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    gigabytes = int(memory.group(1)) / 1e6 if memory else 0
    name = model.group(1).strip() if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {gigabytes:.0f} GB, Linux {platform.release().split('-')[0]}"


def benches(build):
    listed = subprocess.run(["meson", "introspect", "--benchmarks", str(build)], check=True, capture_output=True, text=True)
    return {b["name"]: b for b in json.loads(listed.stdout)}


def earlier_sections():
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""
    return {m.group(1): m.group(0).rstrip() + "\n" for m in re.finditer(r"^## (\S+)\n.*?(?=^## |\Z)", text, re.M | re.S)}


def measure(name, bench, folder):
    print(f"==> {name}", file=sys.stderr, flush=True)
    environment = {**os.environ, **bench.get("env", {})}
    done = subprocess.run(bench["cmd"], cwd=bench.get("workdir") or folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    if done.returncode != 0:
        print(f"{name} failed with status {done.returncode}", file=sys.stderr)
        return None
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    print(done.stdout)
    return f"## {name}\n`./dev bench {name}` · {machine()} · {date}\n\n{done.stdout.strip()}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    known = benches(arguments.build)
    unknown = [n for n in arguments.names if n not in known]
    if unknown or not known:
        print(f"no such bench: {' '.join(unknown)}; there are: {' '.join(known)}", file=sys.stderr)
        return 64
    sections, failures = earlier_sections(), 0
    for name in arguments.names or known:
        section = measure(name, known[name], arguments.build.resolve())
        failures += section is None
        sections[name] = section or sections.get(name) or ""
    body = "\n".join(sections[n] for n in sorted(sections) if n in known and sections[n])
    RESULTS.write_text(HEAD.format("Identifier", "Text") + "\n" + body, encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
