// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child on every kind of recording: what goes in with flashes and beeps comes out in every rung
// with the same flashes and beeps at the same times, in the right shape and by the packaging rules.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/job.h"
#include "tests/pipelines/encode/maker.h"
#include "tests/pipelines/encode/played.h"

typedef struct {
    const char *ending; // (static) container
    Maker maker;        // (value)
    const char *rungs;  // (static) planned, comma between
    guint width;        // (value) of `small`
    guint height;       // (value)
    guint marks;        // (value) flashes and beeps in the recording
    guint duration_ms;  // (value) 0: as long as the longer track
} Case;

static guint
get_duration_ms(const Case *now)
{
    if (now->duration_ms > 0)
        return now->duration_ms;
    int picture =
        now->maker.picture != NULL ? now->maker.picture_ms + now->maker.picture_start_ms : 0;
    int sound = now->maker.sound != NULL ? now->maker.sound_ms + now->maker.sound_start_ms : 0;
    return (guint)MAX(picture, sound);
}

static void
check_rung(const Case *now, const JobResult *result, const char *staging, const char *rung)
{
    const ChildReport *report = job_result_find(result, CHILD_REPORT_RUNG, rung);
    g_assert_nonnull(report);
    g_autoptr(Played) played = played_new(staging, rung);
    double seconds = get_duration_ms(now) / 1000.0;
    double end = played->has_picture ? played->picture_end : played->sound_end;
    g_assert_cmpfloat(fabs(end - seconds), <=, 0.1);
    g_assert_cmpfloat(fabs((double)report->duration_ms / 1000.0 - end), <=, 0.002);
    g_assert_cmpuint(report->width, ==, played->width);
    g_assert_cmpuint(played->channels, ==, strcmp(rung, "large") == 0 ? 2 : 1);
    if (now->maker.picture != NULL && now->maker.sound != NULL && played->has_picture)
        played_check_marks(played, now->marks, played->av1 ? 36 : 30);
    else if (played->has_picture)
        g_assert_cmpuint(played->flashes->len, ==, now->marks);
    else
        g_assert_cmpuint(played->beeps->len, ==, now->marks);
    if (strcmp(rung, "small") != 0)
        return;
    g_assert_cmpuint(played->width, ==, now->width);
    g_assert_cmpuint(played->height, ==, now->height);
}

static void
test_case(gconstpointer data)
{
    const Case *now = data;
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_strdup_printf("%s/source.%s", folder->path, now->ending);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    maker_write(&now->maker, source);
    JobOptions options = {0};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    job_result_check_order(result);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    const ChildReport *plan = job_result_find(result, CHILD_REPORT_PLAN, NULL);
    g_autofree char *rungs = g_strjoinv(",", plan->rungs);
    g_assert_cmpstr(rungs, ==, now->rungs);
    for (guint i = 0; plan->rungs[i] != NULL; i++)
        check_rung(now, result, staging, plan->rungs[i]);
    if (now->maker.picture != NULL)
        g_assert_nonnull(job_result_find(result, CHILD_REPORT_ASSET, NULL));
    g_assert_null(job_result_find(result, CHILD_REPORT_WARNING, NULL));
}

static Case
make_case(const char *ending, const char *rungs)
{
    return (Case){.ending = ending,
                  .maker = maker_usual(),
                  .rungs = rungs,
                  .width = 320,
                  .height = 240,
                  .marks = 2};
}

static void
add_case(const char *name, const Case *now)
{
    g_autofree char *path = g_strconcat("/encode/transcode/", name, NULL);
    g_test_add_data_func_full(path, g_memdup2(now, sizeof *now), test_case, g_free);
}

static void
add_shapes(void)
{
    Case now = make_case("mp4", "voice,lite,small,medium,large");
    now.maker.width = 640;
    now.maker.height = 480;
    now.width = 360;
    now.height = 270;
    now.maker.channels = 2;
    now.maker.picture_ms = now.maker.sound_ms = 5000;
    now.marks = 5;
    add_case("every-rung", &now);

    now = make_case("mp4", "voice,lite,small");
    now.maker.turn_degrees = 90;
    now.width = 240;
    now.height = 320;
    add_case("turned", &now);

    now = make_case("mp4", "voice,lite,small,medium");
    now.maker.width = 352;
    now.maker.height = 288;
    now.maker.sar_numerator = 16;
    now.maker.sar_denominator = 11;
    now.width = 480;
    now.height = 270;
    add_case("anamorphic", &now);

    now = make_case("mkv", "voice,lite,small");
    now.maker.picture = "ffv1";
    now.maker.width = 321;
    now.maker.height = 239;
    now.height = 238;
    add_case("odd-size", &now);

    now = make_case("ts", "voice,lite,small");
    now.maker.picture = "mpeg2video";
    now.maker.sound = "mp2";
    now.maker.interlaced = TRUE;
    add_case("interlaced-transport-stream", &now);
}

