// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Five sync bytes at one distance begin it, two in a row missing end it: one damaged byte costs one
// packet. Called by demux.c.
#include "pipelines/tables/sync.h"

#include <string.h>

#include "pipelines/tables/packet.h"

#define PROOF 5 // sync bytes that prove a stride
#define STRIDE_MAX 204
#define WINDOW ((PROOF - 1) * STRIDE_MAX + 1)
#define PIECE_BYTES 65536

static const guint strides[] = {188, 192, 204};

struct _TablesSync {
    TablesSyncFunc func; // (unowned)
    gpointer data;       // (unowned) for func
    GByteArray *pending; // (owned) less than a piece and a window
    guint stride;        // (value) 0: not found
    guint64 losses;      // (value)
    guint64 skipped;     // (value) bytes
};

TablesSync *
tables_sync_new(TablesSyncFunc func, gpointer data)
{
    TablesSync *sync = g_new0(TablesSync, 1);
    sync->func = func;
    sync->data = data;
    sync->pending = g_byte_array_sized_new(PIECE_BYTES + WINDOW);
    return sync;
}

void
tables_sync_free(TablesSync *sync)
{
    g_byte_array_unref(sync->pending);
    g_free(sync);
}

/* How many sync bytes in a row, PROOF at most. */
static guint
count_syncs(const guint8 *bytes, gsize length, guint stride)
{
    guint count = 0;
    for (gsize at = 0; count < PROOF && at < length && bytes[at] == TABLES_PACKET_SYNC;
         at += stride)
        count++;
    return count;
}

/* At the end of everything fewer will do, when they reach to the end. */
static guint
find_stride(const guint8 *bytes, gsize length, gboolean last)
{
    for (guint i = 0; i < G_N_ELEMENTS(strides); i++) {
        gsize there = (length + strides[i] - 1) / strides[i];
        guint proof = last ? (guint)MIN(there, PROOF) : PROOF;
        if (count_syncs(bytes, length, strides[i]) >= proof)
            return strides[i];
    }
    return 0;
}

/* Returns: bytes passed over; the stride is set when a packet begins behind them. */
static gsize
search(TablesSync *sync, const guint8 *bytes, gsize length, gboolean last)
{
    gsize needed = last ? TABLES_PACKET_BYTES : WINDOW, at = 0;
    while (at + needed <= length && sync->stride == 0) {
        const guint8 *found = memchr(bytes + at, TABLES_PACKET_SYNC, length - needed - at + 1);
        if (found == NULL) {
            at = length - needed + 1;
            break;
        }
        at = (gsize)(found - bytes);
        sync->stride = find_stride(bytes + at, length - at, last);
        at += sync->stride == 0;
    }
    sync->skipped += at;
    return at;
}

/* Returns: bytes used; stops where a sync byte is missing for good or more bytes are needed. */
static gsize
deliver(TablesSync *sync, const guint8 *bytes, gsize length, gboolean last)
{
    gsize at = 0;
    while (sync->stride != 0 && at + TABLES_PACKET_BYTES <= length) {
        gboolean next_known = at + sync->stride < length;
        if (!next_known && !last)
            break;
        if (bytes[at] == TABLES_PACKET_SYNC) {
            sync->func(bytes + at, sync->data);
        } else if (next_known && bytes[at + sync->stride] == TABLES_PACKET_SYNC) {
            sync->skipped += TABLES_PACKET_BYTES;
        } else {
            sync->stride = 0;
            sync->losses++;
            break;
        }
        at = MIN(at + sync->stride, length);
    }
    return at;
}

static void
work(TablesSync *sync, gboolean last)
{
    const guint8 *bytes = sync->pending->data;
    gsize length = sync->pending->len, used = 0, before = 0;
    do {
        before = used;
        if (sync->stride == 0)
            used += search(sync, bytes + used, length - used, last);
        used += deliver(sync, bytes + used, length - used, last);
    } while (used > before);
    if (used > 0)
        g_byte_array_remove_range(sync->pending, 0, (guint)used);
}

void
tables_sync_push(TablesSync *sync, const guint8 *bytes, gsize length)
{
    while (length > 0) {
        gsize piece = MIN(length, PIECE_BYTES);
        g_byte_array_append(sync->pending, bytes, (guint)piece);
        work(sync, FALSE);
        bytes += piece;
        length -= piece;
    }
}

void
tables_sync_finish(TablesSync *sync)
{
    work(sync, TRUE);
    sync->skipped += sync->pending->len;
    g_byte_array_set_size(sync->pending, 0);
}

guint
tables_sync_get_stride(const TablesSync *sync)
{
    return sync->stride;
}

guint64
tables_sync_get_losses(const TablesSync *sync)
{
    return sync->losses;
}

guint64
tables_sync_get_skipped_bytes(const TablesSync *sync)
{
    return sync->skipped;
}
