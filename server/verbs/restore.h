// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian restore DIR`: a backup becomes the data folder, which must not be there yet.
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_restore_run(int argc, char **argv);
