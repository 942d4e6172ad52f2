// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The Thai multiplex through everything: whole, damaged in every way, changed in mid-stream.
#include <string.h>

#include "pipelines/tables/demux.h"
#include "pipelines/tables/time.h"
#include "tests/support/damage.h"
#include "tests/support/lessons.h"
#include "tests/support/thai.h"

static const TablesDemuxSettings settings = {
    .fallback = {TABLES_TEXT_ISO8859, 11},
    .guide_bytes_max = 1 << 26,
    .guide_keep_ms = G_MAXINT64,
};

static GByteArray *
make_stream(guint ms, gint64 change_ms)
{
    ThaiOptions options = {
        .bits_per_second = 4000000,
        .start_ms = LESSONS_MONDAY_MS + 3600000,
        .change_ms = change_ms,
    };
    g_autoptr(Thai) thai = thai_new(&options);
    GByteArray *stream = g_byte_array_new();
    thai_run(thai, ms, stream);
    return stream;
}

static TablesDemux *
demux_all(const GByteArray *stream)
{
    TablesDemux *demux = tables_demux_new(&settings);
    tables_demux_push(demux, stream->data, stream->len, TABLES_HEALTH_NO_TIME);
    tables_demux_finish(demux);
    return demux;
}

static void
assert_services(TablesDemux *demux)
{
    g_autoptr(GPtrArray) services = tables_demux_list_services(demux, FALSE);
    g_assert_cmpuint(services->len, ==, THAI_SERVICES);
    for (guint i = 0; i < services->len; i++) {
        const TablesService *service = services->pdata[i];
        const ThaiService *thai = thai_get_service(i);
        g_assert_cmpuint(service->service_id, ==, thai->service_id);
        g_assert_cmpstr(service->name, ==, thai->name);
        g_assert_cmpstr(service->provider, ==, "Daorian");
        g_assert_cmpint(tables_service_is_encrypted(service), ==, thai->encrypted);
        g_assert_cmpint(tables_service_get_kind(service), ==,
                        thai->video_pid > 0 ? TABLES_SERVICE_TELEVISION : TABLES_SERVICE_RADIO);
        g_assert_cmpint(service->channel, ==, thai->channel);
        g_assert_cmpint(service->hidden, ==, thai->encrypted);
        g_assert_cmpuint(service->pmt_pid, ==, thai->pmt_pid);
    }
}

/* Everything that is in the guide is right; at least @least of it is there. */
static void
assert_guide(TablesDemux *demux, guint least)
{
    g_autoptr(GArray) items = tables_guide_list(tables_demux_get_guide(demux));
    g_assert_cmpuint(items->len, >=, least);
    for (guint i = 0; i < items->len; i++) {
        const TablesGuideItem *item = &g_array_index(items, TablesGuideItem, i);
        guint index = item->event->event_id - item->service_id * 256u;
        g_assert_cmpuint(index, <, LESSONS_A_WEEK);
        g_autoptr(Lesson) lesson = lessons_make(item->service_id, index);
        const TablesEventText *text = tables_event_find_text(item->event, "tha");
        g_assert_cmpint(item->event->start_ms, ==, lesson->start_ms);
        g_assert_cmpstr(text->title, ==, lesson->title);
        g_assert_cmpstr(text->description, ==, lesson->description);
    }
}

static void
test_whole(void)
{
    g_autoptr(GByteArray) stream = make_stream(6400, 0);
    g_autoptr(TablesDemux) demux = demux_all(stream);
    assert_services(demux);
    assert_guide(demux, THAI_SERVICES * LESSONS_A_WEEK);
    g_assert_cmpuint(tables_demux_get_missing(demux), ==, 0);
    g_assert_cmpuint(tables_demux_get_broken_sections(demux), ==, 0);
    g_assert_cmpstr(tables_multiplex_get_network(tables_demux_get_multiplex(demux)), ==,
                    THAI_NETWORK_NAME);
    const TablesClock *clock = tables_demux_get_clock(demux);
    g_assert_cmpint(clock->now_ms, ==, LESSONS_MONDAY_MS + 3600000);
    g_assert_cmpuint(clock->zones, ==, 1);
    g_assert_cmpstr(clock->zone[0].country, ==, "tha");
    g_assert_cmpint(clock->zone[0].offset_minutes, ==, 7 * 60);
}

