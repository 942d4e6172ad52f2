// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A row for each recording that failed once.
#include "server/flows/record_retry.h"

#include <gio/gio.h>

#include "pipelines/package/index.h"

typedef struct {
    gint64 noted_ms;             // when it failed last
    gint64 wait_ms;              // how long it rests
    guint crashes;               // of its child
    FlowsRecordRetryCause cause; // of the last time
} Row;

struct _FlowsRecordRetry {
    GHashTable *rows; // (owned) (element-type Row) by id
};

const char *
flows_record_retry_get_code(FlowsRecordRetryCause cause)
{
    static const char *const codes[] = {
        [FLOWS_RECORD_RETRY_ROOM] = "no-space",
        [FLOWS_RECORD_RETRY_CRASH] = "crashed",
        [FLOWS_RECORD_RETRY_TROUBLE] = NULL,
    };
    return codes[cause];
}

gboolean
flows_record_retry_is_room(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
           g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ||
           g_error_matches(error, PACKAGE_ERROR, PACKAGE_ERROR_SPACE);
}

FlowsRecordRetry *
flows_record_retry_new(void)
{
    FlowsRecordRetry *retry = g_new0(FlowsRecordRetry, 1);
    retry->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return retry;
}

void
flows_record_retry_free(FlowsRecordRetry *retry)
{
    if (retry == NULL)
        return;
    g_hash_table_unref(retry->rows);
    g_free(retry);
}

static gint64
choose_wait(FlowsRecordRetryCause cause, guint crashes)
{
    static const gint64 after_crashes_ms[] = {2000, 10000, 60000, 300000, 900000};
    switch (cause) {
    case FLOWS_RECORD_RETRY_ROOM:
    case FLOWS_RECORD_RETRY_TROUBLE:
        return FLOWS_RECORD_RETRY_ROOM_MS;
    case FLOWS_RECORD_RETRY_CRASH:
        break;
    }
    return after_crashes_ms[MIN(crashes, G_N_ELEMENTS(after_crashes_ms)) - 1];
}

gboolean
flows_record_retry_note(FlowsRecordRetry *retry, const char *id, FlowsRecordRetryCause cause,
                        gint64 now_ms)
{
    Row *row = g_hash_table_lookup(retry->rows, id);
    gboolean news = row == NULL || row->cause != cause || cause == FLOWS_RECORD_RETRY_CRASH;
    if (row == NULL) {
        row = g_new0(Row, 1);
        g_hash_table_insert(retry->rows, g_strdup(id), row);
    }
    row->crashes += cause == FLOWS_RECORD_RETRY_CRASH;
    row->cause = cause;
    row->noted_ms = now_ms;
    row->wait_ms = choose_wait(cause, row->crashes);
    return news;
}

gboolean
flows_record_retry_is_known(const FlowsRecordRetry *retry, const char *id)
{
    return g_hash_table_contains(retry->rows, id);
}

guint
flows_record_retry_count_crashes(const FlowsRecordRetry *retry, const char *id)
{
    const Row *row = g_hash_table_lookup(retry->rows, id);
    return row != NULL ? row->crashes : 0;
}

gint64
flows_record_retry_measure_wait(const FlowsRecordRetry *retry, const char *id, gint64 now_ms)
{
    const Row *row = g_hash_table_lookup(retry->rows, id);
    if (row == NULL || now_ms < row->noted_ms)
        return 0;
    return MAX(row->noted_ms + row->wait_ms - now_ms, 0);
}

void
flows_record_retry_forget(FlowsRecordRetry *retry, const char *id)
{
    g_hash_table_remove(retry->rows, id);
}
