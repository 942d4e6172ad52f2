// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Health without a clock: samples become points, points a file and back, figures a verdict with
// words, and viewers are counted and forgotten.
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "server/flows/health_files.h"
#include "server/flows/health_history.h"
#include "server/flows/health_sample.h"
#include "server/flows/viewers.h"
#include "server/healthsentences.h"

#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define BEGIN_MS (G_GINT64_CONSTANT(29000000) * MINUTE_MS) // the beginning of no hour
#define CHANNEL "01900000-0000-7000-8000-0000000000c1"

static FlowsHealthPoint
make_sample(float on_air, float speed, float viewers)
{
    FlowsHealthPoint point = {0};
    flows_health_figures_clear(&point);
    point.values[FLOWS_HEALTH_C_ON_AIR] = on_air;
    point.values[FLOWS_HEALTH_C_SPEED] = speed;
    point.values[FLOWS_HEALTH_C_CC_ERRORS] = 1;
    point.values[FLOWS_HEALTH_C_VIEWERS] = viewers;
    return point;
}

static GArray *
new_slots(void)
{
    return g_array_new(FALSE, FALSE, sizeof(FlowsHealthHistorySlot));
}

/* @count samples, one each ten seconds. */
static gint64
feed(FlowsHealthHistory *history, gint64 from_ms, guint count, GArray *slots)
{
    for (guint i = 0; i < count; i++) {
        FlowsHealthPoint sample = make_sample(i % 2 == 0 ? 1 : 0, 2 + (float)(i % 3), (float)i);
        flows_health_history_note(history, &sample, from_ms + (gint64)i * 10000, slots);
    }
    return from_ms + (gint64)count * 10000;
}

static const FlowsHealthPoint *
get_point(const GArray *points, guint index)
{
    g_assert_cmpuint(index, <, points->len);
    return &g_array_index(points, FlowsHealthPoint, index);
}

static void
test_minutes_and_hours(void)
{
    g_autoptr(FlowsHealthHistory) history = flows_health_history_new(FLOWS_HEALTH_CHANNEL);
    g_autoptr(GArray) slots = new_slots();
    gint64 end_ms = feed(history, BEGIN_MS, 13, slots);
    g_assert_cmpuint(slots->len, ==, 4); // two minutes are over, each with its hour
    g_autoptr(GArray) minutes = flows_health_history_list(history, FALSE, end_ms);
    g_assert_cmpuint(minutes->len, ==, 3);
    const float *values = get_point(minutes, 0)->values;
    g_assert_cmpfloat_with_epsilon(values[FLOWS_HEALTH_C_ON_AIR], 0.5, 1e-6);
    g_assert_cmpfloat(values[FLOWS_HEALTH_C_SPEED], ==, 2);
    g_assert_cmpfloat(values[FLOWS_HEALTH_C_CC_ERRORS], ==, 6);
    g_assert_cmpfloat(values[FLOWS_HEALTH_C_VIEWERS], ==, 5);
    g_assert_true(isnan(values[FLOWS_HEALTH_C_BEHIND_MS]));
    g_autoptr(GArray) hours = flows_health_history_list(history, TRUE, end_ms);
    g_assert_cmpuint(hours->len, ==, 1);
    g_assert_cmpfloat(get_point(hours, 0)->values[FLOWS_HEALTH_C_CC_ERRORS], ==, 12);
    FlowsHealthPoint recent = {0};
    g_assert_true(flows_health_history_get_recent(history, end_ms, &recent));
    g_assert_cmpfloat(recent.values[FLOWS_HEALTH_C_VIEWERS], ==, 11);
    g_assert_false(flows_health_history_get_recent(history, end_ms + 5 * MINUTE_MS, &recent));
}

