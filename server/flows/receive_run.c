// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A checked run is marked before its first byte: if we are killed in mid-run, recovery finds the
// mark and takes the bytes back, since nobody can verify half a chunk.
#include "server/flows/receive_run.h"

#include "server/flows/receive_file.h"

#include <unistd.h>

gboolean
flows_receive_run_open(FlowsReceiveRun *run, GError **error)
{
    run->descriptor = flows_receive_file_open(run->part_path, run->start_bytes, error);
    if (run->descriptor < 0)
        return FALSE;
    run->written_bytes = run->durable_bytes = run->start_bytes;
    if (run->checked == NULL)
        return TRUE;
    if (run->digest != NULL)
        run->before = flows_receive_digest_copy(run->digest);
    return flows_receive_file_remove(run->mark_path, error) &&
           flows_receive_file_create(run->mark_path, error);
}

static gboolean
check_floor(FlowsReceiveRun *run, GError **error)
{
    gint64 free_bytes = 0;
    gint64 total_bytes = 0;
    if (run->floor_bytes == 0)
        return TRUE;
    if (!server_storage_measure_disk(run->storage, &free_bytes, &total_bytes, error))
        return FALSE;
    if (free_bytes >= run->floor_bytes)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                "%" G_GINT64_FORMAT " bytes are free, the floor is %" G_GINT64_FORMAT, free_bytes,
                run->floor_bytes);
    return FALSE;
}

static gboolean
write_chunk(FlowsReceiveRun *run, GBytes *chunk, GError **error)
{
    gsize written = 0;
    gboolean whole =
        flows_receive_file_write(run->descriptor, chunk, run->written_bytes, &written, error);
    const guint8 *bytes = g_bytes_get_data(chunk, NULL);
    run->written_bytes += (gint64)written;
    if (run->digest != NULL)
        flows_receive_digest_add(run->digest, bytes, written);
    if (run->checked != NULL)
        flows_receive_digest_add(run->checked, bytes, written);
    return whole;
}

gboolean
flows_receive_run_write(FlowsReceiveRun *run, GPtrArray *chunks, GError **error)
{
    if (!check_floor(run, error))
        return FALSE;
    for (guint i = 0; i < chunks->len; i++) {
        g_autoptr(GError) problem = NULL;
        if (write_chunk(run, g_ptr_array_index(chunks, i), &problem))
            continue;
        run->starved = g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (run->checked != NULL ||
        run->written_bytes - run->durable_bytes < FLOWS_RECEIVE_RUN_SYNC_BYTES)
        return TRUE;
    if (!flows_receive_file_sync(run->descriptor, error))
        return FALSE;
    run->durable_bytes = run->written_bytes;
    return TRUE;
}

static gboolean
take_back(FlowsReceiveRun *run, GError **error)
{
    run->written_bytes = run->start_bytes;
    g_clear_pointer(&run->digest, flows_receive_digest_free);
    run->digest = g_steal_pointer(&run->before);
    return flows_receive_file_truncate(run->descriptor, run->start_bytes, error);
}

static gboolean
give_back(FlowsReceiveRun *run, GError **error)
{
    gint64 kept_bytes = run->written_bytes - FLOWS_RECEIVE_RUN_BREATH_BYTES;
    run->written_bytes = MAX(kept_bytes, run->start_bytes);
    run->durable_bytes = MIN(run->durable_bytes, run->written_bytes);
    return flows_receive_file_truncate(run->descriptor, run->written_bytes, error);
}

gboolean
flows_receive_run_settle(FlowsReceiveRun *run, gboolean keep, GError **error)
{
    gboolean settled = (keep || take_back(run, error)) &&
                       (!keep || !run->starved || give_back(run, error)) &&
                       flows_receive_file_sync(run->descriptor, error) &&
                       (run->checked == NULL || flows_receive_file_remove(run->mark_path, error));
    if (settled)
        run->durable_bytes = run->written_bytes;
    else
        run->written_bytes = run->durable_bytes;
    close(run->descriptor);
    run->descriptor = -1;
    return settled;
}

void
flows_receive_run_clear(FlowsReceiveRun *run)
{
    if (run->descriptor >= 0)
        close(run->descriptor);
    g_free(run->part_path);
    g_free(run->mark_path);
    g_clear_pointer(&run->digest, flows_receive_digest_free);
    g_clear_pointer(&run->before, flows_receive_digest_free);
    g_clear_pointer(&run->checked, flows_receive_digest_free);
}
