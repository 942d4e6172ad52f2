#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""The layer linter: which folder may include what. server knows pipelines and catalog; those two never
know each other or the server; each foreign library stays in its own layer. Tests and benches may
include anything of the project. Called by ./dev lint; prints file:line: rule: what to do."""

import argparse
import re
import sys
from pathlib import Path

from lint_source import LAYERS, Finding, print_findings, project_files

ALLOWED = {
    "catalog": {"catalog"},
    "pipelines": {"pipelines"},
    "server": {"server", "pipelines", "catalog"},
    "web": {"web"},
}
# Inside server/: what a folder may include of its neighbours. Handlers call flows, never the reverse.
SERVER_FORBIDDEN = {
    "server/http": ("server/api/", "server/flows/", "server/tls/"),
    "server/tls": ("server/api/", "server/flows/", "server/http/", "server/verbs/"),
    "server/flows": ("server/api/",),
}
FOREIGN = (
    (re.compile(r"gst/|libav|libsw"), ("pipelines",), "only pipelines/ speaks GStreamer and FFmpeg"),
    (re.compile(r"sqlite3(ext)?\.h|fts5\.h"), ("catalog",), "only catalog/ speaks SQLite"),
    (re.compile(r"thai/"), ("catalog",), "only catalog/ breaks Thai words"),
    (re.compile(r"libxml/"), ("pipelines",), "only pipelines/ reads XML"),
    (re.compile(r"libsoup/"), ("server", "pipelines"), "only server/ and pipelines/intake/ speak HTTP"),
    (re.compile(r"gnutls/"), ("server",), "only server/tls/ makes certificates"),
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def check_project_include(root, path, target):
    layer, other = path.split("/")[0], target.split("/")[0]
    if "/" not in target or not (root / target).is_file():
        return "include-path", f'write the path from the root of the tree: "{target}" is not a file there'
    if layer in ALLOWED and other not in ALLOWED[layer]:
        return "layer", f"{layer}/ must not know {other}/; pass what is needed down as a value or a callback"
    for folder, forbidden in SERVER_FORBIDDEN.items():
        if path.startswith(folder + "/") and target.startswith(forbidden):
            return "layer", f"{folder}/ must not know {target}; events come up, calls go down"
    return None


def check_foreign_include(path, target):
    layer = path.split("/")[0]
    for pattern, homes, advice in FOREIGN:
        if layer in LAYERS and layer not in homes and pattern.match(target):
            return "foreign-library", f"{advice}; move this to {homes[0]}/"
    return None


def check(root):
    findings, checked = [], 0
    for path in project_files(root):
        if not path.endswith((".c", ".h")):
            continue
        checked += 1
        text = (root / path).read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            quoted, target = match.group(1) == '"', match.group(2)
            found = check_project_include(root, path, target) if quoted else check_foreign_include(path, target)
            if found:
                findings.append(Finding(path, text.count("\n", 0, match.start()) + 1, *found))
    return findings, checked


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    findings, checked = check(parser.parse_args().root)
    return print_findings(findings, checked, "lint-layers")


if __name__ == "__main__":
    sys.exit(main())
