// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packets found in anything, sections put together from anything, and what is counted on the way.
#include <string.h>

#include "pipelines/tables/assembler.h"
#include "pipelines/tables/crc.h"
#include "pipelines/tables/health.h"
#include "pipelines/tables/sync.h"
#include "tests/support/damage.h"
#include "tests/support/lessons.h"
#include "tests/support/thai.h"

#define PID 0x123

static GByteArray *
make_stream(guint ms)
{
    ThaiOptions options = {.bits_per_second = 4000000, .start_ms = LESSONS_MONDAY_MS};
    g_autoptr(Thai) thai = thai_new(&options);
    GByteArray *stream = g_byte_array_new();
    thai_run(thai, ms, stream);
    return stream;
}

static void
append_packet(const guint8 *packet, gpointer data)
{
    g_byte_array_append(data, packet, TABLES_PACKET_BYTES);
}

/* Pieces of every size find the same packets. */
static void
test_strides(gconstpointer data)
{
    DamagePlan plan = {.stride = GPOINTER_TO_UINT(data)};
    g_autoptr(GByteArray) stream = make_stream(400);
    g_autoptr(GByteArray) sent = damage_apply(&plan, stream);
    for (gsize piece = 1; piece < 3000; piece = piece * 3 + 1) {
        g_autoptr(GByteArray) found = g_byte_array_new();
        g_autoptr(TablesSync) sync = tables_sync_new(append_packet, found);
        for (gsize at = 0; at < sent->len; at += piece)
            tables_sync_push(sync, sent->data + at, MIN(piece, sent->len - at));
        tables_sync_finish(sync);
        g_assert_cmpuint(tables_sync_get_stride(sync), ==, plan.stride);
        g_assert_cmpmem(found->data, found->len, stream->data, stream->len);
        g_assert_cmpuint(tables_sync_get_losses(sync), ==, 0);
    }
}

/* Noise before, noise and a cut between: nothing but what was hit is missing. */
static void
test_resync(void)
{
    g_autoptr(GByteArray) stream = make_stream(400);
    g_autoptr(GByteArray) sent = g_byte_array_new();
    g_autoptr(GByteArray) found = g_byte_array_new();
    g_autoptr(TablesSync) sync = tables_sync_new(append_packet, found);
    guint half = stream->len / TABLES_PACKET_BYTES / 2 * TABLES_PACKET_BYTES;
    guint8 noise[1000];
    for (guint i = 0; i < sizeof noise; i++)
        noise[i] = (guint8)(i * 7 + 1);
    g_byte_array_append(sent, noise, sizeof noise);
    g_byte_array_append(sent, stream->data, half);
    g_byte_array_append(sent, noise, 333);
    g_byte_array_append(sent, stream->data + half, stream->len - half);
    tables_sync_push(sync, sent->data, sent->len);
    tables_sync_finish(sync);
    g_assert_cmpuint(tables_sync_get_losses(sync), ==, 1);
    g_assert_cmpuint(tables_sync_get_skipped_bytes(sync), >=, 1000 + 333 - TABLES_PACKET_BYTES);
    g_assert_cmpuint(found->len, >=, stream->len - TABLES_PACKET_BYTES);
    g_assert_cmpmem(found->data, half, stream->data, half);
}

/* One sync byte gone costs one packet and no sync. */
static void
test_damaged_sync_byte(void)
{
    g_autoptr(GByteArray) stream = make_stream(400);
    g_autoptr(GByteArray) found = g_byte_array_new();
    g_autoptr(TablesSync) sync = tables_sync_new(append_packet, found);
    stream->data[20 * TABLES_PACKET_BYTES] = 0;
    tables_sync_push(sync, stream->data, stream->len);
    tables_sync_finish(sync);
    g_assert_cmpuint(found->len, ==, stream->len - TABLES_PACKET_BYTES);
    g_assert_cmpuint(tables_sync_get_losses(sync), ==, 0);
}

static void
test_few_packets(void)
{
    g_autoptr(GByteArray) stream = make_stream(40);
    for (guint count = 1; count <= 5; count++) {
        g_autoptr(GByteArray) found = g_byte_array_new();
        g_autoptr(TablesSync) sync = tables_sync_new(append_packet, found);
        tables_sync_push(sync, stream->data, (gsize)count * TABLES_PACKET_BYTES);
        tables_sync_finish(sync);
        g_assert_cmpuint(found->len, ==, count * TABLES_PACKET_BYTES);
    }
}

