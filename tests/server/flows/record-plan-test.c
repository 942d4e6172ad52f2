// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The decisions of recording, all pure: where a booking goes when its programme goes there, and
// which of the kept segments make a lesson, in which rungs, with which gaps.
#include <string.h>

#include "catalog/bookings.h"
#include "server/flows/record_follow.h"
#include "server/flows/record_join.h"

#define HOUR_MS (G_GINT64_CONSTANT(3600) * 1000)
#define MINUTE_MS (G_GINT64_CONSTANT(60) * 1000)
#define START_MS (G_GINT64_CONSTANT(500000) * HOUR_MS)
#define RUNNING 4 // ETSI EN 300 468 §5.2.3
#define SEGMENT 270000

/* --- following ------------------------------------------------------------------------------ */

static CatalogGuide *
make_event(gint64 id, gint64 start_ms, const char *title, const char *crid)
{
    CatalogGuide *event = g_new0(CatalogGuide, 1);
    event->event_id = id;
    event->start_ms = start_ms;
    event->duration_ms = HOUR_MS;
    event->title = g_strdup(title);
    event->programme_crid = g_strdup(crid);
    return event;
}

static void
free_event(gpointer data)
{
    CatalogGuide *event = data;
    g_free(event->title);
    g_free(event->programme_crid);
    g_free(event);
}

static GPtrArray *
make_guide(CatalogGuide *first, CatalogGuide *second)
{
    GPtrArray *events = g_ptr_array_new_with_free_func(free_event);
    g_ptr_array_add(events, first);
    g_ptr_array_add(events, second);
    return events;
}

static CatalogBooking
make_booking(const char *crid)
{
    return (CatalogBooking){.event_id = 7,
                            .event_start_ms = START_MS,
                            .start_ms = START_MS,
                            .end_ms = START_MS + HOUR_MS,
                            .title = (char *)"คณิตศาสตร์ ป.๑",
                            .programme_crid = g_strdup(crid),
                            .follows = TRUE};
}

static void
test_moves(void)
{
    CatalogBooking booking = make_booking(NULL);
    g_autoptr(GPtrArray) events =
        make_guide(make_event(6, START_MS, "ข่าว", NULL),
                   make_event(7, START_MS + 25 * MINUTE_MS, "คณิตศาสตร์ ป.๑", "crid://dao/7"));
    const CatalogGuide *event = flows_record_follow_find(&booking, events);
    g_assert_true(event == events->pdata[1]);
    g_assert_true(flows_record_follow_take(&booking, event, events, START_MS - HOUR_MS));
    g_assert_cmpint(booking.start_ms, ==, START_MS + 25 * MINUTE_MS);
    g_assert_cmpint(booking.end_ms, ==, START_MS + 85 * MINUTE_MS);
    g_assert_cmpstr(booking.programme_crid, ==, "crid://dao/7");
    g_assert_false(flows_record_follow_take(&booking, event, events, START_MS - HOUR_MS));
    g_free(booking.programme_crid);
}

static void
test_event_id_changes(void)
{
    CatalogBooking booking = make_booking("crid://dao/7");
    g_autoptr(GPtrArray) by_crid = make_guide(
        make_event(7, START_MS, "ข่าว", "crid://dao/other"), // its old id is another programme's
        make_event(90, START_MS + 2 * HOUR_MS, "คณิตศาสตร์", "crid://dao/7"));
    g_assert_true(flows_record_follow_find(&booking, by_crid) == by_crid->pdata[1]);
    g_clear_pointer(&booking.programme_crid, g_free);
    g_autoptr(GPtrArray) by_title =
        make_guide(make_event(91, START_MS + 9 * HOUR_MS, "คณิตศาสตร์ ป.๑", NULL),
                   make_event(92, START_MS - HOUR_MS, "คณิตศาสตร์ ป.๑", NULL));
    g_assert_true(flows_record_follow_find(&booking, by_title) == by_title->pdata[1]);
    g_autoptr(GPtrArray) far =
        make_guide(make_event(93, START_MS + 5 * HOUR_MS, "คณิตศาสตร์ ป.๑", NULL),
                   make_event(7, START_MS + 24 * HOUR_MS, "คณิตศาสตร์ ป.๑", NULL)); // ids come again
    g_assert_null(flows_record_follow_find(&booking, far));
    CatalogGuide *timeless = make_event(7, CATALOG_GUIDE_NO_TIME, "คณิตศาสตร์ ป.๑", NULL);
    g_autoptr(GPtrArray) never = make_guide(timeless, make_event(8, START_MS, "ข่าว", NULL));
    g_assert_null(flows_record_follow_find(&booking, never));
}

