// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sound whose samples run faster or slower than its stamps, as of an hour with a bad clock in a few
// minutes: what is heard stays within 20 ms of its stamp, and block follows block.
#include <libavutil/frame.h>
#include <math.h>

#include "pipelines/encode/aac.h"
#include "pipelines/encode/sound.h"

#define FRAME 1152
#define RATE 48000
#define FRAMES 12500 // five minutes
#define HOUR_FRAMES 150000
#define GAP_EVERY 2500 // a minute
#define GAP_FRAMES 30  // 0.72 s
#define CLICK_EVERY 500
#define FIRST_US (G_GINT64_CONSTANT(86400) * 365 * G_USEC_PER_SEC) // a channel of a year

typedef struct {
    GArray *clicks; // (owned) (element-type gint64) us when each was heard
    gint64 next;    // (value) block that must come
    gboolean loud;  // (value) the last sample was
} Ear;

static gboolean
on_block(gint64 block, const float *left, const float *right, const float *mono, gpointer user_data,
         GError **error)
{
    Ear *ear = user_data;
    g_assert_cmpint(block, ==, ear->next);
    ear->next++;
    for (int i = 0; i < ENCODE_AAC_BLOCK; i++) {
        gboolean loud = fabsf(mono[i]) > 0.2f;
        gint64 at_us = av_rescale(block * ENCODE_AAC_BLOCK + i, G_USEC_PER_SEC, RATE);
        if (loud && !ear->loud)
            g_array_append_val(ear->clicks, at_us);
        ear->loud = loud;
    }
    return TRUE;
}

/** What is wrong with the sound. */
typedef struct {
    double drift;  // (value) of its samples against its stamps
    guint frames;  // (value)
    gboolean gaps; // (value) each minute some frames are missing
} Fault;

static void
listen_to(const Fault *fault)
{
    static const EncodeTreatPlan plan = {.limit = TRUE};
    gint64 first_block = av_rescale(FIRST_US, RATE, G_USEC_PER_SEC) / ENCODE_AAC_BLOCK;
    Ear ear = {g_array_new(FALSE, FALSE, sizeof(gint64)), first_block, FALSE};
    g_autoptr(EncodeSound) sound = encode_sound_new(first_block, &plan, FALSE, on_block, &ear);
    g_autoptr(GArray) sent = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < fault->frames; i++) {
        if (fault->gaps && i % GAP_EVERY < GAP_FRAMES)
            continue;
        AVFrame *frame = av_frame_alloc();
        frame->format = AV_SAMPLE_FMT_FLTP;
        frame->nb_samples = FRAME;
        frame->sample_rate = RATE;
        av_channel_layout_default(&frame->ch_layout, 1);
        g_assert_cmpint(av_frame_get_buffer(frame, 0), >=, 0);
        frame->pts = FIRST_US + llround(i * 24000.0 * (1 + fault->drift));
        float *samples = (float *)frame->data[0];
        gboolean click = i % CLICK_EVERY == CLICK_EVERY - 1;
        for (int k = 0; k < FRAME; k++)
            samples[k] = click && k < 96 ? 0.5f : 0.0f;
        if (click)
            g_array_append_val(sent, frame->pts);
        g_assert_true(encode_sound_push(sound, frame, NULL));
        av_frame_free(&frame);
    }
    g_assert_cmpuint(ear.clicks->len, >=, sent->len - 1);
    for (guint i = 0; i < ear.clicks->len; i++) {
        gint64 apart_us = g_array_index(ear.clicks, gint64, i) - g_array_index(sent, gint64, i);
        g_assert_cmpint(ABS(apart_us), <=, 24000);
    }
    g_array_unref(ear.clicks);
}

static void
test_drift(void)
{
    // 0.003 is 3 ms in each second, or 10 s in an hour: far beyond any real clock.
    static const double drifts[] = {0, 0.0002, -0.0002, 0.003, -0.003};
    for (guint i = 0; i < G_N_ELEMENTS(drifts); i++)
        listen_to(&(Fault){drifts[i], FRAMES, FALSE});
}

/* An hour with a hole each minute: the last click is as near its stamp as the first. */
static void
test_hour_with_gaps(void)
{
    listen_to(&(Fault){0.0002, HOUR_FRAMES, TRUE});
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/drift", test_drift);
    g_test_add_func("/live/hour-with-gaps", test_hour_with_gaps);
    return g_test_run();
}
