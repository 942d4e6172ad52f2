#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""The shape linter: every rule of the house style that a machine can judge. Prints
file:line: rule: what to do, and fails when it printed anything. Called by ./dev lint; with --headers
each header is also compiled by itself (needs a C compiler and the libraries)."""

import argparse
import ast
import fnmatch
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lint_c_rules import MAX_FUNCTION_LINES, MAX_NESTING, MAX_PARAMETERS, RULES
from lint_source import LAYERS, CSource, Finding, print_findings, project_files

MAX_FILE_LINES = 600
SOURCE_ENDINGS = (".c", ".h", ".py", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".css", ".sh", ".build", ".html", ".sql")
MADE_FILES = ("package-lock.json",)
LICENCE_LINE = "SPDX-License-" + "Identifier:"
COPYRIGHT_LINE = "SPDX-FileCopyright" + "Text:"
PACKAGES = ("glib-2.0", "gio-unix-2.0", "json-glib-1.0", "libsoup-3.0", "sqlite3", "libsodium", "libthai", "libwebp",
            "libseccomp", "gstreamer-rtsp-1.0", "libavcodec", "libavformat", "libavfilter", "libavutil", "libswscale", "libswresample")


def is_source(path):
    return path.endswith(SOURCE_ENDINGS) or os.path.basename(path) in ("dev", "run", "meson.build")


def check_length(path, text):
    lines = text.count("\n")
    if is_source(path) and os.path.basename(path) not in MADE_FILES and lines > MAX_FILE_LINES:
        yield Finding(path, MAX_FILE_LINES, "file-length", f"{lines} lines; one concept a file ({MAX_FILE_LINES} at most): split it")


def excepted_paths(root):
    """Patterns of files whose licence is stated in .reuse/dep5 because they cannot carry a comment."""
    dep5 = root / ".reuse" / "dep5"
    if not dep5.is_file():
        return []
    stanzas = re.findall(r"^Files:((?:.*\n)(?:[ \t]+.*\n)*)", dep5.read_text(encoding="utf-8"), re.M)
    return [pattern for stanza in stanzas for pattern in stanza.split()]


def check_licence(path, text, exceptions):
    if path.startswith("LICENSES/") or path in ("LICENSE", ".reuse/dep5") or path.endswith(".license"):
        return
    if any(fnmatch.fnmatch(path, pattern) for pattern in exceptions):
        return
    head = "\n".join(text.split("\n")[:8])
    if LICENCE_LINE not in head or COPYRIGHT_LINE not in head:
        yield Finding(path, 1, "spdx", "open the file with the two SPDX lines (or name it in .reuse/dep5 if it cannot carry them)")


def check_c(path, text):
    source = CSource(path, text)
    for rule in RULES:
        for offset, name, advice in rule(source):
            yield Finding(path, source.line(offset), name, advice)


def python_depth(node, depth):
    """(depth, line) of the deepest control statement; elif counts as its if."""
    deepest = (depth, getattr(node, "lineno", 1))
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            control = isinstance(child, (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.AsyncFor, ast.AsyncWith))
            is_elif = name == "orelse" and isinstance(node, ast.If) and isinstance(child, ast.If) and len(value) == 1
            deepest = max(deepest, python_depth(child, depth + (control and not is_elif)), key=lambda d: d[0])
    return deepest


def check_python(path, text):
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield Finding(path, error.lineno or 1, "python", f"does not parse: {error.msg}")
        return
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        lines = node.end_lineno - node.lineno + 1
        depth, line = python_depth(node, 0)
        count = len(node.args.args) - len(node.args.defaults)  # what has a default is named where it is given
        if lines > MAX_FUNCTION_LINES:
            yield Finding(path, node.lineno, "function-length", f"{node.name} has {lines} lines; split it ({MAX_FUNCTION_LINES} at most)")
        if depth > MAX_NESTING:
            yield Finding(path, line, "nesting", f"{node.name} nests {depth} deep; return early or name the inner part")
        if count > MAX_PARAMETERS:
            yield Finding(path, node.lineno, "parameters", f"{node.name} takes {count}; pass an object ({MAX_PARAMETERS} at most)")


def check_architecture(root, paths):
    """Every path that ARCHITECTURE.md names must exist; a bare file name must exist somewhere."""
    document = root / "ARCHITECTURE.md"
    if not document.is_file():
        yield Finding("ARCHITECTURE.md", 1, "architecture", "write it: one sentence a folder, the data paths as lists of files")
        return
    tops = {p.split("/")[0] for p in paths} | set(LAYERS) | {"web", "tests", "tools", "bench", "docs"}
    names = {os.path.basename(p) for p in paths}
    fenced = False
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
        fenced ^= line.startswith("```")
        for quoted in [] if fenced else re.findall(r"`([\w./-]+)`", line):
            if quoted.split("/")[0] in tops and "/" in quoted:
                missing = not (root / quoted).exists()
            else:
                missing = "/" not in quoted and re.search(r"\w\.(c|h|py|ts|tsx|md)$", quoted) and quoted not in names
            if missing:
                yield Finding("ARCHITECTURE.md", number, "architecture", f"`{quoted}` does not exist; correct the page or the tree")


def check_folders(root, paths):
    """Every folder of a layer that holds code is named in ARCHITECTURE.md."""
    document = root / "ARCHITECTURE.md"
    text = document.read_text(encoding="utf-8") if document.is_file() else ""
    for folder in sorted({os.path.dirname(p) for p in paths if p.split("/")[0] in LAYERS and p.endswith((".c", ".h"))}):
        if f"`{folder}/" not in text:
            yield Finding("ARCHITECTURE.md", 1, "architecture", f"say in one sentence what `{folder}/` is")


def compile_alone(root, header, flags, compiler):
    command = [compiler, "-std=gnu17", "-Wall", "-Werror", "-Wmissing-prototypes", "-Wstrict-prototypes",
               "-fsyntax-only", "-D_GNU_SOURCE", '-DDAORIAN_VERSION="lint"', f"-I{root}", *flags, "-xc", "-"]
    done = subprocess.run(command, input=f'#include "{header}"\n', text=True, capture_output=True)
    if done.returncode == 0:
        return None
    message = next((l for l in done.stderr.split("\n") if "error" in l), done.stderr.strip())
    return Finding(header, 1, "header-alone", f"does not compile by itself: {message}")


def check_headers(root, paths):
    headers = [p for p in paths if p.endswith(".h")]
    known = [p for p in PACKAGES if subprocess.run(["pkg-config", "--exists", p]).returncode == 0]
    flags = subprocess.run(["pkg-config", "--cflags", *known], capture_output=True, text=True).stdout.split() if known else []
    compiler = os.environ.get("CC", "cc")
    with ThreadPoolExecutor(max_workers=2) as pool:
        return [f for f in pool.map(lambda h: compile_alone(root, h, flags, compiler), headers) if f]


def read_text(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def check(root, compile_headers):
    paths = project_files(root)
    exceptions = excepted_paths(root)
    findings = list(check_architecture(root, paths)) + list(check_folders(root, paths))
    for path in paths:
        text = read_text(root / path)
        if text is None:
            findings += check_licence(path, "", exceptions)
            continue
        findings += check_length(path, text)
        findings += check_licence(path, text, exceptions)
        if path.endswith((".c", ".h")):
            findings += check_c(path, text)
        elif path.endswith(".py"):
            findings += check_python(path, text)
    if compile_headers:
        findings += check_headers(root, paths)
    return findings, len(paths)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--headers", action="store_true", help="also compile each header by itself")
    arguments = parser.parse_args()
    findings, checked = check(arguments.root.resolve(), arguments.headers)
    return print_findings(findings, checked, "lint-shape")


if __name__ == "__main__":
    sys.exit(main())
