// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// PES packets out of transport packets: whole ones come back byte for byte with their stamps,
// damage of every kind is told or left out, and no bytes whatever break it.
#include <string.h>

#include "pipelines/live/pes.h"
#include "tests/support/damage.h"
#include "tests/support/transport.h"

#define PID 0x200

typedef struct {
    GPtrArray *units; // (element-type GByteArray)
    GArray *stamps;   // (element-type gint64)
    guint torn;       // units of which packets are missing
} Got;

static void
on_unit(const LivePesUnit *unit, gpointer data)
{
    Got *got = data;
    GByteArray *bytes = g_byte_array_new();
    g_assert_cmpuint(unit->bytes, >, 0);
    g_assert_cmpuint(unit->bytes, <=, LIVE_PES_BYTES_MAX + TABLES_PACKET_BYTES);
    g_byte_array_append(bytes, unit->data, (guint)unit->bytes);
    g_ptr_array_add(got->units, bytes);
    g_array_append_val(got->stamps, unit->pts90k);
    got->torn += unit->torn != 0;
}

static Got
take(const GByteArray *stream, guint64 *lost)
{
    Got got = {g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
               g_array_new(FALSE, FALSE, sizeof(gint64)), 0};
    g_autoptr(LivePes) pes = live_pes_new(on_unit, &got);
    for (guint at = 0; at + TABLES_PACKET_BYTES <= stream->len; at += TABLES_PACKET_BYTES) {
        TablesPacket packet;
        if (tables_packet_parse(stream->data + at, &packet) && packet.pid == PID)
            live_pes_push(pes, &packet);
    }
    live_pes_finish(pes);
    if (lost != NULL)
        *lost = live_pes_get_lost(pes);
    return got;
}

static void
clear(Got *got)
{
    g_ptr_array_unref(got->units);
    g_array_unref(got->stamps);
}

/* Units of 1 to 2,000 bytes, whose first byte is their number. */
static GByteArray *
make_stream(guint count, guint8 stream_id)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr(Transport) transport = transport_new(4000000, 0);
    for (guint i = 0; i < count; i++) {
        g_autoptr(GByteArray) unit = g_byte_array_new();
        g_byte_array_set_size(unit, 1 + (i * 337) % 2000);
        memset(unit->data, (int)i, unit->len);
        transport_queue_pes(transport, PID, stream_id, (gint64)i * 3600, unit);
        transport_run(transport, 40, out);
    }
    return out;
}

static void
test_whole(void)
{
    g_autoptr(GByteArray) stream = make_stream(100, 0xE0);
    guint64 lost = 1;
    Got got = take(stream, &lost);
    g_assert_cmpuint(lost, ==, 0);
    g_assert_cmpuint(got.torn, ==, 0);
    g_assert_cmpuint(got.units->len, ==, 100);
    for (guint i = 0; i < 100; i++) {
        const GByteArray *unit = got.units->pdata[i];
        g_assert_cmpuint(unit->len, ==, 1 + (i * 337) % 2000);
        g_assert_cmpuint(unit->data[unit->len - 1], ==, (guint8)i);
        g_assert_cmpint(g_array_index(got.stamps, gint64, i), ==, (gint64)i * 3600);
    }
    clear(&got);
}

/* Repeated packets change nothing; lost ones are told and cost their units alone. */
static void
test_damage(void)
{
    g_autoptr(GByteArray) stream = make_stream(200, 0xC0);
    DamagePlan repeated = {.seed = 1, .duplicated = 300};
    DamagePlan missing = {.seed = 2, .lost = 50, .flagged = 20};
    g_autoptr(GByteArray) twice = damage_apply(&repeated, stream);
    g_autoptr(GByteArray) holes = damage_apply(&missing, stream);
    guint64 lost = 0;
    Got got = take(twice, &lost);
    g_assert_cmpuint(got.units->len, ==, 200);
    g_assert_cmpuint(lost, ==, 0);
    clear(&got);
    got = take(holes, &lost);
    g_assert_cmpuint(lost, >, 20);
    g_assert_cmpuint(got.torn, >, 20);
    g_assert_cmpuint(got.units->len, >, 100);
    g_assert_cmpuint(got.units->len, <=, 200);
    clear(&got);
}

