// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// hello → job → plan → a `rung` or `rung-failed` each, with `progress` between → an `asset` each of
// what is beside them → done or failed.
#include "pipelines/keep/run.h"

#include <gio/gio.h>

#include "pipelines/child/live_track.h"
#include "pipelines/keep/plan.h"
#include "pipelines/keep/rungs.h"
#include "pipelines/package/index.h"

/* Returns: FALSE when nothing more is to be tried. */
static gboolean
make_rung(KeepRungs *rungs, const char *name, const char *plan, gsize plan_bytes, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GPtrArray) pieces = child_live_track_is_extra(name)
                                      ? keep_plan_parse_sound(plan, plan_bytes, name, &local)
                                      : keep_plan_parse(plan, plan_bytes, name, &local);
    if (pieces != NULL && (pieces->len == 0 || keep_rungs_make(rungs, name, pieces, &local)))
        return TRUE;
    if (!g_error_matches(local, PACKAGE_ERROR, PACKAGE_ERROR_INVALID)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    keep_rungs_tell_failed(rungs, name, local);
    return TRUE;
}

static gboolean
make_rungs(KeepRungs *rungs, const char *plan, gsize plan_bytes, GError **error)
{
    for (gsize i = 0; i < plan_bytes; i++)
        rungs->pieces += plan[i] == '\n';
    rungs->pieces = MAX(rungs->pieces * g_strv_length(rungs->job->rungs), 1);
    for (guint i = 0; rungs->job->rungs[i] != NULL; i++) {
        if (!make_rung(rungs, rungs->job->rungs[i], plan, plan_bytes, error))
            return FALSE;
    }
    if (rungs->made == 0) {
        g_set_error_literal(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "no rung could be made");
        return FALSE;
    }
    g_autoptr(GPtrArray) best =
        rungs->best != NULL ? keep_plan_parse(plan, plan_bytes, rungs->best, NULL) : NULL;
    return keep_rungs_make_extras(rungs, best, plan, plan_bytes, error);
}

gboolean
keep_run(ChildChannel *channel)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *plan = NULL;
    gsize plan_bytes = 0;
    g_autoptr(ChildReport) hello = child_report_new(CHILD_REPORT_HELLO);
    child_channel_send(channel, hello);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, &error);
    KeepRungs rungs = {.channel = channel, .job = job};
    gboolean fine = job != NULL && job->bundle != NULL &&
                    g_file_get_contents(job->source, &plan, &plan_bytes, &error) &&
                    make_rungs(&rungs, plan, plan_bytes, &error);
    if (!fine && error == NULL)
        g_set_error_literal(&error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "no folder to read");
    keep_rungs_tell_end(&rungs, NULL, error);
    keep_rungs_clear(&rungs);
    return fine;
}
