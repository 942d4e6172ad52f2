// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the patch role is told: a text of lines. `rung <name> <file> <index> <repeat's file>
// <repeat's index>`, files relative to a folder that is only read, `- -` for silence where the
// repeat lacks another sound, which come behind the rungs; `gap <at> <missing>` of the recording
// and `hole <at> <missing>` of the repeat, 90 kHz of media, by time. Pure.
#pragma once

#include <glib.h>

#define KEEP_PATCH_PLAN_GAPS_MAX 64

/** One rung of both. */
typedef struct {
    char *name;       // (owned)
    char *files[2];   // (owned) (nullable) relative paths: of the recording, of the repeat
    char *indexes[2]; // (owned) (nullable) relative paths: of the recording, of the repeat
} KeepPatchPlanRung;

/** Something that is missing. */
typedef struct {
    guint64 at;      // 90 kHz, where in the media
    guint64 missing; // 90 kHz, how much, by the clock on the air
} KeepPatchPlanGap;

typedef struct {
    GPtrArray *rungs; // (owned) (element-type KeepPatchPlanRung): lowest first
    GArray *gaps;     // (owned) (element-type KeepPatchPlanGap)
    GArray *holes;    // (owned) (element-type KeepPatchPlanGap)
} KeepPatchPlan;

/** Returns: (transfer full): NULL with PACKAGE_ERROR_INVALID. */
KeepPatchPlan *keep_patch_plan_parse(const char *text, GError **error);
void keep_patch_plan_free(KeepPatchPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepPatchPlan, keep_patch_plan_free)
