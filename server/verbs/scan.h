// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian scan URI`: the services of a multiplex, one line each. Needs no server and no data
// folder.
#pragma once

/** Runs the verb. Returns: the exit code of the program. */
int verbs_scan_run(int argc, char **argv);
