// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What keeps the data folder tidy while the server runs: ended sessions, lessons that were to be
// kept until today, those whose day was so long ago that they go for good, files that newer ones
// replaced, originals past their keeping, and how much room each folder takes. Lives on the main
// context; file work is done on a thread of its own. Unfinished uploads are receive's own business.
#pragma once

#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/storage.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsTidy FlowsTidy;

/** Everything is borrowed and must outlive the flow. */
typedef struct {
    const ServerConfig *config; // (unowned)
    ServerStorage *storage;     // (unowned)
    ServerClock *clock;         // (unowned)
    ServerEvents *events;       // (unowned): lessons that are not there any more
    CatalogThreads *catalog;    // (unowned)
} FlowsTidySetup;

/** Bytes on the disk when they were last counted. */
typedef struct {
    gint64 originals_bytes; // of originals/
    gint64 lessons_bytes;   // of lessons/
    gint64 uploads_bytes;   // of uploads/
} FlowsTidySizes;

FlowsTidy *flows_tidy_new(const FlowsTidySetup *setup);

/** Begins: one round at once, then one a minute. Main context. */
void flows_tidy_start(FlowsTidy *tidy);

/** Any thread. */
void flows_tidy_get_sizes(FlowsTidy *tidy, FlowsTidySizes *sizes);

/** Begins no round any more; a round under way ends at its next step. Main context. */
void flows_tidy_stop(FlowsTidy *tidy);

/** Stopped ones only, after the catalogue's callbacks have come. Joins the thread. */
void flows_tidy_free(FlowsTidy *tidy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsTidy, flows_tidy_free)
