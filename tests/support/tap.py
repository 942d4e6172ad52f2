# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Tests that are Python functions, told in the Test Anything Protocol: a fault in one stops none of the others."""

import time
import traceback

LOG_LINES = 40


def find(names):
    """The tests among a module's globals() or a class's vars(), as written from top to bottom."""
    return [value for name, value in names.items() if name.startswith("test_")]


def name_of(test):
    return test.__name__.removeprefix("test_")


def tell(text):
    print("".join(f"# {line}\n" for line in text.splitlines()), end="", flush=True)


def run(tests, *arguments, name=name_of, log=list):
    """Calls each of @tests with @arguments. Returns an exit status. @log() gives lines that are told when one failed."""
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        began = time.monotonic()
        try:
            test(*arguments)
            print(f"ok {number} - {name(test)}", flush=True)
        except Exception:  # noqa: BLE001 - whatever it is, the test failed
            failed += 1
            print(f"not ok {number} - {name(test)}", flush=True)
            tell(traceback.format_exc())
        tell(f"{time.monotonic() - began:.1f} s")
    if failed:
        tell("".join(list(log())[-LOG_LINES:]))
    return 1 if failed else 0
