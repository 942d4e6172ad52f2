// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian re-encode [--all | --query Q | LESSON…] [--wait]`: makes the files of lessons anew.
#pragma once

/** Returns: an exit code of sysexits.h. */
int verbs_re_encode_run(int argc, char **argv);
