# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""What both linters share: the list of the project's files, and C source cut into comments, strings,
functions, structs and file-scope declarations. Standard library only; never runs the code it reads."""

import bisect
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

LAYERS = ("catalog", "pipelines", "server")
IGNORED_FOLDERS = {".git", "node_modules", "__pycache__", "dist", "data"}
CONTROL = {"if", "for", "while", "do", "switch", "else"}
NOT_LOOP_MACROS = {"return", "sizeof", "case", "defined", "_Alignof", "_Static_assert"}
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|->|[^\s\w]")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    advice: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


@dataclass
class Function:
    name: str
    start: int  # offset of the first character of its head
    body: int  # offset of the opening brace
    end: int  # offset after the closing brace
    static: bool
    parameters: list


@dataclass
class Declaration:
    text: str  # without initialiser
    start: int


@dataclass
class Struct:
    start: int
    fields: list = field(default_factory=list)  # (offset of ';', text)


def project_files(root):
    """Relative paths of every file under version control or about to be, sorted."""
    try:
        listed = subprocess.run(
            ["git", "-c", f"safe.directory={root.resolve()}", "ls-files", "-z", "-co", "--exclude-standard"],
            cwd=root, capture_output=True, check=True)
        names = [n for n in listed.stdout.decode().split("\0") if n]
        if (root / ".git").exists() and names:
            return sorted(n for n in set(names) if (root / n).is_file())
    except (OSError, subprocess.CalledProcessError):
        pass
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in IGNORED_FOLDERS and not f.startswith("build")]
        found += [str((Path(folder) / f).relative_to(root)) for f in files]
    return sorted(found)


def print_findings(findings, checked, what):
    for finding in sorted(set(findings)):
        print(finding)
    print(f"{what}: {checked} files, {len(set(findings))} findings")
    return 1 if findings else 0


class CSource:
    """One C file. `clean` has comments and the insides of literals blanked, `code` also has the
    preprocessor's lines blanked; both keep every offset and newline."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.strings = []  # (offset, contents)
        self.comments = []  # (offset, end)
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]
        self.clean = self._blank_literals()
        self.code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _blank, self.clean, flags=re.M)
        self.functions = []
        self.declarations = []
        self._cut()

    def line(self, offset):
        return bisect.bisect_right(self.starts, offset)

    def lines(self):
        return self.text.count("\n") + (0 if self.text.endswith("\n") or not self.text else 1)

    def _blank_literals(self):
        pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

        def blank(match):
            piece = match.group()
            if piece.startswith(("//", "/*")):
                self.comments.append((match.start(), match.end()))
                return _blank(match)
            if piece.startswith('"'):
                self.strings.append((match.start(), piece[1:-1]))
            return piece[0] + " " * (len(piece) - 2) + piece[-1]

        return pattern.sub(blank, self.text)

    def _cut(self):
        """Cuts file scope into functions and declarations."""
        code, start, i = self.code, 0, 0
        while i < len(code):
            c = code[i]
            if c == ";":
                self._declare(start, i)
                start = i + 1
            elif c == "(":
                i = closing(code, i)
                if is_macro_call(code[start:i + 1]) and re.match(r"\s*\n", code[i + 1:i + 200] + "\n"):
                    start = i + 1
            elif c == "{":
                end = closing(code, i)
                if self._function(start, i, end + 1):
                    start = end + 1
                i = end
            i += 1

    def _declare(self, start, end):
        text = code_until_initialiser(self.code[start:end])
        if text.strip():
            lead = len(text) - len(text.lstrip())
            self.declarations.append(Declaration(text.strip(), start + lead))

    def _function(self, start, brace, end):
        head = self.code[start:brace]
        if "=" in outside_parentheses(head) or re.match(r"\s*extern\s*\"", head):
            return False
        match = list(re.finditer(r"([A-Za-z_]\w*)\s*\(", outside_parentheses(head)))
        match = [m for m in match if not m.group(1).startswith(("G_GNUC", "__attribute__", "G_ANALYZER"))]
        if not match:
            return False
        name, opening = match[-1].group(1), start + match[-1].end() - 1
        inside = self.code[opening + 1:closing(self.code, opening)]
        lead = len(head) - len(head.lstrip())
        static = re.search(r"\bstatic\b", head) is not None
        self.functions.append(Function(name, start + lead, brace, end, static, split_parameters(inside)))
        return True

    def structs(self):
        """Every struct or union with fields, inner ones included."""
        for match in re.finditer(r"\b(?:struct|union)\b[^;{}()=]*\{", self.code):
            brace = match.end() - 1
            yield Struct(match.start(), list(self._fields(brace + 1, closing(self.code, brace))))

    def _fields(self, i, end):
        start = i
        while i < end:
            if self.code[i] in "({[":
                i = closing(self.code, i)
            elif self.code[i] == ";":
                if "{" not in self.code[start:i]:
                    yield i, self.code[start:i].strip()
                start = i + 1
            i += 1

    def has_trailing_comment(self, offset):
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return any(offset < s < end for s, _ in self.comments)

    def nesting(self, function):
        """(depth, offset) of the deepest control statement in a function."""
        return Nesting(self.code, function.body, function.end).deepest


