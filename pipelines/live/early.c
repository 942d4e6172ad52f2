// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A queue of copies; the oldest gives way.
#include "pipelines/live/early.h"

#define WAITING_MAX 8
#define BYTES_MAX 65536
#define WAIT_PTS90K (10 * 90000)

typedef struct {
    LivePesUnit unit; // (value)
    guint8 *bytes;    // (owned) of the unit
    gint64 since;     // (value) of the channel's time
} Waiting;

struct _LiveEarly {
    LiveEarlyFuncs funcs; // (value)
    gpointer data;        // (unowned) for funcs
    GQueue waiting;       // (owned) (element-type Waiting)
};

static void
free_waiting(gpointer data)
{
    Waiting *waiting = data;
    g_free(waiting->bytes);
    g_free(waiting);
}

LiveEarly *
live_early_new(const LiveEarlyFuncs *funcs, gpointer data)
{
    LiveEarly *early = g_new0(LiveEarly, 1);
    early->funcs = *funcs;
    early->data = data;
    g_queue_init(&early->waiting);
    return early;
}

void
live_early_free(LiveEarly *early)
{
    g_queue_clear_full(&early->waiting, free_waiting);
    g_free(early);
}

static void
hold(LiveEarly *early, const LivePesUnit *unit, gint64 now)
{
    if (unit->bytes > BYTES_MAX)
        return;
    if (early->waiting.length >= WAITING_MAX)
        free_waiting(g_queue_pop_head(&early->waiting));
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->unit = *unit;
    waiting->unit.data = waiting->bytes = g_memdup2(unit->data, unit->bytes);
    waiting->since = now;
    g_queue_push_tail(&early->waiting, waiting);
}

void
live_early_look(LiveEarly *early, gint64 now)
{
    GList *next = NULL;
    for (GList *link = early->waiting.head; link != NULL; link = next) {
        Waiting *waiting = link->data;
        gint64 time = 0;
        next = link->next;
        gboolean placed = early->funcs.place(waiting->unit.pts90k, &time, early->data);
        if (!placed && now - waiting->since <= WAIT_PTS90K)
            continue;
        g_queue_delete_link(&early->waiting, link);
        if (placed)
            early->funcs.placed(&waiting->unit, time, early->data);
        free_waiting(waiting);
    }
}

void
live_early_push(LiveEarly *early, const LivePesUnit *unit, gint64 now)
{
    gint64 time = 0;
    live_early_look(early, now);
    if (unit->pts90k < 0)
        return;
    if (early->funcs.place(unit->pts90k, &time, early->data))
        early->funcs.placed(unit, time, early->data);
    else
        hold(early, unit, now);
}
