# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""The rules of STYLE for C files, one function each: a rule takes a CSource and yields
(offset, rule, advice). Registered in RULES; lint-shape.py calls them all."""

import re

from lint_source import LAYERS, code_until_initialiser, outside_parentheses

MAX_FUNCTION_LINES = 80
MAX_NESTING = 3
MAX_PARAMETERS = 6
MAX_HEADER_LINES = 90

LOOP_HOMES = re.compile(r"(^|/)(main|media_main)\.c$|^server/app\.c$|^server/verbs?\b|^server/verb_\w+\.c$")
SLEEPS = r"sleep|usleep|g_usleep|nanosleep|clock_nanosleep|thrd_sleep|sched_yield|g_thread_yield"
SQL = re.compile(
    r"\s*(SELECT\s|INSERT (INTO|OR)\b|REPLACE INTO|UPDATE \w+|DELETE FROM|CREATE (TABLE|UNIQUE|INDEX|VIEW|TRIGGER|"
    r"VIRTUAL|TEMP)|ALTER TABLE|DROP (TABLE|INDEX|VIEW|TRIGGER)|PRAGMA \w|BEGIN(;| IMMEDIATE| EXCLUSIVE|$)|COMMIT;?$|"
    r"ROLLBACK;?$|SAVEPOINT |RELEASE |WITH \w+ AS|VACUUM|EXPLAIN )")
# The first word of every public type; a header may declare another's opaque type instead of including it.
FOLDER_WORDS = "Catalog|Source|Encode|Package|Child|Server|Http|Api|Flows"
EXEMPT_FUNCTIONS = {"main", "LLVMFuzzerTestOneInput", "LLVMFuzzerInitialize", "LLVMFuzzerCustomMutator"}


def in_layer(source):
    return source.path.split("/")[0] in LAYERS


def is_header(source):
    return source.path.endswith(".h")


def calls(source, names):
    return re.finditer(rf"\b(?:{names})\s*\(", source.code)


def function_at(source, offset):
    return next((f for f in source.functions if f.start <= offset < f.end), None)


def functions_are_short(source):
    for f in source.functions:
        lines = source.line(f.end) - source.line(f.start) + 1
        if lines > MAX_FUNCTION_LINES:
            yield f.start, "function-length", f"{f.name} has {lines} lines; split it into steps of at most {MAX_FUNCTION_LINES}"


def nesting_is_shallow(source):
    for f in source.functions:
        depth, offset = source.nesting(f)
        if depth > MAX_NESTING:
            yield offset, "nesting", f"{f.name} nests {depth} deep; return early or name the inner part ({MAX_NESTING} at most)"


def parameters_are_few(source):
    for f in source.functions:
        if len(f.parameters) > MAX_PARAMETERS:
            yield f.start, "parameters", f"{f.name} takes {len(f.parameters)}; pass a struct ({MAX_PARAMETERS} at most)"
    for d in source.declarations:
        match = re.search(r"\b([a-z]\w*)\s*\((.*)\)[^()]*$", d.text, re.S)
        if match and not d.text.startswith("typedef") and match.group(2).count(",") >= MAX_PARAMETERS:
            if outside_parentheses(match.group(2)).count(",") >= MAX_PARAMETERS:
                yield d.start, "parameters", f"{match.group(1)} takes more than {MAX_PARAMETERS}; pass a struct"


def no_goto(source):
    for match in re.finditer(r"\bgoto\b", source.code):
        yield match.start(), "goto", "use g_autoptr, g_autofree and early return"


def is_constant(text):
    """Whether a file-scope or static object declaration can never change after start."""
    text = re.sub(r"\{.*\}", "", text, flags=re.S)
    if "*" in text:
        return re.search(r"\bconst\b", text[text.rindex("*"):]) is not None
    return re.search(r"\bconst\b", text) is not None


def is_object_declaration(text):
    if re.match(r"(typedef|enum\b[^;]*\}\s*$|_Static_assert|G_[A-Z]\w*\s*\(|static_assert)", text):
        return False
    without_body = re.sub(r"\{.*\}", "", text, flags=re.S).strip()
    if re.fullmatch(r"(struct|union|enum)(\s+\w+)?", without_body):
        return False
    if re.search(r"\(\s*\)\s*\(", outside_parentheses(text)) and re.search(r"\(\s*\*", text):
        return True
    return "(" not in re.sub(r"(__attribute__|_Alignas|alignas|G_\w+)\s*\(.*?\)+", "", without_body, flags=re.S)


def no_mutable_globals(source):
    advice = "no mutable file-scope state: keep it in a struct that is passed down, or make it const (the last pointer too)"
    for d in source.declarations:
        if is_object_declaration(d.text) and not is_constant(d.text):
            yield d.start, "mutable-global", advice
    for f in source.functions:
        for match in re.finditer(r"\bstatic\b([^;{]*)", source.code[f.body:f.end]):
            text = code_until_initialiser(match.group(1))
            if not is_constant(text) and not text.lstrip().startswith("_assert"):
                yield f.body + match.start(), "mutable-global", advice
    for match in re.finditer(r"\b(_Thread_local|__thread|thread_local|G_LOCK_DEFINE\w*|G_PRIVATE_INIT)\b", source.code):
        yield match.start(), "mutable-global", advice


def no_nested_loops(source):
    if LOOP_HOMES.search(source.path) or not in_layer(source):
        return
    for match in calls(source, "g_main_loop_run|g_main_context_iteration|g_application_run"):
        f = function_at(source, match.start())
        if f is None or not f.name.endswith("_thread"):
            yield (match.start(), "nested-loop",
                   "only main, a verb, or a thread's own entry (a function named *_thread) runs a loop; use async and finish")


def no_hidden_threads(source):
    for match in calls(source, "g_task_run_in_thread(?:_sync)?"):
        yield match.start(), "task-thread", "give the work to a named worker whose queue is bounded"


def no_sleeping(source):
    for match in calls(source, SLEEPS):
        yield match.start(), "sleep", "wait for the event itself (a source, a condition, a descriptor), with a deadline"


def sql_is_static_const(source):
    if not in_layer(source):
        return
    for offset, contents in source.strings:
        if not SQL.match(contents):
            continue
        if not source.path.startswith("catalog/"):
            yield offset, "sql", "SQL lives in catalog/ alone; call a catalogue function"
            continue
        if source.code[offset] == " ":
            continue  # a macro of column names, joined to a static const char where it is used
        before = source.clean[:offset]
        begin = before.rfind("static const")
        if begin < 0 or ";" in before[begin:] or "=" not in before[begin:]:
            yield offset, "sql", "write it as a `static const char` beside the one function that runs it"


def only_statement_steps(source):
    if source.path == "catalog/statement.c" or not in_layer(source):
        return
    for match in calls(source, r"sqlite3_(?:step|exec|get_table)"):
        yield match.start(), "sql-step", "only catalog/statement.c steps; go through catalog_statement_*()"
    for match in calls(source, r"sqlite3_v?(?:mprintf|snprintf)"):
        yield match.start(), "sql-format", "bind parameters; SQL is never formatted"


def prefixes(path):
    parts = path.rsplit(".", 1)[0].split("/")
    folder, name = parts[-2].replace("-", "_"), parts[-1].replace("-", "_")
    words = [folder] if folder == name else [folder] + name.split("_")
    return "_".join(words) + "_", "".join(w.capitalize() for w in words)


def has_prefix(name, prefix, folder):
    """A name begins with its file's prefix, or is of the folder's one error domain."""
    domain = f"{folder}_error"
    return name.startswith(prefix) or name + "_" == prefix or name.lower() == domain or name.lower().startswith(domain + "_")


def names_are_mechanical(source):
    if not in_layer(source):
        return
    lower, camel = prefixes(source.path)
    folder = source.path.split("/")[-2]
    # A concept split over receive.h, receive_status.h… shares the types and constants of its first word.
    family = "_".join(lower.split("_")[:2]).rstrip("_") + "_"
    family_camel = "".join(w.capitalize() for w in family.split("_"))
    if not is_header(source):
        for f in source.functions:
            wrong = not f.static and not has_prefix(f.name, lower, folder) and f.name not in EXEMPT_FUNCTIONS
            if wrong:
                yield f.start, "name", f"{f.name} is not static: make it so, or call it {lower}…"
        return
    for d in source.declarations:
        match = re.search(r"\b([A-Za-z_]\w*)\s*\(", outside_parentheses(d.text))
        if d.text.startswith("typedef"):
            yield from typedef_name(d, family_camel)
        elif match and not match.group(1).isupper() and not match.group(1).startswith("G_") and not has_prefix(match.group(1), lower, folder):
            yield d.start, "name", f"{match.group(1)} must begin with {lower}"
    for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", source.clean, re.M):
        if not has_prefix(match.group(1), family.upper(), folder) and not match.group(1).startswith(f"{folder.upper()}_TYPE_"):
            yield match.start(), "name", f"{match.group(1)} must begin with {family.upper()}"
    for match in re.finditer(r"\benum\b[^;{}]*\{([^}]*)\}", source.code):
        constants = re.findall(r"(?:^|,)\s*([A-Za-z_]\w*)", outside_parentheses(match.group(1)))
        for constant in constants:
            if not has_prefix(constant, family.upper(), folder):
                yield match.start(), "name", f"{constant} must begin with {family.upper()}"


def camel_domain(camel):
    return re.match(r"[A-Z][a-z0-9]*", camel).group() + "Error"


def typedef_name(declaration, camel):
    text = re.sub(r"\{.*\}", " ", declaration.text, flags=re.S)
    match = re.search(r"\(\s*\*\s*(\w+)\s*\)", text) or re.search(r"(\w+)\s*(\[[^]]*\])?\s*$", text)
    forward = match and re.fullmatch(rf"typedef struct _({FOLDER_WORDS})\w+ \1\w+", text)
    if match and not forward and not match.group(1).startswith((camel, camel_domain(camel))):
        yield declaration.start, "name", f"{match.group(1)} must begin with {camel}"


def headers_are_small(source):
    if not is_header(source):
        return
    if source.lines() > MAX_HEADER_LINES:
        yield 0, "header-length", f"{source.lines()} lines; a header fits a screen ({MAX_HEADER_LINES}): one type each"
    if "#pragma once" not in source.clean:
        yield 0, "pragma-once", "add #pragma once after the opening comment"
    includes = re.findall(r'^[ \t]*#[ \t]*include[ \t]*[<"]', source.text, re.M)
    if includes and not source.declarations and not source.functions and "#define" not in source.clean:
        yield 0, "umbrella-header", "a header that only includes others hides what is needed; include those where they are used"


def structs_are_wholly_annotated(source):
    for struct in source.structs():
        marks = [(offset, text, source.has_trailing_comment(offset)) for offset, text in struct.fields
                 if not re.search(r"\bparent_(instance|class)$", text)]
        if any(m for _, _, m in marks) and not all(m for _, _, m in marks):
            offset, text = next((o, t) for o, t, m in marks if not m)
            name = re.sub(r"[\[:].*", "", text, flags=re.S).split()[-1].lstrip("*") if text else "a field"
            yield offset, "half-annotated", f"{name} has no trailing comment but its neighbours have: annotate all fields or none"


RULES = (
    functions_are_short, nesting_is_shallow, parameters_are_few, no_goto, no_mutable_globals, no_nested_loops,
    no_hidden_threads, no_sleeping, sql_is_static_const, only_statement_steps, names_are_mechanical,
    headers_are_small, structs_are_wholly_annotated,
)