static void
test_crc(void)
{
    // The check value of CRC-32/MPEG-2.
    g_assert_cmphex(tables_crc_compute((const guint8 *)"123456789", 9), ==, 0x0376E6E7);
    g_assert_cmphex(tables_crc_compute((const guint8 *)"", 0), ==, 0xFFFFFFFF);
}

static void
count_section(const TablesSection *section, guint16 pid, gpointer data)
{
    g_assert_cmpuint(pid, ==, PID);
    GString *seen = data;
    g_string_append_printf(seen, "%02x/%u ", section->table_id, section->number);
}

/* Lets all packets of @stream through an assembler, but those whose place is in @without. */
static char *
assemble(const GByteArray *stream, guint64 without)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(TablesAssembler) assembler = tables_assembler_new(PID, count_section, seen);
    TablesPacketLast last = {0};
    guint number = 0;
    for (guint at = 0; at < stream->len; at += TABLES_PACKET_BYTES) {
        TablesPacket packet;
        g_assert_true(tables_packet_parse(stream->data + at, &packet));
        if (packet.pid != PID || (without & G_GUINT64_CONSTANT(1) << number++) != 0)
            continue;
        tables_assembler_push(assembler, &packet, tables_packet_judge(&last, &packet));
    }
    return g_strdup(seen->str);
}

/* Sections of @sizes bytes one behind the other. */
static GByteArray *
make_sections(const guint *sizes, guint count)
{
    g_autoptr(Transport) transport = transport_new(10000000, 0);
    g_autoptr(GPtrArray) sections =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
    GByteArray *out = g_byte_array_new();
    for (guint i = 0; i < count; i++) {
        g_autoptr(GByteArray) body = g_byte_array_new();
        PsiHead head = {.table_id = 0x80, .number = (guint8)i, .last = (guint8)(count - 1)};
        g_byte_array_set_size(body, sizes[i] - 12);
        if (body->len > 0)
            memset(body->data, (int)i, body->len);
        g_ptr_array_add(sections, psi_make_section(&head, body));
    }
    transport_queue_sections(transport, PID, sections);
    transport_run(transport, 100, out);
    return out;
}

static void
test_sections(void)
{
    // One that ends at a packet's end, one whose head is cut, a tiny one, the largest.
    static const guint sizes[] = {183, 182, 12, 13, 170, 4096, 200, 183, 12, 1000};
    g_autoptr(GByteArray) stream = make_sections(sizes, G_N_ELEMENTS(sizes));
    g_autofree char *all = assemble(stream, 0);
    g_assert_cmpstr(all, ==, "80/0 80/1 80/2 80/3 80/4 80/5 80/6 80/7 80/8 80/9 ");
    // The middle of the largest is lost: it alone is missing.
    g_autofree char *rest = assemble(stream, 1 << 8);
    g_assert_cmpstr(rest, ==, "80/0 80/1 80/2 80/3 80/4 80/6 80/7 80/8 80/9 ");
}

static void
test_every_size(void)
{
    for (guint size = 12; size < 700; size++) {
        guint sizes[] = {size, 700 - size + 12, size, 300};
        g_autoptr(GByteArray) stream = make_sections(sizes, G_N_ELEMENTS(sizes));
        g_autofree char *all = assemble(stream, 0);
        g_assert_cmpstr(all, ==, "80/0 80/1 80/2 80/3 ");
    }
}

static void
expect_order(TablesPacketLast *last, guint8 counter, guint8 fill, TablesPacketOrder expected)
{
    guint8 bytes[TABLES_PACKET_BYTES] = {0x47, 0x01, 0x23, 0x10};
    TablesPacket packet;
    memset(bytes + 4, fill, sizeof bytes - 4);
    bytes[3] |= counter;
    g_assert_true(tables_packet_parse(bytes, &packet));
    g_assert_cmpint(tables_packet_judge(last, &packet), ==, expected);
}

static void
test_counter(void)
{
    TablesPacketLast last = {0};
    expect_order(&last, 14, 1, TABLES_PACKET_FIRST);
    expect_order(&last, 15, 2, TABLES_PACKET_FOLLOWS);
    expect_order(&last, 0, 3, TABLES_PACKET_FOLLOWS);
    expect_order(&last, 0, 3, TABLES_PACKET_DUPLICATE);
    expect_order(&last, 1, 4, TABLES_PACKET_FOLLOWS);
    expect_order(&last, 1, 5,
                 TABLES_PACKET_LOST); // sixteen are missing: the same number, another payload
    expect_order(&last, 2, 6, TABLES_PACKET_FOLLOWS);
    expect_order(&last, 2, 6, TABLES_PACKET_DUPLICATE);
    expect_order(&last, 2, 6, TABLES_PACKET_LOST); // twice is one too many
    expect_order(&last, 5, 7, TABLES_PACKET_LOST);
}