static void
test_never_grows(void)
{
    g_autoptr(FlowsHealthHistory) history = flows_health_history_new(FLOWS_HEALTH_CHANNEL);
    g_autoptr(GArray) slots = new_slots();
    gint64 now_ms = BEGIN_MS;
    for (guint i = 0; i < 31 * 24 * 60; i++, now_ms += MINUTE_MS) {
        FlowsHealthPoint sample = make_sample(1, 2, (float)i);
        flows_health_history_note(history, &sample, now_ms, slots);
        g_array_set_size(slots, 0);
    }
    g_autoptr(GArray) minutes = flows_health_history_list(history, FALSE, now_ms - 1);
    g_autoptr(GArray) hours = flows_health_history_list(history, TRUE, now_ms - 1);
    g_assert_cmpuint(minutes->len, ==, FLOWS_HEALTH_HISTORY_MINUTES);
    g_assert_cmpuint(hours->len, ==, FLOWS_HEALTH_HISTORY_HOURS);
    for (guint i = 1; i < hours->len; i++)
        g_assert_cmpuint(get_point(hours, i)->number, ==, get_point(hours, i - 1)->number + 1);
    g_assert_cmpfloat(get_point(hours, 5)->values[FLOWS_HEALTH_C_CC_ERRORS], ==, 60);
}

/* A clock that was set a day forward and back leaves no points of tomorrow. */
static void
test_clock_set_back(void)
{
    g_autoptr(FlowsHealthHistory) history = flows_health_history_new(FLOWS_HEALTH_CHANNEL);
    g_autoptr(GArray) slots = new_slots();
    feed(history, BEGIN_MS + 24 * 60 * MINUTE_MS, 13, slots);
    gint64 end_ms = feed(history, BEGIN_MS, 13, slots);
    g_autoptr(GArray) minutes = flows_health_history_list(history, FALSE, end_ms);
    g_assert_cmpuint(minutes->len, ==, 3);
    g_assert_cmpuint(get_point(minutes, 2)->number, ==, BEGIN_MS / MINUTE_MS + 2);
}

static GByteArray *
write_file(GArray *slots)
{
    GByteArray *file = g_byte_array_new();
    const FlowsHealthHistorySlot head = flows_health_history_make_head(FLOWS_HEALTH_CHANNEL);
    g_byte_array_append(file, head.bytes, sizeof head.bytes);
    for (guint i = 0; i < slots->len; i++) {
        const FlowsHealthHistorySlot *slot = &g_array_index(slots, FlowsHealthHistorySlot, i);
        gsize end = (gsize)slot->offset + sizeof slot->bytes;
        gsize length = file->len;
        if (length < end) {
            g_byte_array_set_size(file, (guint)end);
            memset(file->data + length, 0, end - length);
        }
        memcpy(file->data + slot->offset, slot->bytes, sizeof slot->bytes);
    }
    return file;
}

static void
test_file_comes_back(void)
{
    g_autoptr(FlowsHealthHistory) history = flows_health_history_new(FLOWS_HEALTH_CHANNEL);
    g_autoptr(GArray) slots = new_slots();
    gint64 end_ms = feed(history, BEGIN_MS, 13, slots);
    g_autoptr(GByteArray) file = write_file(slots);
    g_autoptr(FlowsHealthHistory) again = flows_health_history_parse(file->data, file->len);
    g_assert_nonnull(again);
    g_assert_true(flows_health_history_get_kind(again) == FLOWS_HEALTH_CHANNEL);
    g_autoptr(GArray) minutes = flows_health_history_list(again, FALSE, end_ms);
    g_assert_cmpuint(minutes->len, ==, 2);
    g_assert_cmpfloat(get_point(minutes, 1)->values[FLOWS_HEALTH_C_VIEWERS], ==, 11);
    g_assert_true(isnan(get_point(minutes, 1)->values[FLOWS_HEALTH_C_BEHIND_MS]));
    // A torn slot is an empty one, a short file a short history, anything else none.
    file->data[g_array_index(slots, FlowsHealthHistorySlot, 0).offset + 9] ^= 1;
    g_autoptr(FlowsHealthHistory) torn = flows_health_history_parse(file->data, file->len - 3);
    g_autoptr(GArray) left = flows_health_history_list(torn, FALSE, end_ms);
    g_assert_cmpuint(left->len, ==, 1);
    file->data[0] ^= 1;
    g_assert_null(flows_health_history_parse(file->data, file->len));
    g_assert_null(flows_health_history_parse(file->data, 10));
}

