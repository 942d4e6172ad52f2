// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live classes: teachers' senders call at one SRT port (`[live] srt_listen`, off unless set), each
// with the teacher's own key. Who comes is on the air: the class gets its channel and is kept; who
// stays away for a minute has ended it. Lives on the main context; what may be called elsewhere
// says so.
#pragma once

#include "server/clock.h"
#include "server/config.h"
#include "server/flows/class_status.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsClass FlowsClass;

/** Everything is borrowed and must outlive it. */
typedef struct {
    const ServerConfig *config; // (unowned)
    ServerClock *clock;         // (unowned)
    CatalogThreads *catalog;    // (unowned)
    const char *media_program;  // (unowned), path of daorian-media
    /** Channels are others now, and the booking (nullable) with this id. */
    void (*changed)(const char *booking, gpointer data); // (unowned)
    gpointer data;                                       // (unowned) for changed
    guint grace_ms; // (value) away so long is the end, 0: a minute
} FlowsClassSetup;

#define FLOWS_CLASS_SOURCE "class:" // before the class's id: where its channel's packets come from

/** Returns: (transfer full): a stopped one. Main thread. */
FlowsClass *flows_class_new(const FlowsClassSetup *setup);

/** Opens the door if the configuration has one; classes that were on the air get their minute. Main
 * thread. */
void flows_class_start(FlowsClass *class);

/** A key, an account or a class changed: read them again. Any thread. */
void flows_class_wake(FlowsClass *class);

/** As flows_intake_subscribe(), for what the sender of the class @id sends. */
guint flows_class_subscribe(FlowsClass *class, const char *id, int write_fd);
void flows_class_unsubscribe(FlowsClass *class, guint subscription);

/** Returns: how the class with this id (nullable) goes. Any thread. */
FlowsClassStatus flows_class_get_status(FlowsClass *class, const char *id);

/** Closes the door; classes on the air stay so in the catalogue. Main thread. */
void flows_class_stop_async(FlowsClass *class, GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_class_stop_finish(FlowsClass *class, GAsyncResult *result, GError **error);

/** Stopped ones only. */
void flows_class_free(FlowsClass *class);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsClass, flows_class_free)
