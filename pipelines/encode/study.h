// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is known of the lesson in one job: read back from the staging folder where an earlier
// attempt or job left it, else found out now, step by step, and kept there. The first look is kept
// as soon as it is taken, since the grid hangs on it. Damage in the pictures never fails a lesson:
// what cannot be told is taken for a camera's. One thread.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/encode/run.h"

typedef struct _EncodeStudy EncodeStudy;

/** @run: borrowed; its reader is open. */
EncodeStudy *encode_study_new(EncodeRun *run);
void encode_study_free(EncodeStudy *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeStudy, encode_study_free)

/** Returns: (transfer none): what is known so far; valid as long as @study. */
const AnalyseResult *encode_study_get_result(const EncodeStudy *study);

/** TRUE when there is nothing more to find out. */
gboolean encode_study_is_complete(const EncodeStudy *study);

/** The first look, unless one is known. Returns: FALSE when the job must end. */
gboolean encode_study_glance(EncodeStudy *study, GError **error);

/** What is heard; FALSE with any error of the layers below when nothing is. */
gboolean encode_study_hear(EncodeStudy *study, EncodeProgressStage stage, GError **error);

/** What is seen. Returns: FALSE when the job must end. */
gboolean encode_study_see(EncodeStudy *study, EncodeProgressStage stage, GError **error);

/** Keeps what was found as `analysis.json` in the staging folder and sends its `asset` line. */
gboolean encode_study_keep(EncodeStudy *study, GError **error);
