// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Groups of packets with a due time, and one timer. Who is late starts from now on.
#include "pipelines/intake/smooth.h"

#include "pipelines/intake/pace.h"
#include "pipelines/tables/sync.h"

#define FULL_BYTES (16 * 1024 * 1024)
#define GROUP_BYTES (512 * 1024) // without a clock between them

typedef struct {
    gint64 due_us;     // (value) from the first packet of all
    GByteArray *bytes; // (owned)
} Group;

struct _IntakeSmooth {
    IntakeSmoothFuncs funcs; // (value)
    gpointer data;           // (unowned) for funcs
    TablesSync *sync;        // (owned)
    IntakePace pace;         // (value)
    GQueue groups;           // (value) (element-type Group)
    Group *open;             // (owned) (nullable) not known to be whole
    GSource *timer;          // (owned) (nullable)
    GMainContext *context;   // (owned)
    gint64 start_us;         // (value) monotonic, of due 0; 0: nothing was sent yet
    gsize held;              // (value) bytes
    gboolean full;           // (value) said so
    gboolean ending;         // (value) nothing more is pushed, and `drained` is still to be called
};

static void
free_group(Group *group)
{
    g_byte_array_unref(group->bytes);
    g_free(group);
}

static void
close_group(IntakeSmooth *smooth)
{
    if (smooth->open != NULL)
        g_queue_push_tail(&smooth->groups, g_steal_pointer(&smooth->open));
}

static void
on_packet(const guint8 *bytes, gpointer data)
{
    IntakeSmooth *smooth = data;
    TablesPacket packet = {0};
    if (!tables_packet_parse(bytes, &packet))
        return;
    if (intake_pace_note(&smooth->pace, &packet) ||
        (smooth->open != NULL && smooth->open->bytes->len >= GROUP_BYTES))
        close_group(smooth);
    if (smooth->open == NULL) {
        smooth->open = g_new0(Group, 1);
        smooth->open->due_us = smooth->pace.due_us;
        smooth->open->bytes = g_byte_array_new();
    }
    g_byte_array_append(smooth->open->bytes, bytes, TABLES_PACKET_BYTES);
    smooth->held += TABLES_PACKET_BYTES;
}

static void
send_head(IntakeSmooth *smooth, gint64 now_us)
{
    Group *group = g_queue_pop_head(&smooth->groups);
    smooth->held -= group->bytes->len;
    smooth->funcs.received(group->bytes->data, group->bytes->len, now_us, smooth->data);
    free_group(group);
}

static void
clear_timer(IntakeSmooth *smooth)
{
    if (smooth->timer != NULL)
        g_source_destroy(smooth->timer);
    g_clear_pointer(&smooth->timer, g_source_unref);
}

static void run(IntakeSmooth *smooth);

static gboolean
on_due(gpointer data)
{
    IntakeSmooth *smooth = data;
    clear_timer(smooth);
    run(smooth);
    return G_SOURCE_REMOVE;
}

static void
run(IntakeSmooth *smooth)
{
    const Group *head = NULL;
    while (smooth->timer == NULL && (head = g_queue_peek_head(&smooth->groups)) != NULL) {
        gint64 now_us = g_get_monotonic_time();
        if (smooth->start_us == 0 || smooth->start_us + head->due_us < now_us - G_USEC_PER_SEC)
            smooth->start_us = now_us - head->due_us; // what was missed is not made up for
        gint64 wait_us = smooth->start_us + head->due_us - now_us;
        if (wait_us <= 0) {
            send_head(smooth, now_us);
            continue;
        }
        smooth->timer = g_timeout_source_new((guint)(wait_us / 1000) + 1);
        g_source_set_callback(smooth->timer, on_due, smooth, NULL);
        g_source_attach(smooth->timer, smooth->context);
    }
    if (smooth->full && smooth->held < FULL_BYTES / 2) {
        smooth->full = FALSE;
        smooth->funcs.room(smooth->data);
    }
    if (smooth->ending && g_queue_is_empty(&smooth->groups)) {
        smooth->ending = FALSE;
        smooth->funcs.drained(smooth->data);
    }
}

IntakeSmooth *
intake_smooth_new(const IntakeSmoothFuncs *funcs, gpointer data)
{
    IntakeSmooth *smooth = g_new0(IntakeSmooth, 1);
    smooth->funcs = *funcs;
    smooth->data = data;
    smooth->sync = tables_sync_new(on_packet, smooth);
    smooth->context = g_main_context_ref_thread_default();
    intake_pace_init(&smooth->pace);
    g_queue_init(&smooth->groups);
    return smooth;
}

void
intake_smooth_free(IntakeSmooth *smooth)
{
    clear_timer(smooth);
    tables_sync_free(smooth->sync);
    g_queue_clear_full(&smooth->groups, (GDestroyNotify)free_group);
    g_clear_pointer(&smooth->open, free_group);
    g_main_context_unref(smooth->context);
    g_free(smooth);
}

void
intake_smooth_push(IntakeSmooth *smooth, const guint8 *bytes, gsize length)
{
    tables_sync_push(smooth->sync, bytes, length);
    smooth->full = smooth->full || smooth->held >= FULL_BYTES;
    run(smooth);
}

gboolean
intake_smooth_is_full(const IntakeSmooth *smooth)
{
    return smooth->full;
}

void
intake_smooth_finish(IntakeSmooth *smooth)
{
    tables_sync_finish(smooth->sync);
    close_group(smooth);
    smooth->ending = TRUE;
    run(smooth);
}
