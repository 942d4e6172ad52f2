// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian backup DIR`: the catalogue, the lessons and the originals, as they are at one moment.
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_backup_run(int argc, char **argv);