static void
add_rates(void)
{
    Case now = make_case("mkv", "voice,lite,small");
    now.maker.skip_frames = TRUE;
    add_case("variable-rate", &now);

    now = make_case("mp4", "voice,lite,small");
    now.maker.rate_numerator = 60;
    add_case("sixty", &now);

    now = make_case("mp4", "voice,lite,small");
    now.maker.rate_numerator = 24000;
    now.maker.rate_denominator = 1001;
    add_case("film", &now);
}

static void
add_sounds(void)
{
    Case now = make_case("mp4", "voice,lite,small");
    now.maker.channels = 6;
    add_case("surround", &now);

    now = make_case("avi", "voice,lite,small");
    now.maker.picture = "mpeg4";
    now.maker.sound = "pcm_s16le";
    now.maker.sample_rate = 44100;
    now.maker.channels = 2;
    add_case("avi", &now);

    now = make_case("mp4", "voice");
    now.maker.picture = NULL;
    now.maker.sample_rate = 22050;
    add_case("sound-only", &now);

    now = make_case("mp4", "lite,small");
    now.maker.sound = NULL;
    add_case("picture-only", &now);

    now = make_case("h264", "lite,small");
    now.maker.sound = NULL;
    add_case("no-time-stamps", &now);
}

static void
add_times(void)
{
    Case now = make_case("mp4", "voice,lite,small");
    // A flash at 2 s would have no beep.
    now.maker.picture_ms = 2000;
    now.maker.sound_ms = 1200;
    add_case("shorter-sound", &now);

    now = make_case("mp4", "voice,lite,small");
    now.maker.picture_ms = 1200;
    add_case("longer-sound", &now);

    now = make_case("mkv", "voice,lite,small");
    now.maker.picture_start_ms = 5000;
    now.maker.sound_start_ms = 5000;
    now.duration_ms = 2000;
    add_case("starts-late", &now);

    now = make_case("wav", "voice");
    now.maker.picture = NULL;
    now.maker.sound = "pcm_s16le";
    now.maker.sound_ms = 10;
    now.marks = 1;
    add_case("ten-milliseconds", &now);
}

/* Sound that begins 0.7 s after the picture: the second flash and the first beep are one moment. */
static void
test_late_sound(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mp4", NULL);
    Maker maker = maker_usual();
    maker.picture_ms = 3000;
    maker.sound_start_ms = 700;
    maker.sound_ms = 2300;
    maker_write(&maker, source);
    JobOptions options = {0};
    g_autoptr(Folder) fresh = folder_new();
    g_autoptr(JobResult) result = job_run(source, fresh->path, &options);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    g_autoptr(Played) played = played_new(fresh->path, "small");
    g_assert_cmpuint(played->flashes->len, ==, 3);
    g_assert_cmpuint(played->beeps->len, ==, 2);
    double flash = g_array_index(played->flashes, double, 1);
    double beep = g_array_index(played->beeps, double, 0);
    g_assert_cmpfloat(fabs(flash - beep), <=, 0.03);
}

static void
append_file(const char *path, const char *more)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(more, &bytes, &length, NULL));
    FILE *file = g_fopen(path, "ab");
    g_assert_cmpuint(fwrite(bytes, 1, length, file), ==, length);
    g_assert_cmpint(fclose(file), ==, 0);
}