static void
save_slots(ServerStorage *storage, GArray *slots)
{
    FlowsHealthFilesSave *save = flows_health_files_new_save(storage);
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < slots->len; i++) {
        FlowsHealthFilesSlot *slot = g_new0(FlowsHealthFilesSlot, 1);
        slot->id = g_strdup(CHANNEL);
        slot->kind = FLOWS_HEALTH_CHANNEL;
        slot->slot = g_array_index(slots, FlowsHealthHistorySlot, i);
        g_ptr_array_add(save->slots, slot);
    }
    g_assert_true(flows_health_files_save(save, &error));
    g_assert_no_error(error);
    flows_health_files_free_save(save);
}

static guint
count_kept(ServerStorage *storage, gint64 now_ms)
{
    FlowsHealthFilesLoad *load = flows_health_files_new_load(storage);
    guint count = 0;
    g_assert_true(flows_health_files_load(load, NULL));
    const FlowsHealthHistory *found = g_hash_table_lookup(load->found, CHANNEL);
    if (found != NULL) {
        g_autoptr(GArray) minutes = flows_health_history_list(found, FALSE, now_ms);
        count = minutes->len;
    }
    flows_health_files_free_load(load);
    return count;
}

static void
test_files_survive(void)
{
    g_autofree char *folder = g_dir_make_tmp("daorian-health-XXXXXX", NULL);
    g_autoptr(ServerStorage) storage = server_storage_new(folder);
    g_assert_true(server_storage_create(storage, NULL));
    g_autofree char *path = server_storage_build_health_path(storage, CHANNEL);
    g_autofree char *stranger = g_strconcat(path, "x", NULL);
    g_autoptr(FlowsHealthHistory) history = flows_health_history_new(FLOWS_HEALTH_CHANNEL);
    g_autoptr(GArray) slots = new_slots();
    // Something else of that name is overwritten, another name is left alone.
    g_assert_true(g_file_set_contents(path, "something else", -1, NULL));
    g_assert_true(g_file_set_contents(stranger, "mine", -1, NULL));
    gint64 end_ms = feed(history, BEGIN_MS, 13, slots);
    save_slots(storage, slots);
    g_assert_cmpuint(count_kept(storage, end_ms), ==, 2);
    g_array_set_size(slots, 0);
    end_ms = feed(history, end_ms, 7, slots);
    save_slots(storage, slots);
    g_assert_cmpuint(count_kept(storage, end_ms), ==, 3);
    FlowsHealthFilesSave *save = flows_health_files_new_save(storage);
    g_ptr_array_add(save->gone, g_strdup(CHANNEL));
    g_assert_true(flows_health_files_save(save, NULL));
    flows_health_files_free_save(save);
    g_assert_cmpuint(count_kept(storage, end_ms), ==, 0);
    g_assert_cmpint(g_unlink(stranger), ==, 0);
}

static void
test_samples(void)
{
    g_autoptr(FlowsIntakeStatus) status = flows_intake_status_new();
    FlowsHealthSampleState state = {0};
    FlowsHealthPoint point = {0};
    g_assert_false(flows_health_sample_multiplex(status, &state, &point));
    status->state = FLOWS_INTAKE_STATE_RECEIVING;
    status->health.cc_errors = 100;
    g_assert_true(flows_health_sample_multiplex(status, &state, &point));
    g_assert_cmpfloat(point.values[FLOWS_HEALTH_M_CC_ERRORS], ==, 0); // from before the first look
    g_assert_true(isnan(point.values[FLOWS_HEALTH_M_CN_DB]));
    status->health.cc_errors = 107;
    status->health.cn_db = 11.5;
    flows_health_sample_multiplex(status, &state, &point);
    g_assert_cmpfloat(point.values[FLOWS_HEALTH_M_CC_ERRORS], ==, 7);
    g_assert_cmpfloat(point.values[FLOWS_HEALTH_M_CN_DB], ==, 11.5F);
    status->health.cc_errors = 3; // another child
    flows_health_sample_multiplex(status, &state, &point);
    g_assert_cmpfloat(point.values[FLOWS_HEALTH_M_CC_ERRORS], ==, 3);
    const ChildIntakePid pids[] = {{.pid = 1, .jitter_us = CHILD_FIELDS_NOTHING},
                                   {.pid = 2, .jitter_us = 700},
                                   {.pid = 3, .jitter_us = 90}};
    status->pids = g_array_new(FALSE, FALSE, sizeof(ChildIntakePid));
    g_array_append_vals(status->pids, pids, G_N_ELEMENTS(pids));
    flows_health_sample_multiplex(status, &state, &point);
    g_assert_cmpfloat(point.values[FLOWS_HEALTH_M_JITTER_US], ==, 700);
}