static void
test_adaptation(void)
{
    guint8 bytes[TABLES_PACKET_BYTES] = {0x47, 0x01, 0x23, 0x30, 184};
    TablesPacket packet;
    g_assert_false(tables_packet_parse(bytes, &packet)); // longer than the packet
    bytes[4] = 183;
    g_assert_true(tables_packet_parse(bytes, &packet));
    g_assert_false(packet.has_payload);
    bytes[4] = 0;
    g_assert_true(tables_packet_parse(bytes, &packet));
    g_assert_cmpuint(packet.payload_bytes, ==, 183);
    bytes[0] = 0;
    g_assert_false(tables_packet_parse(bytes, &packet));
}

/* Rates and clocks of a stream whose figures are known; the clock wraps in the middle. */
static void
test_health(void)
{
    ThaiOptions options = {
        .bits_per_second = 4000000,
        .first_pcr27m = ((guint64)300 << 33) - 27000000,
        .start_ms = LESSONS_MONDAY_MS,
    };
    g_autoptr(Thai) thai = thai_new(&options);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(TablesHealth) health = tables_health_new();
    thai_run(thai, 2000, stream);
    transport_shift_clock(thai_get_transport(thai), G_GINT64_CONSTANT(27000000) * -990);
    thai_run(thai, 2000, stream);
    for (guint at = 0; at < stream->len; at += TABLES_PACKET_BYTES) {
        TablesPacket packet;
        g_assert_true(tables_packet_parse(stream->data + at, &packet));
        tables_health_note(health, &packet, TABLES_HEALTH_NO_TIME);
    }
    TablesHealthTotal total = tables_health_get_total(health);
    g_assert_cmpuint(total.lost, ==, 0);
    g_assert_cmpuint(total.bits_per_second, >, 3990000);
    g_assert_cmpuint(total.bits_per_second, <, 4010000);
    g_autoptr(GArray) pids = tables_health_list(health);
    guint clocks = 0;
    for (guint i = 0; i < pids->len; i++) {
        const TablesHealthPid *pid = &g_array_index(pids, TablesHealthPid, i);
        clocks += pid->pcrs > 0;
        g_assert_cmpuint(pid->jumps, ==, pid->pcrs > 0 ? 1 : 0);
        g_assert_cmpfloat(pid->jitter_max_us, <, 1.0);
        g_assert_cmpfloat(pid->interval_max_ms, <, 100);
    }
    g_assert_cmpuint(clocks, ==, THAI_SERVICES);
    // What came since the last look is told once.
    g_autoptr(GArray) steps = tables_health_take_steps(health);
    g_autoptr(GArray) none = tables_health_take_steps(health);
    guint64 packets = 0;
    guint measured = 0;
    for (guint i = 0; i < steps->len; i++) {
        const TablesHealthStep *step = &g_array_index(steps, TablesHealthStep, i);
        packets += step->packets;
        measured += step->jitter_max_us >= 0;
    }
    g_assert_cmpuint(packets, ==, total.packets);
    g_assert_cmpuint(measured, ==, THAI_SERVICES);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_true(tables_health_is_scrambled(health, thai_get_service(3)->video_pid));
    g_assert_false(tables_health_is_scrambled(health, thai_get_service(0)->video_pid));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/tables/sync/188", GUINT_TO_POINTER(188), test_strides);
    g_test_add_data_func("/tables/sync/192", GUINT_TO_POINTER(192), test_strides);
    g_test_add_data_func("/tables/sync/204", GUINT_TO_POINTER(204), test_strides);
    g_test_add_func("/tables/sync/resync", test_resync);
    g_test_add_func("/tables/sync/damaged", test_damaged_sync_byte);
    g_test_add_func("/tables/sync/few", test_few_packets);
    g_test_add_func("/tables/crc", test_crc);
    g_test_add_func("/tables/assembler/sections", test_sections);
    g_test_add_func("/tables/assembler/sizes", test_every_size);
    g_test_add_func("/tables/packet/counter", test_counter);
    g_test_add_func("/tables/packet/adaptation", test_adaptation);
    g_test_add_func("/tables/health/figures", test_health);
    return g_test_run();
}
