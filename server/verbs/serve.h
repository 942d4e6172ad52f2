// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian serve`: runs the server until it is told to stop.
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_serve_run(int argc, char **argv);
