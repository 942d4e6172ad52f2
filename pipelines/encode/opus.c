// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libopus by itself: only so can the last packets be shorter than the others. Two clocks run here:
// that of the sound pushed, and that of the packets, which is behind by the look-ahead; a packet's
// label is the packets' clock, and what a decoder makes of it is the sound of that time.
#include "pipelines/encode/opus.h"

#include <string.h>
#include <opus/opus.h>

#include "pipelines/encode/failure.h"

#define MAX_PACKET_BYTES (3 * 1275 + 7) // RFC 6716 §3.2.5: three frames of 20 ms
#define SPEECH_KBPS 24                  // a channel; above it, music is worth its bits
#define COMPLEXITY 7                    // the first that tells music from speech by itself
#define CONFIG_BYTES 11

struct _EncodeOpus {
    OpusEncoder *encoder;            // (owned)
    guint channels;                  // (value)
    gint64 look_ahead;               // (value) samples
    gint64 last_block;               // (value) pushed; -1: none
    gint64 start;                    // (value) of the next packet, in samples
    gint64 skip;                     // (value) samples to drop before the first packet
    guint held;                      // (value) samples of a channel in `frame`
    float *frame;                    // (owned) interleaved
    EncodeOpusSink sink;             // (nullable)
    gpointer user_data;              // (unowned)
    guint8 packet[MAX_PACKET_BYTES]; // (value)
};

static int
set_up(EncodeOpus *opus, guint kbps)
{
    opus_int32 look_ahead = 0;
    int code = opus_encoder_ctl(opus->encoder, OPUS_SET_BITRATE((opus_int32)kbps * 1000));
    if (code == OPUS_OK)
        code = opus_encoder_ctl(opus->encoder, OPUS_SET_COMPLEXITY(COMPLEXITY));
    if (code == OPUS_OK)
        code = opus_encoder_ctl(opus->encoder, OPUS_GET_LOOKAHEAD(&look_ahead));
    opus->look_ahead = look_ahead;
    return code;
}

EncodeOpus *
encode_opus_new(guint channels, guint kbps, GError **error)
{
    g_autoptr(EncodeOpus) opus = g_new0(EncodeOpus, 1);
    int code = OPUS_OK;
    gboolean speech = kbps <= SPEECH_KBPS * channels && channels == 1;
    opus->channels = channels;
    opus->last_block = -1;
    opus->frame = g_new0(float, ENCODE_OPUS_FRAME *channels);
    opus->encoder =
        opus_encoder_create(ENCODE_OPUS_RATE, (int)channels,
                            speech ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO, &code);
    if (opus->encoder != NULL)
        code = set_up(opus, kbps);
    if (code == OPUS_OK)
        return g_steal_pointer(&opus);
    g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL, "opus: %s", opus_strerror(code));
    return NULL;
}

void
encode_opus_free(EncodeOpus *opus)
{
    if (opus == NULL)
        return;
    if (opus->encoder != NULL)
        opus_encoder_destroy(opus->encoder);
    g_free(opus->frame);
    g_free(opus);
}

void
encode_opus_set_sink(EncodeOpus *opus, EncodeOpusSink sink, gpointer user_data)
{
    opus->sink = sink;
    opus->user_data = user_data;
}

GBytes *
encode_opus_get_config(EncodeOpus *opus)
{
    const guint8 config[CONFIG_BYTES] = {
        0,                      // version
        (guint8)opus->channels, //
        0,
        0, // pre-skip
        0,
        0,
        0xbb,
        0x80, // rate of the input, 48000
        0,
        0, // gain
        0, // mapping family: one stream
    };
    return g_bytes_new(config, sizeof config);
}

static gboolean
encode(EncodeOpus *opus, guint samples, GError **error)
{
    opus_int32 bytes = opus_encode_float(opus->encoder, opus->frame, (int)samples, opus->packet,
                                         sizeof opus->packet);
    if (bytes <= 0) {
        g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL, "opus: %s",
                    opus_strerror(bytes));
        return FALSE;
    }
    gint64 start = opus->start;
    opus->start += samples;
    opus->held -= samples;
    memmove(opus->frame, opus->frame + (gsize)samples * opus->channels,
            (gsize)opus->held * opus->channels * sizeof(float));
    return opus->sink(opus->packet, (gsize)bytes, start, samples, opus->user_data, error);
}

static void
hold(EncodeOpus *opus, float left, float right)
{
    float *at = opus->frame + (gsize)opus->held++ * opus->channels;
    at[0] = opus->channels == 1 ? (left + right) * 0.5f : left;
    if (opus->channels == 2)
        at[1] = right;
}

/* The end: silence for the look-ahead, then packets as long as still fit. */
static gboolean
finish(EncodeOpus *opus, GError **error)
{
    static const guint lengths[] = {1920, 960, 480, 240, 120};
    if (opus->last_block < 0)
        return TRUE;
    for (gint64 i = opus->skip; i < opus->look_ahead; i++) {
        hold(opus, 0, 0);
        if (opus->held == ENCODE_OPUS_FRAME && !encode(opus, ENCODE_OPUS_FRAME, error))
            return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        if (opus->held >= lengths[i] && !encode(opus, lengths[i], error))
            return FALSE;
    }
    return TRUE;
}

static void
begin(EncodeOpus *opus, gint64 first)
{
    opus->start = (first + ENCODE_OPUS_FRAME - 1) / ENCODE_OPUS_FRAME * ENCODE_OPUS_FRAME;
    opus->skip = opus->start - first + opus->look_ahead;
}

gboolean
encode_opus_push(EncodeOpus *opus, gint64 block, const float *left, const float *right,
                 GError **error)
{
    if (left == NULL)
        return finish(opus, error);
    if (opus->last_block < 0)
        begin(opus, block * ENCODE_OPUS_BLOCK);
    opus->last_block = block;
    for (guint i = 0; i < ENCODE_OPUS_BLOCK; i++) {
        if (opus->skip > 0) {
            opus->skip--;
            continue;
        }
        hold(opus, left[i], right[i]);
        if (opus->held == ENCODE_OPUS_FRAME && !encode(opus, ENCODE_OPUS_FRAME, error))
            return FALSE;
    }
    return TRUE;
}