/* Two recordings behind one another: the clock jumps by eight minutes, the picture grows. */
static void
test_joined(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.ts", NULL);
    g_autofree char *second = g_build_filename(folder->path, "second.ts", NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    Maker maker = maker_usual();
    maker.picture = "mpeg2video";
    maker.sound = "mp2";
    maker_write(&maker, source);
    maker.width = 640;
    maker.height = 352;
    maker.picture_start_ms = maker.sound_start_ms = 500000;
    maker_write(&maker, second);
    append_file(source, second);
    JobOptions options = {0};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    g_assert_null(job_result_find(result, CHILD_REPORT_WARNING, NULL));
    g_autoptr(Played) played = played_new(staging, "small");
    g_assert_cmpfloat(fabs(played->picture_end - 4.0), <=, 0.15);
    g_assert_cmpuint(played->width, ==, 320);
    played_check_marks(played, 4, 40);
}

static void
check_failure(const char *name, const char *bytes, gsize length, const char *code)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, name, NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    g_assert_true(g_file_set_contents(source, bytes, (gssize)length, NULL));
    JobOptions options = {0};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    job_result_check_order(result);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_FAILED);
    g_assert_cmpstr(job_result_get_last(result)->code, ==, code);
}

static void
test_not_media(void)
{
    static const guint8 png[] = {0x89, 'P', 'N', 'G',  13,   10,   26,   10,   0,    0, 0, 13,
                                 'I',  'H', 'D', 'R',  0,    0,    0,    1,    0,    0, 0, 1,
                                 8,    0,   0,   0,    0,    0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0,
                                 10,   'I', 'D', 'A',  'T',  0x78, 0x9c, 0x63, 0x60, 0, 0, 0,
                                 2,    0,   1,   0x48, 0xaf, 0xa4, 0x71, 0,    0,    0, 0, 'I',
                                 'E',  'N', 'D', 0xae, 0x42, 0x60, 0x82};
    g_autofree char *noise = g_malloc(200000);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < 200000; i++)
        noise[i] = (char)g_rand_int_range(random, 0, 256);
    check_failure("noise", noise, 200000, "not-media");
    check_failure("picture.png", (const char *)png, sizeof png, "not-media");
    const char *text = "1\n00:00:01,000 --> 00:00:02,000\nThis is a text and no recording.\n\n";
    check_failure("text.srt", text, strlen(text), "not-media");
    check_failure("empty", "", 0, "not-media");
    check_failure("list.m3u8", "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\n/etc/passwd\n", 48,
                  "not-media");
}

static void
test_truncated(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mkv", NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    Maker maker = maker_usual();
    maker.picture_ms = maker.sound_ms = 10000;
    maker_write(&maker, source);
    GStatBuf info;
    g_assert_cmpint(g_stat(source, &info), ==, 0);
    g_assert_cmpint(truncate(source, info.st_size / 2), ==, 0);
    JobOptions options = {0};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    job_result_check_order(result);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    const ChildReport *warning = job_result_find(result, CHILD_REPORT_WARNING, NULL);
    g_assert_nonnull(warning);
    g_assert_cmpstr(warning->code, ==, "truncated");
    g_autoptr(Played) played = played_new(staging, "small");
    g_assert_cmpfloat(played->picture_end, >=, 3.0);
    g_assert_cmpfloat(played->picture_end, <=, 7.0);
}

static void
test_limits(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mp4", NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    Maker maker = maker_usual();
    maker_write(&maker, source);
    JobOptions options = {.limit_ms = 1000};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_FAILED);
    g_assert_cmpstr(job_result_get_last(result)->code, ==, "too-long");
    JobOptions small = {.limit_pixels = 1000};
    g_autoptr(JobResult) second = job_run(source, staging, &small);
    g_assert_cmpint(job_result_get_last(second)->kind, ==, CHILD_REPORT_FAILED);
    g_assert_cmpstr(job_result_get_last(second)->code, ==, "too-large");
}

static void
test_cancel(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mp4", NULL);
    g_autofree char *staging = g_build_filename(folder->path, "staging", NULL);
    Maker maker = maker_usual();
    maker.picture_ms = maker.sound_ms = 30000;
    maker_write(&maker, source);
    JobOptions options = {.cancel = TRUE};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    job_result_check_order(result);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_FAILED);
    g_assert_cmpstr(job_result_get_last(result)->code, ==, "cancelled");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_shapes();
    add_rates();
    add_sounds();
    add_times();
    g_test_add_func("/encode/transcode/late-sound", test_late_sound);
    g_test_add_func("/encode/transcode/joined", test_joined);
    g_test_add_func("/encode/transcode/not-media", test_not_media);
    g_test_add_func("/encode/transcode/truncated", test_truncated);
    g_test_add_func("/encode/transcode/limits", test_limits);
    g_test_add_func("/encode/transcode/cancel", test_cancel);
    return g_test_run();
}
