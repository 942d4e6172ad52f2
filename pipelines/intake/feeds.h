// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// All pipes that a child feeds, by the parent's numbers. One thread.
#pragma once

#include "pipelines/intake/feed.h"
#include "pipelines/tables/multiplex.h"

#define INTAKE_FEEDS_MAX 64

typedef struct _IntakeFeeds IntakeFeeds;

/** Returns: (transfer full). */
IntakeFeeds *intake_feeds_new(void);
void intake_feeds_free(IntakeFeeds *feeds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeFeeds, intake_feeds_free)

/** @descriptor: (transfer full). A number that is in use gets the new pipe; one too many is closed
 * at once. */
void intake_feeds_add(IntakeFeeds *feeds, gint64 number, int descriptor, guint16 service_id);
void intake_feeds_remove(IntakeFeeds *feeds, gint64 number);

/** Takes what the tables say now. Returns: a number that is another whenever other PIDs are needed.
 */
guint intake_feeds_follow(IntakeFeeds *feeds, TablesMultiplex *multiplex);

/** Adds what all need to @pids. */
void intake_feeds_add_pids(const IntakeFeeds *feeds, IntakePids *pids);

void intake_feeds_push(IntakeFeeds *feeds, const guint8 *bytes, const TablesPacket *packet);

/** Hands over what was collected, and closes pipes that nobody reads. */
void intake_feeds_flush(IntakeFeeds *feeds);

/** Returns: packets that full pipes did not take, of all feeds there ever were. */
guint64 intake_feeds_get_dropped(const IntakeFeeds *feeds);
guint intake_feeds_get_count(const IntakeFeeds *feeds);
