// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Only the head of the channel is read. Its end is found from behind: END is three ones, and only
// zeros fill the last byte after it.
#include "pipelines/encode/twin.h"

#define SINGLE 0 // id_syn_ele (3 bits)
#define PAIR 1
#define END 7
#define EIGHT_SHORT 2 // window_sequence (2 bits)
#define ALL_BANDS 2   // ms_mask_present (2 bits): every band is middle and side
#define MOST_GROUPS 8
#define LONG_RUN_BITS 5 // of sect_len_incr; all ones: more follow
#define SHORT_RUN_BITS 3

typedef struct {
    const guint8 *data; // (unowned)
    gsize at;           // (value) bits
    gsize end;          // (value) bits
    gboolean over;      // (value) more was asked for than there is
} Reader;

typedef struct {
    GByteArray *bytes; // (unowned)
    guint used;        // (value) bits of the last byte; 8: it is full
} Writer;

typedef struct {
    guint tag;     // (value)
    guint gain;    // (value) global_gain
    guint info;    // (value) ics_info, all of it
    guint width;   // (value) bits of `info`
    guint bands;   // (value) max_sfb
    guint groups;  // (value) of windows
    guint run;     // (value) bits of sect_len_incr
    gboolean bare; // (value) no prediction
} Head;

static guint
take(Reader *reader, guint bits)
{
    guint value = 0;
    if (reader->end - reader->at < bits) {
        reader->over = TRUE;
        return 0;
    }
    for (; bits > 0; bits--, reader->at++)
        value = value << 1 | (reader->data[reader->at / 8] >> (7 - reader->at % 8) & 1);
    return value;
}

static void
put(Writer *writer, guint value, guint bits)
{
    for (; bits > 0; bits--, writer->used++) {
        if (writer->used == 8) {
            const guint8 none = 0;
            g_byte_array_append(writer->bytes, &none, 1);
            writer->used = 0;
        }
        guint8 *last = &writer->bytes->data[writer->bytes->len - 1];
        *last = (guint8)(*last | (value >> (bits - 1) & 1) << (7 - writer->used));
    }
}

/* Reads from the block's first bit to the end of ics_info. */
static gboolean
read_head(Reader *reader, Head *head)
{
    if (take(reader, 3) != SINGLE)
        return FALSE;
    head->tag = take(reader, 4);
    head->gain = take(reader, 8);
    gsize start = reader->at;
    take(reader, 1);
    gboolean eight = take(reader, 2) == EIGHT_SHORT;
    take(reader, 1); // window_shape
    head->bands = take(reader, eight ? 4 : 6);
    guint grouping = eight ? take(reader, MOST_GROUPS - 1) : 0x7f;
    head->bare = eight || take(reader, 1) == 0;
    head->width = (guint)(reader->at - start);
    head->groups = 1;
    for (guint bit = 0; bit < MOST_GROUPS - 1; bit++)
        head->groups += (grouping >> bit & 1) == 0;
    head->run = eight ? SHORT_RUN_BITS : LONG_RUN_BITS;
    Reader again = {reader->data, start, reader->end, FALSE};
    head->info = take(&again, head->width);
    return head->bare && !reader->over;
}

/* Where the channel ends, in bits. 0: nowhere. */
static gsize
find_end(const guint8 *data, gsize bytes)
{
    guint8 last = bytes > 0 ? data[bytes - 1] : 0;
    if (last == 0)
        return 0;
    gsize end = bytes * 8 - (gsize)g_bit_nth_lsf(last, -1);
    Reader reader = {data, end - MIN(end, 3), end, FALSE};
    return take(&reader, 3) == END ? end - 3 : 0;
}

/* A channel whose bands are all empty. */
static void
put_silence(Writer *writer, const Head *head)
{
    guint full = (1U << head->run) - 1;
    put(writer, 0, 8); // global_gain
    for (guint group = 0; group < head->groups && head->bands > 0; group++) {
        guint left = head->bands;
        put(writer, 0, 4); // ZERO_HCB
        for (; left >= full; left -= full)
            put(writer, full, head->run);
        put(writer, left, head->run);
    }
    put(writer, 0, 3); // no pulses, no TNS, no gain control
}

gboolean
encode_twin_write(const guint8 *mono, gsize bytes, GByteArray *pair)
{
    Reader reader = {mono, 0, find_end(mono, bytes), FALSE};
    Writer writer = {pair, 8};
    Head head;
    g_byte_array_set_size(pair, 0);
    if (!read_head(&reader, &head))
        return FALSE;
    put(&writer, PAIR, 3);
    put(&writer, head.tag, 4);
    put(&writer, 1, 1); // common_window
    put(&writer, head.info, head.width);
    put(&writer, ALL_BANDS, 2);
    put(&writer, head.gain, 8);
    while (reader.at < reader.end)
        put(&writer, take(&reader, 1), 1);
    put_silence(&writer, &head);
    put(&writer, END, 3);
    return TRUE;
}

GBytes *
encode_twin_get_config(GBytes *mono)
{
    gsize bytes;
    const guint8 *data = g_bytes_get_data(mono, &bytes);
    // audioObjectType (5 bits), samplingFrequencyIndex (4), channelConfiguration (4)
    if (bytes < 2 || (data[1] >> 3 & 15) != 1)
        return NULL;
    const guint8 pair[] = {data[0], (guint8)((data[1] & 0x87) | 2 << 3)};
    return g_bytes_new(pair, sizeof pair);
}
