// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One timer, set anew with each look.
#include "server/flows/live_nap.h"

struct _FlowsLiveNap {
    void (*on_due)(gpointer user_data); // (unowned)
    gpointer user_data;                 // (unowned) of on_due
    GMainContext *context;              // (owned)
    GSource *timer;                     // (owned) (nullable)
    gboolean resting;                   // (value)
};

static void
clear_timer(FlowsLiveNap *nap)
{
    if (nap->timer != NULL)
        g_source_destroy(nap->timer);
    g_clear_pointer(&nap->timer, g_source_unref);
}

static gboolean
on_timer(gpointer user_data)
{
    FlowsLiveNap *nap = user_data;
    clear_timer(nap);
    nap->on_due(nap->user_data);
    return G_SOURCE_REMOVE;
}

FlowsLiveNap *
flows_live_nap_new(void (*on_due)(gpointer user_data), gpointer user_data)
{
    FlowsLiveNap *nap = g_new0(FlowsLiveNap, 1);
    nap->on_due = on_due;
    nap->user_data = user_data;
    nap->context = g_main_context_ref_thread_default();
    return nap;
}

gboolean
flows_live_nap_look(FlowsLiveNap *nap, const FlowsLiveRestFacts *facts)
{
    FlowsLiveRestFacts known = *facts;
    known.resting = nap->resting;
    FlowsLiveRestVerdict verdict = flows_live_rest_decide(&known);
    nap->resting = verdict.rests;
    clear_timer(nap);
    if (verdict.look_ms != FLOWS_LIVE_REST_NEVER) {
        nap->timer = g_timeout_source_new((guint)MIN(verdict.look_ms, (gint64)G_MAXINT));
        g_source_set_callback(nap->timer, on_timer, nap, NULL);
        g_source_attach(nap->timer, nap->context);
    }
    return nap->resting;
}

gboolean
flows_live_nap_is_resting(const FlowsLiveNap *nap)
{
    return nap->resting;
}

void
flows_live_nap_free(FlowsLiveNap *nap)
{
    clear_timer(nap);
    g_main_context_unref(nap->context);
    g_free(nap);
}
