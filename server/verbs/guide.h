// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian guide URI`: the guide that a multiplex carries, one line a programme. Needs no server
// and no data folder.
#pragma once

/** Runs the verb. Returns: the exit code of the program. */
int verbs_guide_run(int argc, char **argv);
