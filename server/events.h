// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The event hub: whoever changed a lesson, a job or an upload says so here; each open event stream
// hears it. An event names what changed and carries no content: the stream reads the present state
// when it is about to send, so that the newest state wins and only what the viewer may see leaves.
// Thread-safe throughout.
#pragma once

#include <glib.h>

typedef struct _ServerEvents ServerEvents;
typedef struct _ServerEventsQueue ServerEventsQueue;

typedef enum {
    SERVER_EVENTS_LESSON,
    SERVER_EVENTS_JOB,
    SERVER_EVENTS_UPLOAD,
    SERVER_EVENTS_CHANNEL,
    SERVER_EVENTS_MULTIPLEX,
    SERVER_EVENTS_BOOKING,
    SERVER_EVENTS_HEALTH, // figures of all multiplexes and channels are new; the id says nothing
    SERVER_EVENTS_RESYNC, // the reader missed some: read everything again
} ServerEventsKind;

typedef struct {
    ServerEventsKind kind; // what id names
    char *id;              // (owned) (nullable), NULL for RESYNC
    guint64 sequence;      // of the newest change to it, rising in the life of a hub
} ServerEventsItem;

void server_events_item_free(ServerEventsItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerEventsItem, server_events_item_free)

/** @epoch: tells this run of the server from others in the stream's event ids, e.g. the start time.
 */
ServerEvents *server_events_new(gint64 epoch);
ServerEvents *server_events_ref(ServerEvents *events);
void server_events_unref(ServerEvents *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerEvents, server_events_unref)

/** Says that a row changed, after its transaction ended. Never blocks on a reader. Any thread. */
void server_events_publish(ServerEvents *events, ServerEventsKind kind, const char *id);

/**
 * server_events_subscribe:
 * @last_event_id: (nullable): what the client's Last-Event-ID says
 * @wake: called with @user_data in @context, once, when the queue stops being empty
 *
 * Opens a queue of at most 256 different things; the same thing twice is one item. A queue that is
 * full is emptied and holds one RESYNC, as does the queue of a client whose last event is no longer
 * known. Returns: (transfer full): the queue, or NULL when 512 are open.
 */
ServerEventsQueue *server_events_subscribe(ServerEvents *events, const char *last_event_id,
                                           GMainContext *context, GSourceFunc wake,
                                           gpointer user_data);

/** From now on @queue hears nothing of @kind. Any thread. */
void server_events_queue_mute(ServerEventsQueue *queue, ServerEventsKind kind);

/** Returns: (transfer container) (element-type ServerEventsItem): what is queued, oldest first;
 * empties the queue. */
GPtrArray *server_events_queue_take(ServerEventsQueue *queue);

/** Returns: (transfer full): the `id:` of an event stream for @sequence. */
char *server_events_format_id(ServerEvents *events, guint64 sequence);

/** Returns: the sequence of the newest change. Any thread. */
guint64 server_events_get_sequence(ServerEvents *events);

/** Closes: no wake is called any more when this returns in @context's thread. */
void server_events_queue_free(ServerEventsQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerEventsQueue, server_events_queue_free)