static void
test_overruns(void)
{
    CatalogBooking booking = make_booking(NULL);
    g_autoptr(GPtrArray) events = make_guide(make_event(7, START_MS, "คณิตศาสตร์ ป.๑", NULL),
                                             make_event(8, START_MS + HOUR_MS, "ข่าว", NULL));
    CatalogGuide *event = events->pdata[0], *next = events->pdata[1];
    gint64 end_ms = START_MS + HOUR_MS;
    event->running = RUNNING;
    g_assert_false(flows_record_follow_take(&booking, event, events, end_ms - 1));
    for (gint64 now_ms = end_ms; now_ms < end_ms + 20 * MINUTE_MS; now_ms += MINUTE_MS / 2) {
        flows_record_follow_take(&booking, event, events, now_ms);
        g_assert_cmpint(booking.end_ms, >, now_ms); // never over while it runs
    }
    // The next one begins at last: it ran until now.
    next->running = RUNNING;
    g_assert_true(flows_record_follow_take(&booking, event, events, end_ms + 20 * MINUTE_MS));
    g_assert_cmpint(booking.end_ms, ==, end_ms + 20 * MINUTE_MS);
    flows_record_follow_take(&booking, event, events, end_ms + 21 * MINUTE_MS);
    g_assert_cmpint(booking.end_ms, ==, end_ms + 20 * MINUTE_MS);
}

/* A guide that makes a programme last four days fills no disk. */
static void
test_length_is_bounded(void)
{
    CatalogBooking booking = make_booking(NULL);
    g_autoptr(GPtrArray) events = make_guide(make_event(7, START_MS, "คณิตศาสตร์ ป.๑", NULL),
                                             make_event(8, START_MS + 99 * HOUR_MS, "ข่าว", NULL));
    CatalogGuide *event = events->pdata[0];
    event->duration_ms = 99 * HOUR_MS;
    g_assert_true(flows_record_follow_take(&booking, event, events, START_MS));
    g_assert_cmpint(booking.end_ms - booking.start_ms, ==, CATALOG_BOOKINGS_SPAN_MAX_MS);
}

/* A broadcaster that forgets to say that it is over is not followed for ever. */
static void
test_overrun_is_bounded(void)
{
    CatalogBooking booking = make_booking(NULL);
    g_autoptr(GPtrArray) events = make_guide(make_event(7, START_MS, "คณิตศาสตร์ ป.๑", NULL),
                                             make_event(8, START_MS + 9 * HOUR_MS, "ข่าว", NULL));
    CatalogGuide *event = events->pdata[0];
    event->running = RUNNING;
    for (gint64 now_ms = START_MS; now_ms < START_MS + 5 * HOUR_MS; now_ms += MINUTE_MS)
        flows_record_follow_take(&booking, event, events, now_ms);
    g_assert_cmpint(booking.end_ms, <=, START_MS + 2 * HOUR_MS + MINUTE_MS);
}

/* --- planning ------------------------------------------------------------------------------- */

typedef struct {
    FlowsWindowIndex *index; // (owned)
    gint64 wall_ms;          // of the next segment
    guint64 number;          // of the next segment
} Kept;

static void
add_init(Kept *kept, const char *rung, guint width)
{
    const FlowsWindowIndexInit init = {
        .rung = (guint)flows_window_index_find_rung(kept->index, rung, TRUE),
        .init = (guint32)kept->index->next_init,
        .bytes = 50,
        .codecs = (char *)"mp4a.40.2",
        .width = width,
        .height = width,
    };
    g_assert_true(flows_window_index_add_init(kept->index, &init));
}

static void
set_up(Kept *kept, gconstpointer unused)
{
    kept->index = flows_window_index_new();
    kept->index->loose = TRUE;
    kept->index->next_init = 1;
    kept->wall_ms = START_MS;
    kept->number = 40;
    add_init(kept, "medium", 640); // in no order
    add_init(kept, "voice", 0);
    add_init(kept, "small", 480);
}

static void
tear_down(Kept *kept, gconstpointer unused)
{
    flows_window_index_free(kept->index);
}

