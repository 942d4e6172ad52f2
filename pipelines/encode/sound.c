// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The position on the grid is counted in samples; time stamps only correct it when they differ by
// more than half a frame, since many containers round them. The treatment is late; so much is
// dropped of what it gives first, and fed to it in silence at the end.
#include "pipelines/encode/sound.h"

#include <math.h>
#include <libavutil/frame.h>
#include <libswresample/swresample.h>

#include "pipelines/encode/aac.h"
#include "pipelines/encode/failure.h"

#define TOLERANCE_SAMPLES 960 // 20 ms
#define CHUNK_SAMPLES 4096
#define LOUDEST 16.0f

struct _EncodeSound {
    EncodeSoundSink sink;             // (unowned)
    gpointer user_data;               // (unowned)
    SwrContext *resampler;            // (owned) (nullable)
    int format;                       // (value) what the resampler takes
    int rate;                         // (value)
    AVChannelLayout layout;           // (owned)
    gint64 next;                      // (value) position of the next sample
    gint64 drop;                      // (value) samples to throw away first
    gboolean begun;                   // (value)
    gboolean aligned;                 // (value) the next frame goes on from the last
    EncodeTreat *treat;               // (owned)
    gboolean stereo;                  // (value)
    float highest;                    // (value) that may come out
    guint skip;                       // (value) treated samples that are before the first block
    gint64 due;                       // (value) the next block to give
    guint ready;                      // (value) samples in `out`
    float block[2][ENCODE_AAC_BLOCK]; // (value) filled up to next
    float out[3][ENCODE_AAC_BLOCK];   // (value) treated: left, right, mono
    float chunk[2][CHUNK_SAMPLES];    // (value) out of the resampler
};

EncodeSound *
encode_sound_new(gint64 first_block, const EncodeTreatPlan *plan, gboolean stereo,
                 EncodeSoundSink sink, gpointer user_data)
{
    EncodeSound *sound = g_new0(EncodeSound, 1);
    const EncodeTreatPlan nothing = {0};
    sound->treat = encode_treat_new(plan != NULL ? plan : &nothing, stereo);
    sound->highest = plan != NULL ? 1.0f : LOUDEST;
    sound->stereo = stereo;
    sound->skip = encode_treat_get_delay(sound->treat);
    sound->due = first_block;
    sound->next = first_block * ENCODE_AAC_BLOCK;
    sound->sink = sink;
    sound->user_data = user_data;
    return sound;
}

void
encode_sound_free(EncodeSound *sound)
{
    if (sound == NULL)
        return;
    swr_free(&sound->resampler);
    av_channel_layout_uninit(&sound->layout);
    encode_treat_free(sound->treat);
    g_free(sound);
}

/* What is louder than full scale is kept: the treatment may bring it back. */
static float
clean(float sample)
{
    return isnan(sample) ? 0.0f : CLAMP(sample, -LOUDEST, LOUDEST);
}

static gboolean
give(EncodeSound *sound, GError **error)
{
    float *mono = sound->out[2];
    float *left = sound->stereo ? sound->out[0] : mono;
    float *right = sound->stereo ? sound->out[1] : mono;
    sound->ready = 0;
    return sound->sink(sound->due++, left, right, mono, sound->user_data, error);
}

/* Treats the filled block; what comes out is later and fills the next one to give. */
static gboolean
treat_block(EncodeSound *sound, GError **error)
{
    float mono[ENCODE_AAC_BLOCK];
    const float *treated[3] = {sound->block[0], sound->block[1], mono};
    encode_treat_apply(sound->treat, sound->block[0], sound->block[1], mono);
    for (guint i = 0; i < ENCODE_AAC_BLOCK; i++) {
        if (sound->skip > 0) {
            sound->skip--;
            continue;
        }
        for (int way = sound->stereo ? 0 : 2; way < 3; way++)
            sound->out[way][sound->ready] = CLAMP(treated[way][i], -sound->highest, sound->highest);
        if (++sound->ready == ENCODE_AAC_BLOCK && !give(sound, error))
            return FALSE;
    }
    return TRUE;
}

/* Appends @count samples; NULL: silence. */
static gboolean
append(EncodeSound *sound, const float *left, const float *right, gint64 count, GError **error)
{
    for (gint64 i = 0; i < count; i++) {
        gint64 at = sound->next % ENCODE_AAC_BLOCK;
        sound->block[0][at] = left != NULL ? clean(left[i]) : 0.0f;
        sound->block[1][at] = left != NULL ? clean(right[i]) : 0.0f;
        sound->next++;
        if (at == ENCODE_AAC_BLOCK - 1 && !treat_block(sound, error))
            return FALSE;
    }
    return TRUE;
}

