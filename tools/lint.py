#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Runs every lint step, all of them even after a failure, and prints one TAP line for each. Called by
`./dev lint` and `./dev test`. A step is a function that returns (passed, what it printed); clang-tidy's
verdicts are kept in build-lint/tidy by a hash of what it read."""

import argparse
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lint_source import project_files

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-lint"
JOBS = max(2, os.cpu_count() or 2)


def run(command, cwd=ROOT, environment=None):
    """(passed, output) of a command; a missing program is a failure, never a skip."""
    try:
        done = subprocess.run(command, cwd=cwd, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=1800, env={**os.environ, **(environment or {})})
    except FileNotFoundError:
        return False, f"{command[0]} is not installed: run ./dev deps\n"
    except subprocess.TimeoutExpired:
        return False, f"{command[0]} took too long\n"
    return done.returncode == 0, done.stdout


def c_files():
    return [p for p in project_files(ROOT) if p.endswith((".c", ".h"))]


def format_step():
    return run(["clang-format", "--dry-run", "--Werror", *c_files()])


def shape_step():
    return run([sys.executable, "tools/lint-shape.py", "--headers"])


def layers_step():
    return run([sys.executable, "tools/lint-layers.py"])


def clang_step():
    """A whole build with clang and -Werror; gcc's is the build under test itself."""
    stamp = BUILD / ".source"
    if not (BUILD / "build.ninja").is_file() or not stamp.is_file() or stamp.read_text() != str(ROOT):
        run(["rm", "-rf", str(BUILD)])
        passed, output = run(["meson", "setup", str(BUILD)], environment={"CC": "clang"})
        if not passed:
            return passed, output
        stamp.write_text(str(ROOT))
    return run(["ninja", "-k", "0", "-C", str(BUILD)])


def gcc_step():
    """gcc's -Werror build: the one under test when there is one, else the plain one."""
    folder = next((ROOT / f for f in ("build-test", "build") if (ROOT / f / "build.ninja").is_file()), None)
    return run(["ninja", "-k", "0", "-C", str(folder)]) if folder else run(["./dev", "build"])


def tidy_one(path, common):
    key = hashlib.sha256(common + (ROOT / path).read_bytes() + path.encode()).hexdigest()
    verdict = BUILD / "tidy" / key
    if verdict.exists():
        return True, ""
    # The analyser walks every path of the code that ships; tests run theirs.
    checks = ["--checks=-clang-analyzer-*,-cert-err34-c"] if path.startswith(("tests/", "bench/")) else []
    passed, output = run(["clang-tidy", "--quiet", "--warnings-as-errors=*", *checks, "--extra-arg=-Wno-format-nonliteral",
                          "-p", str(BUILD), path])
    if passed:
        verdict.parent.mkdir(exist_ok=True)
        verdict.touch()
    return passed, "" if passed else output


def tidy_step():
    if not (BUILD / "compile_commands.json").is_file():
        return False, "the clang build could not be configured\n"
    compiled = (BUILD / "compile_commands.json").read_text()
    files = [p for p in c_files() if p.endswith(".c") and f"../{p}\"" in compiled]
    headers = b"".join((ROOT / p).read_bytes() for p in c_files() if p.endswith(".h"))
    common = (ROOT / ".clang-tidy").read_bytes() + headers
    with ThreadPoolExecutor(max_workers=JOBS) as pool:
        results = list(pool.map(lambda p: tidy_one(p, common), files))
    return all(passed for passed, _ in results), "".join(output for _, output in results)


def spelling_step():
    files = [p for p in project_files(ROOT) if not p.endswith(("package-lock.json", ".svg", ".png", ".webp"))
             and "/corpus/" not in p and not p.startswith("LICENSE")]
    return run(["codespell", "--ignore-words=tools/spelling.txt", *files])


def eslint_step():
    client = run(["node_modules/.bin/eslint", "--max-warnings", "0", "."], cwd=ROOT / "web")
    # With --config the patterns count from the folder it is run in.
    tests = run(["web/node_modules/.bin/eslint", "--max-warnings", "0", "--config", "web/eslint.config.js",
                 "tests/web", "tests/server/clients"])
    return client[0] and tests[0], client[1] + tests[1]


def types_step():
    steps = [run(["node_modules/.bin/tsc", "--noEmit", "-p", p], cwd=ROOT / "web") for p in (".", "../tests/web")]
    return all(passed for passed, _ in steps), "".join(output for _, output in steps)


def licence_step():
    return run(["reuse", "lint"])


def openapi_step():
    documents = [p for p in project_files(ROOT) if Path(p).name in ("openapi.json", "openapi.yaml")]
    if not documents:
        return False, "there is no openapi.json\n"
    return run(["web/node_modules/.bin/redocly", "lint", *documents],
               environment={"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})


STEPS = {
    "clang-format": format_step,
    "layers": layers_step,
    "shape": shape_step,
    "gcc-werror": gcc_step,
    "clang-werror": clang_step,
    "clang-tidy": tidy_step,
    "codespell": spelling_step,
    "eslint": eslint_step,
    "tsc": types_step,
    "reuse": licence_step,
    "openapi": openapi_step,
}


def main():
    parser = argparse.ArgumentParser(description="Every lint step, as TAP.")
    parser.add_argument("steps", nargs="*", choices=[[], *STEPS], metavar="STEP", help=f"some of: {' '.join(STEPS)}")
    parser.add_argument("--results", type=Path, help="also write the TAP lines to this file")
    arguments = parser.parse_args()
    names = arguments.steps or list(STEPS)
    lines, failures = [f"1..{len(names)}"], 0
    print(lines[0], flush=True)
    for number, name in enumerate(names, 1):
        passed, output = STEPS[name]()
        lines.append(f"{'ok' if passed else 'not ok'} {number} - lint {name}")
        if not passed:
            failures += 1
            print("\n".join(f"# {line}" for line in output.rstrip().split("\n")))
        print(lines[-1], flush=True)
    if arguments.results:
        arguments.results.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
