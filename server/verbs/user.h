// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian user add|passwd|token|list`: accounts without a browser.
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_user_run(int argc, char **argv);