static void
test_streams(void)
{
    g_autoptr(GByteArray) stream = make_stream(400, 0);
    g_autoptr(TablesDemux) demux = demux_all(stream);
    TablesMultiplex *multiplex = tables_demux_get_multiplex(demux);
    const TablesService *first = tables_multiplex_find(multiplex, 101);
    static const char *const codecs[] = {"mpeg2video", "mp2", "mp2", "teletext"};
    g_assert_cmpuint(first->streams->len, ==, G_N_ELEMENTS(codecs));
    for (guint i = 0; i < first->streams->len; i++)
        g_assert_cmpstr(g_array_index(first->streams, TablesStream, i).codec, ==, codecs[i]);
    const TablesStream *text = &g_array_index(first->streams, TablesStream, 3);
    g_assert_cmpuint(text->page, ==, 801); // the subtitles, not the index page before them
    g_assert_cmpstr(text->language, ==, "tha");
    const TablesService *second = tables_multiplex_find(multiplex, 102);
    const TablesStream *bitmaps = &g_array_index(second->streams, TablesStream, 3);
    g_assert_cmpint(bitmaps->kind, ==, TABLES_STREAM_SUBTITLES);
    const TablesService *last = tables_multiplex_find(multiplex, 104);
    g_assert_cmpuint(last->ca_systems->len, ==, 1);
    g_assert_cmphex(g_array_index(last->ca_systems, guint16, 0), ==, 0x0B00);
}

typedef struct {
    const char *name; // of the test
    DamagePlan plan;  // what happens
    guint least;      // events that are there all the same
} Fault;

static const Fault faults[] = {
    {"/tables/demux/loss", {.seed = 1, .lost = 50}, 400},
    {"/tables/demux/duplicates", {.seed = 2, .duplicated = 300}, 672},
    {"/tables/demux/bits", {.seed = 3, .flipped = 50}, 400},
    {"/tables/demux/flagged", {.seed = 4, .flagged = 50}, 400},
    {"/tables/demux/garbage", {.seed = 5, .garbage = 100}, 300},
    {"/tables/demux/torn", {.seed = 6, .torn = 5}, 400},
    {"/tables/demux/all",
     {.seed = 7,
      .lost = 30,
      .duplicated = 30,
      .flipped = 10,
      .flagged = 10,
      .garbage = 30,
      .torn = 2,
      .stride = 204},
     200},
};

/* Two rounds of the carousel: names, services and whatever is in the guide are right. */
static void
test_fault(gconstpointer data)
{
    const Fault *fault = data;
    g_autoptr(GByteArray) stream = make_stream(12800, 0);
    g_autoptr(GByteArray) sent = damage_apply(&fault->plan, stream);
    g_autoptr(TablesDemux) demux = demux_all(sent);
    assert_services(demux);
    assert_guide(demux, fault->least);
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(demux));
    g_assert_cmpint(
        total.lost > 0, ==,
        fault->plan.lost + fault->plan.flagged + fault->plan.garbage + fault->plan.torn > 0);
    g_assert_cmpint(total.duplicates > 0, ==, fault->plan.duplicated > 0);
}