class Nesting:
    """A small statement parser: counts if, for, while, do, switch and loop macros, not bare braces;
    `else if` is not deeper than its `if`."""

    def __init__(self, code, start, end):
        self.tokens = [(m.group(), m.start()) for m in TOKEN.finditer(code, start, end)]
        self.at = 0
        self.deepest = (0, start)
        self._statement(0)

    def _peek(self):
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _enter(self, depth, offset):
        if depth > self.deepest[0]:
            self.deepest = (depth, offset)

    def _skip_parentheses(self):
        depth = 0
        while self.at < len(self.tokens):
            token = self._peek()
            self.at += 1
            depth += (token in "([{") - (token in ")]}")
            if depth == 0:
                return

    def _block(self, depth):
        self.at += 1
        while self._peek() not in ("}", ""):
            self._statement(depth)
        self.at += 1

    def _statement(self, depth):
        token = self._peek()
        if token == "{":
            self._block(depth)
        elif token in CONTROL:
            self._control(depth, token)
        else:
            self._expression(depth)

    def _control(self, depth, token):
        self._enter(depth + 1, self.tokens[self.at][1])
        self.at += 1
        if self._peek() == "(":
            self._skip_parentheses()
        self._statement(depth + 1)
        if token == "do":
            self._expression(depth)
        while token == "if" and self._peek() == "else":
            self.at += 1
            if self._peek() != "if":
                self._statement(depth + 1)
                return
            self.at += 1
            self._skip_parentheses()
            self._statement(depth + 1)

    def _expression(self, depth):
        first = self._peek()
        if re.match(r"[A-Za-z_]", first) and first not in NOT_LOOP_MACROS:
            if self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][0] == "(":
                offset = self.tokens[self.at][1]
                self.at += 1
                self._skip_parentheses()
                if self._peek() == "{":
                    self._enter(depth + 1, offset)
                    self._block(depth + 1)
                    return
        self._to_semicolon(first)

    def _to_semicolon(self, first):
        label = first in ("case", "default") or (
            self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][0] == ":")
        while self.at < len(self.tokens):
            token = self._peek()
            if token in ("(", "[", "{"):
                self._skip_parentheses()
                continue
            if token == "}":
                return
            self.at += 1
            if token == ";" or (label and token == ":"):
                return


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def closing(code, opening):
    """Offset of the bracket that closes the one at `opening`; the end of the text when there is none."""
    depth = 0
    for match in re.compile(r"[(){}\[\]]").finditer(code, opening):
        depth += 1 if match.group() in "([{" else -1
        if depth == 0:
            return match.start()
    return len(code)


def outside_parentheses(text):
    """The text with what is between round brackets blanked, brackets kept."""
    result, depth = [], 0
    for c in text:
        depth -= c == ")"
        result.append(c if depth == 0 else " ")
        depth += c == "("
    return "".join(result)


def is_macro_call(text):
    return re.match(r"\s*G_(DEFINE|DECLARE|LOCK_DEFINE)\w*\s*\(", text) is not None


def code_until_initialiser(text):
    depth = 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if c == "=" and depth == 0:
            return text[:i]
    return text


def split_parameters(inside):
    parts, depth, current = [], 0, ""
    for c in inside:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += c
    parts = [p.strip() for p in parts + [current] if p.strip()]
    return [] if parts == ["void"] else parts
