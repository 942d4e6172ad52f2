# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Bad and good samples for each rule of the linters. `red_at` is where the finding must be
("file:line"), or None when the linter must say nothing."""

from dataclasses import dataclass

# Cut in two, so that a licence checker does not read this line as this file's own.
SPDX = "// SPDX-License-" "Identifier: AGPL-3.0-or-later\n// SPDX-FileCopyright" "Text: 2026 The Daorian developers\n"
PYTHON_SPDX = SPDX.replace("//", "#")


@dataclass
class Sample:
    rule: str
    name: str
    files: dict
    red_at: str = None


def c_file(body, path="catalog/jobs.c"):
    return {path: SPDX + body}


def red(rule, name, body, line, path="catalog/jobs.c"):
    return Sample(rule, name, c_file(body, path), f"{path}:{line + 2}")


def green(rule, name, body, path="catalog/jobs.c"):
    return Sample(rule, name, c_file(body, path))


def function(body, head="static void\nrun(int a)"):
    return f"{head}\n{{\n{body}\n}}\n"


DEEP = "    if (a)\n        for (;;)\n            while (a)\n                if (a)\n                    return;"
CHAIN = "    if (a)\n        a = 1;\n    else if (b)\n        a = 2;\n    else if (c)\n        a = 3;\n    else if (d)\n        a = 4;"
SWITCH = "    switch (a) {\n    case 1: {\n        if (a)\n            while (a)\n                a--;\n        break;\n    }\n    default:\n        break;\n    }"

SHAPE_SAMPLES = [
    red("function-length", "81 lines", function("    a++;\n" * 76 + "    a++;"), 1),
    green("function-length", "80 lines", function("    a++;\n" * 75 + "    a++;")),
    red("function-length", "a long function after an initialised table",
        "static const int table[] = {1, 2};\n" + function("    a++;\n" * 90), 2),
    Sample("file-length", "601 lines", c_file("\n" * 599), "catalog/jobs.c:600"),
    Sample("file-length", "600 lines", c_file("\n" * 598)),
    Sample("file-length", "a long script", {"tools/a.py": PYTHON_SPDX + "\n" * 599}, "tools/a.py:600"),
    red("nesting", "four deep without braces", function(DEEP), 7),
    red("nesting", "four deep through a loop macro",
        function("    if (a) {\n        FOR_EACH(x, a) {\n            if (a) {\n                do {\n                } while (a);\n            }\n        }\n    }"), 7),
    green("nesting", "else if is not deeper", function(CHAIN)),
    green("nesting", "cases and bare blocks are not deeper", function(SWITCH)),
    green("nesting", "compound literals are not blocks", function("    if (a)\n        for (;;)\n            if (a)\n                b = (Foo){{1}, {2}};")),
    Sample("nesting", "a script four deep", {"tools/a.py": PYTHON_SPDX + "def f(a):\n  if a:\n    for b in a:\n      while b:\n        if b:\n          pass\n"}, "tools/a.py:7"),
    Sample("function-length", "a long function in a script", {"tools/a.py": PYTHON_SPDX + "def f(a):\n" + "  a()\n" * 80}, "tools/a.py:3"),
    red("parameters", "seven in a definition", function("", "static void\nrun(int a, int b, int c, int d, int e, int f, int g)"), 1),
    red("parameters", "seven in a declaration", "#pragma once\nvoid catalog_jobs_run(int a, int b, int c, int d, int e, int f, int g);\n", 2, "catalog/jobs.h"),
    green("parameters", "six, one of them a function", function("", "static void\nrun(int a, int b, int c, int d, int e, void (*f)(int, int))")),
    red("goto", "goto", function("    goto out;\nout:\n    return;"), 4),
    green("goto", "the word in a comment and a string", function('    // goto nowhere\n    g_print("goto");')),
    red("mutable-global", "static number", "static int count;\n", 1),
    red("mutable-global", "initialised table", "static int table[] = {1, 2};\n", 1),
    red("mutable-global", "pointer that may move", 'static const char *name = "x";\n', 1),
    red("mutable-global", "public variable", "GHashTable *catalog_jobs_all;\n", 1),
    red("mutable-global", "function pointer", "static void (*hook)(int);\n", 1),
    red("mutable-global", "static inside a function", function("    static int count = 0;\n    count++;"), 4),
    red("mutable-global", "thread local", "static _Thread_local int depth;\n", 1),
    green("mutable-global", "constants", 'static const char *const names[] = {"a"};\nstatic const int table[] = {1};\nstatic const struct {\n    int a;\n} rows[] = {{1}};\n'),
    green("mutable-global", "a constant table of unnamed structs",
          'static const struct {\n    const char *name;\n    int value;\n} rows[] = {\n    {"a", 1},\n};\n'),
    red("mutable-global", "a table that may change",
        'static struct {\n    const char *const name;\n} rows[] = {\n    {"a"},\n};\n', 1),
    green("mutable-global", "types and prototypes", "typedef struct {\n    int a;\n} Row;\nstruct _Other {\n    int b;\n};\nenum {\n    A,\n    B,\n};\nstatic int run(int a);\nG_DEFINE_QUARK(jobs, run)\n"),
    green("mutable-global", "a prototype that takes a function", "static int *run(int a, void (*changed)(void *data), void *data);\n"),
    green("mutable-global", "static const inside a function", function("    static const int table[] = {1};\n    run(table[0]);")),
    red("nested-loop", "loop in a library", function("    g_main_loop_run(loop);"), 4),
    red("nested-loop", "iteration in a library", function("    while (!done)\n        g_main_context_iteration(NULL, TRUE);"), 5),
    green("nested-loop", "a thread's own entry", function("    g_main_loop_run(loop);", "static gpointer\ndelivery_thread(gpointer data)")),
    green("nested-loop", "main", function("    g_main_loop_run(loop);", "int\nmain(int argc, char **argv)"), "server/main.c"),
    green("nested-loop", "a test", function("    g_main_context_iteration(NULL, TRUE);"), "tests/catalog/jobs-test.c"),
    red("task-thread", "g_task_run_in_thread", function("    g_task_run_in_thread(task, work);"), 4),
    green("task-thread", "g_task_return", function("    g_task_return_boolean(task, TRUE);")),
    red("sleep", "g_usleep", function("    g_usleep(1000);"), 4),
    red("sleep", "nanosleep in a test", function("    nanosleep(&t, NULL);"), 4, "tests/catalog/jobs-test.c"),
    green("sleep", "a condition with a deadline", function("    g_cond_wait_until(&cond, &lock, end);")),
    red("sql", "text in a call", function('    prepare("SELECT id FROM jobs");'), 4),
    red("sql", "text in a variable", function('    const char *sql = "UPDATE jobs SET state = ?1";'), 4),
    red("sql", "text outside the catalogue", function('    static const char sql[] = "SELECT id FROM jobs";'), 4, "server/app.c"),
    green("sql", "static const char", 'static const char CLAIM[] =\n    "UPDATE jobs SET state = ?1 "\n    "WHERE id = ?2 RETURNING id";\n'),
    green("sql", "a macro of columns", '#define COLUMNS                \\\n    "SELECT id, state"         \\\n    " FROM jobs"\nstatic const char ONE[] = COLUMNS " WHERE id = ?1";\n'),
    green("sql", "words that only look like it", function('    g_print("Select a rung");\n    g_print("DELETE");')),
    red("sql-step", "step outside statement.c", function("    sqlite3_step(statement);"), 4),
    red("sql-step", "exec outside statement.c", function("    sqlite3_exec(database, text, NULL, NULL, NULL);"), 4),
    green("sql-step", "statement.c", function("    sqlite3_step(statement);"), "catalog/statement.c"),
    red("sql-format", "formatted", function('    sqlite3_mprintf("%q", name);'), 4),
    green("sql-format", "bound", function("    sqlite3_bind_text(s, 1, name, -1, NULL);")),
    red("name", "public function", function("", "void\njobs_run(void)"), 1),
    red("name", "type", "#pragma once\ntypedef struct _Jobs Jobs;\n", 2, "catalog/jobs.h"),
    red("name", "prototype", "#pragma once\nint jobs_count(void);\n", 2, "catalog/jobs.h"),
    red("name", "macro", "#pragma once\n#define LIMIT 3\n", 2, "catalog/jobs.h"),
    red("name", "enum constant", "#pragma once\ntypedef enum {\n    QUEUED,\n} CatalogJobsState;\n", 2, "catalog/jobs.h"),
    green("name", "all as they should be",
          "#pragma once\n#define HTTP_RANGES_MAX 3\ntypedef enum {\n    HTTP_RANGES_ONE = 1,\n} HttpRangesKind;\n"
          "typedef void (*HttpRangesCallback)(int a);\ntypedef struct _HttpRanges HttpRanges;\n"
          "const char *http_ranges_get(HttpRanges *ranges);\nG_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRanges, http_ranges_free)\n", "server/http/ranges.h"),
    green("name", "the folder's error domain and another's opaque type",
          "#pragma once\n#define HTTP_ERROR (http_error_quark())\nGQuark http_error_quark(void);\n"
          "typedef enum {\n    HTTP_ERROR_CLOSED,\n} HttpError;\ntypedef struct _ServerClock ServerClock;\n", "server/http/ranges.h"),
    green("name", "a concept split over files shares types and constants",
          "#pragma once\ntypedef enum {\n    HTTP_RANGES_ONE,\n} HttpRangesKind;\nint http_ranges_parser_run(void);\n", "server/http/ranges_parser.h"),
    red("name", "but not functions", "#pragma once\nint http_ranges_run(void);\n", 2, "server/http/ranges_parser.h"),
    green("name", "main exports main", function("", "int\nmain(int argc, char **argv)"), "server/main.c"),
    red("header-length", "91 lines", "#pragma once\n" + "\n" * 88, -1, "catalog/jobs.h"),
    green("header-length", "90 lines", "#pragma once\n" + "\n" * 87, "catalog/jobs.h"),
    red("pragma-once", "missing", "int catalog_jobs_count(void);\n", -1, "catalog/jobs.h"),
    green("pragma-once", "there", "#pragma once\nint catalog_jobs_count(void);\n", "catalog/jobs.h"),
    red("umbrella-header", "only includes", "#pragma once\n#include <a.h>\n#include <b.h>\n", -1, "catalog/all.h"),
    green("umbrella-header", "declares something", "#pragma once\n#include <glib.h>\nint catalog_all_count(void);\n", "catalog/all.h"),
    red("header-alone", "uses a type it does not include", "#pragma once\nvoid catalog_alone_run(gint64 now_ms);\n", -1, "catalog/alone.h"),
    green("header-alone", "includes what it uses", "#pragma once\n#include <stdint.h>\nvoid catalog_alone_run(int64_t now_ms);\n", "catalog/alone.h"),
    red("half-annotated", "one of two", "struct _Jobs {\n    int a; // (owned)\n    int b;\n};\n", 3),
    red("half-annotated", "inner struct", "typedef struct {\n    struct {\n        int a; // (atomic)\n        int b;\n    } in;\n} Row;\n", 4),
    green("half-annotated", "a GObject's parent", "struct _Jobs {\n    GObject parent_instance;\n    int a; // (owned)\n};\n"),
    green("half-annotated", "all or none", "struct _Jobs {\n    int a; // (owned)\n    int b[3]; /* (nullable) */\n};\nstruct _Row {\n    int a;\n    int b;\n};\n"),
    Sample("spdx", "no licence", {"catalog/jobs.c": "int a(void);\n"}, "catalog/jobs.c:1"),
    Sample("spdx", "no copyright", {"catalog/jobs.c": SPDX.split("\n")[0] + "\n"}, "catalog/jobs.c:1"),
    Sample("spdx", "bytes that are not text", {"docs/a.txt": "\x00"}, "docs/a.txt:1"),
    Sample("spdx", "named in .reuse/dep5", {"docs/a.json": "{}\n", ".reuse/dep5": "Files: docs/*.json\n other\nCopyright: 2026\nLicense: CC0-1.0\n"}),
    Sample("architecture", "missing file", {"ARCHITECTURE.md": f"<!--\n{SPDX}-->\n`catalog/none.c`\n"}, "ARCHITECTURE.md:5"),
    Sample("architecture", "missing bare name", {"ARCHITECTURE.md": f"<!--\n{SPDX}-->\n`none.c`\n"}, "ARCHITECTURE.md:5"),
    Sample("architecture", "folder that is not described", {"ARCHITECTURE.md": f"<!--\n{SPDX}-->\n", "catalog/a.c": SPDX}, "ARCHITECTURE.md:1"),
    Sample("architecture", "everything there", {"ARCHITECTURE.md": f"<!--\n{SPDX}-->\n`catalog/` has `a.c`; `GET /api/x` `application/json`\n", "catalog/a.c": SPDX}),
]

HEADER = SPDX + "#pragma once\n"


def include(path, line, others=()):
    return {path: SPDX + line + "\n", **{other: HEADER for other in others}}


LAYER_SAMPLES = [
    Sample("layer", "catalog knows pipelines", include("catalog/a.c", '#include "pipelines/b.h"', ["pipelines/b.h"]), "catalog/a.c:3"),
    Sample("layer", "pipelines knows catalog", include("pipelines/a.c", '#include "catalog/b.h"', ["catalog/b.h"]), "pipelines/a.c:3"),
    Sample("layer", "catalog knows server", include("catalog/a.c", '#include "server/b.h"', ["server/b.h"]), "catalog/a.c:3"),
    Sample("layer", "pipelines knows server", include("pipelines/a.c", '#include "server/b.h"', ["server/b.h"]), "pipelines/a.c:3"),
    Sample("layer", "server knows tests", include("server/a.c", '#include "tests/b.h"', ["tests/b.h"]), "server/a.c:3"),
    Sample("layer", "http knows handlers", include("server/http/a.c", '#include "server/api/b.h"', ["server/api/b.h"]), "server/http/a.c:3"),
    Sample("layer", "flows know handlers", include("server/flows/a.c", '#include "server/api/b.h"', ["server/api/b.h"]), "server/flows/a.c:3"),
    Sample("layer", "server knows both", include("server/a.c", '#include "pipelines/b.h"\n#include "catalog/b.h"', ["pipelines/b.h", "catalog/b.h"])),
    Sample("layer", "tests know all", include("tests/a.c", '#include "pipelines/b.h"\n#include "server/b.h"', ["pipelines/b.h", "server/b.h"])),
    Sample("include-path", "relative include", include("server/api/a.c", '#include "b.h"', ["server/api/b.h"]), "server/api/a.c:3"),
    Sample("include-path", "from the root", include("server/api/a.c", '#include "server/api/b.h"', ["server/api/b.h"])),
    Sample("foreign-library", "GStreamer in the daemon", include("server/a.c", "#include <gst/gst.h>"), "server/a.c:3"),
    Sample("foreign-library", "FFmpeg in the catalogue", include("catalog/a.c", "#include <libavutil/avutil.h>"), "catalog/a.c:3"),
    Sample("foreign-library", "SQLite in the daemon", include("server/a.c", "#include <sqlite3.h>"), "server/a.c:3"),
    Sample("foreign-library", "SQLite at home", include("catalog/a.c", "#include <sqlite3.h>")),
]