static void
test_verdicts(void)
{
    g_autoptr(FlowsLiveStatus) status = flows_live_state_new();
    FlowsHealthPoint point = make_sample(1, 2, 0);
    FlowsHealthVerdict verdict = flows_health_judge_channel(status, NULL);
    g_assert_cmpstr(flows_health_judge_get_word(verdict.level), ==, "off");
    // Who rests because nobody watches has no fault, whatever the minute before was like.
    flows_live_state_set(status, FLOWS_LIVE_STATE_RESTING, "resting", NULL, 1);
    verdict = flows_health_judge_channel(status, &point);
    g_assert_true(verdict.level == FLOWS_HEALTH_JUDGE_OFF);
    g_assert_cmpstr(verdict.code, ==, "resting");
    g_assert_nonnull(
        strstr(server_healthsentences_get(&verdict, SERVER_SENTENCES_ENGLISH), "nobody watches"));
    FlowsHealthSampleState state = {0};
    g_assert_false(flows_health_sample_channel(status, 0, 5000, &state, &point));
    point = make_sample(1, 2, 0);
    flows_live_state_set(status, FLOWS_LIVE_STATE_ON_AIR, NULL, NULL, 1);
    verdict = flows_health_judge_channel(status, &point);
    g_assert_cmpstr(verdict.code, ==, "well");
    g_assert_null(server_healthsentences_get_advice(&verdict, SERVER_SENTENCES_THAI));
    point.values[FLOWS_HEALTH_C_BEHIND_MS] = 20000;
    verdict = flows_health_judge_channel(status, &point);
    g_assert_cmpstr(verdict.code, ==, "behind");
    g_assert_true(verdict.level == FLOWS_HEALTH_JUDGE_POOR);
    g_assert_nonnull(server_healthsentences_get_advice(&verdict, SERVER_SENTENCES_ENGLISH));
    flows_live_state_set(status, FLOWS_LIVE_STATE_SCRAMBLED, "scrambled", NULL, 2);
    verdict = flows_health_judge_channel(status, &point);
    g_assert_true(verdict.level == FLOWS_HEALTH_JUDGE_BAD);
    g_assert_nonnull(
        strstr(server_healthsentences_get(&verdict, SERVER_SENTENCES_ENGLISH), "scrambles"));
    g_autoptr(FlowsIntakeStatus) intake = flows_intake_status_new();
    intake->state = FLOWS_INTAKE_STATE_RECEIVING;
    flows_health_figures_clear(&point);
    point.values[FLOWS_HEALTH_M_QUALITY] = 3;
    verdict = flows_health_judge_multiplex(intake, &point);
    g_assert_cmpstr(verdict.code, ==, "weak-signal");
    intake->state = FLOWS_INTAKE_STATE_SILENT;
    intake->code = g_strdup("no-signal");
    verdict = flows_health_judge_multiplex(intake, &point);
    g_assert_nonnull(
        strstr(server_healthsentences_get(&verdict, SERVER_SENTENCES_ENGLISH), "tuner"));
}

