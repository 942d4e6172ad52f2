#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Runs every libFuzzer target of a build folder in turn, each for its share of the seconds. What it
learns is kept in the build folder, a crash is left there as a file and named. Called by `./dev fuzz`."""

import argparse
import subprocess
import sys
from pathlib import Path


def fuzz_one(target, seconds, folder):
    name = target.name.removeprefix("fuzz-")
    learnt = folder / "corpus" / name
    crashes = folder / "crashes"
    learnt.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(exist_ok=True)
    seeds = Path("tests/fuzz/corpus") / name
    command = [str(target), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={crashes}/{name}-", str(learnt), *([str(seeds)] if seeds.is_dir() else [])]
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT).returncode
    last = [l for l in log.read_text(errors="replace").split("\n") if "number_of_executed_units" in l]
    runs = last[-1].split()[-1] if last else "?"
    print(f"{'ok' if status == 0 else 'NOT OK'}  {name}: {runs} inputs in {seconds} s  ({log})", flush=True)
    return status


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds", type=int)
    arguments = parser.parse_args()
    targets = sorted(p for p in (arguments.folder / "tests" / "fuzz").glob("fuzz-*") if p.is_file())
    if not targets:
        print("there is no fuzz target", file=sys.stderr)
        return 1
    share = max(1, arguments.seconds // len(targets))
    return 1 if any([fuzz_one(t, share, arguments.folder) for t in targets]) else 0


if __name__ == "__main__":
    sys.exit(main())
