// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// When a finished recording whose lesson could not be made is tried again: soon after a crash, then
// later and later, up to a number of times; as often as it takes where only room is missing. In
// memory alone: a new daemon tries at once. Pure; times are given.
#pragma once

#include <glib.h>

#define FLOWS_RECORD_RETRY_CRASHES_MAX 6 // of one recording; then it is FAILED
#define FLOWS_RECORD_RETRY_ROOM_MS 20000 // until room is looked for again

typedef enum {
    FLOWS_RECORD_RETRY_ROOM,    // the disk is full
    FLOWS_RECORD_RETRY_CRASH,   // the child died, or broke its contract
    FLOWS_RECORD_RETRY_TROUBLE, // the catalogue does not take what is written
} FlowsRecordRetryCause;

typedef struct _FlowsRecordRetry FlowsRecordRetry;

/** Returns: (static) (nullable): the code that its row says of it; NULL: none. */
const char *flows_record_retry_get_code(FlowsRecordRetryCause cause);

/** Returns: whether files could not be written for want of room. */
gboolean flows_record_retry_is_room(const GError *error);

FlowsRecordRetry *flows_record_retry_new(void);
void flows_record_retry_free(FlowsRecordRetry *retry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRecordRetry, flows_record_retry_free)

/** It did not work out at @now_ms. Returns: whether that is news: the first time for this cause. */
gboolean flows_record_retry_note(FlowsRecordRetry *retry, const char *id,
                                 FlowsRecordRetryCause cause, gint64 now_ms);

/** Whether it did not work out before. */
gboolean flows_record_retry_is_known(const FlowsRecordRetry *retry, const char *id);

/** Returns: how often its child crashed. */
guint flows_record_retry_count_crashes(const FlowsRecordRetry *retry, const char *id);

/** Returns: milliseconds until it is to be tried, 0: now. A clock that is set back delays nothing.
 */
gint64 flows_record_retry_measure_wait(const FlowsRecordRetry *retry, const char *id,
                                       gint64 now_ms);

/** It is over, one way or another. */
void flows_record_retry_forget(FlowsRecordRetry *retry, const char *id);
