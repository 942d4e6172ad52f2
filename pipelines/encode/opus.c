// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libopus by itself: only so can the last packets be shorter than the others. Two clocks run here:
// that of the sound pushed, and that of the packets, which is behind by the look-ahead; a packet's
// label is the packets' clock, and what a decoder makes of it is the sound of that time. Each
// packet is decoded at once: at few bits, what comes out may be 4 dB higher than what went in; then
// the encoder is set back (its state is one piece of memory) and gets the same a little quieter.
#include "pipelines/encode/opus.h"

#include <math.h>
#include <string.h>
#include <opus/opus.h>

#include "pipelines/analyse/peak.h"
#include "pipelines/encode/failure.h"

#define MAX_PACKET_BYTES (3 * 1275 + 7) // RFC 6716 §3.2.5: three frames of 20 ms
#define SPEECH_KBPS 24                  // a channel; above it, music is worth its bits
#define COMPLEXITY 7                    // the first that tells music from speech by itself
// At few bits it gives back 0.4 to 0.8 LU less than it got.
#define SPEECH_GAIN 1.07f
#define CONFIG_BYTES 11
#define HIGHEST_PEAK 0.82f // -1.7 dBTP
// How much higher than its samples sound may be between them.
#define BETWEEN 1.4f
#define TRIES 4
#define RAMP_SAMPLES 120

struct _EncodeOpus {
    OpusEncoder *encoder;             // (owned)
    OpusDecoder *decoder;             // (owned)
    guint8 *encoder_before;           // (owned) state of encoder before a packet
    guint8 *decoder_before;           // (owned)
    float *heard;                     // (owned) interleaved, what the last packet decodes to
    float tail[2][ANALYSE_PEAK_TAPS]; // (value) the end of what was heard before it
    guint channels;                   // (value)
    float gain;                       // (value)
    gint64 look_ahead;                // (value) samples
    gint64 last_block;                // (value) pushed; -1: none
    gint64 start;                     // (value) of the next packet, in samples
    gint64 skip;                      // (value) samples to drop before the first packet
    guint held;                       // (value) samples of a channel in `frame`
    float *frame;                     // (owned) interleaved
    EncodeOpusSink sink;              // (nullable)
    gpointer user_data;               // (unowned)
    guint8 packet[MAX_PACKET_BYTES];  // (value)
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
    opus->gain = speech ? SPEECH_GAIN : 1;
    opus->last_block = -1;
    opus->frame = g_new0(float, ENCODE_OPUS_FRAME *channels);
    opus->encoder =
        opus_encoder_create(ENCODE_OPUS_RATE, (int)channels,
                            speech ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO, &code);
    if (opus->encoder != NULL)
        code = set_up(opus, kbps);
    if (code == OPUS_OK)
        opus->decoder = opus_decoder_create(ENCODE_OPUS_RATE, (int)channels, &code);
    opus->encoder_before = g_malloc((gsize)opus_encoder_get_size((int)channels));
    opus->decoder_before = g_malloc((gsize)opus_decoder_get_size((int)channels));
    opus->heard = g_new0(float, ENCODE_OPUS_FRAME *channels);
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
    if (opus->decoder != NULL)
        opus_decoder_destroy(opus->decoder);
    g_free(opus->encoder_before);
    g_free(opus->decoder_before);
    g_free(opus->heard);
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

/* The highest value of one channel of what was heard, between samples too. */
static float
find_channel_peak(const EncodeOpus *opus, guint channel, guint samples)
{
    float sound[ANALYSE_PEAK_TAPS + ENCODE_OPUS_FRAME];
    float highest = 0, peak = 0;
    memcpy(sound, opus->tail[channel], sizeof opus->tail[channel]);
    for (guint i = 0; i < samples; i++) {
        sound[ANALYSE_PEAK_TAPS + i] = opus->heard[i * opus->channels + channel];
        highest = fmaxf(highest, fabsf(sound[ANALYSE_PEAK_TAPS + i]));
    }
    for (guint i = 0; highest * BETWEEN > HIGHEST_PEAK && i < samples; i++)
        peak = fmaxf(peak, analyse_peak_find(sound + ANALYSE_PEAK_TAPS + i));
    return fmaxf(peak, highest);
}

static float
find_peak(const EncodeOpus *opus, guint samples)
{
    float peak = find_channel_peak(opus, 0, samples);
    return opus->channels == 2 ? fmaxf(peak, find_channel_peak(opus, 1, samples)) : peak;
}

static void
keep_tail(EncodeOpus *opus, guint samples)
{
    for (guint channel = 0; channel < opus->channels; channel++) {
        for (guint i = 0; i < ANALYSE_PEAK_TAPS; i++)
            opus->tail[channel][i] =
                opus->heard[(samples - ANALYSE_PEAK_TAPS + i) * opus->channels + channel];
    }
}

/* Makes the first @samples held quieter, but for a ramp at both ends. */
static void
turn_down(EncodeOpus *opus, guint samples, float factor)
{
    for (guint i = 0; i < samples; i++) {
        guint edge = MIN(MIN(i, samples - 1 - i), RAMP_SAMPLES);
        float gain = 1 + (factor - 1) * (float)edge / RAMP_SAMPLES;
        for (guint channel = 0; channel < opus->channels; channel++)
            opus->frame[i * opus->channels + channel] *= gain;
    }
}

/* Returns: bytes of the packet; 0 or less: libopus's error. */
static opus_int32
encode_quiet_enough(EncodeOpus *opus, guint samples)
{
    gsize encoder_bytes = (gsize)opus_encoder_get_size((int)opus->channels);
    gsize decoder_bytes = (gsize)opus_decoder_get_size((int)opus->channels);
    memcpy(opus->encoder_before, opus->encoder, encoder_bytes);
    memcpy(opus->decoder_before, opus->decoder, decoder_bytes);
    for (int try = 1;; try++) {
        opus_int32 bytes = opus_encode_float(opus->encoder, opus->frame, (int)samples, opus->packet,
                                             sizeof opus->packet);
        if (bytes <= 0)
            return bytes;
        int heard = opus_decode_float(opus->decoder, opus->packet, bytes, opus->heard,
                                      ENCODE_OPUS_FRAME, 0);
        if (heard != (int)samples)
            return heard < 0 ? heard : OPUS_INTERNAL_ERROR;
        float peak = find_peak(opus, samples);
        if (peak <= HIGHEST_PEAK || try == TRIES)
            return bytes;
        turn_down(opus, samples, HIGHEST_PEAK / peak * 0.97f);
        memcpy(opus->encoder, opus->encoder_before, encoder_bytes);
        memcpy(opus->decoder, opus->decoder_before, decoder_bytes);
    }
}

static gboolean
encode(EncodeOpus *opus, guint samples, GError **error)
{
    opus_int32 bytes = encode_quiet_enough(opus, samples);
    if (bytes <= 0) {
        g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL, "opus: %s",
                    opus_strerror(bytes));
        return FALSE;
    }
    keep_tail(opus, samples);
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
    at[0] = opus->channels == 1 ? (left + right) * 0.5f * opus->gain : left;
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
