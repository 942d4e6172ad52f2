// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daemon writes it; paths are held to a narrow form all the same.
#include "pipelines/keep/patch_plan.h"

#include <string.h>

#include "pipelines/child/live_track.h"
#include "pipelines/keep/plan.h"
#include "pipelines/package/index.h"

#define TIME_MAX (G_GUINT64_CONSTANT(1) << 53)
#define RUNGS_MAX 16
#define NONE "-"

static void
free_rung(gpointer data)
{
    KeepPatchPlanRung *rung = data;
    for (guint i = 0; i < 2; i++) {
        g_free(rung->files[i]);
        g_free(rung->indexes[i]);
    }
    g_free(rung->name);
    g_free(rung);
}

void
keep_patch_plan_free(KeepPatchPlan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->rungs);
    g_array_unref(plan->gaps);
    g_array_unref(plan->holes);
    g_free(plan);
}

static gboolean
add_rung(KeepPatchPlan *plan, char **words)
{
    if (plan->rungs->len >= RUNGS_MAX)
        return FALSE;
    for (guint i = 1; i < 6; i++) {
        if (!keep_plan_is_path(words[i]))
            return FALSE;
    }
    gboolean silent = strcmp(words[4], NONE) == 0;
    if (strcmp(words[2], NONE) == 0 || silent != (strcmp(words[5], NONE) == 0) ||
        (silent && !child_live_track_is_extra(words[1])))
        return FALSE;
    KeepPatchPlanRung *rung = g_new0(KeepPatchPlanRung, 1);
    rung->name = g_strdup(words[1]);
    for (guint i = 0; i < 2; i++) {
        if (strcmp(words[2 + 2 * i], NONE) == 0)
            continue;
        rung->files[i] = g_strdup(words[2 + 2 * i]);
        rung->indexes[i] = g_strdup(words[3 + 2 * i]);
    }
    g_ptr_array_add(plan->rungs, rung);
    return TRUE;
}

static gboolean
add_gap(GArray *gaps, char **words)
{
    KeepPatchPlanGap gap;
    guint64 last = gaps->len > 0 ? g_array_index(gaps, KeepPatchPlanGap, gaps->len - 1).at : 0;
    if (!g_ascii_string_to_unsigned(words[1], 10, last, TIME_MAX, &gap.at, NULL) ||
        !g_ascii_string_to_unsigned(words[2], 10, 1, TIME_MAX, &gap.missing, NULL))
        return FALSE;
    g_array_append_val(gaps, gap);
    return TRUE;
}

static gboolean
take_line(KeepPatchPlan *plan, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 8);
    guint count = g_strv_length(words);
    if (count == 6 && strcmp(words[0], "rung") == 0)
        return add_rung(plan, words);
    if (count == 3 && strcmp(words[0], "gap") == 0)
        return plan->gaps->len < KEEP_PATCH_PLAN_GAPS_MAX && add_gap(plan->gaps, words);
    return count == 3 && strcmp(words[0], "hole") == 0 && add_gap(plan->holes, words);
}

KeepPatchPlan *
keep_patch_plan_parse(const char *text, GError **error)
{
    g_autoptr(KeepPatchPlan) plan = g_new0(KeepPatchPlan, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = g_strv_length(lines);
    plan->rungs = g_ptr_array_new_with_free_func(free_rung);
    plan->gaps = g_array_new(FALSE, FALSE, sizeof(KeepPatchPlanGap));
    plan->holes = g_array_new(FALSE, FALSE, sizeof(KeepPatchPlanGap));
    gboolean good = count > 0 && *lines[count - 1] == '\0';
    for (guint i = 0; good && i + 1 < count; i++)
        good = take_line(plan, lines[i]);
    if (good && plan->rungs->len > 0 && plan->gaps->len > 0)
        return g_steal_pointer(&plan);
    g_set_error_literal(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "the plan of a patch is none");
    return NULL;
}
