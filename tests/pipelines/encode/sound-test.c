// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The grid of sound: gaps are silent, overlaps are cut, the n-th block is at n × 1024 samples.
#include "pipelines/encode/sound.h"

#include <math.h>
#include <libavutil/frame.h>

#define BLOCK 1024

typedef struct {
    gint64 next;  // (value) block
    GArray *left; // (owned) (element-type float)
} Heard;

static gboolean
on_block(gint64 block, const float *left, const float *right, const float *mono, gpointer user_data,
         GError **error)
{
    Heard *heard = user_data;
    g_assert_cmpint(block, ==, heard->next++);
    g_array_append_vals(heard->left, left, BLOCK);
    return TRUE;
}

/* Adds @ms of a constant value at @start_ms. */
static void
push(EncodeSound *sound, int rate, gint64 start_ms, int ms, float value)
{
    AVFrame *frame = av_frame_alloc();
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = rate;
    frame->nb_samples = rate * ms / 1000;
    av_channel_layout_default(&frame->ch_layout, 2);
    g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
    float *samples = (float *)(gpointer)frame->data[0];
    for (int i = 0; i < frame->nb_samples * 2; i++)
        samples[i] = value;
    frame->pts = start_ms * 1000;
    g_assert_true(encode_sound_push(sound, frame, NULL));
    av_frame_free(&frame);
}

static float
at_ms(const Heard *heard, gint64 ms)
{
    return g_array_index(heard->left, float, ms * 48);
}

static void
test_gap_and_overlap(void)
{
    const EncodeTreatPlan plan = {0};
    Heard heard = {0, g_array_new(FALSE, FALSE, sizeof(float))};
    g_autoptr(EncodeSound) sound = encode_sound_new(0, &plan, TRUE, on_block, &heard);
    push(sound, 48000, 500, 500, 0.5f);   // late start
    push(sound, 48000, 1500, 500, 0.5f);  // gap
    push(sound, 48000, 1800, 500, 0.25f); // overlaps by 200 ms
    push(sound, 48000, 2310, 500, 0.75f); // 10 ms off: as if it followed
    g_assert_true(encode_sound_finish(sound, 48000 * 4, NULL));
    g_assert_cmpint(heard.next, ==, 48000 * 4 / BLOCK);
    g_assert_cmpfloat(at_ms(&heard, 490), ==, 0);
    g_assert_cmpfloat_with_epsilon(at_ms(&heard, 510), 0.5, 0.001);
    g_assert_cmpfloat(at_ms(&heard, 1010), ==, 0);
    g_assert_cmpfloat_with_epsilon(at_ms(&heard, 1990), 0.5, 0.001);
    g_assert_cmpfloat_with_epsilon(at_ms(&heard, 2010), 0.25, 0.001);
    g_assert_cmpfloat_with_epsilon(at_ms(&heard, 2305), 0.75, 0.001);
    g_assert_cmpfloat(at_ms(&heard, 2900), ==, 0);
    g_array_unref(heard.left);
}

static void
test_change_and_resume(void)
{
    const EncodeTreatPlan plan = {0};
    Heard heard = {40, g_array_new(FALSE, FALSE, sizeof(float))};
    g_autoptr(EncodeSound) sound = encode_sound_new(40, &plan, TRUE, on_block, &heard);
    push(sound, 8000, 0, 1000, 0.5f);
    push(sound, 44100, 1000, 1000, 0.25f);
    push(sound, 48000, 2000, 500, NAN);
    g_assert_true(encode_sound_finish(sound, 48000 * 3, NULL));
    g_assert_cmpint(heard.next, ==, 48000 * 3 / BLOCK);
    gint64 first_ms = 40 * BLOCK / 48;
    g_assert_cmpfloat_with_epsilon(at_ms(&heard, 950 - first_ms), 0.5, 0.01);
    g_assert_cmpfloat_with_epsilon(at_ms(&heard, 1500 - first_ms), 0.25, 0.01);
    g_assert_cmpfloat(at_ms(&heard, 2200 - first_ms), ==, 0);
    g_array_unref(heard.left);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/sound/gap-and-overlap", test_gap_and_overlap);
    g_test_add_func("/encode/sound/change-and-resume", test_change_and_resume);
    return g_test_run();
}