/* One more segment of three seconds; @parts: names of what it has. */
static void
keep(Kept *kept, const char *parts)
{
    g_auto(GStrv) names = g_strsplit(parts, " ", -1);
    FlowsWindowIndexEntry entry = {
        .number = kept->number,
        .time = kept->number * SEGMENT,
        .duration = SEGMENT,
        .wall_ms = kept->wall_ms,
    };
    for (guint i = 0; names[i] != NULL; i++) {
        int place = flows_window_index_find_rung(kept->index, names[i], TRUE);
        entry.parts[place] = (FlowsWindowIndexPart){(guint32)place + 1, 100};
    }
    g_assert_true(flows_window_index_push(kept->index, &entry));
    kept->number++;
    kept->wall_ms += 3000;
}

static FlowsRecordJoin *
plan(Kept *kept, gint64 end_ms, const GArray *noted)
{
    const FlowsRecordJoinFacts facts = {START_MS, end_ms, noted, CATALOG_GAP_CAUSE_SIGNAL_LOST};
    return flows_record_join_plan(kept->index, &facts);
}

static void
assert_rungs(const FlowsRecordJoin *join, const char *expected)
{
    g_autofree char *found = g_strjoinv(" ", join->rungs);
    g_assert_cmpstr(found, ==, expected);
}

static guint
count(const char *text, const char *word)
{
    g_auto(GStrv) pieces = g_strsplit(text, word, -1);
    return g_strv_length(pieces) - 1;
}

static void
test_whole(Kept *kept, gconstpointer unused)
{
    keep(kept, "voice small medium");
    keep(kept, "voice small medium captions-tha scrub");
    g_autoptr(FlowsRecordJoin) join = plan(kept, START_MS + 6000, NULL);
    assert_rungs(join, "voice small medium"); // lowest first
    g_assert_cmpuint(join->gaps->len, ==, 0);
    g_assert_cmpuint(join->duration_ms, ==, 6000);
    g_assert_cmpuint(join->bytes, ==, 600);
    g_assert_cmpint(join->starts_ms, ==, START_MS);
    g_assert_cmpint(join->ends_ms, ==, START_MS + 6000);
    g_assert_cmpuint(count(join->plan->str, "\n"), ==, 2);
    g_assert_nonnull(strstr(join->plan->str, " captions-tha - captions-tha/0/41.vtt\n"));
    g_assert_cmpuint(count(join->plan->str, "scrub"), ==, 0);
}

/* Another sound is made of all lines: where it was not on the air the programme's own stands in.
 * One that is there for less than a tenth is of what comes before or after. */
static void
test_sounds(Kept *kept, gconstpointer unused)
{
    keep(kept, "voice small voice-eng voice-tha-ad");
    keep(kept, "voice small voice-eng");
    keep(kept, "voice small");
    g_autoptr(FlowsRecordJoin) join = plan(kept, START_MS + 9000, NULL);
    assert_rungs(join, "voice small voice-eng voice-tha-ad");
    g_assert_nonnull(strstr(join->plan->str, " voice-eng/0/41.m4s voice-tha-ad voice/init-"));
    g_assert_nonnull(strstr(join->plan->str, " voice-tha-ad voice/init-2.mp4 voice/0/42.m4s\n"));
    g_assert_cmpuint(count(join->plan->str, " voice-eng "), ==, 3);
    g_assert_cmpuint(join->bytes, ==, 1200);
    for (guint i = 0; i < 8; i++)
        keep(kept, "voice small voice-eng");
    g_autoptr(FlowsRecordJoin) less = plan(kept, START_MS + 33000, NULL);
    assert_rungs(less, "voice small voice-eng");
}

/* Without the rung `voice` there is nothing to stand in: silence. */
static void
test_sound_without_voice(Kept *kept, gconstpointer unused)
{
    keep(kept, "small voice-eng");
    keep(kept, "small");
    g_autoptr(FlowsRecordJoin) join = plan(kept, START_MS + 6000, NULL);
    assert_rungs(join, "small voice-eng");
    g_assert_cmpuint(count(join->plan->str, " voice-eng "), ==, 1);
    g_assert_cmpuint(join->gaps->len, ==, 0);
}

/* The top rung went for want of speed: the next lower one stands in while it is half of the time.
 */
