// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A packet that says its length is given as soon as it is whole; one that does not (pictures) when
// the next begins. What is missing leaves a hole: the decoder conceals it better than we could.
#include "pipelines/live/pes.h"

#define HEAD_BYTES 6  // start code, stream_id, PES_packet_length
#define LEAST_BYTES 9 // up to PES_header_data_length
#define STAMP_BYTES 5 // of a time stamp

struct _LivePes {
    LivePesFunc func;      // (unowned)
    gpointer data;         // (unowned) for func
    TablesPacketLast last; // (value)
    GByteArray *unit;      // (owned) from the start code on
    gboolean open;         // (value) a unit began and is not given yet
    gboolean torn;         // (value) packets of it are missing
    guint64 lost;          // (value)
};

LivePes *
live_pes_new(LivePesFunc func, gpointer data)
{
    LivePes *pes = g_new0(LivePes, 1);
    pes->func = func;
    pes->data = data;
    pes->unit = g_byte_array_new();
    return pes;
}

void
live_pes_free(LivePes *pes)
{
    g_byte_array_unref(pes->unit);
    g_free(pes);
}

/* §2.4.3.7 Table 2-22: these have no header of their own and carry no picture or sound. */
static gboolean
has_header(guint8 stream_id)
{
    static const guint8 bare[] = {0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF};
    for (guint i = 0; i < G_N_ELEMENTS(bare); i++)
        if (bare[i] == stream_id)
            return FALSE;
    return TRUE;
}

/* Three marker bits and the four of the prefix must be right, else the stamp is damaged. */
static gint64
read_stamp(const guint8 *at, guint8 prefix, guint8 other)
{
    guint8 head = at[0] >> 4;
    if ((head != prefix && head != other) || (at[0] & 1) == 0 || (at[2] & 1) == 0 ||
        (at[4] & 1) == 0)
        return -1;
    return (gint64)(at[0] >> 1 & 7) << 30 | (gint64)at[1] << 22 | (gint64)(at[2] >> 1) << 15 |
           (gint64)at[3] << 7 | (gint64)(at[4] >> 1);
}

/* FALSE when it is no PES packet of an elementary stream, or still scrambled. */
static gboolean
parse_unit(const GByteArray *bytes, LivePesUnit *unit)
{
    const guint8 *at = bytes->data;
    if (bytes->len < LEAST_BYTES || at[0] != 0 || at[1] != 0 || at[2] != 1 || !has_header(at[3]) ||
        at[6] >> 6 != 2 || (at[6] & 0x30) != 0)
        return FALSE;
    gsize head = LEAST_BYTES + (gsize)at[8];
    guint stamps = at[7] >> 6;
    *unit = (LivePesUnit){.pts90k = -1, .dts90k = -1};
    if ((stamps & 2) != 0 && at[8] >= STAMP_BYTES && bytes->len >= LEAST_BYTES + STAMP_BYTES)
        unit->pts90k = read_stamp(at + LEAST_BYTES, 2, 3);
    if (stamps == 3 && at[8] >= 2 * STAMP_BYTES && bytes->len >= LEAST_BYTES + 2 * STAMP_BYTES)
        unit->dts90k = read_stamp(at + LEAST_BYTES + STAMP_BYTES, 1, 1);
    if (unit->dts90k < 0)
        unit->dts90k = unit->pts90k;
    if (bytes->len <= head)
        return FALSE;
    unit->data = at + head;
    unit->bytes = bytes->len - head;
    return TRUE;
}

/* 0: it does not say. */
static gsize
get_length(const GByteArray *bytes)
{
    if (bytes->len < HEAD_BYTES)
        return 0;
    gsize length = (gsize)bytes->data[4] << 8 | bytes->data[5];
    return length == 0 ? 0 : length + HEAD_BYTES;
}

static void
give(LivePes *pes)
{
    LivePesUnit unit;
    gsize length = get_length(pes->unit);
    gboolean open = pes->open;
    pes->open = FALSE;
    if (length > 0 && pes->unit->len > length)
        g_byte_array_set_size(pes->unit, (guint)length);
    if (open && parse_unit(pes->unit, &unit)) {
        unit.torn = pes->torn || (length > 0 && pes->unit->len < length);
        pes->func(&unit, pes->data);
    }
    g_byte_array_set_size(pes->unit, 0);
}

static void
append(LivePes *pes, const TablesPacket *packet)
{
    g_byte_array_append(pes->unit, packet->payload, (guint)packet->payload_bytes);
    gsize length = get_length(pes->unit);
    gboolean whole = length > 0 && pes->unit->len >= length && !pes->torn;
    if (pes->unit->len > LIVE_PES_BYTES_MAX)
        pes->torn = TRUE;
    if (whole || pes->unit->len > LIVE_PES_BYTES_MAX)
        give(pes);
}

void
live_pes_push(LivePes *pes, const TablesPacket *packet)
{
    if (packet->damaged)
        return;
    TablesPacketOrder order = tables_packet_judge(&pes->last, packet);
    if (order == TABLES_PACKET_LOST) {
        pes->lost++;
        pes->torn = TRUE;
    }
    if (order == TABLES_PACKET_DUPLICATE || !packet->has_payload)
        return;
    if (packet->scrambling != 0) {
        pes->torn = TRUE;
        return;
    }
    if (packet->unit_start) {
        give(pes);
        pes->open = TRUE;
        pes->torn = FALSE;
    }
    if (pes->open)
        append(pes, packet);
}

void
live_pes_finish(LivePes *pes)
{
    give(pes);
}

guint64
live_pes_get_lost(const LivePes *pes)
{
    return pes->lost;
}
