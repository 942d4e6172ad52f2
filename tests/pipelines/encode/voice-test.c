// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whatever comes in, `voice` and `voice-opus` are at -16 LUFS ± 1 with peaks below -1.5 dBTP, as
// FFmpeg's meter says; silence stays silent; a kill in mid-voice is not heard.
#include <math.h>
#include <signal.h>

#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/job.h"
#include "tests/pipelines/encode/maker.h"
#include "tests/pipelines/encode/played.h"
#include "tests/pipelines/encode/wave.h"

#define VOICES "voice,voice-opus"

static float
sound_quiet(guint channel, guint index, guint rate)
{
    return 0.02f * wave_speak((double)index / rate);
}

static float
sound_clipping(guint channel, guint index, guint rate)
{
    return CLAMP(20 * wave_speak((double)index / rate), -1.0f, 1.0f);
}

static float
sound_beyond(guint channel, guint index, guint rate)
{
    return 12 * wave_speak((double)index / rate);
}

static float
sound_opposed(guint channel, guint index, guint rate)
{
    return (channel == 0 ? 0.5f : -0.5f) * wave_speak((double)index / rate);
}

static float
sound_left(guint channel, guint index, guint rate)
{
    return channel == 0 ? wave_speak((double)index / rate) : 0;
}

static float
sound_noisy(guint channel, guint index, guint rate)
{
    return 0.5f * wave_speak((double)index / rate) + 0.01f * wave_hiss(index + channel * 77777);
}

static float
sound_square(guint channel, guint index, guint rate)
{
    return index / (rate / 440) % 2 == 0 ? 1.0f : -1.0f;
}

static float
sound_silence(guint channel, guint index, guint rate)
{
    return 0;
}

static float
sound_holes(guint channel, guint index, guint rate)
{
    return index % 1000 == 0   ? NAN
           : index % 1000 == 1 ? INFINITY
                               : wave_speak((double)index / rate);
}

typedef struct {
    const char *name; // (static)
    WaveSound sound;  // (static)
    guint channels;   // (value)
    guint rate;       // (value)
    gboolean silent;  // (value) what comes out is
} Case;

static const Case cases[] = {
    {"quiet", sound_quiet, 1, 48000, FALSE},    {"clipping", sound_clipping, 2, 44100, FALSE},
    {"beyond", sound_beyond, 1, 48000, FALSE},  {"opposed", sound_opposed, 2, 48000, FALSE},
    {"left", sound_left, 2, 48000, FALSE},      {"noisy", sound_noisy, 2, 48000, FALSE},
    {"square", sound_square, 1, 48000, FALSE},  {"telephone", sound_quiet, 1, 8000, FALSE},
    {"surround", sound_quiet, 6, 48000, FALSE}, {"silence", sound_silence, 2, 48000, TRUE},
};

static char *
run_case(const Folder *folder, const Case *one, guint samples)
{
    g_autofree char *file = g_strconcat(one->name, ".wav", NULL);
    g_autofree char *source = g_build_filename(folder->path, file, NULL);
    char *staging = g_build_filename(folder->path, one->name, NULL);
    wave_write(source, one->sound, one->channels, one->rate, samples);
    JobOptions options = {.rungs = VOICES};
    g_autoptr(JobResult) result = job_run(source, staging, &options);
    job_result_check_order(result);
    g_assert_false(result->sanitizer);
    g_assert_cmpint(job_result_get_last(result)->kind, ==, CHILD_REPORT_DONE);
    g_assert_nonnull(job_result_find(result, CHILD_REPORT_RUNG, "voice"));
    g_assert_nonnull(job_result_find(result, CHILD_REPORT_RUNG, "voice-opus"));
    return staging;
}

static void
check_rung(const Case *one, const char *staging, const char *rung)
{
    g_autofree char *file = g_strconcat(rung, ".mp4", NULL);
    g_autofree char *path = g_build_filename(staging, file, NULL);
    double lufs = 0, peak = 0;
    wave_measure(path, &lufs, &peak);
    g_test_message("%s %s: %.1f LUFS, %.1f dBTP", one->name, rung, lufs, peak);
    g_assert_cmpfloat(peak, <=, -1.5);
    if (one->silent)
        g_assert_cmpfloat(lufs, <=, -65);
    else
        g_assert_cmpfloat_with_epsilon(lufs, -16, 1.0);
    g_autoptr(Played) played = played_new(staging, rung);
    g_assert_cmpuint(played->channels, ==, 1);
}

static void
test_loudness(gconstpointer data)
{
    const Case *one = data;
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *staging = run_case(folder, one, one->rate * 10);
    check_rung(one, staging, "voice");
    check_rung(one, staging, "voice-opus");
}

static void
test_holes(void)
{
    const Case one = {"holes", sound_holes, 1, 48000, FALSE};
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *staging = run_case(folder, &one, 48000 * 5);
    g_autofree char *path = g_build_filename(staging, "voice-opus.mp4", NULL);
    double lufs = 0, peak = 0;
    wave_measure(path, &lufs, &peak);
    g_assert_cmpfloat(peak, <=, -1.5);
    g_assert_cmpfloat(lufs, >, -40);
}

static void
test_ten_milliseconds(void)
{
    const Case one = {"short", sound_square, 1, 48000, FALSE};
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *staging = run_case(folder, &one, 480);
    g_autoptr(Played) voice = played_new(staging, "voice");
    g_autoptr(Played) opus = played_new(staging, "voice-opus");
    g_assert_cmpfloat(voice->sound_end, >, 0);
    g_assert_cmpfloat(opus->sound_end, >, 0);
}

/* Every beep of each voice is where it was in the source. */
static void
check_beeps(const char *staging, const char *rung, guint seconds)
{
    g_autoptr(Played) played = played_new(staging, rung);
    g_assert_cmpuint(played->beeps->len, ==, seconds);
    for (guint i = 0; i < seconds; i++)
        g_assert_cmpfloat(fabs(g_array_index(played->beeps, double, i) - i), <=, 0.02);
}

static void
test_kill(void)
{
    const guint seconds = 33;
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *source = g_build_filename(folder->path, "source.mp4", NULL);
    Maker maker = maker_usual();
    maker.picture = NULL;
    maker.sound_ms = (int)seconds * 1000;
    maker_write(&maker, source);
    guint killed = 0;
    for (guint kill = 1; kill <= 5; kill += 2) {
        g_autofree char *staging = g_strdup_printf("%s/staging%u", folder->path, kill);
        JobOptions options = {.rungs = VOICES, .kill_checkpoints = kill};
        g_autoptr(JobResult) first = job_run(source, staging, &options);
        killed += first->signal == SIGKILL;
        gboolean reported = job_result_find(first, CHILD_REPORT_RUNG, "voice") != NULL;
        JobOptions again = {.rungs = VOICES, .done = reported ? "voice" : NULL};
        g_autoptr(JobResult) second = job_run(source, staging, &again);
        job_result_check_order(second);
        g_assert_cmpint(job_result_get_last(second)->kind, ==, CHILD_REPORT_DONE);
        check_beeps(staging, "voice", seconds);
        check_beeps(staging, "voice-opus", seconds);
    }
    g_assert_cmpuint(killed, >=, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strconcat("/encode/voice/loudness/", cases[i].name, NULL);
        g_test_add_data_func(name, &cases[i], test_loudness);
    }
    g_test_add_func("/encode/voice/holes", test_holes);
    g_test_add_func("/encode/voice/ten-milliseconds", test_ten_milliseconds);
    g_test_add_func("/encode/voice/kill", test_kill);
    return g_test_run();
}