/* Nothing scrambled is given, and what comes after is. */
static void
test_scrambled(void)
{
    g_autoptr(GByteArray) stream = make_stream(50, 0xE0);
    guint units = 0;
    for (guint at = 0; at < stream->len; at += TABLES_PACKET_BYTES) {
        guint8 *packet = stream->data + at;
        gboolean ours = ((packet[1] & 0x1F) << 8 | packet[2]) == PID;
        units += ours && (packet[1] & 0x40) != 0;
        if (ours && units > 10 && units <= 30)
            packet[3] |= 0x80;
    }
    Got got = take(stream, NULL);
    // The last one before has no end of its own: it is torn.
    g_assert_cmpuint(got.units->len, ==, 30);
    clear(&got);
}

static void
push_payload(LivePes *pes, guint8 *counter, gboolean start, const guint8 *bytes, gsize length)
{
    TablesPacket packet = {
        .pid = PID,
        .counter = *counter,
        .unit_start = start,
        .has_payload = TRUE,
        .pcr27m = -1,
        .payload = bytes,
        .payload_bytes = length,
    };
    *counter = (*counter + 1) & 15;
    live_pes_push(pes, &packet);
}

/* Heads that promise too much, lie about stamps, or belong to no elementary stream. */
static void
test_heads(void)
{
    static const guint8 heads[][20] = {
        {0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 1, 0, 1, 7, 7}, // fine: 0
        {0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x20, 0, 1, 0, 1, 7, 7}, // no marker
        {0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 255, 0x21, 0, 1, 0, 1, 7},  // header beyond the end
        {0, 0, 1, 0xBE, 0, 0, 0x80, 0x80, 5, 0x21, 0, 1, 0, 1, 7},    // padding
        {0, 0, 1, 0xE0, 0, 0, 0x90, 0x80, 5, 0x21, 0, 1, 0, 1, 7},    // scrambled inside
        {0, 0, 2, 0xE0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 1, 0, 1, 7},    // no start code
        {0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 0, 7},                      // no room for the stamp
    };
    static const guint lengths[] = {20, 20, 20, 20, 20, 20, 4};
    Got got = {g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
               g_array_new(FALSE, FALSE, sizeof(gint64)), 0};
    g_autoptr(LivePes) pes = live_pes_new(on_unit, &got);
    guint8 counter = 0;
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++)
        push_payload(pes, &counter, TRUE, heads[i], lengths[i]);
    live_pes_finish(pes);
    g_assert_cmpuint(got.units->len, ==, 2);
    g_assert_cmpint(g_array_index(got.stamps, gint64, 0), ==, 0);
    g_assert_cmpint(g_array_index(got.stamps, gint64, 1), ==, -1);
    clear(&got);
}

/* A unit without end stays within its bound. */
static void
test_endless(void)
{
    static const guint8 head[] = {0, 0, 1, 0xE0, 0, 0, 0x80, 0, 0, 1, 2, 3};
    guint8 noise[184];
    memset(noise, 0x55, sizeof noise);
    Got got = {g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
               g_array_new(FALSE, FALSE, sizeof(gint64)), 0};
    g_autoptr(LivePes) pes = live_pes_new(on_unit, &got);
    guint8 counter = 0;
    push_payload(pes, &counter, TRUE, head, sizeof head);
    for (guint i = 0; i < 60000; i++)
        push_payload(pes, &counter, FALSE, noise, sizeof noise);
    live_pes_finish(pes);
    g_assert_cmpuint(got.units->len, ==, 1);
    g_assert_cmpuint(got.torn, ==, 1);
    clear(&got);
}

static void
test_noise(void)
{
    g_autoptr(GByteArray) stream = make_stream(300, 0xE0);
    for (guint seed = 1; seed <= 20; seed++) {
        DamagePlan plan = {
            .seed = seed, .lost = 100, .duplicated = 50, .flipped = 300, .torn = 0, .flagged = 50};
        g_autoptr(GByteArray) damaged = damage_apply(&plan, stream);
        Got got = take(damaged, NULL);
        clear(&got);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/pes/whole", test_whole);
    g_test_add_func("/live/pes/damage", test_damage);
    g_test_add_func("/live/pes/scrambled", test_scrambled);
    g_test_add_func("/live/pes/heads", test_heads);
    g_test_add_func("/live/pes/endless", test_endless);
    g_test_add_func("/live/pes/noise", test_noise);
    return g_test_run();
}
