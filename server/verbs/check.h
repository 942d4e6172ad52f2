// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian check`: is the catalogue sound, and is every file there that it names?
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_check_run(int argc, char **argv);