/* Resamples @frame (NULL: what the resampler still holds) and appends it. */
static gboolean
convert(EncodeSound *sound, const AVFrame *frame, GError **error)
{
    guint8 *out[2] = {(guint8 *)sound->chunk[0], (guint8 *)sound->chunk[1]};
    const guint8 **in = frame != NULL ? (const guint8 **)frame->extended_data : NULL;
    int in_count = frame != NULL ? frame->nb_samples : 0;
    int count;
    do {
        count = swr_convert(sound->resampler, out, CHUNK_SAMPLES, in, in_count);
        if (count < 0)
            return encode_failure_set(error, count, "resampler");
        gint64 skip = MIN(sound->drop, count);
        sound->drop -= skip;
        if (!append(sound, sound->chunk[0] + skip, sound->chunk[1] + skip, count - skip, error))
            return FALSE;
        in = NULL;
        in_count = 0;
    } while (count == CHUNK_SAMPLES);
    return TRUE;
}

static gboolean
is_same_kind(const EncodeSound *sound, const AVFrame *frame)
{
    return sound->resampler != NULL && sound->format == frame->format &&
           sound->rate == frame->sample_rate &&
           av_channel_layout_compare(&sound->layout, &frame->ch_layout) == 0;
}

static gboolean
set_up_resampler(EncodeSound *sound, const AVFrame *frame, GError **error)
{
    swr_free(&sound->resampler);
    av_channel_layout_uninit(&sound->layout);
    sound->format = frame->format;
    sound->rate = frame->sample_rate;
    int code = av_channel_layout_copy(&sound->layout, &frame->ch_layout);
    AVChannelLayout in = {0};
    AVChannelLayout out = AV_CHANNEL_LAYOUT_STEREO;
    if (code >= 0 && frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&in, frame->ch_layout.nb_channels);
    else if (code >= 0)
        code = av_channel_layout_copy(&in, &frame->ch_layout);
    if (code >= 0)
        code =
            swr_alloc_set_opts2(&sound->resampler, &out, AV_SAMPLE_FMT_FLTP, ENCODE_AAC_RATE, &in,
                                (enum AVSampleFormat)frame->format, frame->sample_rate, 0, NULL);
    av_channel_layout_uninit(&in);
    if (code >= 0)
        code = swr_init(sound->resampler);
    if (code >= 0)
        return TRUE;
    swr_free(&sound->resampler);
    return encode_failure_set(error, code, "resampler");
}

static gboolean
align(EncodeSound *sound, gint64 position, GError **error)
{
    gint64 lands = sound->next - sound->drop + swr_get_delay(sound->resampler, ENCODE_AAC_RATE);
    gint64 off = position - lands;
    gint64 tolerance = sound->aligned ? TOLERANCE_SAMPLES : 0;
    sound->begun = sound->aligned = TRUE;
    if (off < -tolerance)
        sound->drop += -off;
    if (off <= tolerance)
        return TRUE;
    gint64 undropped = MIN(sound->drop, off);
    sound->drop -= undropped;
    return append(sound, NULL, NULL, off - undropped, error);
}

gboolean
encode_sound_push(EncodeSound *sound, const AVFrame *frame, GError **error)
{
    if (!is_same_kind(sound, frame)) {
        if (sound->resampler != NULL && !convert(sound, NULL, error))
            return FALSE;
        // Sound that cannot be mixed, in the midst of other sound, becomes silence.
        g_autoptr(GError) failure = NULL;
        if (!set_up_resampler(sound, frame, &failure)) {
            if (sound->begun)
                return TRUE;
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    gint64 position = av_rescale(frame->pts, ENCODE_AAC_RATE, G_USEC_PER_SEC);
    return align(sound, position, error) && convert(sound, frame, error);
}

void
encode_sound_realign(EncodeSound *sound)
{
    sound->aligned = FALSE;
}

gboolean
encode_sound_fill(EncodeSound *sound, gint64 until_us, GError **error)
{
    gint64 position = av_rescale(until_us, ENCODE_AAC_RATE, G_USEC_PER_SEC);
    gint64 missing = position - sound->next;
    return missing <= 0 || append(sound, NULL, NULL, missing, error);
}

gboolean
encode_sound_finish(EncodeSound *sound, gint64 end_samples, GError **error)
{
    if (sound->resampler != NULL && !convert(sound, NULL, error))
        return FALSE;
    gint64 blocks = end_samples / ENCODE_AAC_BLOCK;
    gint64 missing = blocks * ENCODE_AAC_BLOCK - sound->next;
    if (missing > 0 && !append(sound, NULL, NULL, missing, error))
        return FALSE;
    // What the treatment still holds.
    while (sound->due < blocks) {
        if (!append(sound, NULL, NULL, ENCODE_AAC_BLOCK, error))
            return FALSE;
    }
    return TRUE;
}

gint64
encode_sound_get_time_us(EncodeSound *sound)
{
    return av_rescale(sound->next, G_USEC_PER_SEC, ENCODE_AAC_RATE);
}
