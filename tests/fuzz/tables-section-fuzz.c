// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes inside sections whose lengths and check sums are right, one behind the other: the first
// byte of each says on which PID, two how long it is. Names and guide stay UTF-8 and within bounds.
#include <string.h>

#include "pipelines/tables/clock.h"
#include "pipelines/tables/crc.h"
#include "pipelines/tables/guide.h"
#include "pipelines/tables/multiplex.h"
#include "pipelines/tables/time.h"

#define BYTES_MAX (1 << 18)

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    TablesMultiplex *multiplex; // (owned)
    TablesGuide *guide;         // (owned)
    TablesClock clock;          // (value)
} All;

static void
take(All *all, guint8 place, const guint8 *bytes, gsize length)
{
    static const guint16 pids[] = {0x0000, 0x0010, 0x0011, 0x0012, 0x0014, 0x0100, 0x0101, 0x0200};
    guint8 section[TABLES_SECTION_MAX_BYTES];
    gsize whole = MIN(length + 4, sizeof section);
    TablesSection parsed;
    memcpy(section, bytes, whole - 4);
    section[1] = (guint8)((section[1] & 0xF0) | (whole - 3) >> 8);
    section[2] = (guint8)(whole - 3);
    guint32 sum = GUINT32_TO_BE(tables_crc_compute(section, whole - 4));
    memcpy(section + whole - 4, &sum, 4);
    g_autofree guint8 *exact = g_memdup2(section, whole);
    if (!tables_section_parse(exact, whole, &parsed))
        return;
    tables_multiplex_take(all->multiplex, &parsed, pids[place % G_N_ELEMENTS(pids)]);
    tables_guide_take(all->guide, &parsed);
    if (tables_clock_take(&all->clock, &parsed))
        tables_guide_set_now(all->guide, all->clock.now_ms);
}

static void
check(All *all)
{
    g_autoptr(GPtrArray) services = tables_multiplex_list(all->multiplex, TRUE);
    g_autoptr(GArray) items = tables_guide_list(all->guide);
    for (guint i = 0; i < services->len; i++) {
        const TablesService *service = services->pdata[i];
        g_assert_true(g_utf8_validate(service->name, -1, NULL));
        g_assert_cmpuint(service->streams->len, <=, TABLES_SERVICE_STREAMS_MAX);
    }
    g_assert_cmpuint(items->len, ==, tables_guide_get_count(all->guide));
    g_assert_cmpuint(tables_guide_get_bytes(all->guide), <=, BYTES_MAX + 65536);
    for (guint i = 0; i < items->len; i++) {
        const TablesEvent *event = g_array_index(items, TablesGuideItem, i).event;
        const TablesEventText *text = tables_event_find_text(event, "tha");
        if (text != NULL)
            g_assert_true(g_utf8_validate(text->description, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    TablesGuideSettings settings = {
        .fallback = {TABLES_TEXT_ISO8859, 11}, .bytes_max = BYTES_MAX, .keep_ms = 0};
    All all = {
        .multiplex = tables_multiplex_new(settings.fallback),
        .guide = tables_guide_new(&settings),
    };
    tables_clock_init(&all.clock);
    for (gsize at = 0; at + 3 < size;) {
        gsize length = ((gsize)data[at + 1] << 8 | data[at + 2]) % 4093;
        guint8 place = data[at];
        at += 3;
        length = MIN(length, size - at);
        if (length >= 3)
            take(&all, place, data + at, length);
        at += length;
    }
    check(&all);
    tables_multiplex_free(all.multiplex);
    tables_guide_free(all.guide);
    return 0;
}
