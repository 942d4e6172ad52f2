// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// decode → place → the grid of sound → a rung of sound alone. Only a sound that is there, and a
// little later in the stream than the channel's own, is waited for.
#include "pipelines/live/voice.h"

#include <libavutil/frame.h>

#include "pipelines/encode/sound.h"
#include "pipelines/live/decode.h"
#include "pipelines/live/rung.h"

#define PATIENCE_PTS90K 90000
#define JUMP_PTS90K (90000 / 4) // further from the one before: placed anew
#define FILL_PTS90K (90000 / 4) // what the encoder needs behind a segment

struct _LiveVoice {
    LiveDecode *decode;   // (owned)
    EncodeSound *sound;   // (owned)
    LiveRung *rung;       // (owned)
    LiveStoreInit init;   // (owned) the last one
    LiveVoicePlace place; // (unowned)
    gpointer data;        // (unowned) for place
    gint64 first_time;    // (value) of the first whole segment
    gint64 next_time;     // (value) where the last frame ended, -1: none came
    gboolean broken;      // (value) its encoder failed: nothing more comes
};

static gboolean
on_sound_block(gint64 block, const float *left, const float *right, const float *mono,
               gpointer user_data, GError **error)
{
    LiveVoice *voice = user_data;
    return live_rung_add_sound(voice->rung, block, mono, mono, error);
}

static void
on_decode_frame(AVFrame *frame, gint64 pts90k, gint64 duration, gpointer data)
{
    LiveVoice *voice = data;
    gint64 time = voice->next_time;
    gboolean placed = voice->place(pts90k, &time, voice->data) || (pts90k < 0 && time >= 0);
    if (placed && voice->next_time >= 0 && ABS(time - voice->next_time) > JUMP_PTS90K)
        encode_sound_realign(voice->sound);
    frame->pts = time * 100 / 9;
    if (placed && !voice->broken)
        voice->broken = !encode_sound_push(voice->sound, frame, NULL);
    if (placed)
        voice->next_time = time + duration;
    av_frame_free(&frame);
}

LiveVoice *
live_voice_new(const char *codec, gint64 time, LiveVoicePlace place, gpointer data, GError **error)
{
    static const EncodeTreatPlan plan = {.limit = TRUE};
    LiveVoice *voice = g_new0(LiveVoice, 1);
    voice->place = place;
    voice->data = data;
    voice->first_time = time;
    voice->next_time = -1;
    voice->rung = live_rung_new(ENCODE_RUNGS_VOICE, time, error);
    if (voice->rung != NULL)
        voice->decode = live_decode_new(codec, on_decode_frame, voice, error);
    if (voice->decode == NULL) {
        live_voice_free(voice);
        return NULL;
    }
    voice->sound =
        encode_sound_new(live_rung_find_block(time), &plan, FALSE, on_sound_block, voice);
    return voice;
}

void
live_voice_free(LiveVoice *voice)
{
    live_decode_free(voice->decode);
    g_clear_pointer(&voice->sound, encode_sound_free);
    g_clear_pointer(&voice->rung, live_rung_free);
    live_store_clear_init(&voice->init);
    g_free(voice);
}

void
live_voice_push(LiveVoice *voice, const LivePesUnit *unit)
{
    live_decode_push(voice->decode, unit);
}

gboolean
live_voice_is_ready(LiveVoice *voice, gint64 start, gint64 end, gint64 now)
{
    gboolean made = start >= voice->first_time && !voice->broken;
    gboolean comes = voice->next_time > start;
    return !made || !comes || now >= end + PATIENCE_PTS90K ||
           live_rung_is_ready(voice->rung, end, FALSE);
}

/* Whatever is missing is silence by now. */
static gboolean
fill(LiveVoice *voice, gint64 end)
{
    if (!voice->broken && !live_rung_is_ready(voice->rung, end, FALSE))
        voice->broken = !encode_sound_fill(voice->sound, (end + FILL_PTS90K) * 100 / 9, NULL);
    return !voice->broken && live_rung_is_ready(voice->rung, end, FALSE);
}

gboolean
live_voice_write(LiveVoice *voice, const char *name, LiveStore *store, ChildLiveReport *report,
                 GError **error)
{
    gint64 start = (gint64)report->time, end = start + (gint64)report->duration;
    if (start < voice->first_time || !fill(voice, end)) {
        live_rung_drop(voice->rung, end);
        return TRUE;
    }
    const LiveStoreRung rung = {name, live_rung_get_tracks(voice->rung),
                                encode_rungs_get(ENCODE_RUNGS_VOICE)->cap_kbps};
    if (!live_store_add_init(store, &rung, &voice->init, error))
        return FALSE;
    g_autoptr(GBytes) fragment = live_rung_take(voice->rung, report->number, end, FALSE, NULL);
    return fragment == NULL ||
           live_store_add_part(store, report, name, voice->init.number, fragment, error);
}