static void
test_words(void)
{
    for (guint i = 0; server_healthsentences_get_code(i) != NULL; i++) {
        const FlowsHealthVerdict verdict = {
            FLOWS_HEALTH_JUDGE_POOR, server_healthsentences_get_code(i), FLOWS_HEALTH_JUDGE_OWN};
        const char *thai = server_healthsentences_get(&verdict, SERVER_SENTENCES_THAI);
        const char *english = server_healthsentences_get(&verdict, SERVER_SENTENCES_ENGLISH);
        g_assert_true(g_unichar_get_script(g_utf8_get_char(thai)) == G_UNICODE_SCRIPT_THAI);
        g_assert_true(g_str_is_ascii(english) && g_str_has_suffix(english, "."));
        const char *advice = server_healthsentences_get_advice(&verdict, SERVER_SENTENCES_ENGLISH);
        g_assert_true(advice == NULL || g_str_has_suffix(advice, "."));
        g_assert_true((advice == NULL) ==
                      (server_healthsentences_get_advice(&verdict, SERVER_SENTENCES_THAI) == NULL));
    }
}

static void
test_viewers(void)
{
    g_autoptr(FlowsViewers) viewers = flows_viewers_new();
    gint64 now_us = G_USEC_PER_SEC;
    g_assert_cmpuint(flows_viewers_count(viewers, "class", now_us), ==, 0);
    flows_viewers_note(viewers, "class", "small", "school, sid=1", now_us);
    flows_viewers_note(viewers, "class", "small", "school, sid=1", now_us);
    flows_viewers_note(viewers, "class", "small", "school, sid=2", now_us);
    flows_viewers_note(viewers, "class", "medium", "school, sid=3", now_us);
    flows_viewers_note(viewers, "other", "medium", "school, sid=3", now_us);
    g_autoptr(GPtrArray) rungs = flows_viewers_list(viewers, "class", now_us);
    g_assert_cmpuint(rungs->len, ==, 2);
    const FlowsViewersRung *medium = rungs->pdata[0], *small = rungs->pdata[1];
    g_assert_cmpstr(medium->rung, ==, "medium");
    g_assert_cmpuint(small->count, ==, 2);
    // One who changes the rung is one; one who went is none.
    now_us += FLOWS_VIEWERS_SPAN_US;
    flows_viewers_note(viewers, "class", "medium", "school, sid=1", now_us);
    g_assert_cmpuint(flows_viewers_count(viewers, "class", now_us), ==, 3);
    g_assert_cmpuint(flows_viewers_count(viewers, "class", now_us + 1), ==, 1);
    g_assert_cmpuint(flows_viewers_count(viewers, "other", now_us + 1), ==, 0);
}

static void
test_viewers_are_bounded(void)
{
    g_autoptr(FlowsViewers) viewers = flows_viewers_new();
    for (guint i = 0; i < FLOWS_VIEWERS_MAX + 100; i++) {
        g_autofree char *who = g_strdup_printf("%u", i);
        flows_viewers_note(viewers, "class", "small", who, G_USEC_PER_SEC);
    }
    g_assert_cmpuint(flows_viewers_count(viewers, "class", G_USEC_PER_SEC), ==, FLOWS_VIEWERS_MAX);
    gint64 later_us = G_USEC_PER_SEC + FLOWS_VIEWERS_SPAN_US + 1;
    flows_viewers_note(viewers, "class", "small", "new", later_us);
    g_assert_cmpuint(flows_viewers_count(viewers, "class", later_us), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/health/minutes-and-hours", test_minutes_and_hours);
    g_test_add_func("/flows/health/never-grows", test_never_grows);
    g_test_add_func("/flows/health/clock-set-back", test_clock_set_back);
    g_test_add_func("/flows/health/file-comes-back", test_file_comes_back);
    g_test_add_func("/flows/health/files-survive", test_files_survive);
    g_test_add_func("/flows/health/samples", test_samples);
    g_test_add_func("/flows/health/verdicts", test_verdicts);
    g_test_add_func("/flows/health/words", test_words);
    g_test_add_func("/flows/viewers/count", test_viewers);
    g_test_add_func("/flows/viewers/bounded", test_viewers_are_bounded);
    return g_test_run();
}
