// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The ladder by itself: rungs that are left out and come back, epochs, early cuts. Whatever
// happens, numbers and times go on, rungs are aligned, and a rung that comes back has all its
// sound.
#include <glib/gstdio.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <math.h>
#include <string.h>

#include "pipelines/encode/aac.h"
#include "pipelines/live/ladder.h"
#include "pipelines/live/rung.h"
#include "tests/pipelines/package/mp4.h"

#define FIRST_TIME 12345677

typedef struct {
    ChildLiveJob *job;
    LiveLadder *ladder;
    GPtrArray *segments;
    GPtrArray *inits;
    AVFrame *frame;
    gint64 block;
    guint begun;
    guint dropped_from;
    guint dropped_until;
    guint dropped;
} Bench;

static void
on_ladder_line(const ChildLiveReport *report, gpointer data)
{
    Bench *bench = data;
    g_autofree char *line = child_live_report_to_line(report);
    ChildLiveReport *copy = child_live_report_parse(line, strlen(line), NULL);
    g_assert_nonnull(copy);
    g_test_message("%s", line);
    g_ptr_array_add(report->kind == CHILD_LIVE_REPORT_SEGMENT ? bench->segments : bench->inits,
                    copy);
}

static Bench *
bench_new(void)
{
    Bench *bench = g_new0(Bench, 1);
    g_autoptr(GError) error = NULL;
    bench->job = child_live_job_new();
    bench->job->rungs = g_strsplit("voice-opus,voice,small,medium", ",", 0);
    bench->job->staging = g_dir_make_tmp("daorian-ladder-XXXXXX", NULL);
    bench->job->first_time = FIRST_TIME;
    bench->job->first_number = 40;
    bench->job->segment_ms = 1000;
    bench->segments = g_ptr_array_new_with_free_func((GDestroyNotify)child_live_report_free);
    bench->inits = g_ptr_array_new_with_free_func((GDestroyNotify)child_live_report_free);
    bench->ladder = live_ladder_new(bench->job, on_ladder_line, bench, &error);
    g_assert_no_error(error);
    bench->frame = av_frame_alloc();
    bench->frame->format = AV_PIX_FMT_YUV420P;
    bench->frame->width = 640;
    bench->frame->height = 360;
    g_assert_cmpint(av_frame_get_buffer(bench->frame, 0), >=, 0);
    bench->block = live_rung_find_block(FIRST_TIME);
    return bench;
}

static void
bench_free(Bench *bench)
{
    g_autoptr(GDir) folder = g_dir_open(bench->job->staging, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(bench->job->staging, name, NULL);
        g_unlink(path);
    }
    g_rmdir(bench->job->staging);
    live_ladder_free(bench->ladder);
    child_live_job_free(bench->job);
    g_ptr_array_unref(bench->segments);
    g_ptr_array_unref(bench->inits);
    av_frame_free(&bench->frame);
    g_free(bench);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bench, bench_free)

static void
begin_epoch(Bench *bench, guint width, guint height, guint rate)
{
    g_autoptr(SourceInfo) info = source_info_new();
    g_autoptr(GError) error = NULL;
    info->has_picture = width > 0;
    info->width = width;
    info->height = height;
    info->rate_numerator = rate;
    info->rate_denominator = 1;
    live_ladder_begin_epoch(bench->ladder, info, &error);
    g_assert_no_error(error);
}

static void
begin_segment(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    LiveLadderSegment segment = {.wall_ms = 1795276800000 + bench->begun * 1000};
    if (bench->begun >= bench->dropped_from && bench->begun < bench->dropped_until)
        segment.dropped = bench->dropped;
    live_ladder_begin_segment(bench->ladder, &segment, &error);
    g_assert_no_error(error);
    bench->begun++;
}

static void
add_tick(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    float tone[ENCODE_AAC_BLOCK];
    if (live_ladder_is_at_cut(bench->ladder))
        begin_segment(bench);
    gint64 time = live_ladder_get_time(bench->ladder);
    bench->frame->pts = time;
    for (int plane = 0; plane < 3; plane++)
        memset(bench->frame->data[plane], (int)(64 + time / 3600 % 64),
               (gsize)bench->frame->linesize[plane] * (plane == 0 ? 360 : 180));
    live_ladder_add_tick(bench->ladder, bench->frame, &error);
    g_assert_no_error(error);
    for (int i = 0; i < ENCODE_AAC_BLOCK; i++)
        tone[i] = 0.3f * sinf((float)i * 0.13f);
    // Sound is half a second ahead of the picture.
    while (bench->block * ENCODE_AAC_BLOCK * 15 / 8 < time + 45000) {
        const LiveLadderSound sound = {bench->block++, tone, tone, tone};
        live_ladder_add_sound(bench->ladder, &sound, &error);
        g_assert_no_error(error);
    }
}

static void
add_ticks(Bench *bench, guint count)
{
    for (guint i = 0; i < count; i++)
        add_tick(bench);
}