static void
test_pmt_changes(void)
{
    g_autoptr(GByteArray) stream = make_stream(2000, 1000);
    g_autoptr(TablesDemux) demux = demux_all(stream);
    TablesMultiplex *multiplex = tables_demux_get_multiplex(demux);
    const TablesService *changed = tables_multiplex_find(multiplex, 102);
    const TablesService *same = tables_multiplex_find(multiplex, 101);
    g_assert_cmpint(changed->pmt_version, ==, 5);
    g_assert_cmpint(changed->pmt_changes, ==, 1);
    g_assert_cmpuint(changed->streams->len, ==, 3); // the second language is gone
    g_assert_cmpint(same->pmt_changes, ==, 0);
}

/* A PAT without some services, then with them again; a PAT that is not in force changes nothing. */
static void
test_pat_changes(void)
{
    g_autoptr(TablesMultiplex) multiplex = tables_multiplex_new(settings.fallback);
    g_autoptr(GByteArray) full = thai_make_pat(0);
    g_autoptr(GByteArray) body = g_byte_array_new();
    PsiHead head = {.table_id = 0x00, .extension = THAI_TRANSPORT_ID, .version = 1};
    psi_put(body, 4, 0x0065E100);
    g_autoptr(GByteArray) short_one = psi_make_section(&head, body);
    head.next = TRUE;
    head.version = 7;
    g_autoptr(GByteArray) later = psi_make_section(&head, body);
    const GByteArray *order[] = {full, later, short_one, full};
    static const guint counts[] = {THAI_SERVICES, THAI_SERVICES, 1, THAI_SERVICES};
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        TablesSection section;
        g_assert_true(tables_section_parse(order[i]->data, order[i]->len, &section));
        g_assert_cmpint(tables_multiplex_take(multiplex, &section, 0), ==, i != 1);
        g_autoptr(GPtrArray) services = tables_multiplex_list(multiplex, FALSE);
        g_assert_cmpuint(services->len, ==, counts[i]);
    }
}

/* A table on a PID that is not its own is nobody's. */
static void
test_wrong_places(void)
{
    g_autoptr(TablesMultiplex) multiplex = tables_multiplex_new(settings.fallback);
    g_autoptr(GByteArray) pat = thai_make_pat(0), pmt = thai_make_pmt(thai_get_service(0), 0);
    TablesSection section;
    g_assert_true(tables_section_parse(pat->data, pat->len, &section));
    g_assert_false(tables_multiplex_take(multiplex, &section, 0x100));
    g_assert_true(tables_multiplex_take(multiplex, &section, 0));
    g_assert_true(tables_section_parse(pmt->data, pmt->len, &section));
    g_assert_false(tables_multiplex_take(multiplex, &section, 0x101));
    g_assert_true(tables_multiplex_take(multiplex, &section, 0x100));
}

/* A TDT of noise does not move the clock; a real change does, once it is confirmed. */
static void
test_clock(void)
{
    TablesClock clock;
    static const gint64 told[] = {0, 10000, 900000000, 20000, 500000000, 500010000};
    static const gint64 believed[] = {0, 10000, 10000, 20000, 20000, 500010000};
    tables_clock_init(&clock);
    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        g_autoptr(GByteArray) body = g_byte_array_new();
        psi_put_time(body, LESSONS_MONDAY_MS + told[i]);
        g_autoptr(GByteArray) bytes = psi_make_short(0x70, body, FALSE);
        TablesSection section;
        g_assert_true(tables_section_parse(bytes->data, bytes->len, &section));
        g_assert_true(tables_clock_take(&clock, &section));
        g_assert_cmpint(clock.now_ms, ==, LESSONS_MONDAY_MS + believed[i]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tables/demux/whole", test_whole);
    g_test_add_func("/tables/demux/streams", test_streams);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++)
        g_test_add_data_func(faults[i].name, &faults[i], test_fault);
    g_test_add_func("/tables/demux/pmt", test_pmt_changes);
    g_test_add_func("/tables/multiplex/pat", test_pat_changes);
    g_test_add_func("/tables/multiplex/places", test_wrong_places);
    g_test_add_func("/tables/clock/jumps", test_clock);
    return g_test_run();
}
