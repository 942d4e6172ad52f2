// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads ahead by one piece at most; what is due goes out, a timer waits for the rest.
//
//   read a piece → packets → groups with a due time → those that are due go out → (none left) read
#include "pipelines/intake/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "pipelines/intake/join.h"
#include "pipelines/intake/pace.h"
#include "pipelines/tables/sync.h"

#define PIECE_BYTES 65536
#define PIECES_AT_ONCE 16 // then others get their turn
#define LATE_US G_USEC_PER_SEC

/** Packets that are due together. */
typedef struct {
    gint64 due_us;     // (value) from the first packet of all
    GByteArray *bytes; // (owned)
} Group;

struct _IntakeReplay {
    IntakeReplayFuncs funcs;   // (value)
    gpointer data;             // (unowned) for funcs
    int descriptor;            // (owned)
    TablesSync *sync;          // (owned)
    IntakeJoin *join;          // (owned)
    IntakePace pace;           // (value)
    GQueue groups;             // (value) (element-type Group)
    Group *open;               // (owned) (nullable) not known to be whole
    GSource *timer;            // (owned)
    gint64 start_us;           // (value) monotonic, of due 0; moved when we are late
    guint64 packets;           // (value) of this round
    guint rounds;              // (value)
    gboolean over;             // (value)
    guint8 piece[PIECE_BYTES]; // (value)
};

static void
free_group(Group *group)
{
    g_byte_array_unref(group->bytes);
    g_free(group);
}

static void
close_group(IntakeReplay *replay)
{
    if (replay->open != NULL)
        g_queue_push_tail(&replay->groups, g_steal_pointer(&replay->open));
}

static void
on_packet(const guint8 *bytes, gpointer data)
{
    IntakeReplay *replay = data;
    TablesPacket packet = {0};
    if (!tables_packet_parse(bytes, &packet))
        return;
    replay->packets++;
    if (intake_pace_note(&replay->pace, &packet))
        close_group(replay);
    if (replay->open == NULL) {
        replay->open = g_new0(Group, 1);
        replay->open->due_us = replay->pace.due_us;
        replay->open->bytes = g_byte_array_new();
    }
    intake_join_take(replay->join, bytes, &packet, replay->open->bytes);
}

static void
end(IntakeReplay *replay, GIOErrorEnum code, const char *why)
{
    g_autoptr(GError) error = g_error_new_literal(G_IO_ERROR, (gint)code, why);
    replay->over = TRUE;
    replay->funcs.ended(error, replay->data);
}

static void
restart(IntakeReplay *replay)
{
    tables_sync_finish(replay->sync);
    if (replay->packets == 0) {
        end(replay, G_IO_ERROR_INVALID_DATA, "no transport packet is in this file");
        return;
    }
    close_group(replay);
    intake_pace_finish(&replay->pace);
    intake_join_restart(replay->join);
    tables_sync_free(replay->sync);
    replay->sync = tables_sync_new(on_packet, replay);
    replay->packets = 0;
    replay->rounds++;
    if (lseek(replay->descriptor, 0, SEEK_SET) != 0)
        end(replay, g_io_error_from_errno(errno), g_strerror(errno));
}

static void
read_piece(IntakeReplay *replay)
{
    ssize_t length = read(replay->descriptor, replay->piece, PIECE_BYTES);
    if (length > 0)
        tables_sync_push(replay->sync, replay->piece, (gsize)length);
    else if (length == 0)
        restart(replay);
    else if (errno != EINTR)
        end(replay, g_io_error_from_errno(errno), g_strerror(errno));
}

static void
send_head(IntakeReplay *replay, gint64 now_us)
{
    Group *group = g_queue_pop_head(&replay->groups);
    if (group->bytes->len > 0)
        replay->funcs.received(group->bytes->data, group->bytes->len, now_us, replay->data);
    free_group(group);
}

/* Returns: when to come again, monotonic. */
static gint64
run(IntakeReplay *replay)
{
    guint pieces = 0;
    while (!replay->over && pieces < PIECES_AT_ONCE) {
        const Group *head = g_queue_peek_head(&replay->groups);
        gint64 now_us = g_get_monotonic_time();
        if (head == NULL) {
            read_piece(replay);
            pieces++;
            continue;
        }
        gint64 due_us = replay->start_us + head->due_us;
        if (due_us > now_us)
            return due_us;
        if (now_us - due_us > LATE_US) // what was missed is not made up for in a burst
            replay->start_us += now_us - due_us;
        send_head(replay, now_us);
    }
    return 0;
}

static gboolean
on_timer(gpointer data)
{
    IntakeReplay *replay = data;
    gint64 next_us = run(replay);
    if (replay->over)
        return G_SOURCE_REMOVE;
    g_source_set_ready_time(replay->timer, next_us);
    return G_SOURCE_CONTINUE;
}

/* A source of nothing but its ready time. */
static gboolean
dispatch_timer(GSource *source, GSourceFunc callback, gpointer data)
{
    return callback(data);
}

IntakeReplay *
intake_replay_open(const char *path, const IntakeReplayFuncs *funcs, gpointer data, GError **error)
{
    static const GSourceFuncs timer_funcs = {.dispatch = dispatch_timer};
    int descriptor = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    struct stat facts = {0};
    if (descriptor < 0 || fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        int number = descriptor < 0 ? errno : EISDIR;
        g_set_error(error, G_IO_ERROR, (gint)g_io_error_from_errno(number), "%s",
                    g_strerror(number));
        if (descriptor >= 0)
            close(descriptor);
        return NULL;
    }
    IntakeReplay *replay = g_new0(IntakeReplay, 1);
    replay->funcs = *funcs;
    replay->data = data;
    replay->descriptor = descriptor;
    replay->sync = tables_sync_new(on_packet, replay);
    replay->join = intake_join_new();
    intake_pace_init(&replay->pace);
    g_queue_init(&replay->groups);
    replay->start_us = g_get_monotonic_time();
    replay->timer = g_source_new((GSourceFuncs *)&timer_funcs, sizeof(GSource));
    g_source_set_callback(replay->timer, on_timer, replay, NULL);
    g_source_set_ready_time(replay->timer, 0);
    g_source_attach(replay->timer, g_main_context_get_thread_default());
    return replay;
}

void
intake_replay_free(IntakeReplay *replay)
{
    g_source_destroy(replay->timer);
    g_source_unref(replay->timer);
    close(replay->descriptor);
    tables_sync_free(replay->sync);
    intake_join_free(replay->join);
    g_queue_clear_full(&replay->groups, (GDestroyNotify)free_group);
    g_clear_pointer(&replay->open, free_group);
    g_free(replay);
}

guint
intake_replay_get_rounds(const IntakeReplay *replay)
{
    return replay->rounds;
}