static void
test_stand_ins(Kept *kept, gconstpointer unused)
{
    keep(kept, "voice small medium");
    keep(kept, "voice small");
    g_autoptr(FlowsRecordJoin) join = plan(kept, START_MS + 6000, NULL);
    assert_rungs(join, "voice small medium");
    g_assert_nonnull(strstr(join->plan->str, " medium small/init-3.mp4 small/0/41.m4s"));
    keep(kept, "voice small");
    g_autoptr(FlowsRecordJoin) less = plan(kept, START_MS + 9000, NULL);
    assert_rungs(less, "voice small");
}

/* Sound alone among pictures, and what the clock left out, are gaps; what was noted says why. */
static void
test_gaps(Kept *kept, gconstpointer unused)
{
    g_autoptr(GArray) noted = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    const CatalogGap crash = {
        .from_ms = START_MS + 11000, .to_ms = START_MS + 29000, .cause = CATALOG_GAP_CAUSE_CRASH};
    g_array_append_val(noted, crash);
    kept->wall_ms += 2000;
    keep(kept, "voice small");
    keep(kept, "voice");
    keep(kept, "voice small");
    kept->wall_ms += 20000;
    keep(kept, "voice small");
    kept->wall_ms += 900; // the clock is drawn to the right one
    keep(kept, "voice small");
    g_autoptr(FlowsRecordJoin) join = plan(kept, START_MS + 60000, noted);
    static const CatalogGap expected[] = {
        {.from_ms = START_MS,
         .to_ms = START_MS + 2000,
         .media_ms = 0,
         .cause = CATALOG_GAP_CAUSE_LATE},
        {.from_ms = START_MS + 5000,
         .to_ms = START_MS + 8000,
         .media_ms = 3000,
         .cause = CATALOG_GAP_CAUSE_SIGNAL_LOST},
        {.from_ms = START_MS + 11000,
         .to_ms = START_MS + 31000,
         .media_ms = 6000,
         .cause = CATALOG_GAP_CAUSE_CRASH},
        {.from_ms = START_MS + 37900,
         .to_ms = START_MS + 60000,
         .media_ms = 12000,
         .cause = CATALOG_GAP_CAUSE_SIGNAL_LOST},
    };
    g_assert_cmpuint(join->gaps->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const CatalogGap *gap = &g_array_index(join->gaps, CatalogGap, i);
        g_assert_cmpint(gap->from_ms, ==, expected[i].from_ms);
        g_assert_cmpint(gap->to_ms, ==, expected[i].to_ms);
        g_assert_cmpint(gap->media_ms, ==, expected[i].media_ms);
        g_assert_cmpint(gap->cause, ==, expected[i].cause);
    }
}

static void
test_radio_and_nothing(Kept *kept, gconstpointer unused)
{
    g_autoptr(FlowsRecordJoin) nothing = plan(kept, START_MS + 6000, NULL);
    assert_rungs(nothing, "");
    g_assert_cmpuint(nothing->gaps->len, ==, 1);
    keep(kept, "voice");
    keep(kept, "voice captions-tha");
    g_autoptr(FlowsRecordJoin) radio = plan(kept, START_MS + 6000, NULL);
    assert_rungs(radio, "voice");
    g_assert_cmpuint(radio->gaps->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/record/follow/moves", test_moves);
    g_test_add_func("/flows/record/follow/event-id-changes", test_event_id_changes);
    g_test_add_func("/flows/record/follow/overruns", test_overruns);
    g_test_add_func("/flows/record/follow/overrun-is-bounded", test_overrun_is_bounded);
    g_test_add_func("/flows/record/follow/length-is-bounded", test_length_is_bounded);
    g_test_add("/flows/record/join/whole", Kept, NULL, set_up, test_whole, tear_down);
    g_test_add("/flows/record/join/sounds", Kept, NULL, set_up, test_sounds, tear_down);
    g_test_add("/flows/record/join/sound-without-voice", Kept, NULL, set_up,
               test_sound_without_voice, tear_down);
    g_test_add("/flows/record/join/stand-ins", Kept, NULL, set_up, test_stand_ins, tear_down);
    g_test_add("/flows/record/join/gaps", Kept, NULL, set_up, test_gaps, tear_down);
    g_test_add("/flows/record/join/radio-and-nothing", Kept, NULL, set_up, test_radio_and_nothing,
               tear_down);
    return g_test_run();
}