static void
finish(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    live_ladder_finish(bench->ladder, &error);
    g_assert_no_error(error);
}

static const ChildLiveReportPart *
find_part(const ChildLiveReport *segment, const char *rung)
{
    for (guint i = 0; i < segment->parts->len; i++) {
        const ChildLiveReportPart *part = segment->parts->pdata[i];
        if (strcmp(part->rung, rung) == 0)
            return part;
    }
    return NULL;
}

/* Numbers, times and boxes of all segments; pictures and sound of each rung fill its segments. */
static void
check_all(const Bench *bench)
{
    guint64 time = FIRST_TIME;
    for (guint i = 0; i < bench->segments->len; i++) {
        const ChildLiveReport *segment = bench->segments->pdata[i];
        g_assert_cmpuint(segment->number, ==, 40 + i);
        g_assert_cmpuint(segment->time, ==, time);
        time += segment->duration;
        for (guint k = 0; k < segment->parts->len; k++) {
            const ChildLiveReportPart *part = segment->parts->pdata[k];
            g_autofree char *path = g_build_filename(bench->job->staging, part->file, NULL);
            g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
            gboolean opus = strcmp(part->rung, "voice-opus") == 0;
            gboolean voice = opus || strcmp(part->rung, "voice") == 0;
            guint64 frame = opus ? 5400 : 1920;
            g_assert_cmpuint(mp4->runs->len, ==, voice ? 1 : 2);
            const PackageMp4Run *picture = &g_array_index(mp4->runs, PackageMp4Run, 0);
            const PackageMp4Run *sound = &g_array_index(mp4->runs, PackageMp4Run, voice ? 0 : 1);
            g_assert_cmpuint(sound->start * 15 / 8 - segment->time, <, frame);
            g_assert_cmpuint(sound->duration * 15 / 8 + frame, >, segment->duration);
            if (voice)
                continue;
            g_assert_cmpuint(picture->start, ==, segment->time);
            g_assert_cmpuint(picture->duration, ==, segment->duration);
            g_assert_true(picture->first_key);
        }
    }
}

/* The top rung goes for two segments, then both, and they come back under their old init files. */
static void
test_dropped(void)
{
    g_autoptr(Bench) bench = bench_new();
    begin_epoch(bench, 640, 360, 25);
    bench->dropped_from = 2;
    bench->dropped_until = 4;
    bench->dropped = 1;
    add_ticks(bench, 5 * 26);
    bench->dropped_from = 5;
    bench->dropped_until = 6;
    bench->dropped = 2;
    add_ticks(bench, 3 * 26);
    finish(bench);
    g_assert_cmpuint(bench->segments->len, ==, 8);
    g_assert_cmpuint(bench->inits->len, ==, 4);
    check_all(bench);
    for (guint i = 0; i < 8; i++) {
        const ChildLiveReport *segment = bench->segments->pdata[i];
        g_assert_cmpint(find_part(segment, "medium") != NULL, ==, i < 2 || i == 4 || i > 5);
        g_assert_cmpint(find_part(segment, "small") != NULL, ==, i != 5);
        g_assert_nonnull(find_part(segment, "voice"));
    }
}

/* Other sizes and rates, no picture, and pictures again; an early cut in between. */
static void
test_epochs(void)
{
    g_autoptr(Bench) bench = bench_new();
    begin_epoch(bench, 640, 360, 25);
    add_ticks(bench, 40);
    live_ladder_cut(bench->ladder);
    add_ticks(bench, 30);
    live_ladder_cut(bench->ladder);
    begin_epoch(bench, 480, 360, 30);
    add_ticks(bench, 45);
    live_ladder_cut(bench->ladder);
    begin_epoch(bench, 0, 0, 0);
    add_ticks(bench, 45);
    live_ladder_cut(bench->ladder);
    begin_epoch(bench, 640, 360, 25);
    add_ticks(bench, 45);
    finish(bench);
    check_all(bench);
    static const guint64 durations[] = {93600, 50400, 93600, 14400, 90000, 45000, 93600, 68400};
    g_assert_cmpuint(bench->segments->len, >=, G_N_ELEMENTS(durations));
    for (guint i = 0; i < 6; i++) {
        const ChildLiveReport *segment = bench->segments->pdata[i];
        g_assert_cmpuint(segment->duration, ==, durations[i]);
    }
    // The voices once; small and medium for each of two kinds of picture, and the first kind again.
    g_assert_cmpuint(bench->inits->len, ==, 8);
    const ChildLiveReport *radio = bench->segments->pdata[6];
    g_assert_cmpuint(radio->parts->len, ==, 2);
}

/* Nothing was shown or heard: nothing is told. */
static void
test_nothing(void)
{
    g_autoptr(Bench) bench = bench_new();
    finish(bench);
    g_assert_cmpuint(bench->segments->len, ==, 0);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/ladder/dropped", test_dropped);
    g_test_add_func("/live/ladder/epochs", test_epochs);
    g_test_add_func("/live/ladder/nothing", test_nothing);
    return g_test_run();
}
