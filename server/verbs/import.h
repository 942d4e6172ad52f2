// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian import [--wait] FILE…`: files and folders become lessons.
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_import_run(int argc, char **argv);
